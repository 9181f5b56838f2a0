"""From fetching the document to the thanks."""

from __future__ import annotations

from kiosk.screens.parts import (
    Action,
    Drawing,
    Fact,
    Facts,
    Icon,
    Note,
    NoteKind,
    Pages,
    Picture,
    Progress,
    Rating,
    Tile,
)
from kiosk.screens.screen import Screen
from kiosk.shell.samples.common import FULL, HEADER, HELP_ONLY, PAGE, PASSED, secondary, step


def fetch(elder: bool) -> Screen:
    """Fetch."""
    return Screen(
        name="fetch",
        title="正在取证明" if elder else "正在取您的证明",
        sentence="请稍等。" if elder else "正在从市人力资源和社会保障局取，请稍等。",
        spoken="正在取您的证明，请稍等。",
        header=HEADER,
        step=step(3, "授权调取"),
        blocks=(Picture(drawing=Drawing.FETCHING, name="正在从发证单位取文件"), Progress(done=0, total=0)),
        bar=FULL,
    )


def review(elder: bool) -> Screen:
    """Review."""
    rows = (Fact(label="姓名", value="张*英"), Fact(label="证件号码", value="999999********0012"))
    return Screen(
        name="review",
        title="对不对？对就打印" if elder else "请核对，没问题就打印",
        sentence="打出来的字是全的。" if elder else "屏幕上遮住了部分信息，打出来是完整的。",
        spoken="请看一看，是张*英的参保证明，共 1 页。对的话，请点打印。",
        header=HEADER,
        step=step(4, "核对打印"),
        blocks=(Facts(rows=rows[:1] if elder else rows), Pages(sizes=(PAGE,), name="证明的样子，个人信息已遮住")),
        actions=(Action(id="print", label="打印"), secondary("wrong", "信息有误")),
        bar=FULL,
    )


def printing(elder: bool) -> Screen:
    """Printing."""
    return Screen(
        name="printing",
        title="正在打印，请不要离开",
        sentence="共 1 页，马上就好。",
        spoken="正在打印，请不要离开",
        header=HEADER,
        step=step(4, "核对打印"),
        blocks=(
            Picture(drawing=Drawing.PRINTING, name="打印机正在出纸"),
            Progress(done=62, total=100, label="" if elder else "第 1 页，共 1 页"),
        ),
        bar=PASSED,
    )


def take(elder: bool) -> Screen:
    """Take."""
    return Screen(
        name="take",
        title="好了，请拿证明" if elder else "办好了，请取走证明",
        sentence="1 页，在出纸口。" if elder else "出纸口 · 1 页 · 有效期至 2026-12-22",
        spoken="打印好了。请取走证明，也请拿好身份证。",
        header=HEADER,
        blocks=(
            Picture(drawing=Drawing.TAKE_PAPER, name="出纸口里有您的证明"),
            Note(title="也请取走身份证", text="拿走后屏幕会自动清除您的信息。", kind=NoteKind.ATTENTION),
        ),
        actions=(Action(id="taken", label="已取走"),),
        bar=HELP_ONLY,
    )


def take_card(elder: bool) -> Screen:
    """Take card."""
    return Screen(
        name="take_card",
        title="请拿走身份证" if elder else "请取走身份证",
        sentence="请拿走身份证。" if elder else "拿走后屏幕会自动清除您的信息。",
        spoken="请取走身份证。",
        header=HEADER,
        blocks=(Picture(drawing=Drawing.TAKE_CARD, name="从亮灯的地方拿走身份证"),),
        bar=HELP_ONLY,
    )


def rate(elder: bool) -> Screen:
    """Rate."""
    levels = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
    icons = (Icon.SMILE_5, Icon.SMILE_4, Icon.SMILE_3, Icon.SMILE_2, Icon.SMILE_1)
    tiles = tuple(
        Tile(id=f"level_{5 - i}", title=t, icon=icon) for i, (t, icon) in enumerate(zip(levels, icons, strict=True))
    )
    return Screen(
        name="rate",
        title="办好了",
        sentence="谢谢您。" if elder else "证明和身份证都拿好了吗？",
        spoken="这次办得满意吗？点一个就行，不评价也可以。",
        header=HEADER,
        blocks=(Picture(drawing=Drawing.DONE, name="办好了"), Rating(heading="这次办得满意吗？", tiles=tiles)),
        actions=(secondary("skip", "不评价"),),
        bar=HELP_ONLY,
    )


def thanks() -> Screen:
    """Thanks."""
    return Screen(
        name="thanks",
        title="谢谢您",
        sentence="您的信息已从这台机器清除。",
        spoken="谢谢您，再见。",
        header=HEADER,
        blocks=(Picture(drawing=Drawing.DONE, name="办完了"),),
        actions=(Action(id="done", label="完成"),),
        bar=HELP_ONLY,
    )


def not_printed(elder: bool) -> Screen:
    """Not printed."""
    return Screen(
        name="print_failed",
        title="没有打好" if elder else "这一份没有打好",
        sentence="已停用，可以免费重打。" if elder else "这一份已经停用。凭编号可以免费重打，不用再排队。",
        spoken="对不起，这一份没有打好。已经停用，可以免费重打。",
        header=HEADER,
        blocks=(
            Picture(drawing=Drawing.ATTENTION, name="请注意"),
            Facts(rows=(Fact(label="编号", value="KX26-0000-1842"), Fact(label="原因", value="打印机卡纸"))),
        ),
        actions=(Action(id="slip", label="打印重打凭条"), secondary("done", "知道了")),
        bar=HELP_ONLY,
    )
