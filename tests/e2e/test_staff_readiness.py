"""The readiness report and the bundle on the real screen: tested by hand, looked at, taken along as a code that a camera reads."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.documents.chain import load_roots
from kiosk.locales.staff import tell
from kiosk.logbook import selftests
from kiosk.logbook.selftests import Verdict
from kiosk.logbook.store import Logbook
from kiosk.maintenance.readiness import compact
from kiosk.settings.site import load_site
from tests.support.house import House
from tests.support.on_shift import OnShift

pytestmark = [pytest.mark.anyio, pytest.mark.screen]


def latest(house: House) -> dict[str, Verdict]:
    book = Logbook(house.stage / "state" / "logbook.sqlite")
    try:
        return {each.subject: each.verdict for each in selftests.latest(book).values()}
    finally:
        book.close()


async def scanned(house: House) -> str:
    """What a telephone reads off the glass."""
    path = house.root / "code.png"
    for _ in range(20):
        await house.glass.picture(path)
        found = await asyncio.to_thread(lambda: zxingcpp.read_barcodes(Image.open(path).convert("L")))
        if found:
            return str(found[0].text)
        await asyncio.sleep(0.2)
    raise AssertionError("no code can be read off the glass")


def site_file(house: House) -> Path:
    return next(house.stage.rglob("site.toml"))


async def test_the_machine_is_tested_by_hand_and_its_report_taken_along(staffed: House) -> None:
    staff, glass = OnShift(staffed), staffed.glass
    await glass.do("receipt_printer", "cover", open=True)
    await staffed.device("receipt_printer", cover="open")
    await staff.comes_in()
    await staff.touch(tell("home.readiness"), "staff_readiness")
    await staff.touch(tell("readiness.test_now"), "staff_readiness", seconds=60)
    for _ in range(300):
        if "part:memory" in (found := latest(staffed)) and "receipt_printer" in found:
            break
        await asyncio.sleep(0.1)
    assert found["receipt_printer"] is Verdict.FAILED
    assert found["id_reader"] is Verdict.PASSED
    assert found["part:chain"] is Verdict.PASSED
    await glass.says(tell("readiness.state_not_ready"))
    await staff.touch(tell("readiness.show_list"), "staff_readiness_list")
    await glass.says(tell("kinds.receipt_printer"), "打印机盖没有关好")
    await staff.back("staff_readiness")
    await staff.touch(tell("readiness.show_code"), "staff_report_code")
    judged = compact.verified(await scanned(staffed), load_roots(load_site(site_file(staffed)).keys.operator_roots))
    assert tell("kinds.receipt_printer") in judged.text
    await staff.touch(tell("readiness.done"), "staff_readiness")
    await staff.touch(tell("readiness.show_page"), "staff_report_page")
    await glass.says(tell("readiness.page_name"))
    await staff.leaves()
    await glass.do("receipt_printer", "cover", open=False)
    acts = [row.payload for row in staffed.audit("staff")]
    assert any(act["act"] == "selftest" for act in acts)


async def test_without_a_stick_the_summary_goes_by_codes(staffed: House) -> None:
    staff = OnShift(staffed)
    await staff.comes_in()
    await staff.touch(tell("home.bundle"), "staff_bundle")
    await staff.touch(tell("bundle.codes"), "staff_report_code")
    roots = load_roots(load_site(site_file(staffed)).keys.operator_roots)
    first = compact.verified(await scanned(staffed), roots)
    await staff.touch(tell("readiness.next"), "staff_report_code")
    for _ in range(30):
        second = compact.verified(await scanned(staffed), roots)
        if second.text != first.text:
            break
        await asyncio.sleep(0.2)
    assert "runtime kiosk" in second.text or "driver" in second.text
    personal = json.dumps([first.text, second.text], ensure_ascii=False)
    assert not any(each in personal for each in staffed_canaries(staffed))
    await staff.leaves()


def staffed_canaries(house: House) -> list[str]:
    """Every seeded person's name and number."""
    return [value for person in house.people for value in (person.name, person.number)]
