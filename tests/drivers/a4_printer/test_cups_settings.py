"""What a profile may write for a queue of CUPS, and what of the bus it claims."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from drivers import registry
from drivers.a4_printer.cups_settings import CupsSettings
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault


def test_a_queue_that_the_bus_lists_is_claimed():
    thing = Attached(bus=Bus.IPP, path="p", node="ipp://127.0.0.1:631/printers/K%C3%BCche", kind="usb")
    rule = registry.manifests()["cups"].claim(thing)
    assert rule is not None
    settings = msgspec.convert(rule.settings_for(thing), CupsSettings)
    assert (settings.name, settings.socket, settings.here) == ("Küche", "/run/cups/cups.sock", True)
    assert settings.uri == "ipp://localhost/printers/K%C3%BCche"
    other = CupsSettings(queue="ipp://print.example:631/printers/a4")
    assert (other.name, other.socket, other.here) == ("a4", "", False), "its printers are not asked from here"
    assert other.uri == "ipp://print.example:631/printers/a4"
    printer = Attached(bus=Bus.NETWORK, path="p", node="ipp://192.0.2.7:631/ipp/print", kind="_ipp._tcp")
    rule = registry.manifests()["ipp"].claim(printer)
    assert rule is not None
    assert rule.settings_for(printer) == {"uri": "ipp://192.0.2.7:631/ipp/print"}


def test_a_scheduler_that_is_not_there_is_gone(tmp_path: Path):
    driver = registry.make("cups", {"queue": "kiosk", "server": str(tmp_path / "cups.sock")}, production=True)
    with pytest.raises(DeviceFault, match="device_gone"):
        driver.open()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "queue"),
        ({"queue": "two words"}, "queue: write the queue's name"),
        ({"queue": "a/b"}, "queue: write the queue's name"),
        ({"queue": "kiosk", "server": "http://x/"}, "server: write the path of the Unix socket"),
        ({"queue": "kiosk", "user": " "}, "user: write a name"),
        ({"queue": "kiosk", "resume": "sometimes"}, "resume"),
        ({"queue": "kiosk", "request_seconds": 5}, "request_seconds"),
        ({"queue": "kiosk", "uri": "ipp://x/"}, "uri"),
    ],
)
def test_a_wrong_setting_of_a_queue_is_named(wrong: dict[str, object], says: str):
    with pytest.raises(DeviceFault, match=f"setting_invalid: cups: .*{says}"):
        registry.make("cups", wrong, production=True)
