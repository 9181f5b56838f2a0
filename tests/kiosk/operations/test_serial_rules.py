"""A serial that is not surely this print's own is not printed, and does not count."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.gateways.serials import IssueRequest, Serial, SerialState
from kiosk.journal.states import PrintState
from kiosk.operations.serial_rules import why_not
from tests.support.bench import on_stage
from tests.support.scripts import base_script

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = IssueRequest(operation="op", licence="L", sha256="00", pages=2, item="I")
GOOD = Serial(
    serial="7K2M9P4R1T3VX", operation="op", state=SerialState.ACTIVE, issued=NOW, expires=NOW + timedelta(days=30),
    pages=2, licence="L", sha256="00",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"serial": ""}, "not_a_name"),
        ({"serial": "A B"}, "not_a_name"),
        ({"serial": "甲7K2M9P4R1T3V"}, "not_a_name"),
        ({"serial": "A\n"}, "not_a_name"),
        ({"serial": "999999199001011238"}, "personal"),
        ({"serial": "KX-999999199001011238"}, "personal"),
        ({"state": SerialState.SUSPENDED}, "is_suspended"),
        ({"state": SerialState.REPLACED}, "is_replaced"),
        ({"pages": 1}, "of_another_document"),
        ({"licence": "M"}, "of_another_document"),
        ({"expires": NOW}, "expired"),
        ({"expires": NOW - timedelta(days=400)}, "expired"),
        ({"expires": datetime(2099, 1, 1)}, "expired"),
    ],
)
def test_what_a_paper_may_carry(changes: dict[str, Any], why: str) -> None:
    assert why_not(msgspec.structs.replace(GOOD, **changes), ASKED, used=False, now=NOW) == why


def test_a_serial_is_carried_once() -> None:
    assert why_not(GOOD, ASKED, used=True, now=NOW) == "used_before"


def test_a_serial_that_was_given_out_before_is_not_printed_again(tmp_path: Path) -> None:
    """The platform, or whoever speaks for it, answers the second visitor with the first one's serial."""

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            printing = run.kiosk.printing
            assert printing is not None
            honest = printing._serials
            given: list[Serial] = []

            class Replaying:
                async def issue(self, request: IssueRequest) -> Serial:
                    given.append(await honest.issue(request))
                    return msgspec.structs.replace(given[-1], serial=given[0].serial)

            printing._serials = Replaying()  # type: ignore[assignment]
            run.window.script |= base_script(run)
            assert await run.visit() == "done"
            run.window.shown.clear()
            run.window._number = 0
            run.window.script = base_script(run, "p2") | {"print_failed": "done"}
            assert await run.visit() == "done"
            first, second = run.kiosk.journal.operations()
            assert (first.state, second.state) == (PrintState.TAKEN, PrintState.VOID)
            assert second.serial == ""
            assert run.sheets_out() == 1
            await run.delivered()
            assert (await honest.serial_state(given[0].serial)).state is SerialState.ACTIVE, (
                "the good paper still counts"
            )
            assert (await honest.serial_state(given[1].serial)).state is SerialState.SUSPENDED

    asyncio.run(go())
