"""The wire carries secrets and typed messages, refuses everything else, and names the field of what is wrong."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.contract.id_card import Card, CardKind, IdCard
from drivers.contract.messages import FromHost, ToHost
from drivers.contract.secret import SecretBytes, SecretText
from drivers.link import wire


class Typed(msgspec.Struct, frozen=True):
    """A message with secrets at every depth."""

    name: SecretText
    photo: SecretBytes | None = None
    pages: tuple[SecretBytes, ...] = ()
    fields: dict[str, SecretText] = {}


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"])),
    photo=st.none() | st.binary(max_size=2000),
    pages=st.lists(st.binary(max_size=20), max_size=3),
    fields=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.text("0123456789"), max_size=3
    ),
)
def test_secrets_come_out_as_they_went_in(
    name: str, photo: bytes | None, pages: list[bytes], fields: dict[str, str]
) -> None:
    message = Typed(
        name=SecretText(name),
        photo=None if photo is None else SecretBytes(photo),
        pages=tuple(map(SecretBytes, pages)),
        fields={key: SecretText(value) for key, value in fields.items()},
    )
    back = wire.decode(wire.encode(message), Typed)
    assert back.name.reveal() == name
    assert (back.photo.reveal() if back.photo is not None else None) == photo
    assert [page.reveal() for page in back.pages] == pages
    assert {key: value.reveal() for key, value in back.fields.items()} == fields


def test_a_card_crosses_whole() -> None:
    text = {name: SecretText(f"某{name}") for name in ("name", "birth", "address", "number", "newest_address")}
    plain = {name: name for name in ("sex", "nation", "issuer", "valid_from", "valid_to")}
    card = IdCard(kind=CardKind.CITIZEN, photo=SecretBytes(b"\0\1"), **text, **plain)
    back = wire.decode(wire.encode(Card(card=card)), Card).card
    assert {name: getattr(back, name).reveal() for name in text} == {name: f"某{name}" for name in text}
    assert {name: getattr(back, name) for name in plain} == plain
    assert back.photo.reveal() == b"\0\1"


def test_a_wiped_secret_does_not_cross() -> None:
    secret = SecretText("某某")
    secret.wipe()
    with pytest.raises(ValueError, match="wiped"):
        wire.encode(Typed(name=secret))


@pytest.mark.parametrize(
    "alien", [object(), lambda: None, Exception("x"), open], ids=["object", "function", "error", "builtin"]
)
def test_what_must_stay_in_its_process_does_not_cross(alien: object) -> None:
    with pytest.raises(NotImplementedError, match="does not cross a process boundary"):
        wire.encode({"it": alien})


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"name": 5}, r"\$\.name"),
        ({"name": "text where bytes must be"}, r"\$\.name"),
        ({"name": ["x"]}, r"\$\.name"),
        ({"name": b"\xff\xfe"}, r"\$\.name"),
        ({"name": b"x", "pages": [b"x", 5]}, r"\$\.pages\[1\]"),
        ({"name": b"x", "fields": {"pin": 5}}, r"\$\.fields"),
        ({}, "name"),
    ],
)
def test_a_secret_of_the_wrong_type_is_refused_with_its_place_and_without_its_value(value: object, where: str) -> None:
    """A child that sends this is ended like any other that talks nonsense; nothing else in the core falls."""
    with pytest.raises(msgspec.ValidationError, match=where):
        wire.decode(wire.encode(value), Typed)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_by_the_decoders_own_error(raw: bytes) -> None:
    for kind in (FromHost, ToHost, Card, Typed):
        try:
            wire.decode(raw, kind)
        except msgspec.MsgspecError:
            continue


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 80), at=st.integers(0, 80), bit=st.integers(0, 7))
@example(cut=0, at=41, bit=7)  # the first byte of a key that is no UTF-8
def test_a_cut_or_bent_message_is_a_message_or_refused(cut: int, at: int, bit: int) -> None:
    raw = bytearray(
        wire.encode(Typed(name=SecretText("某某"), photo=SecretBytes(b"123"), fields={"pin": SecretText("1")}))
    )
    raw[at % len(raw)] ^= 1 << bit
    for bent in (bytes(raw), bytes(raw[:cut])):
        try:
            assert isinstance(wire.decode(bent, Typed), Typed)
        except msgspec.MsgspecError:
            continue
