"""A start uses the bindings that this kiosk signed, over the profile; any other is refused, and the profile's device is used."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from drivers.buses.places import Place
from drivers.contract.bus import Bus
from drivers.contract.common import DeviceClass
from drivers.digests import digest_of
from kiosk.bindings.binding import Binding
from kiosk.bindings.in_force import InForce, Refused, Why, in_force
from kiosk.bindings.store import BindingFiles
from kiosk.documents.signed_record import signed
from kiosk.documents.signer import KeyFile
from kiosk.settings.profile import DeviceSettings, PanelSettings, Profile, Role
from kiosk.settings.site import Site
from tests.kiosk.documents.conftest import Operator

KIOSK = "KX-360100-0001"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class Desk:
    """A kiosk's state folder, its key, and its profile with two devices."""

    def __init__(self, folder: Path) -> None:
        self.operator = Operator(folder)
        self.signer = self.operator.kiosk(KIOSK)
        self.roots = folder / "roots.pem"
        from cryptography.hazmat.primitives.serialization import Encoding

        self.roots.write_bytes(self.operator.root.public_bytes(Encoding.PEM))
        (folder / "state").mkdir()
        self.files = BindingFiles(folder / "state" / "bindings")
        keys = SimpleNamespace(operator_roots=self.roots)
        self.site = cast(Site, SimpleNamespace(kiosk_id=KIOSK, keys=keys, state_folder=folder / "state"))
        panel = PanelSettings(px=(1080, 1920), mm=(268.0, 476.0))
        reader = {"class": "id_card_reader", "driver": "sdt_serial", "required": False, "settings": {"port": "/dev/x"}}
        camera = {"class": "camera", "driver": "v4l2", "place": {"bus": "v4l2"}}
        devices = {"id_reader": reader, "camera": camera}
        self.profile = Profile(
            id="t",
            title="t",
            production=True,
            panel=panel,
            devices={name: DeviceSettings.model_validate(each) for name, each in devices.items()},
        )

    def put(
        self, binding: Binding, *, file: str = "id_reader", signer: KeyFile | None = None, kiosk: str = KIOSK
    ) -> None:
        self.files.put(file, binding.file(kiosk, signer or self.signer, at=AT))

    def start(self) -> InForce:
        return in_force(self.site, self.profile)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def binding(**other: Any) -> Binding:
    values: dict[str, Any] = {
        "name": "id_reader",
        "device_class": DeviceClass.ID_CARD_READER,
        "driver": "sdt_usb",
        "place": Place(bus=Bus.USB, path="pci-0-usb-0:3:1.0", vendor="10c4"),
        "settings": {"photo_decoder": "none"},
        "digest": digest_of("sdt_usb"),
        "report": "2026-11-22-093000-replace-id_reader.json",
        "passed": True,
        "by": "T-07",
        "role": "technician",
    }
    return Binding(**{**values, **other})


def test_without_bindings_the_profile_is_as_it_is(desk: Desk) -> None:
    assert desk.start().profile is desk.profile


def test_a_binding_replaces_driver_place_and_settings_and_nothing_else(desk: Desk) -> None:
    desk.put(binding())
    found = desk.start()
    device = found.profile.devices["id_reader"]
    assert device.driver == "sdt_usb"
    assert device.place is not None
    assert device.place.value() == binding().place
    assert device.settings == {"photo_decoder": "none"}
    assert device.role is Role.VISITOR
    assert not device.required, "that is the profile's to say"
    assert found.profile.devices["camera"] is desk.profile.devices["camera"]
    assert found.profile.production
    assert (found.refused, found.changed) == ((), ())
    held = found.bindings["id_reader"]
    assert (held.binding.by, held.at) == ("T-07", "2026-11-22T09:30:00+00:00")


def test_a_device_without_a_place_is_bound_by_its_address(desk: Desk) -> None:
    desk.put(binding(driver="sdt_serial", place=None, settings={"port": "/dev/ttyS1"}))
    device = desk.start().profile.devices["id_reader"]
    assert (device.place, device.settings) == (None, {"port": "/dev/ttyS1"})


