"""One example of every screen of a visit, in both modes, with synthetic people: for the gallery and for the gates of the tests."""

from __future__ import annotations

from kiosk.screens.parts import (
    Action,
    ActionKind,
    Check,
    Checks,
    CheckState,
    Countdown,
    Drawing,
    Fact,
    Facts,
    Hero,
    Icon,
    Live,
    Note,
    NoteKind,
    Pad,
    PadField,
    Pages,
    Picture,
    Progress,
    Rating,
    Tick,
    Ticks,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Bar, BarButton, Mode, Screen, StepMark

PAGE = (1000, 1414)
"""Pixels of the page picture in the preview sample."""

_HEADER = "浔阳区政务自助服务"
_FULL = Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开"))
_HELP_ONLY = Bar(help=BarButton(label="叫人帮忙"))
_PASSED = Bar(
    back=BarButton(label="返回", enabled=False),
    help=BarButton(label="叫人帮忙"),
    leave=BarButton(label="离开", enabled=False),
)


def samples(mode: Mode) -> list[Screen]:
    """The screens in the order of a visit."""
    elder = mode is Mode.ELDER
    return [
        _idle(),
        _home_elder() if elder else _home(),
        _guide(elder),
        _precheck(elder),
        _precheck_missing(elder),
        _card(elder),
        _reading(elder),
        _face_consent(elder),
        _face(elder),
        _other_way(elder),
        _licence_consent(elder),
        _fetch(elder),
        _review(elder),
        _printing(elder),
        _take(elder),
        _take_card(elder),
        _rate(elder),
        _thanks(),
        _help(elder),
        _idle_warning(elder),
        _keeper(elder),
        _not_printed(elder),
        _out_of_service(),
    ]


def _step(index: int, label: str) -> StepMark:
    return StepMark(index=index, total=4, label=label)


def _secondary(id_: str, label: str) -> Action:
    return Action(id=id_, label=label, kind=ActionKind.SECONDARY)


def _idle() -> Screen:
    return Screen(
        name="idle",
        title="请选择适合您的方式",
        spoken="您好。请选择大字语音版，或者标准版。",
        header=_HEADER,
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
        bar=_HELP_ONLY,
    )


def _home() -> Screen:
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
        header=_HEADER,
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
        bar=_FULL,
    )


def _home_elder() -> Screen:
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
        header=_HEADER,
        blocks=(Tiles(columns=2, tiles=tuple(Tile(id=i, title=title, icon=icon) for i, title, icon in things)),),
        bar=_FULL,
    )


def _guide(elder: bool) -> Screen:
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
        header=_HEADER,
        blocks=(Facts(rows=rows[:4] if elder else rows),),
        actions=(Action(id="start", label="开始办理"),),
        bar=_FULL,
    )


def _precheck(elder: bool) -> Screen:
    labels = ("身份证阅读器", "打印机和纸", "摄像头", "办事系统", "开放时间")
    rows = tuple(Check(label=label, state=CheckState.OK, word="正常") for label in labels[:3])
    waiting = tuple(Check(label=label, state=CheckState.WAITING, word="在看") for label in labels[3:])
    return Screen(
        name="precheck",
        title="请稍等一下" if elder else "正在看看现在能不能办",
        sentence="正在检查机器。" if elder else "先检查机器，再请您出示证件。",
        spoken="请稍等，正在检查机器。",
        header=_HEADER,
        blocks=(Checks(rows=(*rows, *waiting)),),
        bar=_FULL,
    )


def _precheck_missing(elder: bool) -> Screen:
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
        header=_HEADER,
        blocks=(Checks(rows=rows[:1] if elder else rows), note),
        actions=(Action(id="again", label="再检查一次"), _secondary("other", "换一件事")),
        bar=_FULL,
    )


def _card(elder: bool) -> Screen:
    both = (_secondary("no_card", "没带身份证"), _secondary("for_other", "替别人办"))
    return Screen(
        name="card",
        title="请放身份证" if elder else "请把身份证放在亮灯的地方",
        sentence="放在右下方亮灯的地方，放平，等一下。" if elder else "放平，不要拿走，约 1 秒。读完会提醒您取回。",
        spoken="请把身份证放在亮灯的地方",
        header=_HEADER,
        step=_step(1, "放身份证"),
        blocks=(Picture(drawing=Drawing.PLACE_CARD, name="身份证放在屏幕右下方亮灯的地方"),),
        actions=both[:1] if elder else both,
        bar=_FULL,
    )


