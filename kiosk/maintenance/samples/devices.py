"""The devices' pages, and what is paused: an invented machine with a reader that was pulled out and a printer without paper."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Any

from drivers.buses.places import Missing, Place, Why
from drivers.buses.table import Answer, BusState, Table
from drivers.client import Detail, Line, Link, Snapshot
from drivers.contract import a4_printer, camera, inputs_outputs
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import Cover, DeviceClass, Identity, Presence, Readiness, Supply
from drivers.contract.faults import FaultCode, fault
from drivers.contract.inputs_outputs import Input, InputIs, Level, Output, OutputIs
from kiosk.locales.staff import tell
from kiosk.logbook.faults import DEATH, LINK, Episode
from kiosk.maintenance import pausing
from kiosk.maintenance.devices import faults, output, page, tree, trial
from kiosk.maintenance.devices.checks import Finding, Verdict
from kiosk.maintenance.devices.known import Known
from kiosk.maintenance.rights import Role
from kiosk.maintenance.samples.common import FULL, shift
from kiosk.maintenance.shift import Shift
from kiosk.opening.pauses import Kind
from kiosk.opening.start import Because, Start, Way
from kiosk.screens.screen import Screen
from kiosk.settings.profile import DeviceSettings

_NOW = time.mktime((2026, 3, 20, 9, 41, 0, 0, 0, -1))


def _known(snapshot: Snapshot, *, usb: str = "", **more: Any) -> Known:
    bound: dict[str, Any] = {"class": snapshot.device_class, "driver": snapshot.driver}
    bound |= (
        {"place": {"bus": "usb", "path": f"*-usb-0:{usb}:*"}} if usb else {"settings": {"uri": "ipp://192.0.2.7/ipp"}}
    )
    title = tell(f"kinds.{snapshot.device_class.value}")
    return Known(snapshot=snapshot, title=title, bound=DeviceSettings.model_validate(bound), **more)


def _thing(path: str, model: str) -> Attached:
    return Attached(bus=Bus.USB, path=path, node="/dev/hidraw3", vendor="0400", product="c35a", model=model)


def _machine() -> list[Known]:
    reader = Snapshot("id_reader", DeviceClass.ID_CARD_READER, "sdt_usb", Link.GONE, since=_NOW - 300)
    reader.fault = fault(FaultCode.PORT_ABSENT)
    eye = Snapshot("camera", DeviceClass.CAMERA, "v4l2", Link.HERE, since=_NOW - 90_000)
    eye.capabilities = camera.Capabilities(
        identity=Identity(maker="示例", model="UVC-200"), width=1280, height=720, fps=30
    )
    eye.status = camera.Status(readiness=Readiness.READY)
    printer = Snapshot("a4_printer", DeviceClass.A4_PRINTER, "ipp", Link.HERE, since=_NOW - 5_000, restarts=2)
    printer.capabilities = a4_printer.Capabilities(
        identity=Identity(maker="示例", model="LP-3000", serial="X0001", firmware="1.4"), evidence=(), formats=()
    )
    printer.status = a4_printer.Status(
        readiness=Readiness.FAULT,
        faults=(fault(FaultCode.PAPER_OUT),),
        paper=Supply.OUT,
        toner=Supply.OK,
        cover=Cover.CLOSED,
        tray=Presence.ABSENT,
        sheets=0,
        impressions=20_481,
        reasons=("media-empty",),
    )
    wires = Snapshot("wires", DeviceClass.INPUTS_OUTPUTS, "modbus_io", Link.HERE, since=_NOW)
    wires.status = inputs_outputs.Status(
        readiness=Readiness.READY,
        inputs=(InputIs(Input.DOOR, Level.OFF), InputIs(Input.PRESENCE, Level.ON)),
        outputs=(OutputIs(Output.CARD_LIGHT, Level.ON),),
    )
    there = _thing("pci-0000:00:14.0-usb-0:1.2:1.0", "UVC-200")
    missing = Missing(place=Place(bus=Bus.USB, path="*-usb-0:2:*"), why=Why.ABSENT)
    return [
        _known(reader, usb="2", there=missing),
        _known(eye, usb="1.2", there=there, detail=Detail.DEBUG),
        _known(printer),
        _known(wires, paused=True),
    ]


def _table() -> Table:
    strange = _thing("pci-0000:00:14.0-usb-0:2.3:1.0", "指纹仪 FP-9")
    usb = BusState(bus=Bus.USB, answer=Answer.LISTED, things=(strange,))
    return Table((usb, BusState(bus=Bus.PCSC, answer=Answer.FAILED, fault=fault(FaultCode.SERVICE_DOWN))))


def _episodes() -> list[Episode]:
    return [
        Episode("id_reader", FaultCode.PORT_ABSENT.value, _NOW - 300, None, kind=LINK),
        Episode("a4_printer", FaultCode.PAPER_JAM.value, _NOW - 7_200, _NOW - 6_900, times=3),
        Episode("camera", FaultCode.HOST_DIED.value, _NOW - 90_000, _NOW - 90_000, "signal 11", kind=DEATH),
    ]


def _findings() -> list[Finding]:
    return [
        Finding("status", Verdict.PASSED),
        Finding("frame", Verdict.FAILED, "dark", "4"),
        Finding("card", Verdict.SKIPPED, "nothing_there"),
        Finding("strip", Verdict.FAILED, FaultCode.CUTTER_FAILED.value),
        Finding("output", Verdict.PASSED, value=Output.CARD_LIGHT.value),
    ]


def _things(*, paused: bool) -> list[pausing.Thing]:
    def thing(kind: Kind, name: str, title: str, note: str = "正常服务") -> pausing.Thing:
        return pausing.Thing(kind, name, title, note, paused=note != "正常服务")

    return [
        thing(Kind.KIOSK, "", "整台机器", "已暂停:今天盘点,今天 15:30 恢复" if paused else "正常服务"),
        thing(Kind.ITEM, "KX-RS-001", "打印参保证明"),
        thing(Kind.DEVICE, "id_reader", "身份证阅读器"),
        thing(Kind.DEVICE, "camera", "摄像头", "已暂停:设备正在维修,明天 08:30 恢复"),
        thing(Kind.DEVICE, "a4_printer", "A4 打印机"),
        thing(Kind.DEVICE, "receipt_printer", "凭条打印机"),
    ]


def screens() -> list[Screen]:
    """Every page, well and not."""
    here, machine, table = _at("devices"), _machine(), _table()
    title = "摄像头"
    lines = [
        Line(_NOW - 2, 20, "command 4: Stream, 5.0 s"),
        Line(_NOW - 1, 30, "the picture dies: no frame for 3 s"),
        Line(_NOW, 10, "status in 0.01 s, changed"),
    ]
    return [
        tree.tree(here, machine, table),
        tree.tree(here, [replace(each, left_out=True) for each in machine], table),
        tree.others(here, table),
        tree.others(here, Table()),
        *(page.device_page(here, device) for device in machine),
        page.device_page(_at("devices", Role.ADMINISTRATOR), machine[2]),
        page.restarting(here, machine[1].title),
        faults.last_faults(
            here,
            _episodes(),
            {each.snapshot.name: tell(f"kinds.{each.snapshot.device_class.value}") for each in machine},
        ),
        faults.last_faults(here, (), {}),
        output.said(here, title, lines, Detail.NORMAL),
        output.said(here, title, lines, Detail.DEBUG),
        output.said(here, title, (), Detail.NORMAL),
        trial.under_way(here, title),
        trial.under_way(here, title, "card"),
        trial.result(here, title, _findings()),
        trial.result(here, title, _findings()[:1]),
        *_pausing_screens(),
    ]


def _pausing_screens() -> list[Screen]:
    here, now = _at("pausing"), datetime(2026, 3, 20, 9, 41)
    later = ((20, 10, 11), (20, 13, 41), (21, 8, 30), (23, 8, 30))
    ends = [datetime(2026, 3, day, hour, minute) for day, hour, minute in later]
    return [
        pausing.overview(here, _things(paused=True), FULL, ()),
        pausing.overview(here, _things(paused=False), Start(Way.SAFE, 1, None, Because.TRIES), ("凭条打印机",)),
        pausing.overview(
            here, _things(paused=False), Start(Way.HELD, 2, None, Because.TRIES), ("摄像头", "身份证阅读器")
        ),
        pausing.overview(here, _things(paused=False), Start(Way.SAFE, 0, None, Because.UNCOUNTED), ("摄像头",)),
        pausing.not_on_the_disk(here, "paused", full=True),
        pausing.not_on_the_disk(here, "resumed", full=False),
        pausing.resume_question(here, next(each for each in _things(paused=True) if each.paused)),
        pausing.reasons(here, "摄像头"),
        pausing.own_words(here, refused=False),
        pausing.own_words(here, refused=True),
        pausing.end_times(here, "摄像头", ends, now),
        pausing.restart_question(here),
        pausing.restarting(here),
    ]


def _at(task: str, role: Role = Role.TECHNICIAN) -> Shift:
    made = shift(role)
    made.doing(task)
    return made
