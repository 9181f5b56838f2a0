"""The readiness report: unknown is never ready; the page, the code and the command say the same; nobody else can have signed it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pypdfium2
import pytest
import zxingcpp

from drivers.client import Link, Snapshot
from drivers.contract import a4_printer
from drivers.contract.common import DeviceClass, Readiness, Supply
from drivers.contract.faults import FaultCode, fault
from kiosk.attest import statement
from kiosk.documents.chain import NotGenuine, load_roots
from kiosk.maintenance.readiness import compact, paper
from kiosk.maintenance.readiness.night import Night
from kiosk.maintenance.readiness.report import Ready, Report, compose, device_state, keep, kept
from kiosk.maintenance.readiness.selftest import run_all
from tests.kiosk.maintenance.readiness.bench import Bench, bench, broken, well
from tests.support.command import kiosk_here
from tests.support.hall import readings
from tests.support.machine import machine

__all__ = ["bench"]


def used(bench: Bench) -> None:
    """Six weeks of use, up to now."""
    read = readings(1, 6)
    shift = bench.now.timestamp() - read[-1].at
    for each in read:
        at = each.at + shift
        bench.logbook.write(
            "supply", "a4_printer", at=at, impressions=each.used, sheets=100, toner=80 - each.used // 25
        )
        bench.logbook.write("supply", "receipt_printer", at=at, mm=each.used * 150)
    bench.logbook.write("refill", "receipt_printer", at=read[-90].at + shift, metres=80)


def reported(bench: Bench) -> Report:
    return compose(bench.tools, statement.state(bench.tools.site, bench.tools.profile))


def state_of(report: Report, subject: str) -> Ready:
    return next(row.state for row in report.rows if row.subject == subject)


def test_a_machine_that_was_tested_and_is_well_is_ready(bench: Bench):
    used(bench)
    asyncio.run(run_all(bench.tools))
    report = reported(bench)
    assert report.state is Ready.READY
    assert report.last_test == bench.now.timestamp()
    assert all("用完" in row.words for row in report.supplies)
    assert report.versions
    assert (report.operations, report.waiting) == ({}, 0)


def test_a_machine_that_was_never_tested_is_unknown(bench: Bench):
    assert reported(bench).state is Ready.UNKNOWN


def test_an_old_pass_is_unknown_and_so_is_one_from_the_future(bench: Bench):
    asyncio.run(run_all(bench.tools))
    for hours in (49, -1):
        moved = bench.now + timedelta(hours=hours)
        now, bench.now = bench.now, moved
        assert state_of(reported(bench), "part:disk") is Ready.UNKNOWN
        bench.now = now


def gone(bench: Bench) -> None:
    bench.devices[0] = replace(bench.devices[0], link=Link.GONE, status=None, fault=fault(FaultCode.PORT_ABSENT))


def not_asked(bench: Bench) -> None:
    bench.devices[0] = Snapshot("id_reader", DeviceClass.ID_CARD_READER, "sdt_serial")


def lid(bench: Bench) -> None:
    bench.devices[2] = broken(bench.devices[2], FaultCode.COVER_OPEN)


def no_platform(bench: Bench) -> None:
    bench.platform.off = None


def low(bench: Bench) -> None:
    status = msgspec.structs.replace(bench.devices[1].status, toner=Supply.LOW)
    bench.devices[1] = replace(bench.devices[1], status=status)


def uncounted(bench: Bench) -> None:
    status = a4_printer.Status(readiness=Readiness.READY)
    bench.devices[1] = replace(bench.devices[1], status=status)


@pytest.mark.parametrize(
    ("harm", "subject", "state", "whole"),
    [
        (gone, "id_reader", Ready.NOT_READY, Ready.NOT_READY),
        (not_asked, "id_reader", Ready.UNKNOWN, Ready.UNKNOWN),
        (lid, "receipt_printer", Ready.NOT_READY, Ready.NOT_READY),
        (no_platform, "part:platform", Ready.NOT_READY, Ready.NOT_READY),
        (low, "a4_printer:toner", Ready.LIMITED, Ready.LIMITED),
        (uncounted, "a4_printer:sheets", Ready.UNKNOWN, Ready.UNKNOWN),
    ],
)
def test_each_trouble_shows_and_decides_the_whole(
    bench: Bench, harm: Callable[[Bench], None], subject: str, state: Ready, whole: Ready
):
    harm(bench)
    asyncio.run(run_all(bench.tools))
    report = reported(bench)
    assert (state_of(report, subject), report.state) == (state, whole)


def test_a_device_that_is_not_required_limits_the_machine_only():
    away = replace(well()[0], link=Link.GONE, status=None, fault=fault(FaultCode.PORT_ABSENT))
    assert device_state(away, required=True)[0] is Ready.NOT_READY
    assert device_state(away, required=False)[0] is Ready.LIMITED


# --- the signed text


def test_the_text_is_signed_fits_into_a_code_and_is_read_back(bench: Bench):
    gone(bench)
    used(bench)
    asyncio.run(run_all(bench.tools))
    text = compact.text_of(reported(bench))
    whole = compact.signed(text, bench.tools.signer, at=bench.now)
    picture = pypdfium2.PdfDocument(paper.draw(reported(bench), whole))[0].render(scale=4).to_pil().convert("L")
    assert [each.text for each in zxingcpp.read_barcodes(picture)] == [whole]
    judged = compact.verified(whole + "\n", load_roots(bench.machine.roots))
    assert (judged.kiosk, judged.text) == (bench.tools.site.kiosk_id, text)
    assert judged.at == bench.now.replace(microsecond=0)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("就绪", "部分可用", 1),
        lambda text: text.replace("KIOSK KX-360100-0001", "KIOSK KX-360100-0002"),
        lambda text: text.replace("#KXR1 17", "#KXR1 16"),
        lambda text: "KIOSK KX-360100-0001\n全部就绪\n" + text,
    ],
)
def test_a_changed_text_is_not_believed(bench: Bench, change: Callable[[str], str]):
    asyncio.run(run_all(bench.tools))
    whole = compact.signed(compact.text_of(reported(bench)), bench.tools.signer, at=bench.now)
    assert change(whole) != whole
    with pytest.raises(NotGenuine):
        compact.verified(change(whole), load_roots(bench.machine.roots))


def test_a_stranger_is_not_believed(bench: Bench, tmp_path):
    whole = compact.signed("KIOSK KX-360100-0001\n好", bench.tools.signer, at=bench.now)
    with pytest.raises(NotGenuine):
        compact.verified(whole, load_roots(machine(tmp_path / "stranger").roots))


def test_many_troubles_are_cut_at_whole_lines_and_counted(bench: Bench):
    report = reported(bench)
    row = report.parts[0]
    many = tuple(msgspec.structs.replace(row, subject=f"part:{n}", title="很长的名字" * 4) for n in range(60))
    text = compact.text_of(msgspec.structs.replace(report, parts=many))
    assert len(text.encode()) <= compact.LONGEST_TEXT
    assert "还有" in text
    assert compact.code(compact.signed(text, bench.tools.signer, at=bench.now)).version <= 32


# --- the page


def test_the_page_says_what_the_value_says_on_as_many_pages_as_it_takes(bench: Bench):
    gone(bench)
    used(bench)
    asyncio.run(run_all(bench.tools))
    report = reported(bench)
    many = msgspec.structs.replace(report, parts=report.parts * 5)
    pdf = pypdfium2.PdfDocument(
        io.BytesIO(paper.draw(many, compact.signed("KIOSK KX-360100-0001\n好", bench.tools.signer, at=bench.now)))
    )
    text = "".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    assert len(pdf) >= 3
    for words in ("不可用", report.kiosk, "凭条纸卷", report.digest, "未排除的故障"):
        assert words in text


# --- the command


def test_the_command_shows_the_newest_kept_and_verifies(bench: Bench):
    folder = bench.machine.folder
    assert kiosk_here("report", "--site", bench.machine.site_file, folder=folder).code == 1
    asyncio.run(Night(bench.tools, lambda: True).keep_report())
    assert kept(bench.logbook) == reported(bench)
    shown = kiosk_here("report", "--site", bench.machine.site_file, "--pdf", "r.pdf", "--qr", "r.png", folder=folder)
    assert (shown.code, "不清楚" in shown.out) == (1, True)
    assert (folder / "r.pdf").read_bytes().startswith(b"%PDF")
    assert kiosk_here("report", "--site", bench.machine.site_file, "--json", folder=folder).json["state"] == "unknown"
    used(bench)
    asyncio.run(run_all(bench.tools))
    keep(bench.logbook, reported(bench))
    assert kiosk_here("report", "--site", bench.machine.site_file, folder=folder).code == 0
    from PIL import Image

    text = zxingcpp.read_barcodes(Image.open(folder / "r.png").convert("L"))[0].text
    (folder / "scanned.txt").write_text(text, "utf-8")
    good = kiosk_here("report", "--verify", "scanned.txt", "--trust", bench.machine.roots, folder=folder)
    assert (good.code, "真的" in good.out) == (0, True)
    (folder / "scanned.txt").write_text(text.replace("不清楚", "就绪", 1), "utf-8")
    forged = kiosk_here("report", "--verify", "scanned.txt", "--trust", bench.machine.roots, folder=folder)
    assert (forged.code, "不是真的" in forged.err) == (1, True)


def test_an_old_report_is_told_as_old(bench: Bench):
    keep(bench.logbook, msgspec.structs.replace(reported(bench), at=bench.now.timestamp() - 3 * 86_400))
    shown = kiosk_here("report", "--site", bench.machine.site_file, folder=bench.machine.folder)
    assert "24 小时以前" in shown.out
