"""The visit from card to paper, with real emulators and the real sandbox behind a scripted window."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kiosk.journal.states import PrintState
from kiosk.screens.parts import Note
from tests.support.bench import on_stage
from tests.support.scripts import base_script


def test_without_the_face_the_keeper_confirms_and_the_paper_comes_out(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script.update(base_script(run))
            assert await run.visit() == "done"
            assert run.window.names == [
                "idle",
                "choose",
                "guide",
                "precheck",
                "card",
                "card_reading",
                "face_consent",
                "other_way",
                "keeper",
                "keeper_asking",
                "licence_consent",
                "fetch",
                "review",
                "printing",
                "take_paper",
                "slip_question",
                "rate",
                "take_card",
                "thanks",
            ]
            operation = run.kiosk.journal.operations()[0]
            assert operation.state is PrintState.TAKEN
            assert run.sheets_out() == 1
            await run.delivered()

    asyncio.run(go())


def test_a_photograph_that_cannot_be_decoded_is_told_and_leads_to_the_keeper(tmp_path: Path) -> None:
    """p3's card carries no photograph that the reader's decoder can read."""

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run, "p3")
            assert await run.visit() == "done"
            assert "face_consent" not in run.window.names
            (note,) = [block for block in run.window.last("other_way").blocks if isinstance(block, Note)]
            assert note.text.startswith("证件照片没有读出来")
            assert run.sheets_out() == 3

    asyncio.run(go())
