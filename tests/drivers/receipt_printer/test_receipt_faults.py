"""Everything that goes wrong with a receipt printer, over the real wire."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers import registry
from drivers.contract.common import Cover, Readiness, Supply
from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.receipt_printer import Line, PrintSlip

SLIP = [Line(text=f"第{number}行") for number in range(10)]


def code_of(act: Callable[[], Any]) -> FaultCode:
    with pytest.raises(DeviceFault) as caught:
        act()
    return caught.value.fault.code


def test_a_well_printer_says_so(bench: Any) -> None:
    bench.driver.open()
    status = bench.driver.status()
    assert (status.readiness, status.paper, status.cover, status.faults) == (
        Readiness.READY,
        Supply.OK,
        Cover.CLOSED,
        (),
    )


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("paper", {"level": "out"}, FaultCode.PAPER_OUT),
        ("cover", {"open": True}, FaultCode.COVER_OPEN),
        ("cutter_jam", {}, FaultCode.CUTTER_FAILED),
    ],
)
def test_what_stops_it_is_told_and_nothing_is_printed(
    bench: Any, verb: str, arguments: dict[str, Any], code: FaultCode
) -> None:
    bench.driver.open()
    bench.printer.do(verb, **arguments)
    status = bench.driver.status()
    assert status.readiness is Readiness.FAULT
    assert [fault.code for fault in status.faults] == [code]
    assert bench.driver.status() == status, "an old fault is not a new one: `since` stays"
    assert code_of(lambda: bench.print(*SLIP)) is code
    bench.printer.clear()
    bench.print(Line(text="后来"))
    bench.slip()
    assert bench.printed() == ["后来"]


def test_low_paper_is_told_and_still_prints(bench: Any) -> None:
    bench.printer.paper("low")
    bench.print(Line(text="还有纸"))
    status = bench.driver.status()
    assert (status.readiness, status.paper) == (Readiness.READY, Supply.LOW)
    assert [fault.code for fault in status.faults] == [FaultCode.PAPER_LOW]
    assert bench.slip()["text"] == ["还有纸"]


def test_paper_out_in_the_middle_leaves_no_rest_for_the_next_visitor(bench: Any) -> None:
    bench.printer.paper("out", after_lines=3)
    assert code_of(lambda: bench.print(*SLIP)) is FaultCode.PAPER_OUT
    bench.printer.paper("ok")
    bench.print(Line(text="下一位"))
    bench.slip(2)
    assert bench.slip(1)["text"] == ["第0行", "第1行", "第2行", "(本凭条没有打完,已作废)"]
    assert bench.slip(2)["text"] == ["下一位"]


def test_the_printer_itself_holds_jobs(make_bench: Callable[..., Any]) -> None:
    """Without the driver's clean-up the held lines do come out after the refill: this is what the test above guards."""
    bench = make_bench("tcp")
    bench.printer.paper("out")
    bench.driver.close()
    port = bench.driver._line()
    port.write(b"held\n\x1dV\x00")
    time.sleep(0.1)
    assert bench.printed() == []
    bench.printer.paper("ok")
    assert bench.slip()["text"] == ["held"]


