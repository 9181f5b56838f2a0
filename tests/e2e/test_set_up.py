"""A new machine on its real screen: from the first touch to a certificate on paper, touch by touch, against the clock."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from kiosk.app import running
from kiosk.locales import Phrasebook
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from kiosk.setup.app import set_up
from kiosk.setup.display import read_display
from kiosk.setup.folder import SetupFolder
from kiosk.setup.work import Machine, Work
from kiosk.shell.display import virtual_display
from kiosk.window import ShellWindow
from tests.support.hand import Hand
from tests.support.new_machine import NewMachine, new_machine

pytestmark = [pytest.mark.screen, pytest.mark.slow]

PROMISE_SECONDS = 20 * 60
A_TOUCH_SECONDS = 1.5
"""A technician looks, finds and touches; typists are faster, nobody who reads a code from a sheet is."""

KNOWN = {
    "elsewhere_place": "示例市政务服务中心 3 号窗口",
    "elsewhere_address": "示例市为民路 1 号一楼",
    "elsewhere_hours": "周一至周五 9:00–17:00",
    "elsewhere_phone": "0000-12345678",
}
PIN = "250713"


async def by_touch(hand: Hand, machine: NewMachine, code: str) -> None:
    """Everything that a technician does, in order; the bar is drawn for a panel of another size, as nobody has told its size."""
    await hand.on("setup_welcome")
    await hand.go("开始", "setup_ruler")
    await hand.go("不是，我来填", "setup_ruler_mm")
    await hand.digits("0465")
    first = hand.window
    await hand.touch("下一步")
    await hand.until(lambda: hand.window is not first, "a window for the panel as it was measured")
    await hand.on("setup_welcome")
    await hand.go("接着做", "setup_language")
    await hand.go("简体中文", "setup_languages")
    await hand.go("下一步", "setup_place")
    await hand.go("这台机器的名称", "setup_type_name")
    await hand.write("清泉村政务服务")
    await hand.go("写好了", "setup_place")
    await hand.go("机器放在哪里", "setup_type_place")
    await hand.write("清泉村委会1楼")
    await hand.go("写好了", "setup_place")
    await hand.go("这里什么时候开", "setup_hours")
    await hand.go("全天 24 小时", "setup_place")
    await hand.go("现场有没有管理员", "setup_keeper")
    await hand.go("有", "setup_place")
    await hand.go("平台会给，先不填", "setup_network")
    await hand.go("下一步", "setup_type_platform")
    await hand.write(machine.sandbox.address)
    await hand.go("写好了", "setup_reached")
    await hand.go("下一步", "setup_devices", seconds=60)
    await hand.go("就用这些", "setup_code")
    await hand.digits(code[:12])
    await hand.go("下一步", "setup_code_rest")
    await hand.digits(code[12:])
    await hand.go("登记", "setup_enrolled")
    await hand.go("下一步", "setup_pin")
    await hand.digits(PIN + PIN)
    await hand.go("下一步", "setup_staff")
    await hand.go("记下了", "setup_summary")
    await hand.go("都对，写入", "setup_checked", seconds=60)
    await hand.go("用测试卡走一遍", "setup_visit_starting", "guide")
    await certificate(hand, machine, "setup_visited")
    await hand.go("下一步", "setup_done")
    await hand.touch("先不开始")


async def visit(hand: Hand, machine: NewMachine) -> None:
    """A visitor comes, and gets a certificate."""
    say = Phrasebook()
    await hand.on("idle")
    await hand.go(say("idle.standard"), "choose")
    await hand.touch("打印参保证明")
    await certificate(hand, machine, "rate")


async def certificate(hand: Hand, machine: NewMachine, end: str) -> None:
    """From the guide to paper. Without the reader maker's decoder the keeper confirms who it is."""
    say = Phrasebook()
    keeper = machine.sandbox.keepers()[0]
    await hand.on("guide", seconds=40)
    await hand.go(say("guide.start"), "card", seconds=40)
    await machine.place(machine.sandbox.people()[0])
    await hand.on("other_way", "keeper", seconds=30)
    if hand.name() == "other_way":
        await hand.go(say("other_way.keeper"), "keeper")
    await hand.digits(keeper.code + keeper.pin)
    await hand.go(say("keeper.confirm"), "licence_consent", seconds=30)
    await hand.go(say("licence_consent.agree"), "review", seconds=30)
    await hand.go(say("review.print"), "take_paper", seconds=60)
    await machine.emulators.do("a4_printer", "take_paper")
    await hand.on("slip_question", "take_card", end, seconds=30)
    if hand.name() == "slip_question":
        await hand.go(say("take.slip"), "take_card", end, seconds=30)
    await machine.emulators.do("id_reader", "lift")
    await hand.on("thanks", end, seconds=30)
    if hand.name() == "thanks" and end != "rate":
        await hand.go(say("thanks.done"), end, seconds=30)


def test_from_the_first_touch_to_a_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go(display: str) -> None:
        folder = SetupFolder(tmp_path / "kiosk")
        hand = Hand(display)
        async with new_machine(tmp_path) as machine:
            code = machine.sandbox.new_code("QQ-0001", texts=KNOWN)
            about = Machine(sources=machine.sources, sticks=tuple)
            told = await asyncio.to_thread(read_display)
            assert told.mm is None, "Xvfb does not tell its size"
            began = time.monotonic()
            setting_up = asyncio.create_task(set_up(Work.taken_up(folder, about), told, opened=hand.take))
            await asyncio.gather(by_touch(hand, machine, code), _raising(setting_up))
            assert setting_up.result() is False
            seconds, touches = time.monotonic() - began, hand.touches
            site, profile = load_site(folder.site), load_profile(folder.profile)
            assert profile.panel.mm == pytest.approx((1080 / 4.03 * 0.93, 1920 / 4.03 * 0.93), abs=0.1)
            assert site.elsewhere.phone == "0000-12345678"
            async with running(site, profile, sources=machine.sources) as kiosk:
                assert isinstance(kiosk.window, ShellWindow)
                hand.take(kiosk.window)
                serving = asyncio.create_task(kiosk.lobby.serve())
                try:
                    await visit(hand, machine)
                finally:
                    serving.cancel()
                    await asyncio.gather(serving, return_exceptions=True)
            sheets = (tmp_path / "wire" / "a4_printer" / "paper.jsonl").read_text("utf-8")
            assert sheets.count('"page"') >= 2, "the trial's, which does not count, and the visitor's"
        by_a_person = seconds + touches * A_TOUCH_SECONDS
        figures = {"touches": touches, "seconds": round(seconds, 1), "by_a_person": round(by_a_person)}
        print(json.dumps(figures))
        assert by_a_person < PROMISE_SECONDS, figures

    with virtual_display((1080, 1920)) as display:
        monkeypatch.setitem(os.environ, "DISPLAY", display)
        asyncio.run(go(display))


async def _raising(task: asyncio.Task[bool | None]) -> None:
    """Tell at once what ended it."""
    await task
