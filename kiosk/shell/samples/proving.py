"""From the card to the consent."""

from __future__ import annotations

from kiosk.screens.parts import (
    Action,
    Drawing,
    Fact,
    Facts,
    Icon,
    Live,
    Pad,
    PadField,
    Picture,
    Progress,
    Tick,
    Ticks,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Screen
from kiosk.shell.samples.common import FULL, HEADER, secondary, step


def card(elder: bool) -> Screen:
    """Card."""
    both = (secondary("no_card", "没带身份证"), secondary("for_other", "替别人办"))
    return Screen(
        name="card",
        title="请放身份证" if elder else "请把身份证放在亮灯的地方",
        sentence="放在右下方亮灯的地方，放平，等一下。" if elder else "放平，不要拿走，约 1 秒。读完会提醒您取回。",
        spoken="请把身份证放在亮灯的地方",
        header=HEADER,
        step=step(1, "放身份证"),
        blocks=(Picture(drawing=Drawing.PLACE_CARD, name="身份证放在屏幕右下方亮灯的地方"),),
        actions=both[:1] if elder else both,
        bar=FULL,
    )


def reading(elder: bool) -> Screen:
    """Reading."""
    return Screen(
        name="card_reading",
        title="正在读身份证" if elder else "正在读取身份证",
        sentence="请不要拿走身份证。",
        spoken="正在读身份证，请不要拿走。",
        header=HEADER,
        step=step(1, "放身份证"),
        blocks=(Picture(drawing=Drawing.READING_CARD, name="正在读取身份证"), Progress(done=0, total=0)),
        bar=FULL,
    )


def face_consent(elder: bool) -> Screen:
    """Face consent."""
    rows = (
        Fact(label="看什么", value="您现在的面部画面"),
        Fact(label="为什么", value="确认身份证是您本人的"),
        Fact(label="在哪比", value="只在这台机器里，不上网"),
        Fact(label="留多久", value="办完这一步就删除"),
    )
    return Screen(
        name="face_consent",
        title="可以刷脸吗？" if elder else "要用刷脸确认是您本人吗？",
        sentence="和身份证照片比一比，比完就删。"
        if elder
        else "只和您身份证上的照片比一比，比完就删除，不上传、不保存。",
        spoken="要刷脸确认身份，可以吗？不想刷脸，可以换个办法。",
        header=HEADER,
        step=step(2, "核验身份"),
        blocks=(Facts(rows=rows[2:] if elder else rows),),
        actions=(
            Action(id="agree", label="可以，刷脸" if elder else "同意刷脸"),
            secondary("other", "不刷脸，换个办法"),
        ),
        bar=FULL,
    )


def face(elder: bool) -> Screen:
    """Face."""
    return Screen(
        name="face",
        title="请看摄像头" if elder else "请看屏幕上方的摄像头",
        sentence="脸放在圈里，不要动。" if elder else "摘下口罩和帽子，脸放在圈里。",
        spoken="请看摄像头，把脸放在圈里。",
        header=HEADER,
        step=step(2, "核验身份"),
        blocks=(Live(hint="请再靠近一点"),),
        actions=(secondary("other", "换个办法"),),
        bar=FULL,
    )


def other_way(elder: bool) -> Screen:
    """Other way."""
    return Screen(
        name="other_way",
        title="换个办法" if elder else "不刷脸，也能办",
        sentence="请选一种：" if elder else "请选一种办法：",
        spoken="不刷脸也能办。可以请工作人员来确认，或者拿一张指引单到窗口办。",
        header=HEADER,
        step=step(2, "核验身份"),
        blocks=(
            Tiles(
                tiles=(
                    Tile(
                        id="keeper", title="请工作人员来确认", note="工作人员看您的身份证，输入密码", icon=Icon.PEOPLE
                    ),
                    Tile(id="referral", title="拿一张指引单", note="写明到哪里办、带什么", icon=Icon.RECEIPT),
                )
            ),
        ),
        bar=FULL,
    )


def keeper(elder: bool) -> Screen:
    """Keeper."""
    return Screen(
        name="keeper",
        title="请工作人员输入" if elder else "请工作人员输入编号和密码",
        sentence="请工作人员核对后输入。" if elder else "请工作人员核对身份证和本人后再输入。",
        spoken="请工作人员核对身份证和本人，再输入编号和密码。",
        header=HEADER,
        step=step(2, "核验身份"),
        blocks=(
            Pad(
                fields=(
                    PadField(id="code", label="工作人员编号", digits=4),
                    PadField(id="pin", label="密码", digits=6, hidden=True),
                )
            ),
        ),
        actions=(Action(id="confirm", label="确认是本人"),),
        bar=FULL,
    )


def licence_consent(elder: bool) -> Screen:
    """Licence consent."""
    ticks = (
        Tick(id="id_card", title="居民身份证", lines=("看这几项：姓名、身份号码", "用来：填写申请人")),
        Tick(
            id="social_card",
            title="社会保障卡",
            lines=("看这几项：卡号、参保地", "用来：核对参保记录"),
            ticked=False,
        ),
    )
    return Screen(
        name="licence_consent",
        title="可以查这份证照吗？" if elder else "允许调取这些电子证照吗？",
        sentence="只用这一次。"
        if elder
        else "只用于本次「个人参保证明打印」，用一次就失效。由市人力资源和社会保障局使用。",
        spoken="点一下可以取消某一项；不同意也能到窗口办。",
        header=HEADER,
        step=step(3, "授权调取"),
        blocks=(Ticks(rows=ticks[:1] if elder else ticks),),
        actions=(
            Action(id="agree", label="同意" if elder else "同意并继续"),
            secondary("refuse", "不同意" if elder else "不同意，看看别的办法"),
        ),
        bar=FULL,
    )