def _reading(elder: bool) -> Screen:
    return Screen(
        name="card_reading",
        title="正在读身份证" if elder else "正在读取身份证",
        sentence="请不要拿走身份证。",
        spoken="正在读身份证，请不要拿走。",
        header=_HEADER,
        step=_step(1, "放身份证"),
        blocks=(Picture(drawing=Drawing.READING_CARD, name="正在读取身份证"), Progress(done=0, total=0)),
        bar=_FULL,
    )


def _face_consent(elder: bool) -> Screen:
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
        header=_HEADER,
        step=_step(2, "核验身份"),
        blocks=(Facts(rows=rows[2:] if elder else rows),),
        actions=(
            Action(id="agree", label="可以，刷脸" if elder else "同意刷脸"),
            _secondary("other", "不刷脸，换个办法"),
        ),
        bar=_FULL,
    )


def _face(elder: bool) -> Screen:
    return Screen(
        name="face",
        title="请看摄像头" if elder else "请看屏幕上方的摄像头",
        sentence="脸放在圈里，不要动。" if elder else "摘下口罩和帽子，脸放在圈里。",
        spoken="请看摄像头，把脸放在圈里。",
        header=_HEADER,
        step=_step(2, "核验身份"),
        blocks=(Live(hint="请再靠近一点"),),
        actions=(_secondary("other", "换个办法"),),
        bar=_FULL,
    )


def _other_way(elder: bool) -> Screen:
    return Screen(
        name="other_way",
        title="换个办法" if elder else "不刷脸，也能办",
        sentence="请选一种：" if elder else "请选一种办法：",
        spoken="不刷脸也能办。可以请工作人员来确认，或者拿一张指引单到窗口办。",
        header=_HEADER,
        step=_step(2, "核验身份"),
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
        bar=_FULL,
    )


def _licence_consent(elder: bool) -> Screen:
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
        header=_HEADER,
        step=_step(3, "授权调取"),
        blocks=(Ticks(rows=ticks[:1] if elder else ticks),),
        actions=(
            Action(id="agree", label="同意" if elder else "同意并继续"),
            _secondary("refuse", "不同意" if elder else "不同意，看看别的办法"),
        ),
        bar=_FULL,
    )


def _fetch(elder: bool) -> Screen:
    return Screen(
        name="fetch",
        title="正在取证明" if elder else "正在取您的证明",
        sentence="请稍等。" if elder else "正在从市人力资源和社会保障局取，请稍等。",
        spoken="正在取您的证明，请稍等。",
        header=_HEADER,
        step=_step(3, "授权调取"),
        blocks=(Picture(drawing=Drawing.FETCHING, name="正在从发证单位取文件"), Progress(done=0, total=0)),
        bar=_FULL,
    )


def _review(elder: bool) -> Screen:
    rows = (Fact(label="姓名", value="张*英"), Fact(label="证件号码", value="999999********0012"))
    return Screen(
        name="review",
        title="对不对？对就打印" if elder else "请核对，没问题就打印",
        sentence="打出来的字是全的。" if elder else "屏幕上遮住了部分信息，打出来是完整的。",
        spoken="请看一看，是张*英的参保证明，共 1 页。对的话，请点打印。",
        header=_HEADER,
        step=_step(4, "核对打印"),
        blocks=(Facts(rows=rows[:1] if elder else rows), Pages(sizes=(PAGE,), name="证明的样子，个人信息已遮住")),
        actions=(Action(id="print", label="打印"), _secondary("wrong", "信息有误")),
        bar=_FULL,
    )


def _printing(elder: bool) -> Screen:
    return Screen(
        name="printing",
        title="正在打印，请不要离开",
        sentence="共 1 页，马上就好。",
        spoken="正在打印，请不要离开",
        header=_HEADER,
        step=_step(4, "核对打印"),
        blocks=(
            Picture(drawing=Drawing.PRINTING, name="打印机正在出纸"),
            Progress(done=62, total=100, label="" if elder else "第 1 页，共 1 页"),
        ),
        bar=_PASSED,
    )


