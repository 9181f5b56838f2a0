"""One virtual screen and one shell for a whole file of tests: it is the same shell that serves many screens in the field."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from kiosk.shell.bench import DEMO_PANEL, Bench, bench
from kiosk.shell.display import virtual_display

Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with virtual_display(DEMO_PANEL.px) as found:
        yield found


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as found:
        yield found


@pytest.fixture(scope="module")
def run(runner: asyncio.Runner) -> Run:
    return runner.run  # type: ignore[return-value]  # a coroutine is awaitable; Runner.run says only the first


@pytest.fixture(scope="module")
def at(display: str, runner: asyncio.Runner) -> Iterator[Bench]:
    stack = AsyncExitStack()
    yield runner.run(stack.enter_async_context(bench(display)))
    runner.run(stack.aclose())