def test_done_is_said_only_when_the_printer_has_worked_through_it(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", speed=1000.0)
    began = time.monotonic()
    bench.print(*SLIP)
    assert time.monotonic() - began > 0.4
    assert bench.picture().exists()


def test_paper_out_while_it_still_prints_is_seen(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", speed=300.0)
    threading.Timer(0.3, bench.printer.paper, ["out"]).start()
    assert code_of(lambda: bench.print(*SLIP)) is FaultCode.PAPER_OUT


@pytest.mark.parametrize("when", ["before", "during"])
def test_silence_is_a_fault_not_plenty_of_paper(bench: Any, when: str) -> None:
    bench.driver.open()
    if when == "before":
        bench.printer.fault("silent")
        assert code_of(bench.driver.status) is FaultCode.LINK_SILENT
    else:
        bench.printer._speed = 100.0
        threading.Timer(0.3, bench.printer.fault, ["silent"]).start()
    assert code_of(lambda: bench.print(*SLIP)) is FaultCode.LINK_SILENT
    assert bench.printer.state()["slips"] == 0


def test_garbled_answers_are_noise(bench: Any) -> None:
    bench.driver.open()
    bench.printer.fault("garble")
    assert code_of(bench.driver.status) is FaultCode.LINK_GARBLED
    assert code_of(lambda: bench.print(*SLIP)) is FaultCode.LINK_GARBLED
    assert bench.printer.state()["slips"] == 0
    bench.printer.clear()
    bench.print(Line(text="好了"))


def test_a_slow_printer_is_waited_for(bench: Any) -> None:
    bench.printer.fault("slow", seconds=0.1)
    assert bench.driver.open() is not None
    assert bench.driver.status().readiness is Readiness.READY


def test_a_dropped_connection_is_told_and_comes_back(bench: Any) -> None:
    bench.driver.open()
    bench.printer.fault("drop")
    assert code_of(lambda: bench.print(*SLIP * 20)) in (FaultCode.DEVICE_GONE, FaultCode.LINK_SILENT)
    bench.printer.clear()
    bench.print(Line(text="又好了"))
    assert "又好了" in bench.slip(bench.printer.state()["slips"])["text"]


def test_unplugged_and_back_at_the_same_address(bench: Any) -> None:
    bench.driver.open()
    bench.printer.unplug()
    assert code_of(bench.driver.status) in (FaultCode.DEVICE_GONE, FaultCode.PORT_ABSENT)
    assert code_of(bench.driver.status) is FaultCode.PORT_ABSENT
    assert code_of(lambda: bench.print(*SLIP)) is FaultCode.PORT_ABSENT
    bench.printer.replug()
    assert bench.driver.status().readiness is Readiness.READY
    bench.print(Line(text="接回来了"))
    assert bench.slip()["text"] == ["接回来了"]


def test_absent_from_the_start(make_bench: Callable[..., Any], link: str) -> None:
    bench = make_bench(link)
    bench.printer.unplug()
    assert code_of(bench.driver.open) is FaultCode.PORT_ABSENT


def test_a_cancel_stops_the_slip_and_the_rest_is_void(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", speed=300.0)
    call = Call(10, lambda event, fds: None)
    threading.Timer(0.3, call.cancel).start()
    began = time.monotonic()
    with pytest.raises(CommandCanceled):
        bench.driver.perform(PrintSlip(parts=tuple(SLIP)), call)
    assert time.monotonic() - began < 0.8
    slip = bench.slip()
    assert slip["text"][-1] == "(本凭条没有打完,已作废)"
    assert "第9行" not in slip["text"]


def test_the_deadline_is_kept(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", speed=100.0)
    began = time.monotonic()
    assert code_of(lambda: bench.print(*SLIP, seconds=0.5)) is FaultCode.DEADLINE
    assert time.monotonic() - began < 1.5


def test_a_printer_without_gs_r_is_asked_by_dle_eot_alone(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", barrier=False)
    bench.print(*SLIP)
    assert b"\x1dr" not in (bench.capture / "rx.bin").read_bytes()


def test_dots_that_look_like_questions_do_not_confuse(make_bench: Callable[..., Any]) -> None:
    """Printers answer DLE EOT even inside a picture; those answers are thrown away before the driver asks its own."""
    bench = make_bench("tcp")
    bench.driver.open()
    port = bench.driver._line()
    rows = b"\x10\x04\x01" * 24
    port.write(b"\x1dv0\x00\x03\x00\x18\x00" + rows)
    assert bench.driver.status().readiness is Readiness.READY
    assert bench.printer.state()["unknown"] == {}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"connection": "network"}, "host"),
        ({"connection": "serial"}, "path"),
        ({"connection": "usb"}, "path"),
        ({"connection": "bluetooth"}, "connection"),
        ({"connection": "network", "host": "printer", "columns": 4}, "columns"),
        ({"connection": "network", "host": "printer", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], named: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        registry.make("escpos", settings, production=True)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert named in caught.value.fault.detail


def test_a_font_that_is_none_is_named_when_opened(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", fonts=[__file__])
    with pytest.raises(DeviceFault) as caught:
        bench.driver.open()
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert os.path.basename(__file__) in caught.value.fault.detail
