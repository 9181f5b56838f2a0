"""No face, two faces, another's face: a hint while looking, another try, another way, never a reproach, and no paper."""

from __future__ import annotations

import pytest

from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

AGAIN = ("再试一次", "请正对摄像头,避开强光。")
FAILED = ("这次没有比对成功", "没关系,光线、角度、照片年头都会影响。请换个办法。")


async def tries_again(walk: Walk) -> None:
    await walk.glass.touch(walk.say("face.retry"))
    await walk.glass.asked_for("face")


async def test_no_face_then_two_then_one_s_own(hasty: House) -> None:
    walk, do = Walk(hasty), hasty.glass.do
    await walk.to_face()
    await hasty.glass.says("请把脸放在圈里")
    await hasty.glass.says(*AGAIN)
    await do("camera", "show_two", a="astronaut", b="hopper")
    await tries_again(walk)
    await hasty.glass.says("请一个人站在摄像头前")
    await hasty.glass.says(*AGAIN)
    await do("visitor", "face", who="astronaut")
    await walk.touch("face.retry", "licence_consent")
    decisions = [row.payload["decision"] for row in hasty.audit("face")]
    assert decisions[-3:] == ["timeout", "timeout", "pass"]
    await walk.leaves()


async def test_another_s_face_is_told_no_reproach_and_led_to_another_way(hasty: House) -> None:
    walk, do = Walk(hasty, person="p1"), hasty.glass.do
    before, sheets = await hasty.platform(), hasty.sheets_out()
    await walk.to_face()
    await do("visitor", "face", who="hopper")
    await hasty.glass.says(*AGAIN)
    await tries_again(walk)
    await hasty.glass.says(*AGAIN)
    await tries_again(walk)
    failed = await hasty.glass.says(*FAILED)
    assert "再试一次" not in str(failed["tree"]), "three tries, then another way"
    assert all("不是本人" not in str(screen["tree"]) for screen in hasty.glass.seen.values())
    await walk.touch("face.other", "other_way")
    await hasty.glass.says("请工作人员来确认", "拿一张指引单")
    await walk.leaves()
    assert [row.payload["decision"] for row in hasty.audit("face")][-3:] == ["no", "no", "no"]
    assert hasty.sheets_out() == sheets
    assert (await hasty.platform())["counts"] == before["counts"], "nothing of the card's holder was fetched"


async def test_a_camera_that_goes_away_leads_to_another_way(hasty: House) -> None:
    walk = Walk(hasty)
    await walk.to_face()
    await hasty.glass.do("camera", "unplug")
    await hasty.glass.wait_for("other_way")
    await hasty.glass.says("不刷脸,也能办", "请工作人员来确认")
    await walk.leaves()
