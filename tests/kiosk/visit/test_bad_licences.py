"""A platform that answers for another person, with a broken seal, late, torn or not at all: nothing is printed for the wrong
person, ever, and every failure has its sentence and a way on."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk.journey import fetch
from kiosk.licences.refusal import LicenceRefused, RefusalCode
from kiosk.sandbox.fault_desk import Verb
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script

REFUSED = {
    Verb.ANOTHER_PERSON: ("这份文件没有通过核对", "owner_mismatch"),
    Verb.MIXED_PAGES: ("这份文件没有通过核对", "owner_mismatch"),
    Verb.BROKEN_SEAL: ("这份文件没有通过核对", "seal_invalid"),
    Verb.WRONG_ISSUER: ("这份文件没有通过核对", "seal_invalid"),
    Verb.REVOKED: ("这份证照现在不能用", ""),
    Verb.SUSPENDED: ("这份证照现在不能用", ""),
    Verb.EXPIRED: ("这份证照现在不能用", ""),
    Verb.NO_RECORD: ("没有查到参保记录", ""),
    Verb.FULL_PAGE: ("这份文件本机打不了", ""),
}


async def once(run: Run) -> str:
    run.window.shown.clear()
    run.window._number = 0
    run.window.script["idle"] = ["standard", None]
    return await run.visit()


def test_what_cannot_be_proved_is_never_printed(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run, "p3") | {"referral": "done"}
            for verb, (title, task) in REFUSED.items():
                before = run.tasks()
                run.bench.sandbox.break_(verb)
                assert await once(run) == "done", verb
                referral = run.window.last("referral")
                assert referral.title == title, verb
                assert "review" not in run.window.names, verb
                await run.delivered()
                assert run.tasks()[len(before) :] == ([task] if task else []), verb
            assert run.sheets_out() == 0
            assert run.kiosk.journal.operations() == [], "nothing was begun, so no serial was asked for"
            run.bench.sandbox.mend()
            assert await once(run) == "done"
            assert run.sheets_out() == 3, "three pages for the person with a long record, once everything is right"

    asyncio.run(go())


ENDPOINTS = ("/v1/licences/fetch", "/v1/licences/grant", "/v1/licences/status")
FAILURES = (Verb.HTTP500, Verb.TORN, Verb.GARBLED, Verb.HUGE, Verb.CUT_BEFORE, Verb.CUT_AFTER)


@pytest.mark.parametrize(
    ("endpoint", "verbs"),
    # Each failure at one endpoint; all of them at all in `make test-all`.
    [(endpoint, FAILURES[at::3]) for at, endpoint in enumerate(ENDPOINTS)]
    + [pytest.param(endpoint, FAILURES, marks=pytest.mark.slow) for endpoint in ENDPOINTS],
)
def test_a_platform_that_fails_leaves_a_way_on(tmp_path: Path, endpoint: str, verbs: tuple[Verb, ...]) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run)
            run.window.script["fetch_slow"] = "again"
            for done, verb in enumerate(verbs, 1):
                run.bench.sandbox.break_(verb, endpoint, count=4)
                assert await once(run) == "done", verb
                run.bench.sandbox.mend()
                assert "fetch_slow" in run.window.names, verb
                assert run.sheets_out() == done, verb
                assert len(run.kiosk.journal.operations()) == done, verb

    asyncio.run(go())


def test_a_platform_that_hangs_is_given_up_and_the_visit_ends_clean(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, site={"platform.answer_seconds": 1.0}) as run:
            run.window.script |= base_script(run) | {"fetch_slow": "other_way", "referral": "slip"}
            run.window.script["referral"] = ["slip", "done"]
            run.bench.sandbox.break_(Verb.SLOW, "/v1/licences/grant", count=None, seconds=30)
            assert await once(run) == "done"
            assert run.sheets_out() == 0
            slips = list((run.stage.folder / "wire" / "receipt_printer").glob("slip-*.json"))
            assert len(slips) == 1, "the referral slip"

    asyncio.run(go())


def test_a_serial_whose_answer_is_lost_is_settled_and_nothing_is_printed_without_one(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run) | {"print_failed": "done"}
            for verb in (Verb.CUT_AFTER, Verb.CUT_BEFORE, Verb.HTTP500):
                run.bench.sandbox.break_(verb, "/v1/serials/issue", count=8)
                assert await once(run) == "done", verb
                assert run.sheets_out() == 0, verb
                run.bench.sandbox.mend()
                await run.delivered(30)
                state = run.bench.sandbox.state()
                assert state["serials"].get("active", 0) == 0, (verb, state)

    asyncio.run(go())


def test_a_file_that_takes_for_ever_to_check_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made so that a parser is busy for minutes: nobody touches anything meanwhile, and no idle warning comes."""
    let_go = threading.Event()

    def busy(*_: Any, **__: Any) -> None:
        let_go.wait(30)
        raise LicenceRefused(RefusalCode.UNREADABLE)

    monkeypatch.setattr(fetch, "open_sealed", busy)
    monkeypatch.setattr(fetch, "FETCH_SECONDS", 1.0)

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run) | {"fetch_slow": "other_way", "referral": "done"}
            assert await run.visit(20) == "done"
            assert "fetch_slow" in run.window.names
            assert run.sheets_out() == 0
            let_go.set()

    asyncio.run(go())
