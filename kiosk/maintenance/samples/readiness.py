"""The readiness report, a self-test under way, the codes, and the bundle: an invented machine that lacks a platform and paper."""

from __future__ import annotations

from pathlib import Path

from kiosk.bundle.stick import Why
from kiosk.maintenance.readiness import bundle_task, glass
from kiosk.maintenance.readiness.bundle_task import Told, Where
from kiosk.maintenance.readiness.report import Ready, Report, Row
from kiosk.maintenance.rights import Role
from kiosk.maintenance.samples.common import shift
from kiosk.screens.screen import Screen
from kiosk.sticks import Stick

_AT = 1795315800.0


def report() -> Report:
    """Some of everything."""
    devices = (
        Row(subject="id_reader", title="身份证阅读器", state=Ready.READY, words="应答正常", tested=_AT),
        Row(subject="camera", title="摄像头", state=Ready.UNKNOWN, words="还没有应答", tested=_AT),
        Row(subject="a4_printer", title="A4 打印机", state=Ready.LIMITED, words="墨粉快用完了", tested=_AT),
        Row(subject="receipt_printer", title="凭条打印机", state=Ready.NOT_READY, words="打印机盖没有关好", tested=_AT),
    )
    parts = (
        Row(subject="part:disk", title="磁盘", state=Ready.READY, words="剩余 56607 MB，至少要 200 MB", tested=_AT),
        Row(
            subject="part:platform",
            title="政务平台",
            state=Ready.NOT_READY,
            words="平台没有应答（代号 unreachable）",
            tested=_AT,
        ),
        Row(
            subject="part:certificate",
            title="本机证书",
            state=Ready.LIMITED,
            words="证书到 2026-12-20，还有 27 天",
            tested=_AT,
        ),
    )
    supplies = (
        Row(
            subject="a4:sheets",
            title="A4 纸",
            state=Ready.READY,
            words="约 180 张，预计 11月28日用完（11月26日到12月2日）",
        ),
        Row(
            subject="a4:toner",
            title="墨粉",
            state=Ready.LIMITED,
            words="剩 4%，预计 11月24日用完（11月23日到11月26日）",
        ),
        Row(subject="r:roll", title="凭条纸卷", state=Ready.UNKNOWN, words="不知道还剩多少"),
    )
    return Report(
        kiosk="DEMO-0001",
        place="示例区24小时政务超市",
        model="演示机",
        timezone="Asia/Shanghai",
        at=_AT,
        devices=devices,
        parts=parts,
        supplies=supplies,
        faults=(),
        operations={"taken": 31},
        waiting=0,
        runtime="0.1.0",
        digest="1a2b3c4d",
        versions=(("driver", "ipp", "1a2b3c4d"),),
    )


def screens() -> list[Screen]:
    """Every screen of both tasks."""
    here, made = shift(), report()
    here.doing("readiness")
    keeper = shift(Role.KEEPER)
    keeper.doing("readiness")
    picture = glass.Drawn(600, 600, b"")
    sheet = glass.Drawn(909, 1286, b"")
    sticks = tuple(
        Stick(device=name, folder=Path("/nowhere"), label=label, free=free)
        for name, label, free in (
            ("sdb1", "Kingston DataTraveler", 7_000 * 2**20),
            ("sdc1", "Generic Flash Disk", 90 * 2**20),
        )
    )
    return [
        glass.overview(here, made),
        glass.overview(keeper, made),
        glass.listed(here, made, 0),
        glass.listed(here, made, 6),
        glass.under_test(here, 4, 14, "防篡改记录"),
        glass.coded(here, picture, 1, 1),
        glass.coded(here, picture, 2, 4),
        glass.paged(here, sheet, 1, 2),
        bundle_task.choose(here, Where(sticks)),
        bundle_task.choose(here, Where()),
        bundle_task.choose(here, Where(unmounted=True)),
        bundle_task.writing(here),
        bundle_task.written(here, Told("kiosk-DEMO-0001-20261122-200000.zip", 180_000)),
        *(bundle_task.failed(here, why) for why in (*(each.value for each in Why), "unmade")),
    ]
