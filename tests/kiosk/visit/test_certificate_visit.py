"""The visit from card to paper, with real emulators and the real sandbox behind a scripted window."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from drivers.contract.secret import SecretBytes
from kiosk.identity.face.limits import PhotoSource
from kiosk.identity.face.match import FaceWorker
from kiosk.journal.states import PrintState
from kiosk.journey import face
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


def test_the_time_to_be_recognised_begins_when_somebody_can_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A face worker that has to start again keeps the visitor waiting for a minute; it takes nothing off the try."""
    waited, enrol = 0.0, FaceWorker.enrol

    async def at_last(self: FaceWorker, photo: SecretBytes, source: PhotoSource) -> bool:
        nonlocal waited
        enrolled = await enrol(self, photo, source)
        waited += 60.0
        return enrolled

    monkeypatch.setattr(FaceWorker, "enrol", at_last)
    monkeypatch.setattr(face, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + waited))

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            await run.bench.do("visitor", "face", {"who": "astronaut"})
            run.window.script |= base_script(run) | {"face_consent": "agree", "face": None, "licence_consent": "leave"}
            assert await run.visit() == "left"
            assert "face_not_matched" not in run.window.names

    asyncio.run(go())
