"""Waiting with a limit: on time, by any task, and never at the price of a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from drivers.link.within import within


def test_a_result_an_exception_and_a_limit() -> None:
    async def works(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    async def fails() -> None:
        raise LookupError("no")

    async def play() -> None:
        assert await within(5, works(0)) == "done"
        with pytest.raises(LookupError):
            await within(5, fails())
        with pytest.raises(TimeoutError):
            await within(0.01, works(60))
        with pytest.raises(TimeoutError):
            await within(-1, works(60))

    asyncio.run(play())


def test_what_takes_too_long_has_ended_when_that_is_told() -> None:
    steps: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            steps.append("put away")

    async def play() -> None:
        with pytest.raises(TimeoutError):
            await within(0.01, slow())
        steps.append("told")

    asyncio.run(play())
    assert steps == ["put away", "told"]


def test_a_cancellation_in_the_moment_of_the_result_is_a_cancellation() -> None:
    async def stops(turns: int) -> bool:
        now = asyncio.Event()
        waiting = asyncio.create_task(within(60, now.wait()))
        for _ in range(4):
            await asyncio.sleep(0)
        now.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        told = waiting.cancel()  # False when it had come to its end before
        await asyncio.wait({waiting})
        return waiting.cancelled() or not told

    assert [turns for turns in range(8) if not asyncio.run(stops(turns))] == []


def test_a_task_that_was_cancelled_and_went_on_still_hears_of_its_limits() -> None:
    """A supervisor whose TaskGroup failed is such a task."""

    async def play() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            try:
                await within(0.01, asyncio.sleep(60))
            except TimeoutError:
                return "limit"
        return "none"

    async def run() -> str:
        task = asyncio.create_task(play())
        await asyncio.sleep(0)
        task.cancel()
        return await task

    assert asyncio.run(run()) == "limit"
