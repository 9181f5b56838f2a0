"""The reminder before somebody goes follows the sensors: what was closed meanwhile keeps nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from drivers.contract.common import DeviceClass, Presence
from kiosk.maintenance.leaving import Left, leaving_screen, left_behind, seen_off
from kiosk.maintenance.samples.common import shift

pytestmark = pytest.mark.anyio


def reader(card: Presence) -> Any:
    return SimpleNamespace(name="id_reader", device_class=DeviceClass.ID_CARD_READER, status=SimpleNamespace(card=card))


class Waits:
    """Somebody who only waits; at the end of patience they go all the same."""

    def __init__(self) -> None:
        self.acts: list[str] = []
        self.composer, self.say = shift().composer, shift().say

    async def ask_while(self, screen: Any, work: Awaitable[None]) -> None:
        screen()
        await work

    async def ask(self, screen: Any) -> Any:
        return SimpleNamespace(action="go")

    def amend(self, screen: Any) -> None:
        pass

    def act(self, what: str, **_: object) -> None:
        self.acts.append(what)


@pytest.mark.parametrize(("lifted", "acts"), [(True, []), (False, ["left_open"])])
async def test_a_card_that_is_lifted_meanwhile_is_not_left(lifted: bool, acts: list[str]) -> None:
    there = [reader(Presence.PRESENT)]
    policy = SimpleNamespace(stay=SimpleNamespace(countdown=1.2))
    tools = SimpleNamespace(devices=SimpleNamespace(table=lambda: there), policy=policy)
    somebody = Waits()
    leaving = asyncio.create_task(seen_off(cast("Any", somebody), cast("Any", tools)))
    await asyncio.sleep(0.1)
    if lifted:
        there[0] = reader(Presence.ABSENT)
    assert await leaving
    assert somebody.acts == acts


def test_each_row_names_the_device() -> None:
    found = tuple(left_behind([reader(Presence.PRESENT)]))
    assert [each.what for each in found] == [Left.CARD_LIES_THERE]
    assert "身份证阅读器" in str(leaving_screen(shift(), found))