def _take(elder: bool) -> Screen:
    return Screen(
        name="take",
        title="好了，请拿证明" if elder else "办好了，请取走证明",
        sentence="1 页，在出纸口。" if elder else "出纸口 · 1 页 · 有效期至 2026-12-22",
        spoken="打印好了。请取走证明，也请拿好身份证。",
        header=_HEADER,
        blocks=(
            Picture(drawing=Drawing.TAKE_PAPER, name="出纸口里有您的证明"),
            Note(title="也请取走身份证", text="拿走后屏幕会自动清除您的信息。", kind=NoteKind.ATTENTION),
        ),
        actions=(Action(id="taken", label="已取走"),),
        bar=_HELP_ONLY,
    )


def _take_card(elder: bool) -> Screen:
    return Screen(
        name="take_card",
        title="请拿走身份证" if elder else "请取走身份证",
        sentence="请拿走身份证。" if elder else "拿走后屏幕会自动清除您的信息。",
        spoken="请取走身份证。",
        header=_HEADER,
        blocks=(Picture(drawing=Drawing.TAKE_CARD, name="从亮灯的地方拿走身份证"),),
        bar=_HELP_ONLY,
    )


def _rate(elder: bool) -> Screen:
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
        header=_HEADER,
        blocks=(Picture(drawing=Drawing.DONE, name="办好了"), Rating(heading="这次办得满意吗？", tiles=tiles)),
        actions=(_secondary("skip", "不评价"),),
        bar=_HELP_ONLY,
    )


def _thanks() -> Screen:
    return Screen(
        name="thanks",
        title="谢谢您",
        sentence="您的信息已从这台机器清除。",
        spoken="谢谢您，再见。",
        header=_HEADER,
        blocks=(Picture(drawing=Drawing.DONE, name="办完了"),),
        actions=(Action(id="done", label="完成"),),
        bar=_HELP_ONLY,
    )


def _help(elder: bool) -> Screen:
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
        header=_HEADER,
        blocks=(Picture(drawing=Drawing.HELP, name="叫人帮忙"), Facts(rows=rows[:2] if elder else rows)),
        actions=(Action(id="go_on", label="回去接着办"),),
        bar=Bar(back=BarButton(label="返回"), leave=BarButton(label="离开")),
    )


def _idle_warning(elder: bool) -> Screen:
    return Screen(
        name="idle_warning",
        title="您还在吗？",
        sentence="没有动静，要回首页了。" if elder else "没有操作，马上要清除信息、回到首页。",
        spoken="您还在吗？要接着办，请点接着办。不点，20 秒后回到首页。",
        header=_HEADER,
        blocks=(Countdown(seconds=20, label="秒后回到首页"),),
        actions=(Action(id="go_on", label="接着办"), _secondary("leave", "不办了")),
        bar=_HELP_ONLY,
    )


def _keeper(elder: bool) -> Screen:
    return Screen(
        name="keeper",
        title="请工作人员输入" if elder else "请工作人员输入编号和密码",
        sentence="请工作人员核对后输入。" if elder else "请工作人员核对身份证和本人后再输入。",
        header=_HEADER,
        step=_step(2, "核验身份"),
        blocks=(
            Pad(
                fields=(
                    PadField(id="code", label="工作人员编号", digits=4),
                    PadField(id="pin", label="密码", digits=6, hidden=True),
                )
            ),
        ),
        actions=(Action(id="confirm", label="确认是本人"),),
        bar=_FULL,
    )


def _not_printed(elder: bool) -> Screen:
    return Screen(
        name="print_failed",
        title="没有打好" if elder else "这一份没有打好",
        sentence="已停用，可以免费重打。" if elder else "这一份已经停用。凭编号可以免费重打，不用再排队。",
        spoken="对不起，这一份没有打好。已经停用，可以免费重打。",
        header=_HEADER,
        blocks=(
            Picture(drawing=Drawing.ATTENTION, name="请注意"),
            Facts(rows=(Fact(label="编号", value="KX26-0000-1842"), Fact(label="原因", value="打印机卡纸"))),
        ),
        actions=(Action(id="slip", label="打印重打凭条"), _secondary("done", "知道了")),
        bar=_HELP_ONLY,
    )


def _out_of_service() -> Screen:
    return Screen(
        name="out_of_service",
        title="机器正在恢复",
        sentence="请稍等片刻，或换一台机器。",
        spoken="机器正在恢复，请稍等片刻。",
        header=_HEADER,
        blocks=(Picture(drawing=Drawing.OUT_OF_SERVICE, name="机器暂停使用"),),
    )
