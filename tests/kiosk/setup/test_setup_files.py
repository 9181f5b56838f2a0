"""Whatever is answered, the files that come out can be read: by `kiosk run`, by `kiosk check`, and as answers again."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from datetime import time
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.bus import Bus
from drivers.contract.common import DeviceClass
from drivers.contract.secret import SecretText
from kiosk.cli.check import mistakes
from kiosk.gateways.enrolment import Enrolled
from kiosk.locales import languages, pilot_languages
from kiosk.sandbox import authority
from kiosk.settings.hours import Hours
from kiosk.settings.profile import DeviceSettings, PanelSettings, load_profile
from kiosk.settings.reading import Mistake
from kiosk.settings.site import load_site
from kiosk.setup.answers import (
    Answers,
    ElsewhereAnswers,
    MachineAnswers,
    PlaceAnswers,
    PlatformAnswers,
    keep,
    load_answers,
    with_text,
)
from kiosk.setup.display import Display, panel_of
from kiosk.setup.enrolling import BadAnswer, _require_usable, own_key
from kiosk.setup.folder import SetupFolder
from kiosk.setup.written import Unfinished, write_all

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).map(str.strip).filter(bool)
"""Quotes, back slashes, marks of TOML and of other scripts: whatever a keyboard can give."""

LANGUAGES = st.lists(st.sampled_from((*languages(), *pilot_languages())), min_size=1, max_size=5, unique=True)
PATHS = st.text("abcXYZ0123456789-.:_[]*? ", min_size=1, max_size=30)


def device(kind: DeviceClass, driver: str, bus: Bus, path: str) -> DeviceSettings:
    return DeviceSettings.model_validate({"class": kind, "driver": driver, "place": {"bus": bus, "path": path}})


DEVICES = st.fixed_dictionaries(
    {},
    optional={
        "id_reader": st.builds(device, *map(st.just, (DeviceClass.ID_CARD_READER, "sdt_serial", Bus.SERIAL)), PATHS),
        "camera": st.builds(device, *map(st.just, (DeviceClass.CAMERA, "v4l2", Bus.V4L2)), PATHS),
        "a4_printer": st.builds(device, *map(st.just, (DeviceClass.A4_PRINTER, "ipp", Bus.NETWORK)), PATHS),
    },
)


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    place = PlaceAnswers(
        name=draw(TEXT),
        place=draw(TEXT),
        keeper_on_site=draw(st.booleans()),
        hours=draw(st.none() | st.builds(Hours, opens=st.times().map(_whole), closes=st.times().map(_whole))),
    )
    elsewhere = ElsewhereAnswers(place=draw(TEXT), address=draw(TEXT), hours=draw(TEXT), phone=draw(TEXT))
    chosen = draw(LANGUAGES)
    for language in chosen[1:]:
        place = with_text(place, "name", draw(TEXT), language) if language != "zh-Hans" else place
    wide, high = draw(st.integers(600, 3000)), draw(st.integers(600, 3000))
    return Answers(
        languages=tuple(chosen),
        place=place,
        elsewhere=elsewhere,
        platform=PlatformAnswers(url="https://platform.example"),
        machine=MachineAnswers(title=draw(st.just("") | TEXT)),
        panel=panel_of(Display(px=(wide, high))),
        devices=draw(DEVICES),
    )


def _whole(at: time) -> time:
    return at.replace(microsecond=0)


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Enrolled]:
    """A key and what a platform answered to it."""
    folder = SetupFolder(tmp_path_factory.mktemp("enrolled"))
    root, issuer = authority.make_root("Operator"), authority.make_root("Issuer")
    certificate = authority.certify_kiosk(root, "QQ-0001", own_key(folder).public_key())

    def pem(each: x509.Certificate) -> str:
        return each.public_bytes(Encoding.PEM).decode()

    return (
        folder.key,
        Enrolled(
            kiosk_id="QQ-0001",
            certificate=pem(certificate),
            secret=SecretText("ab" * 32),
            issuer_roots=pem(issuer.certificate),
            operator_roots=pem(root.certificate),
            items=("KX-RS-001",),
            favourites=("KX-SW-001",),
        ),
    )


@settings(max_examples=40, deadline=None)
@given(answers())
def test_what_was_answered_can_be_served_with_and_taken_up_again(
    enrolled: tuple[Path, Enrolled], given_: Answers
) -> None:
    key, answered = enrolled
    with tempfile.TemporaryDirectory() as root:
        folder = SetupFolder(Path(root))
        folder.key.parent.mkdir(mode=0o700)
        folder.key.write_bytes(key.read_bytes())
        folder.key.chmod(0o600)
        keep(folder, given_)
        assert load_answers(folder.answers)[0] == given_
        write_all(folder, given_, answered)
        site, profile = load_site(folder.site), load_profile(folder.profile)
        assert (site.name, site.elsewhere.phone, site.languages) == (
            given_.place.name,
            given_.elsewhere.phone,
            given_.languages,
        )
        assert site.translations.get("name") == given_.place.translations.get("name")
        assert site.hours == (given_.place.hours or Hours())
        assert profile.panel == given_.panel
        assert profile.devices == given_.devices
        assert mistakes([folder.site], [folder.profile], {}, {}) == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_a_platform_certifies_is_usable_or_a_bad_answer(
    enrolled: tuple[Path, Enrolled], data: st.DataObject
) -> None:
    """A byte of a certificate that is another one, texts of any kind: nothing but BadAnswer comes of it."""
    key, good = enrolled
    own = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)

    def spoiled(pem: str) -> str:
        der = bytearray(ssl.PEM_cert_to_DER_cert(pem))
        at = data.draw(st.integers(0, len(der) - 1))
        der[at] ^= data.draw(st.integers(1, 255))
        return ssl.DER_cert_to_PEM_cert(bytes(der))

    field = data.draw(st.sampled_from(["certificate", "operator_roots", "issuer_roots", "kiosk_id", "secret", "items"]))
    value: object = data.draw(st.text(max_size=80))
    if field in ("certificate", "operator_roots", "issuer_roots") and data.draw(st.booleans()):
        value = spoiled(getattr(good, field))
    if field == "secret":
        value = SecretText(data.draw(st.text("0aFg ", max_size=70)))
    if field == "items":
        value = tuple(data.draw(st.lists(st.sampled_from(["KX-RS-001", "KX-NO-SUCH"]), max_size=3)))
    with contextlib.suppress(BadAnswer):
        _require_usable(msgspec.structs.replace(good, **{field: value}), own)


@pytest.mark.parametrize("field", ["certificate", "operator_roots"])
def test_a_key_or_a_secret_that_cannot_be_used_is_a_bad_answer(enrolled: tuple[Path, Enrolled], field: str) -> None:
    key, good = enrolled
    own = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    curve, unknown = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030106")
    der = ssl.PEM_cert_to_DER_cert(getattr(good, field)).replace(curve, unknown)
    with pytest.raises(BadAnswer):
        _require_usable(msgspec.structs.replace(good, **{field: ssl.DER_cert_to_PEM_cert(der)}), own)
    for secret in ("a" * 63, "a" * 65, "g" * 64, "a" * 100_000):  # `kiosk run` reads bytes, 32 at least
        with pytest.raises(BadAnswer):
            _require_usable(msgspec.structs.replace(good, secret=SecretText(secret)), own)
    _require_usable(good, own)


@pytest.mark.parametrize("lacks", ["languages", "platform", "panel", "devices"])
def test_half_a_set_up_writes_no_files(enrolled: tuple[Path, Enrolled], tmp_path: Path, lacks: str) -> None:
    whole = Answers(
        languages=("zh-Hans",),
        place=PlaceAnswers(name="a", place="b", keeper_on_site=True),
        elsewhere=ElsewhereAnswers(place="a", address="b", hours="c", phone="d"),
        platform=PlatformAnswers(url="https://platform.example"),
        panel=PanelSettings(px=(1080, 1920), mm=(268.0, 476.0)),
        devices={},
    )
    folder = SetupFolder(tmp_path)
    with pytest.raises(Unfinished, match=lacks):
        write_all(folder, whole.changed(**{lacks: None}), enrolled[1])
    with pytest.raises(Unfinished, match="phone"):
        write_all(folder, whole.changed(elsewhere=ElsewhereAnswers(place="a", address="b", hours="c")), enrolled[1])
    assert not folder.finished


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("languages = []\n", "languages"),
        ('languages = ["xx"]\n', "没有这种语言"),
        ("[panel]\npx = [1, 2]\nmm = [3.0, 4.0]\n", "panel"),
        ("[once]\npassword = 'x'\n", "password"),
        ("[devices.x]\nclass = 'nothing'\n", "devices"),
        ("nonsense", "TOML"),
    ],
)
def test_a_file_of_answers_with_a_mistake_is_told_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(Mistake, match=said) as told:
        load_answers(path)
    assert all(str(path) in line and "→" in line for line in told.value.lines)


def test_code_and_pin_are_read_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.touch(0o600)
    path.write_text('languages = ["zh-Hans"]\n[once]\ncode = "117"\npin = "250713"\n', "utf-8")
    found, once = load_answers(path)
    assert once.code is not None
    assert once.pin is not None
    assert (once.code.reveal(), once.pin.reveal()) == ("117", "250713")
    keep(SetupFolder(tmp_path / "kiosk"), found)
    written = (tmp_path / "kiosk" / "answers.toml").read_text("utf-8")
    assert "117" not in written
    assert "250713" not in written
    assert "once" not in written


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660])
def test_a_file_with_a_pin_or_a_code_that_others_can_read_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "answers.toml"
    for once in ('code = "117"', 'pin = "250713"', "pin = 250713"):
        path.write_text(f'languages = ["zh-Hans"]\n[once]\n{once}\n', "utf-8")
        path.chmod(mode)
        with pytest.raises(Mistake) as told:
            load_answers(path)
        assert "250713" not in str(told.value)
    path.write_text('languages = ["zh-Hans"]\n[once]\npin = "250713"\n', "utf-8")
    with pytest.raises(Mistake, match="chmod 600"):
        load_answers(path)
    path.write_text('languages = ["zh-Hans"]\n', "utf-8")
    assert load_answers(path)[0].languages == ("zh-Hans",), "without a secret it is anybody's"
