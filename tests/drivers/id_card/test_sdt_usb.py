"""The same reader on USB: HID reports over a node that carries them, bulk endpoints through the real libusb on a replayed usbfs.

Not hidraw itself: a pseudo-terminal stands in for the node, so the kernel's HID layer is not under test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import Presence, Readiness
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import CardKind, CardSeen, WaitCard, WaitLift
from drivers.emulators import id_card_people
from drivers.emulators.id_card_device import LaidCard, ReaderDevice, reply
from drivers.emulators.id_card_reader import SdtHidEmulator
from drivers.id_card import hid_line
from drivers.id_card.sdt_usb import SdtUsb

# Report number 7 of an answer, made by hand: AA, SRN, 3 + 4 bytes, result 00, number, the piece, the sum of what is counted.
ANSWER = bytes.fromhex("AA 0000 0700 00 0007 01020304 1800") + bytes(64 - 14)


@pytest.fixture
def hid() -> Iterator[SdtHidEmulator]:
    emulator = SdtHidEmulator(radio_seconds=0.02)
    yield emulator
    emulator.stop()


@pytest.fixture
def usb_driver(hid: SdtHidEmulator, quick: dict[str, Any]) -> Iterator[SdtUsb]:
    driver = registry.make("sdt_usb", {**hid.start(), **quick, "photo_decoder": "stand_in"}, production=False)
    assert isinstance(driver, SdtUsb)
    driver.open()
    yield driver
    driver.close()


# --- reports


def test_a_command_is_wrapped_as_the_makers_driver_wraps_it() -> None:
    report = hid_line.report_to(bytes.fromhex("AAAAAA96690003200122"))
    assert report[:18] == bytes.fromhex("88 0000 0B00 B1 AAAAAA96690003200122 ff03")
    assert (len(report), any(report[18:])) == (64, False)
    with pytest.raises(ValueError, match="57 bytes"):
        hid_line.report_to(bytes(57))


def test_a_piece_is_taken_out_of_an_answer() -> None:
    piece = hid_line.part_of(memoryview(ANSWER))
    assert piece is not None
    assert bytes(piece) == bytes((1, 2, 3, 4))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 13), st.integers(1, 255))
def test_a_changed_report_is_refused_unless_it_says_the_same(at: int, change: int) -> None:
    changed = bytearray(ANSWER)
    changed[at] ^= change
    piece = hid_line.part_of(memoryview(changed))
    assert piece is None or (at in (1, 2) and bytes(piece) == bytes((1, 2, 3, 4)))


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=64, max_size=64))
def test_any_report_at_all_is_refused_or_gives_at_most_54_bytes(report: bytes) -> None:
    piece = hid_line.part_of(memoryview(report))
    assert piece is None or len(piece) <= 54


# --- the driver on the node


@pytest.mark.parametrize("kind", list(CardKind))
def test_each_kind_of_card_is_read_over_reports(
    hid: SdtHidEmulator, usb_driver: SdtUsb, heard: Any, portrait: str, kind: str
) -> None:
    given_card = id_card_people.person(kind, 7) | {"photo_base64": portrait, "new_address": "虚构省试验市新区𠮷路2号"}
    hid.place(given_card)
    card = usb_driver.perform(WaitCard(), heard.call()).card
    assert heard == [CardSeen()]
    assert (card.number.reveal(), card.name.reveal()) == (given_card["number"], given_card["name"])
    assert card.newest_address.reveal() == "虚构省试验市新区𠮷路2号"
    assert card.photo.reveal().startswith(b"\x89PNG")
    assert usb_driver.status().card is Presence.PRESENT


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("noise", {"count": 300}), ("short", {"keep": 200}), ("wrong_checksum", {}), ("garble", {"every": 60}),
        ("drop", {"every": 90}), ("duplicate", {}), ("silent", {}), ("fingerprint", {}),
    ],
    ids=str,
)  # fmt: skip
def test_one_bad_answer_over_reports_is_overcome(
    hid: SdtHidEmulator, usb_driver: SdtUsb, heard: Any, name: str, arguments: dict[str, int]
) -> None:
    hid.present()
    hid.fault(name, command="3001", times=1, **arguments)
    assert usb_driver.perform(WaitCard(), heard.call()).card.number.reveal().startswith("999999")
    assert hid.state()["faults"] == []


def test_a_report_torn_apart_costs_one_question(hid: SdtHidEmulator, usb_driver: SdtUsb) -> None:
    """Half a report on the wire shifts everything behind it; the line finds the next whole one."""
    torn = b"\xaa\0\0\x39\0" + bytes(20)
    assert usb_driver.status().readiness is Readiness.READY
    hid._wire._put(torn)
    for _ in range(2):
        assert usb_driver.status().readiness is Readiness.READY


def test_a_pulled_usb_cable_is_noticed_and_heals(hid: SdtHidEmulator, usb_driver: SdtUsb, heard: Any) -> None:
    hid.unplug()
    with pytest.raises(DeviceFault) as caught:
        usb_driver.status()
    assert caught.value.fault.code is FaultCode.DEVICE_GONE
    with pytest.raises(DeviceFault) as caught:
        usb_driver.status()
    assert caught.value.fault.code is FaultCode.PORT_ABSENT
    hid.replug()
    hid.present()
    assert usb_driver.perform(WaitCard(), heard.call()).card is not None


def test_a_cancel_over_reports_is_heard(hid: SdtHidEmulator, usb_driver: SdtUsb, heard: Any) -> None:
    call = heard.call()
    threading.Timer(0.2, call.cancel).start()
    begun = time.monotonic()
    with pytest.raises(CommandCanceled):
        usb_driver.perform(WaitCard(), call)
    assert time.monotonic() - begun < 0.4
    assert hid.withdraw()
    with pytest.raises(DeviceFault, match="deadline"):
        usb_driver.perform(WaitCard(), heard.call(seconds=0.1))


def test_the_node_is_held_and_other_paths_are_told(hid: SdtHidEmulator, usb_driver: SdtUsb, tmp_path: Path) -> None:
    for device, code in (
        (usb_driver._own.device, FaultCode.PORT_DENIED),
        (str(tmp_path / "no"), FaultCode.PORT_ABSENT),
    ):
        with pytest.raises(DeviceFault) as caught:
            registry.make("sdt_usb", {"device": device}, production=True).open()
        assert caught.value.fault.code is code
    for wrong in (
        {"device": "COM3"},
        {"device": "/dev/hidraw0", "connection": "wifi"},
        {"device": "/x", "baud": 9600},
        {"device": "/dev/bus/usb/001/004"},
        {"device": "/dev/hidraw0", "connection": "bulk"},
    ):
        with pytest.raises(DeviceFault, match=r"device|connection|baud") as caught:
            registry.make("sdt_usb", wrong, production=True)
        assert caught.value.fault.code is FaultCode.SETTING_INVALID
    with pytest.raises(LookupError, match="baud_mismatch"):
        hid.fault("baud_mismatch")


def test_a_lifted_card_is_done_over_reports(
    hid: SdtHidEmulator, usb_driver: SdtUsb, heard: Any, later: Callable[..., None]
) -> None:
    hid.present()
    usb_driver.perform(WaitCard(), heard.call())
    later(0.3, hid.withdraw)
    usb_driver.perform(WaitLift(), heard.call())
    assert hid.state()["card"] == "absent"


def test_the_manifest_claims_the_readers_that_public_sources_name() -> None:
    hid = Attached(bus=Bus.USB, path="1-1", node="/dev/hidraw0", kind="hid", vendor="10c4", product="0007")
    bulk = Attached(bus=Bus.USB, path="1-1", node="/dev/bus/usb/001/004", kind="device", vendor="0400", product="c35a")
    for attached, connection in ((hid, "hid"), (bulk, "bulk")):
        claim = registry.claims(attached)[0]
        assert claim.driver == "sdt_usb"
        assert claim.rule.settings_for(attached) == {"device": attached.node, "connection": connection}


# --- bulk endpoints

DEVICE = bytes.fromhex("12 01 0002 00 00 00 40 0004 5ac3 0001 00 00 00 01")
CONFIGURATION = bytes.fromhex(
    "09 02 2000 01 01 00 80 32  09 04 00 00 02 ff 00 00 00  07 05 81 02 4000 00  07 05 02 02 4000 00"
)

READ_ONE_CARD = """
import sys
from drivers import registry
from drivers.contract.driver import Call
from drivers.contract.id_card import WaitCard
driver = registry.make("sdt_usb", {"device": sys.argv[1], "connection": "bulk"}, production=True)
print(driver.open().identity.serial)
card = driver.perform(WaitCard(), Call(5, lambda event, fds: print(type(event).__name__))).card
print(card.number.reveal(), card.newest_address.reveal())
driver.close()
"""


def test_a_card_is_read_over_bulk_endpoints_by_libusb(tmp_path: Path) -> None:
    """libusb sees a device 0400:C35A and speaks to a usbfs that umockdev replays."""
    program = shutil.which("umockdev-run")
    assert program, "apt-get install umockdev"
    card = id_card_people.person("citizen", 5) | {"new_address": "虚构省试验市新区甲路2号"}
    tape = _Usbfs(ReaderDevice(0.0, reread=True))
    for key in ("11ff", "12ff", "3003"):
        tape.exchange(key)
    tape.device.card = LaidCard(card)
    for key in ("2001", "2002", "3001", "3003"):
        tape.exchange(key)
    node = tape.write(tmp_path)
    ran = subprocess.run(
        [program, "-d", tmp_path / "device", "-i", f"{node}={tmp_path / 'ioctl'}", "--", sys.executable, "-c", READ_ONE_CARD, node],
        capture_output=True, text=True, timeout=30, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert ran.stdout.splitlines() == [
        "05.03-20260101-1234567890-0987654321",
        "CardSeen",
        f"{card['number']} {card['new_address']}",
    ], ran.stderr


class _Usbfs:
    """What the kernel would say of one USB device: its descriptors, and each transfer in its order."""

    def __init__(self, device: ReaderDevice) -> None:
        self.device = device
        self._lines = ["USBDEVFS_CONNECTINFO 0 0400000000000000", "USBDEVFS_GET_CAPABILITIES 0 FD010000"]

    def exchange(self, key: str) -> None:
        """The line is drained (an empty transfer), a command goes out, its answer comes in."""
        body = b"\0\3" + bytes.fromhex(key)
        packet = bytes.fromhex("AAAAAA9669") + body + bytes([body[0] ^ body[1] ^ body[2] ^ body[3]])
        answer = reply(*self.device.do(key))
        for endpoint, room, data in ((129, 4096, b""), (2, len(packet), packet), (129, 4096, answer)):
            self._lines.append(f"USBDEVFS_REAPURBNDELAY 0 3 {endpoint} 0 0 {room} {len(data)} 0 {data.hex().upper()}")

    def write(self, folder: Path) -> str:
        node = "/dev/bus/usb/001/004"
        (folder / "ioctl").write_text(f"@DEV {node} (USBDEVFS)\n" + "\n".join(self._lines) + "\n")
        (folder / "device").write_text(
            "P: /devices/pci0000:00/0000:00:14.0/usb1/1-1\nN: bus/usb/001/004\n"
            f"E: DEVNAME={node}\nE: DEVTYPE=usb_device\nE: BUSNUM=001\nE: DEVNUM=004\nE: MAJOR=189\nE: MINOR=3\n"
            "E: SUBSYSTEM=usb\nA: busnum=1\\n\nA: devnum=4\\n\nA: idVendor=0400\\n\nA: idProduct=c35a\\n\n"
            "A: bConfigurationValue=1\\n\nA: bNumConfigurations=1\\n\nA: speed=12\\n\n"
            f"H: descriptors={(DEVICE + CONFIGURATION).hex().upper()}\n"
        )
        return node
