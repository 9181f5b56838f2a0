"""A profile names a thing; the answer is that thing, or why there is none: never one of several, never "absent" unheard."""

from __future__ import annotations

import subprocess
import sys
from fnmatch import fnmatchcase

import msgspec
import pytest

from drivers import registry
from drivers.buses.network import services
from drivers.buses.places import Missing, Place, Why, find, place_of, unclaimed
from drivers.buses.table import Answer, BusState, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, fault

PORT = "pci-0000:00:14.0-usb-0:1.2"


def port(path: str, serial: str = "", vendor: str = "1a86") -> Attached:
    return Attached(
        bus=Bus.SERIAL, path=f"{path}:1.0-port0", node="/dev/ttyUSB0", vendor=vendor, product="7523", serial=serial
    )


def table(*things: Attached, bus: Bus = Bus.SERIAL) -> Table:
    return Table((BusState(bus=bus, answer=Answer.LISTED, things=things),))


READER, OTHER = port(PORT, serial="A1"), port("pci-0000:00:14.0-usb-0:3", serial="A2")


@pytest.mark.parametrize(
    "place",
    [
        Place(bus=Bus.SERIAL, path=f"{PORT}*"),
        Place(bus=Bus.SERIAL, path=READER.path),
        Place(bus=Bus.SERIAL, serial="a1"),
        Place(bus=Bus.SERIAL, vendor="1A86", serial="A1"),
        place_of(READER),
    ],
)
def test_found_by_whatever_names_it(place: Place):
    assert find(place, table(READER, OTHER)) == READER


def test_one_of_several_is_never_taken():
    missing = find(Place(bus=Bus.SERIAL, vendor="1a86"), table(READER, OTHER))
    assert isinstance(missing, Missing)
    assert (missing.why, missing.several) == (Why.SEVERAL, (READER, OTHER))


def test_absent_only_when_the_bus_was_heard():
    place = Place(bus=Bus.SERIAL, serial="A3")
    assert find(place, table(READER)) == Missing(place=place, why=Why.ABSENT)
    assert find(place, Table()) == Missing(place=place, why=Why.UNKNOWN)
    assert find(place, Table((BusState(bus=Bus.SERIAL),))) == Missing(place=place, why=Why.UNKNOWN)
    down = fault(FaultCode.SERVICE_DOWN)
    failed = Table((BusState(bus=Bus.SERIAL, answer=Answer.FAILED, fault=down),))
    assert find(place, failed) == Missing(place=place, why=Why.UNKNOWN, fault=down)


def test_another_bus_is_not_meant():
    assert isinstance(find(Place(bus=Bus.USB), table(READER)), Missing)


def test_brackets_in_a_readers_name_are_no_pattern():
    reader = Attached(bus=Bus.PCSC, path="ACME [Contactless] slot 00", node="ACME [Contactless] 00 00")
    assert find(Place(bus=Bus.PCSC, path="acme [contactless] slot 00"), table(reader, bus=Bus.PCSC)) == reader
    assert find(place_of(reader), table(reader, bus=Bus.PCSC)) == reader


def test_a_wrong_key_in_a_profile_is_named():
    with pytest.raises(msgspec.ValidationError, match="port"):
        msgspec.convert({"bus": "serial", "port": "x"}, Place)
    with pytest.raises(msgspec.ValidationError, match="bus"):
        msgspec.convert({"bus": "bluetooth"}, Place)


def test_what_no_driver_claims_is_listed_and_a_claimed_device_is_claimed_as_a_whole(monkeypatch: pytest.MonkeyPatch):
    raw = Attached(bus=Bus.USB, path=PORT, node="/dev/bus/usb/001/002", kind="device", vendor="1a86")
    alone = Attached(
        bus=Bus.USB, path="pci-0000:00:14.0-usb-0:1.20", node="/dev/bus/usb/001/003", kind="device", vendor="ffff"
    )
    board = Attached(bus=Bus.SERIAL, path="pnp-00:05-port0", node="/dev/ttyS0")
    everything = Table(
        (
            BusState(bus=Bus.SERIAL, answer=Answer.LISTED, things=(READER, board)),
            BusState(bus=Bus.USB, answer=Answer.LISTED, things=(raw, alone)),
        )
    )

    def claims(attached: Attached) -> list[str]:
        return ["a driver"] if attached == READER else []

    monkeypatch.setattr(registry, "claims", claims)
    assert unclaimed(everything) == (board, alone)


def test_what_a_manifest_claims_on_the_network_is_looked_for():
    rules = [rule for manifest in registry.manifests().values() for rule in manifest.match if rule.bus is Bus.NETWORK]
    assert rules
    for rule in rules:
        assert any(fnmatchcase(service, rule.kind) for service in services()), f"{rule.kind} is not looked for"


CLAIM_WITHOUT_IO = """
import sys
from drivers import registry
from drivers.contract.bus import Attached, Bus
registry.manifests()
loaded = set(sys.modules)
touched = []
sys.addaudithook(lambda event, arguments: touched.append((event, arguments)) if event.split(".")[0] in
                 ("open", "os", "socket", "subprocess", "ctypes", "import", "fcntl") else None)
found = 0
for bus in Bus:
    for kind in ("", "device", "hid", "printer", "keyboard", "_ipp._tcp"):
        found += len(registry.claims(Attached(bus=bus, path="p", node="192.0.2.1:9", vendor="1a86", product="7523", kind=kind)))
assert not touched, touched
assert set(sys.modules) == loaded, set(sys.modules) - loaded
print("claims:", found)
"""


def test_claiming_touches_no_device_no_network_and_loads_no_driver():
    """Odoo's supported() opens the device to learn whether it is one: vendor I/O, in the scanner's thread."""
    done = subprocess.run(
        [sys.executable, "-c", CLAIM_WITHOUT_IO], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("claims:")
