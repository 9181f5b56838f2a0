"""The emulator's six verbs, each kind of fault, and the driver at the other end: a fault, never a guess; and well again after."""

from __future__ import annotations

import json
import os
import time
import tty
from collections.abc import Callable
from typing import Any

import pytest
from escpos.printer import Network

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import Cover, Readiness, Supply
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.receipt_printer import Line
from drivers.emulators.receipt_faults import DEVICE_FAULTS, WIRE_FAULTS
from drivers.receipt_printer.port import UsbPort

SLIP = [Line(text=f"第{number}行") for number in range(10)]

TOLD_AS = {
    "silent": {FaultCode.LINK_SILENT},
    "garble": {FaultCode.LINK_GARBLED},
    "noise": {FaultCode.LINK_GARBLED},
    "short": {FaultCode.LINK_SILENT},
    "duplicate": {FaultCode.LINK_GARBLED},
    "baud_mismatch": {FaultCode.LINK_SILENT, FaultCode.LINK_GARBLED},
}


def code_of(act: Callable[[], Any]) -> FaultCode:
    with pytest.raises(DeviceFault) as caught:
        act()
    return caught.value.fault.code


def test_every_kind_of_fault_is_tried_here(bench: Any) -> None:
    tried = {*TOLD_AS, "slow", "drop", "die_mid_command"}
    assert tried == set(WIRE_FAULTS)
    assert set(bench.printer.FAULTS) == tried | set(DEVICE_FAULTS)
    assert {"unplug", "replug", "fault", "clear_faults", "present", "withdraw"} <= set(bench.printer.verbs())


@pytest.mark.parametrize("kind", TOLD_AS)
def test_a_wire_that_is_not_right_is_a_fault_and_never_plenty_of_paper(
    make_bench: Callable[..., Any], kind: str
) -> None:
    bench = make_bench("pty", reply_seconds=0.15)
    bench.driver.open()
    bench.printer.do("paper", level="low")
    bench.printer.do("fault", kind=kind)
    assert code_of(bench.driver.status) in TOLD_AS[kind]
    assert code_of(lambda: bench.print(*SLIP)) in TOLD_AS[kind]
    bench.printer.do("clear_faults")
    assert bench.driver.status().readiness is Readiness.READY, "well again with the next question"
    assert bench.printed() == []


@pytest.mark.parametrize(
    ("kind", "paper", "cover", "code"),
    [
        ("jam", Supply.OK, Cover.CLOSED, FaultCode.CUTTER_FAILED),
        ("paper_low", Supply.LOW, Cover.CLOSED, FaultCode.PAPER_LOW),
        ("paper_out", Supply.OUT, Cover.CLOSED, FaultCode.PAPER_OUT),
        ("cover", Supply.OK, Cover.OPEN, FaultCode.COVER_OPEN),
    ],
)
def test_what_goes_wrong_with_the_printer_is_named(
    make_bench: Callable[..., Any], kind: str, paper: Supply, cover: Cover, code: FaultCode
) -> None:
    bench = make_bench("tcp")
    bench.printer.do("fault", kind=kind)
    status = bench.driver.status()
    assert (status.paper, status.cover, [fault.code for fault in status.faults]) == (paper, cover, [code])
    bench.printer.do("clear_faults")
    assert bench.driver.status().faults == ()


@pytest.mark.parametrize("link", ["tcp", "pty", "usb"])
def test_power_lost_in_the_middle_of_a_slip(make_bench: Callable[..., Any], link: str) -> None:
    bench = make_bench(link)
    bench.driver.open()
    bench.printer.do("fault", kind="die_mid_command")
    began = time.monotonic()
    assert code_of(lambda: bench.print(*SLIP)) in (FaultCode.DEVICE_GONE, FaultCode.LINK_SILENT)
    assert time.monotonic() - began < 4
    assert code_of(bench.driver.status) is FaultCode.PORT_ABSENT
    bench.printer.do("clear_faults")
    bench.printer.do("replug")
    bench.print(Line(text="下一位"))
    assert bench.slip()["text"] == ["下一位"], "nothing of the slip that was lost comes before another visitor"


