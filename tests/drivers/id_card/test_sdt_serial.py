"""The driver over a real pseudo-terminal: what it says of itself, and reading a card."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers import registry
from drivers.contract.common import DeviceClass, Done, Presence, Readiness, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import Card, CardKind, CardSeen, TryAgain, WaitCard, WaitLift
from drivers.contract.secret import Secret
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_serial import SdtSerial
from drivers.link import wire

Cards = dict[str, dict[str, str]]
Make = Callable[..., SdtSerial]


def code_of(caught: pytest.ExceptionInfo[DeviceFault]) -> FaultCode:
    return caught.value.fault.code


# --- what it says of itself


def test_the_manifest_is_found_and_leads_to_the_driver() -> None:
    manifest = registry.manifests()["sdt_serial"]
    assert manifest.device_class is DeviceClass.ID_CARD_READER
    assert registry.load("sdt_serial") is SdtSerial


@pytest.mark.parametrize(("decoder", "photo"), [("none", Supported.NO), ("stand_in", Supported.YES)])
def test_capabilities(reader: SdtEmulator, make_driver: Make, decoder: str, photo: Supported) -> None:
    driver = make_driver(photo_decoder=decoder)
    driver.close()
    capabilities = driver.open()
    assert capabilities.identity.serial == "05.03-20260101-1234567890-0987654321"
    assert capabilities.kinds == tuple(CardKind)
    assert (capabilities.photo, capabilities.stand_in_decoder) == (photo, decoder == "stand_in")
    assert (capabilities.newest_address, capabilities.presence) == (Supported.YES, Supported.YES)
    assert capabilities.lift_needed is Supported.YES


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({}, "port"), ({"port": "x", "colour": 1}, "colour"), ({"port": "x", "baud": 1200}, "baud"),
        ({"port": "x", "poll_ms": 10}, "poll_ms"), ({"port": "x", "photo_decoder": "wlt"}, "photo_decoder"),
        ({"port": "x", "photo_decoder": "vendor"}, "photo_library"),
        ({"port": "x", "photo_decoder": "vendor", "photo_library": "libc.so.6"}, "photo_symbol"),
    ],
)  # fmt: skip
def test_a_wrong_setting_names_its_key(settings: dict[str, object], key: str) -> None:
    with pytest.raises(DeviceFault, match=key) as caught:
        registry.make("sdt_serial", settings, production=False)
    assert code_of(caught) is FaultCode.SETTING_INVALID


def test_production_refuses_the_stand_in_decoder() -> None:
    with pytest.raises(DeviceFault, match="photo_decoder=stand_in") as caught:
        registry.make("sdt_serial", {"port": "x", "photo_decoder": "stand_in"}, production=True)
    assert code_of(caught) is FaultCode.EMULATOR_REFUSED
    assert registry.make("sdt_serial", {"port": "x"}, production=True).stand_ins() == ()


def test_a_port_that_is_not_there_or_not_serial_is_absent(tmp_path: Path, make_driver: Make) -> None:
    (tmp_path / "file").write_text("")
    for port in (tmp_path / "nothing", tmp_path / "file"):
        with pytest.raises(DeviceFault, match=port.name) as caught:
            make_driver(port=str(port))
        assert code_of(caught) is FaultCode.PORT_ABSENT


def test_the_port_is_held_exclusively(driver: SdtSerial, make_driver: Make) -> None:
    with pytest.raises(DeviceFault, match="another program") as caught:
        make_driver()
    assert code_of(caught) is FaultCode.PORT_DENIED


# --- reading


@pytest.mark.parametrize("kind", list(CardKind))
def test_each_kind_of_card_is_read(
    reader: SdtEmulator, make_driver: Make, heard: Any, cards: Cards, portrait: str, kind: str
) -> None:
    driver, given = make_driver(photo_decoder="stand_in"), cards[kind]
    reader.place(given | {"photo_base64": portrait})
    result = driver.perform(WaitCard(), heard.call())
    card = result.card
    assert heard == [CardSeen()]
    assert card.kind == kind
    assert card.name.reveal() == given.get("chinese_name", given["name"])
    assert card.number.reveal() == given["number"]
    assert card.birth.reveal() == given["birth"]
    assert card.address.reveal() == given.get("address", "")
    assert (card.sex, card.issuer) == (given["sex"], given.get("issuer", ""))
    assert (card.valid_from, card.valid_to) == (given["valid_from"], given["valid_to"])
    assert card.nation == {"citizen": "哈尼", "hmt_permit": ""}.get(kind, given.get("nationality"))
    english = given["name"] if given["name"].isascii() else ""
    for field, value in (("english_name", english), ("pass_number", ""), ("old_permit", "")):
        secret = getattr(card, field)
        assert (secret.reveal() if secret else "") == given.get(field, value)
    for field in ("issue_count", "renewals", "version"):
        assert getattr(card, field) == given.get(field, "")
    assert card.newest_address is None
    assert len(card.card_serial.reveal()) == 8
    assert card.photo_problem == ""
    with Image.open(io.BytesIO(card.photo.reveal())) as image:
        assert (image.format, image.size) == ("PNG", (102, 126))
    assert wire.decode(wire.encode(result), Card) == result  # it fits through the host's channel
    assert given["number"] not in repr(result)


def test_the_newest_address_is_read_when_asked_for(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    for wanted, expected in ((True, "虚构省试验市新区𠮷路2号"), (False, None)):
        reader.place(citizen | {"new_address": "虚构省试验市新区𠮷路2号"})
        card = driver.perform(WaitCard(newest_address=wanted), heard.call()).card
        assert (card.newest_address.reveal() if card.newest_address else None) == expected
        assert card.address.reveal() == citizen["address"]
        reader.lift()


@pytest.mark.parametrize("decoder", ["none", "stand_in"])
def test_a_photo_that_cannot_be_decoded_is_none_with_a_reason(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str], decoder: str
) -> None:
    driver = make_driver(photo_decoder=decoder)
    reader.place(citizen)  # its photo is 1,024 zeros
    card = driver.perform(WaitCard(), heard.call()).card
    assert card.photo is None
    assert "照片" in card.photo_problem


def test_a_card_that_comes_later_is_waited_for(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str], later: Callable[..., None]
) -> None:
    later(0.4, reader.place, citizen)
    assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == citizen["number"]
    assert heard == [CardSeen()]


def test_wrong_text_ends_the_command_and_no_personal_data_is_in_the_error(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen | {"number": citizen["number"][:-1] + "?"})
    with pytest.raises(DeviceFault, match="number") as caught:
        driver.perform(WaitCard(), heard.call())
    assert code_of(caught) is FaultCode.CARD_TEXT_INVALID
    told = json.dumps([str(caught.value), caught.value.fault.detail, repr(caught.value)], ensure_ascii=False)
    for field in ("name", "number", "birth", "address", "issuer"):
        assert citizen[field][:6] not in told


def test_the_drivers_buffers_are_empty_after_a_read(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    driver.perform(WaitCard(), heard.call())
    link = driver._reader._link
    assert link is not None
    assert not any(link._line._chunk)
    assert not link._reader._buffer


# --- every status

AFTER_FIND = [status for status in sdt.Status if sdt.FAULT_OF[status] is not None]


@pytest.mark.parametrize("status", AFTER_FIND, ids=lambda status: status.name)
def test_every_status_of_a_read_is_told_or_raised(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str], status: sdt.Status
) -> None:
    """What the visitor can mend is told and the card read at the second try; the rest ends the command with its fault."""
    driver = make_driver(attempts=1)
    reader.place(citizen)
    reader.fault("status", sw3=int(status), command="3001", times=1)
    expected = sdt.FAULT_OF[status]
    if expected in (FaultCode.CARD_UNREADABLE, FaultCode.CARD_UNKNOWN_TYPE, FaultCode.CARD_ABSENT):
        driver.perform(WaitCard(), heard.call())
        told = FaultCode.CARD_UNKNOWN_TYPE if expected is FaultCode.CARD_UNKNOWN_TYPE else FaultCode.CARD_UNREADABLE
        assert heard == [CardSeen(), TryAgain(told), CardSeen()]
    else:
        with pytest.raises(DeviceFault) as caught:
            driver.perform(WaitCard(), heard.call())
        assert code_of(caught) is expected
        assert status.name in caught.value.fault.detail or expected is FaultCode.LINK_GARBLED


def test_a_status_that_the_protocol_does_not_know_is_garbled(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    reader.fault("status", sw3=0x77, command="2002", times=1)
    with pytest.raises(DeviceFault, match="77") as caught:
        driver.perform(WaitCard(), heard.call())
    assert code_of(caught) is FaultCode.LINK_GARBLED


@pytest.mark.parametrize(
    ("sw3", "code"), [(0x60, FaultCode.SAM_FAILED), (0x66, FaultCode.SAM_UNAUTHORISED), (0x41, FaultCode.SAM_FAILED)]
)
def test_a_sick_sam_is_told_at_the_opening(reader: SdtEmulator, make_driver: Make, sw3: int, code: FaultCode) -> None:
    reader.fault("status", sw3=sw3)
    with pytest.raises(DeviceFault) as caught:
        make_driver()
    assert code_of(caught) is code


def test_a_sam_that_fails_later_is_told_by_the_status_and_heals(reader: SdtEmulator, driver: SdtSerial) -> None:
    assert driver.status().readiness is Readiness.READY
    reader.fault("sam_offline")
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert code_of(caught) is FaultCode.SAM_FAILED
    reader.clear_faults()
    assert driver.status().readiness is Readiness.READY


@pytest.mark.parametrize(("probe", "read_address"), [("newest_address", False), ("chip_number", True)])
def test_a_reader_without_the_address_command_says_so_and_still_reads(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str], probe: str, read_address: bool
) -> None:
    reader.fault("status", sw3=0x21, command="3003")
    driver = make_driver(presence_by=probe)
    driver.close()
    capabilities = driver.open()
    assert capabilities.newest_address is Supported.NO
    assert capabilities.presence is (Supported.YES if probe == "chip_number" else Supported.NO)
    reader.place(citizen)
    assert driver.perform(WaitCard(newest_address=True), heard.call()).card.newest_address is None
    if probe == "newest_address":
        assert driver.status().card is Presence.NOT_SUPPORTED
        with pytest.raises(DeviceFault) as caught:
            driver.perform(WaitLift(), heard.call())
        assert code_of(caught) is FaultCode.UNSUPPORTED
    else:
        assert driver.status().card is Presence.PRESENT


def test_every_secret_of_a_card_can_be_wiped(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str], portrait: str
) -> None:
    from drivers.contract.secret import wipe_all

    driver = make_driver(photo_decoder="stand_in")
    reader.place(citizen | {"photo_base64": portrait, "new_address": "新址"})
    result = driver.perform(WaitCard(), heard.call())
    secrets = [
        value
        for value in (getattr(result.card, name) for name in result.card.__struct_fields__)
        if isinstance(value, Secret)
    ]
    assert wipe_all(result) == len(secrets) == 7
    assert all(secret.wiped for secret in secrets)


def test_lifting_is_done_when_the_card_is_gone(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str], later: Callable[..., None]
) -> None:
    reader.place(citizen)
    driver.perform(WaitCard(), heard.call())
    assert driver.status().card is Presence.PRESENT
    later(0.5, reader.lift)
    assert driver.perform(WaitLift(), heard.call()) == Done()
    assert reader.state()["card"] == "absent"
    assert driver.status().card is Presence.UNKNOWN
