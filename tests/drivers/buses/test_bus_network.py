"""Services that another program announces by multicast DNS, on the loopback interface only."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import zeroconf

from drivers.buses import network
from drivers.buses.network import Browser, services
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault, FaultCode

LOOPBACK = ["127.0.0.1"]


@pytest.fixture
def announcer() -> Iterator[zeroconf.Zeroconf]:
    running = zeroconf.Zeroconf(interfaces=LOOPBACK)
    yield running
    running.close()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setattr(network, "_FIRST_ANSWERS", 0.2)
    running = Browser(services(), LOOPBACK)
    yield running
    running.close()


def service(kind: str, name: str, port: int, **texts: str) -> zeroconf.ServiceInfo:
    return zeroconf.ServiceInfo(
        f"{kind}.local.",
        f"{name}.{kind}.local.",
        port=port,
        addresses=[socket.inet_aton("127.0.0.1")],
        properties=texts,
        server=f"{name.replace(' ', '-')}.local.",
    )


def until(browser: Browser, count: int) -> tuple[Attached, ...]:
    end = time.monotonic() + 8
    while len(things := browser.attached()) != count:
        assert time.monotonic() < end, things
        time.sleep(0.05)
    return things


def test_printers_that_announce_themselves(announcer: zeroconf.Zeroconf, browser: Browser):
    texts = {"rp": "ipp/print", "ty": "Kiosk A4", "usb_MFG": "ACME", "usb_MDL": "A4", "UUID": "4509a320-00a0"}
    printer = service("_ipp._tcp", "Kiosk Test A4", 8631, **texts)
    raw = service("_pdl-datastream._tcp", "Kiosk Test Raw", 9100, ty="Raw")
    announcer.register_service(printer, cooperating_responders=True)
    announcer.register_service(raw, cooperating_responders=True)
    found = {thing.kind: thing for thing in until(browser, 2)}
    assert found["_ipp._tcp"] == Attached(
        bus=Bus.NETWORK,
        path="Kiosk Test A4._ipp._tcp.local.",
        node="ipp://127.0.0.1:8631/ipp/print",
        serial="4509a320-00a0",
        maker="ACME",
        model="A4",
        kind="_ipp._tcp",
    )
    assert found["_pdl-datastream._tcp"].node == "127.0.0.1:9100"
    announcer.unregister_service(raw)
    assert [thing.kind for thing in until(browser, 1)] == ["_ipp._tcp"]


def test_a_browser_that_ended_is_begun_again(announcer: zeroconf.Zeroconf, browser: Browser):
    announcer.register_service(service("_ipp._tcp", "Kiosk Again", 8632), cooperating_responders=True)
    until(browser, 1)
    browser._zeroconf.close()  # as when its thread dies
    announcer.register_service(service("_ipp._tcp", "Kiosk Later", 8633), cooperating_responders=True)
    assert [thing.node[-5:-1] for thing in until(browser, 2)] == ["8632", "8633"]


def test_other_addresses_need_another_browser(monkeypatch: pytest.MonkeyPatch):
    """A kiosk that starts before its cable is plugged in would listen on no interface for ever."""
    made: list[Any] = []

    class Zeroconf:
        started = True

        def __init__(self, **_: object) -> None:
            made.append(self)

        def close(self) -> None:
            self.started = False

    monkeypatch.setattr(zeroconf, "Zeroconf", Zeroconf)
    monkeypatch.setattr(zeroconf, "ServiceBrowser", lambda *_, **__: None)
    monkeypatch.setattr(network, "_FIRST_ANSWERS", 0.0)
    addresses = frozenset[str]()
    monkeypatch.setattr(network, "_own_addresses", lambda: addresses)
    browser = Browser(services())
    with pytest.raises(DeviceFault) as caught:
        browser.attached()
    assert caught.value.fault.code is FaultCode.SERVICE_DOWN
    addresses = frozenset({"192.0.2.2"})
    assert browser.attached() == browser.attached() == ()
    assert len(made) == 1
    addresses = frozenset({"192.0.2.9"})
    assert browser.attached() == ()
    assert [each.started for each in made] == [False, True]


def test_loopback_is_no_network():
    assert not any(address.startswith("127.") or address == "::1" for address in network._own_addresses())