def test_a_driver_that_was_changed_since_its_test_serves_and_is_told(desk: Desk) -> None:
    """An update of the runtime must not take the device away that stands there; it asks for another test."""
    desk.put(binding(digest="0" * 64))
    found = desk.start()
    assert found.profile.devices["id_reader"].driver == "sdt_usb"
    assert found.changed == ("id_reader",)


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ({"name": "camera"}, Why.NAME),
        ({"device_class": DeviceClass.CAMERA}, Why.CLASS),
        ({"driver": "no_such_driver"}, Why.DRIVER),
        ({"driver": "v4l2"}, Why.DRIVER),
        ({"place": Place(bus=Bus.SERIAL)}, Why.PLACE),
    ],
)
def test_a_binding_that_does_not_fit_is_refused(desk: Desk, spoiled: dict[str, Any], why: Why) -> None:
    desk.put(binding(**spoiled))
    found = desk.start()
    assert found.refused == (Refused("id_reader", why),)
    assert found.profile.devices == desk.profile.devices


def test_a_binding_of_a_device_that_the_profile_has_not_is_refused(desk: Desk) -> None:
    desk.put(binding(name="scanner"), file="scanner")
    assert desk.start().refused == (Refused("scanner", Why.DEVICE),)


def _changed(text: bytes) -> bytes:
    return text.replace(b'"sdt_usb"', b'"sdt_serial"')


def _of_another_kind(text: bytes) -> bytes:
    return text.replace(b'"binding"', b'"report"', 1)


def _torn(text: bytes) -> bytes:
    return text[: len(text) // 2]


def _empty(text: bytes) -> bytes:
    return b""


def _deep(text: bytes) -> bytes:
    return b"[" * 100_000


def _without_signature(text: bytes) -> bytes:
    return json.dumps({**json.loads(text), "signature": ""}).encode()


def _earlier(text: bytes) -> bytes:
    return text.replace(b"2026-11-22T", b"2026-11-21T")


def _no_time(text: bytes) -> bytes:
    return text.replace(b"2026-11-22T09:30:00+00:00", b"yesterday")


def _not_hexadecimal(text: bytes) -> bytes:
    return json.dumps({**json.loads(text), "certificate": "zz"}).encode()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_changed, Why.SIGNATURE),
        (_without_signature, Why.SIGNATURE),
        (_earlier, Why.SIGNATURE),
        (_of_another_kind, Why.UNREADABLE),
        (_torn, Why.UNREADABLE),
        (_empty, Why.UNREADABLE),
        (_deep, Why.UNREADABLE),
        (_no_time, Why.UNREADABLE),
        (_not_hexadecimal, Why.UNREADABLE),
    ],
)
def test_a_file_that_was_touched_is_refused(desk: Desk, spoil: Callable[[bytes], bytes], why: Why) -> None:
    desk.put(binding())
    before = desk.files.read("id_reader")
    spoiled = spoil(before)
    assert spoiled != before
    desk.files.put("id_reader", spoiled)
    assert desk.start().refused == (Refused("id_reader", why),)


def test_the_binding_of_another_kiosk_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Operator(tmp_path / "other")
    desk.put(binding(), signer=other.kiosk(KIOSK))
    assert desk.start().refused == (Refused("id_reader", Why.SIGNATURE),)
    (tmp_path / "kiosk.key").unlink()
    desk.put(binding(), signer=desk.operator.kiosk("KX-360100-0002"), kiosk="KX-360100-0002")
    assert desk.start().refused == (Refused("id_reader", Why.SIGNATURE),), (
        "of the same operator, and of another machine"
    )


def test_a_renewed_key_keeps_the_bindings(desk: Desk, tmp_path: Path) -> None:
    desk.put(binding())
    (tmp_path / "kiosk.key").unlink()
    desk.operator.kiosk(KIOSK)
    assert desk.start().profile.devices["id_reader"].driver == "sdt_usb"


def test_without_the_operators_root_nothing_is_believed(desk: Desk) -> None:
    desk.put(binding())
    desk.roots.unlink()
    assert desk.start().refused == (Refused("id_reader", Why.SIGNATURE),)


def test_one_bad_binding_costs_only_itself(desk: Desk) -> None:
    desk.put(binding())
    desk.files.put("camera", b"")
    found = desk.start()
    assert found.profile.devices["id_reader"].driver == "sdt_usb"
    assert found.refused == (Refused("camera", Why.UNREADABLE),)


def test_a_papers_code_is_no_binding(desk: Desk) -> None:
    """The key signs both: the bytes of one must never count as the other."""
    body = {"x": 1}
    record = json.loads(signed("binding", KIOSK, body, desk.signer, at=AT))
    whole = json.dumps({**record, "signature": ""}, sort_keys=True, separators=(",", ":")).encode()
    record["signature"] = desk.signer.sign(whole).hex()
    desk.files.put("id_reader", json.dumps(record).encode())
    assert desk.start().refused == (Refused("id_reader", Why.SIGNATURE),)
