"""Before the card: choosing, looking, waiting, help."""

from __future__ import annotations

from kiosk.screens.parts import (
    Action,
    Check,
    Checks,
    CheckState,
    Countdown,
    Drawing,
    Fact,
    Facts,
    Hero,
    Icon,
    Note,
    Picture,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Bar, BarButton, Screen
from kiosk.shell.samples.common import FULL, HEADER, HELP_ONLY, secondary


def idle() -> Screen:
    """Idle."""
    return Screen(
        name="idle",
        title="请选择适合您的方式",
        spoken="您好。请选择大字语音版，或者标准版。",
        header=HEADER,
        blocks=(
            Hero(
                lines=("不用带证明", "在这里就能办"),
                sentence="24 小时开放 · 带上身份证就行",
                chips=((Icon.ID_CARD, "身份证"), (Icon.FACE, "刷脸"), (Icon.DOCUMENT, "打印证明")),
            ),
            Tiles(
                tiles=(
                    Tile(
                        id="elder",
                        title="大字语音版",
                        note="字大、声音提示、一步一步来",
                        icon=Icon.SPEAKER,
                        emphasis=True,
                    ),
                    Tile(id="standard", title="标准版", note="全部事项，自己选", icon=Icon.HOUSE),
                )
            ),
        ),
        bar=HELP_ONLY,
    )


def home() -> Screen:
    """Home."""
    often = (
        ("insurance", "打印参保证明", Icon.ID_CARD),
        ("medical", "缴纳医保费", Icon.HEART),
        ("house", "打印无房证明", Icon.HOUSE),
        ("pension", "养老资格认证", Icon.PEOPLE),
    )
    by_life = (
        ("social", "社保", "参保证明 · 缴费明细", Icon.ID_CARD),
        ("health", "医保", "参保凭证 · 异地备案", Icon.HEART),
        ("estate", "不动产", "有无房证明 · 进度", Icon.HOUSE),
        ("family", "婚育", "出生一件事 · 预约", Icon.PEOPLE),
        ("traffic", "车驾管", "违法处理 · 期满换证", Icon.CAR),
        ("fees", "缴费", "医保费 · 非税缴款", Icon.RECEIPT),
        ("register", "户籍", "户籍证明 · 居住证", Icon.DOCUMENT),
        ("company", "企业", "执照打印 · 开办", Icon.SHOP),
        ("help", "救助", "今天暂停，明早 9 点", Icon.PEOPLE),
    )
    return Screen(
        name="choose",
        title="您要办什么事？",
        header=HEADER,
        blocks=(
            Tiles(
                heading="这里办得最多",
                columns=2,
                tiles=tuple(Tile(id=id_, title=title, icon=icon) for id_, title, icon in often),
            ),
            Tiles(
                heading="按事情找",
                columns=3,
                tiles=tuple(
                    Tile(id=id_, title=title, note=note, icon=icon, enabled=id_ != "help")
                    for id_, title, note, icon in by_life
                ),
            ),
        ),
        bar=FULL,
    )


def home_elder() -> Screen:
    """Home elder."""
    things = (
        ("insurance", "打印社保证明", Icon.ID_CARD),
        ("medical", "交医保", Icon.HEART),
        ("pension", "养老认证", Icon.PEOPLE),
        ("fees", "交费", Icon.RECEIPT),
        ("others", "其他事", Icon.DOCUMENT),
        ("complaint", "办不成事", Icon.MESSAGE),
    )
    return Screen(
        name="choose",
        title="您要办什么事？",
        spoken="请点一件您要办的事",
        header=HEADER,
        blocks=(Tiles(columns=2, tiles=tuple(Tile(id=i, title=title, icon=icon) for i, title, icon in things)),),
        bar=FULL,
    )


def guide(elder: bool) -> Screen:
    """Guide."""
    rows = (
        Fact(label="需要", value="居民身份证", icon=Icon.ID_CARD),
        Fact(label="拿到", value="个人参保证明 1 页", icon=Icon.DOCUMENT),
        Fact(label="大约", value="2 分钟", icon=Icon.CLOCK),
        Fact(label="费用", value="免费", icon=Icon.MONEY),
        Fact(label="有效期", value="自打印之日起 30 天", icon=Icon.CHECK),
        Fact(label="出具单位", value="市人力资源和社会保障局", icon=Icon.SHOP),
    )
    return Screen(
        name="guide",
        title="打印社保证明" if elder else "个人参保证明打印",
        sentence="先看看需要什么。" if elder else "办之前，先看看需要什么。",
        spoken="办这件事，需要身份证。大约 2 分钟，免费。要办，请点开始办理。",
        header=HEADER,
        blocks=(Facts(rows=rows[:4] if elder else rows),),
        actions=(Action(id="start", label="开始办理"),),
        bar=FULL,
    )


def precheck(elder: bool) -> Screen:
    """Precheck."""
    labels = ("身份证阅读器", "打印机和纸", "摄像头", "办事系统", "开放时间")
    rows = tuple(Check(label=label, state=CheckState.OK, word="正常") for label in labels[:3])
    waiting = tuple(Check(label=label, state=CheckState.WAITING, word="在看") for label in labels[3:])
    return Screen(
        name="precheck",
        title="请稍等一下" if elder else "正在看看现在能不能办",
        sentence="正在检查机器。" if elder else "先检查机器，再请您出示证件。",
        spoken="请稍等，正在检查机器。",
        header=HEADER,
        blocks=(Checks(rows=(*rows, *waiting)),),
        bar=FULL,
    )


def precheck_missing(elder: bool) -> Screen:
    """Precheck missing."""
    rows = (
        Check(
            label="打印机和纸",
            state=CheckState.MISSING,
            word="缺纸",
            note="今天不能打印证明，可以查询，也可以发到手机。",
        ),
        Check(label="身份证阅读器", state=CheckState.OK, word="正常"),
        Check(label="办事系统", state=CheckState.OK, word="正常"),
    )
    note = Note(title="别的办法", text="到浔阳区便民服务中心办理，浔阳东路 1 号，9:00–17:00，电话 0792-1234567。")
    return Screen(
        name="precheck_missing",
        title="现在办不了" if elder else "现在暂时办不了",
        sentence="还没有读您的证件。" if elder else "还没有读取您的任何信息。您可以这样办：",
        spoken="对不起，现在暂时办不了。您可以看看屏幕上的别的办法。",
        header=HEADER,
        blocks=(Checks(rows=rows[:1] if elder else rows), note),
        actions=(Action(id="again", label="再检查一次"), secondary("other", "换一件事")),
        bar=FULL,
    )


def help(elder: bool) -> Screen:
    """Help."""
    rows = (
        Fact(label="服务电话", value="0792-1234567", icon=Icon.PHONE),
        Fact(label="政务热线", value="12345（24 小时）", icon=Icon.PHONE),
        Fact(label="服务点", value="浔阳区便民服务中心", icon=Icon.PLACE),
        Fact(label="接听时间", value="9:00–17:00", icon=Icon.CLOCK),
    )
    return Screen(
        name="help",
        title="需要帮忙吗？",
        sentence="可以打电话问。" if elder else "可以打电话，或请旁边的人帮您。",
        spoken="需要帮忙，可以打屏幕上的电话。",
        header=HEADER,
        blocks=(Picture(drawing=Drawing.HELP, name="叫人帮忙"), Facts(rows=rows[:2] if elder else rows)),
        actions=(Action(id="go_on", label="回去接着办"),),
        bar=Bar(back=BarButton(label="返回"), leave=BarButton(label="离开")),
    )


def idle_warning(elder: bool) -> Screen:
    """Idle warning."""
    return Screen(
        name="idle_warning",
        title="您还在吗？",
        sentence="没有动静，要回首页了。" if elder else "没有操作，马上要清除信息、回到首页。",
        spoken="您还在吗？要接着办，请点接着办。不点，20 秒后回到首页。",
        header=HEADER,
        blocks=(Countdown(seconds=20, label="秒后回到首页"),),
        actions=(Action(id="go_on", label="接着办"), secondary("leave", "不办了")),
        bar=HELP_ONLY,
    )


def out_of_service() -> Screen:
    """Out of service."""
    return Screen(
        name="out_of_service",
        title="机器正在恢复",
        sentence="请稍等片刻，或换一台机器。",
        spoken="机器正在恢复，请稍等片刻。",
        header=HEADER,
        blocks=(Picture(drawing=Drawing.OUT_OF_SERVICE, name="机器暂停使用"),),
    )
