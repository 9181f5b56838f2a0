"""`kiosk device`: the real command at the near end of a real serial line, the reader's emulator at its far end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from drivers.contract.common import DeviceClass
from drivers.emulators.a4_printer import IppEmulator
from drivers.emulators.camera_portraits import id_photo
from drivers.emulators.id_card_reader import SdtEmulator, stand_in_photo
from kiosk.demo.stage import card_of
from kiosk.sandbox.people import Person
from tests.support.command import kiosk

NAME, NUMBER, ADDRESS = "吉虚构", "999999199003071242", "虚构省试验市样例区甲乙街道1号楼2单元303室"


@pytest.fixture
def reader() -> Iterator[str]:
    """The port of a reader on which a card lies."""
    emulator = SdtEmulator(radio_seconds=0.02)
    port = str(emulator.start()["port"])
    emulator.place(
        {
            "kind": "citizen", "name": NAME, "sex": "女", "nation": "01", "birth": "1990-03-07", "address": ADDRESS,
            "number": NUMBER, "issuer": "试验市公安局样例分局", "valid_from": "2020-01-01", "valid_to": "2040-01-01",
        }
    )  # fmt: skip
    yield port
    emulator.stop()


def test_every_bundled_driver_is_listed_with_its_class(tmp_path: Path) -> None:
    listed = kiosk("device", "list", "--json", folder=tmp_path).json
    found = {each["id"]: each["device_class"] for each in listed}
    wanted = {
        "sdt_serial": "id_card_reader", "frames": "camera", "v4l2": "camera", "ipp": "a4_printer",
        "escpos": "receipt_printer", "pcsc": "smart_card_reader", "nut": "power_supply", "crt_591": "card_dispenser",
    }  # fmt: skip
    assert found.items() >= wanted.items()
    assert set(found.values()) == {each.value for each in DeviceClass}, "a class comes with a driver, or not at all"
    assert "二代身份证" in kiosk("device", "list", folder=tmp_path).out


def test_a_card_is_read_masked(tmp_path: Path, reader: str) -> None:
    ran = kiosk("device", "read", "--driver", "sdt_serial", "--set", f"port={reader}", "--json", folder=tmp_path)
    assert ran.code == 0, ran
    card = ran.json
    assert set(card) == {
        "kind", "name", "sex", "nation", "birth", "address", "newest_address", "number", "issuer", "valid_from",
        "valid_to", "photo_bytes", "photo_problem",
    }  # fmt: skip
    assert card["kind"] == "citizen"
    assert card["valid_to"] == "2040-01-01"
    assert card["number"].startswith("9999")
    assert card["birth"] == "1990-**-**"
    for secret in (NAME, NUMBER, ADDRESS, "0307"):
        assert secret not in ran.out + ran.err


def test_the_bench_may_see_a_card_in_clear(tmp_path: Path, reader: str) -> None:
    ran = kiosk("device", "read", "--driver", "sdt_serial", "--set", f"port={reader}", "--reveal", folder=tmp_path)
    assert ran.code == 0, ran
    for value in (f"name: {NAME}", f"number: {NUMBER}", f"address: {ADDRESS}", "birth: 1990-03-07"):
        assert value in ran.out


def test_a_photograph_is_told_by_its_size_only(tmp_path: Path) -> None:
    emulator = SdtEmulator(radio_seconds=0.02)
    port = str(emulator.start()["port"])
    person = Person(
        id="x", kind="citizen", name=NAME, sex="女", nation="汉", birth="1990-03-07", address=ADDRESS, number=NUMBER,
        issuer="试验市公安局样例分局", valid_from="2020-01-01", valid_to="2040-01-01", portrait="hopper",
    )  # fmt: skip
    emulator.place(card_of(person))
    try:
        ran = kiosk(
            "device", "read", "--driver", "sdt_serial", "--set", f"port={port}", "--set", "photo_decoder=stand_in",
            "--json", folder=tmp_path,
        )  # fmt: skip
    finally:
        emulator.stop()
    assert ran.json["photo_problem"] == ""
    assert ran.json["photo_bytes"] > len(stand_in_photo(id_photo("hopper"))), "a PNG, larger than its lossy source"


def test_without_a_card_it_ends_in_time_with_the_catalogues_words(tmp_path: Path) -> None:
    emulator = SdtEmulator(radio_seconds=0.02)
    port = str(emulator.start()["port"])
    try:
        ran = kiosk(
            "device", "read", "--driver", "sdt_serial", "--set", f"port={port}", "--seconds", "0.5", "--json",
            folder=tmp_path, seconds=10,
        )  # fmt: skip
    finally:
        emulator.stop()
    assert ran.code == 1
    assert ran.json["fault"] == "card_absent"
    assert ran.json["cure"]


def test_a_device_is_probed(tmp_path: Path) -> None:
    printer = IppEmulator(None, seconds_per_page=0.1)
    uri = printer.start()["uri"]
    try:
        found = kiosk("device", "show", "--driver", "ipp", "--set", f"uri={uri}", "--json", folder=tmp_path).json
        assert found["status"]["readiness"] == "ready"
        assert "page_counter" in found["capabilities"]["evidence"]
        printer.do("empty")
        empty = kiosk("device", "show", "--driver", "ipp", "--set", f"uri={uri}", folder=tmp_path)
        assert "status.paper: out" in empty.out
    finally:
        printer.stop()
    with socket.socket() as kept:  # so that nobody else answers there meanwhile
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", urlsplit(str(uri)).port or 0))
        gone = kiosk("device", "show", "--driver", "ipp", "--set", f"uri={uri}", "--json", folder=tmp_path)
    assert (gone.code, gone.json["fault"]) == (1, "device_gone")


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("--driver", "no_such"), 1, "no_such"),
        (("--driver", "sdt_serial"), 1, "port"),
        (("--driver", "sdt_serial", "--set", "port=/dev/no-such-port"), 1, "/dev/no-such-port"),
        (("--driver", "sdt_serial", "--set", "prot=/dev/ttyS0"), 1, "prot"),
        (("--driver", "sdt_serial", "--set", "port"), 2, "KEY=VALUE"),
        (("--driver", "ipp", "--set", "uri=ipp://127.0.0.1:1/x"), 2, "sdt_serial"),
    ],
)
def test_a_mistake_is_told_with_what_is_wrong(
    tmp_path: Path, arguments: tuple[str, ...], code: int, named: str
) -> None:
    ran = kiosk("device", "read", *arguments, folder=tmp_path)
    assert ran.code == code
    assert named in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("fault", "arguments"),
    [("silent", {}), ("garble", {"every": 3}), ("short", {}), ("wrong_checksum", {}), ("baud_mismatch", {})],
)
def test_a_reader_that_does_not_speak_properly_ends_in_one_value(
    tmp_path: Path, fault: str, arguments: dict[str, int]
) -> None:
    emulator = SdtEmulator(radio_seconds=0.02)
    port = str(emulator.start()["port"])
    emulator.do("fault", kind=fault, **arguments)
    try:
        ran = kiosk(
            "device", "read", "--driver", "sdt_serial", "--set", f"port={port}", "--seconds", "3", "--json",
            folder=tmp_path, seconds=30,
        )  # fmt: skip
    finally:
        emulator.stop()
    assert (ran.code, ran.err) == (1, "")
    assert ran.json["fault"] in ("link_silent", "link_garbled", "device_gone", "card_absent")
    assert set(ran.json) == {"fault", "detail", "cause", "cure"}
