"""What must not be left half done is done to its end, and whoever was told to stop meanwhile stops then."""

from __future__ import annotations

import asyncio

import pytest

from drivers.link.whole import whole


def test_a_result_and_an_exception() -> None:
    async def fails() -> None:
        raise LookupError("no")

    async def play() -> None:
        assert await whole(asyncio.sleep(0, "done")) == "done"
        with pytest.raises(LookupError):
            await whole(fails())

    asyncio.run(play())


def test_no_cancellation_cuts_it_short_and_none_is_lost() -> None:
    steps: list[str] = []

    async def work() -> None:
        steps.append("begun")
        await asyncio.sleep(0.05)
        steps.append("done")

    async def play() -> None:
        waiting = asyncio.create_task(whole(work()))
        for _ in range(3):
            await asyncio.sleep(0.005)
            waiting.cancel()
            assert steps == ["begun"]
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert steps == ["begun", "done"]

    asyncio.run(play())
