"""Killed or blocked in a visit: the shell comes back on the same screen, and the visit goes on to the paper. How soon is measured
in tests/benchmarks/test_restart_figures.py: a busy machine is no defect."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from kiosk.demo.glass import nodes
from kiosk.screens.screen import Mode
from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

SPIN = signal.SIGUSR1
"""tests/support/blockable: the process leaves a note and turns in a loop of its own for ever, deaf to polite signals."""


async def struck(kiosk: House, number: signal.Signals) -> dict[str, Any]:
    """Send the shell a signal; return the first screen that the next shell has drawn."""
    pid = (await kiosk.glass.state())["shell"]["pid"]
    shown = (await kiosk.glass.screen())["screen"]
    os.kill(pid, number)
    await kiosk.until(lambda state: state["shell"]["pid"] not in (pid, None))
    return await kiosk.glass.wait_for(shown)


def box(screen: dict[str, Any]) -> str:
    (found,) = [node["value"] for node in nodes(screen) if node["role"] == "checkbox"]
    return str(found)


async def test_the_shell_killed_and_blocked_on_the_way_to_the_paper(kiosk: House) -> None:
    walk, sheets = Walk(kiosk, person="p2"), kiosk.sheets_out()
    await walk.to_licence_consent()
    await kiosk.glass.touch("社会保险个人参保证明")
    await kiosk.glass.says("未选")
    screen = await struck(kiosk, signal.SIGKILL)
    assert box(screen) == "未选"
    await kiosk.glass.touch("社会保险个人参保证明")
    await kiosk.glass.says("已选")
    screen = await struck(kiosk, signal.SIGSTOP)
    assert box(screen) == "已选"
    await walk.changes_mode(Mode.ELDER)
    await walk.touch("licence_consent.agree", "review", seconds=30)
    screen = await struck(kiosk, SPIN)
    assert screen["mode"] == Mode.ELDER
    (spun,) = (kiosk.root / "tmp").glob("spinning-*")
    spun.unlink()
    await walk.printed()
    await walk.finish()
    assert kiosk.sheets_out() > sheets


async def test_the_face_worker_killed_while_it_looks(kiosk: House) -> None:
    walk = Walk(kiosk)
    await walk.to_face()
    await kiosk.glass.says("请把脸放在圈里")
    os.kill((await kiosk.glass.state())["face_pid"], signal.SIGKILL)
    await kiosk.glass.do("visitor", "face", who="astronaut")
    await kiosk.glass.wait_for("licence_consent", seconds=30)
    await walk.leaves()


async def test_the_reader_s_host_killed_while_it_waits_for_the_card(kiosk: House) -> None:
    walk = Walk(kiosk)
    await walk.to_card()
    os.kill((await kiosk.device("id_reader", link="here"))["pid"], signal.SIGKILL)
    await kiosk.glass.wait_for("card_trouble")
    await kiosk.glass.says("设备正在恢复,请稍等几秒再试一次。", "再放一次", "换个办法")
    await kiosk.device("id_reader", readiness="ready")
    await walk.touch("card.retry", "card")
    await walk.place()
    await kiosk.glass.wait_for("face_consent")
    await walk.leaves()