def test_a_visitor_takes_the_slip(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp")
    assert bench.printer.do("present") is False
    assert bench.printer.do("withdraw") is False
    bench.print(Line(text="凭条"))
    assert bench.printer.state()["lying"] == 1
    assert bench.printer.do("withdraw") is True
    assert json.loads(json.dumps(bench.printer.state()))["lying"] == 0


def test_a_kind_that_is_none_is_named(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp")
    with pytest.raises(ValueError, match=r"kind is one of none, silent, .* not 'sulk'"):
        bench.printer.do("fault", kind="sulk")
    with pytest.raises(ValueError, match="tcp has no speed"):
        bench.printer.do("fault", kind="baud_mismatch")


def test_python_escpos_alone_takes_silence_for_plenty_of_paper(make_bench: Callable[..., Any]) -> None:
    """The trap that `status.py` stands against: should the library ever mend it, this tells us."""
    bench = make_bench("tcp")
    bench.printer.do("paper", level="out")
    bench.printer.do("fault", kind="silent")
    bench.driver.close()
    printer = Network("127.0.0.1", bench.settings["port"], timeout=0.2)
    printer.open()
    printer._read = lambda: b""  # as its serial line does after its time; over the network a time-out is raised
    assert printer.paper_status() == 2, "2 means plenty"
    printer.close()
    assert code_of(bench.driver.status) is FaultCode.LINK_SILENT


# --- the node of a USB printer


def test_a_slip_over_usb_and_a_cable_that_is_pulled(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("usb")
    assert bench.settings["connection"] == "usb"
    bench.driver.open()
    bench.print(*SLIP)
    assert bench.slip()["text"] == [line.text for line in SLIP]
    bench.printer.do("unplug")
    assert code_of(bench.driver.status) is FaultCode.DEVICE_GONE
    assert code_of(lambda: bench.print(*SLIP)) is FaultCode.PORT_ABSENT
    bench.printer.do("replug")
    bench.print(Line(text="接回来了"))
    assert bench.slip(2)["text"] == ["接回来了"]


def test_what_is_plugged_in_is_claimed() -> None:
    things = {
        "serial": Attached(bus=Bus.SERIAL, path="p", node="/dev/ttyS1"),
        "usb": Attached(bus=Bus.USB, path="p", node="/dev/usb/lp0", kind="printer"),
        "network": Attached(bus=Bus.NETWORK, path="p", node="192.0.2.7:9100", kind="_pdl-datastream._tcp"),
    }
    for connection, thing in things.items():
        rule = registry.manifests()["escpos"].claim(thing)
        assert rule is not None
        settings = rule.settings_for(thing)
        assert settings["connection"] == connection
        registry.make("escpos", settings, production=True)
    assert registry.manifests()["escpos"].claim(Attached(bus=Bus.USB, path="p", node="x", kind="hid")) is None


def test_a_node_that_nobody_may_open_is_denied(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """usblp answers EBUSY to a second opening; a pty cannot, so here it is said for it."""
    taken = tmp_path / "lp0"

    def busy(path: str, flags: int) -> int:
        raise OSError(16, os.strerror(16))

    with pytest.raises(DeviceFault, match="port_absent"):
        UsbPort(str(taken), write_seconds=1)
    monkeypatch.setattr(os, "open", busy)
    with pytest.raises(DeviceFault, match=r"port_denied: path: .*lp0: Device or resource busy"):
        UsbPort(str(taken), write_seconds=1)


def test_a_usb_printer_that_takes_nothing_is_not_waited_for_without_end() -> None:
    master, slave = os.openpty()  # and nobody reads
    tty.setraw(slave)
    port = UsbPort(os.ttyname(slave), write_seconds=0.3)
    began = time.monotonic()
    with pytest.raises(DeviceFault, match="link_silent: the printer takes no data"):
        port.write(b"x" * 1_000_000)
    assert time.monotonic() - began < 1.0
    os.close(master)
    with pytest.raises(DeviceFault, match="device_gone"):
        port.read(0.1)
    port.close()
    os.close(slave)
