"""The screens on which a device is replaced: an ID card reader by one of another make, and what can go wrong on the way."""

from __future__ import annotations

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass, Identity
from drivers.contract.faults import FaultCode, catalogue, fault
from kiosk.maintenance.replacing import proving_screens as proving
from kiosk.maintenance.replacing import screens as made
from kiosk.maintenance.replacing.asking import questions
from kiosk.maintenance.replacing.candidates import candidates
from kiosk.maintenance.replacing.conformity import Doing, Finding, Mark, Want
from kiosk.maintenance.replacing.limits import Compared, Kind
from kiosk.maintenance.replacing.proving_screens import End, Refusal
from kiosk.maintenance.replacing.screens import Row
from kiosk.maintenance.replacing.sight import Thing
from kiosk.maintenance.samples.common import shift
from kiosk.screens.screen import Screen

_READER = DeviceClass.ID_CARD_READER
_PATH = "pci-0000:00:14.0-usb-0:2:1.0"
_HID = Thing(
    (
        Attached(
            bus=Bus.USB,
            path=_PATH,
            node="/dev/hidraw0",
            vendor="10c4",
            product="0007",
            serial="M300-0042",
            maker="MIAXIS",
            model="MR-300",
            kind="hid",
        ),
    )
)
_SERIAL = Thing(
    (
        Attached(
            bus=Bus.SERIAL, path=f"{_PATH}-port0", node="/dev/ttyUSB0", vendor="1a86", product="7523", kind="ch341-uart"
        ),
    )
)
_MOUSE = Thing(
    (
        Attached(
            bus=Bus.USB,
            path=_PATH,
            node="/dev/bus/usb/001/007",
            vendor="046d",
            product="c077",
            model="USB Optical Mouse",
        ),
    )
)
_REPORT = "20261122-093012-replacement-id_reader.json"
_IDENTITY = Identity(maker="", model="", serial="0501-20260822-0007", firmware="")
_FOUND = tuple(
    Finding(id=str(number), title=title, mark=mark, words=words)
    for number, (title, mark, words) in enumerate(
        (
            ("说明文件与驱动一致", Mark.PASSED, ""),
            ("能打开，说得出自己是什么设备", Mark.PASSED, ""),
            ("能做它该做的事", Mark.PASSED, ""),
            ("取消后马上停，下一件事照常", Mark.PASSED, "0.21 秒"),
            ("线还插着、设备不出声，会说出来，不当作正常", Mark.NOT_APPLICABLE, "只有模拟设备做得到"),
        )
    )
)


def screens() -> list[Screen]:
    """In the order of the work; then what can go wrong."""
    return [*_the_way(), *_the_test(), *_the_end()]


def _the_way() -> list[Screen]:
    here = shift()
    rows = (
        Row(name="id_reader", device_class=_READER, driver="sdt_serial", here=False),
        Row(name="camera", device_class=DeviceClass.CAMERA, driver="v4l2", here=True),
        Row(name="a4_printer", device_class=DeviceClass.A4_PRINTER, driver="ipp", here=True, engaged=True),
        Row(name="receipt_printer", device_class=DeviceClass.RECEIPT_PRINTER, driver="escpos", here=True),
    )
    known = candidates(_HID, _READER, production=True)
    generic = candidates(_SERIAL, _READER, production=True)
    asked = [
        *questions("sdt_usb", {}, production=False),
        *questions("sdt_serial", {}, production=True),
        *questions("modbus_io", {}, production=True),
        *questions("keyboard_wedge", {}, production=True),
        *(each for each in questions("escpos", {"dots": 384}, production=True) if each.key in ("handshake", "dots")),
    ]
    silent = fault(FaultCode.LINK_SILENT)
    return [
        made.choose_screen(here, rows),
        made.unplug_screen(here, _READER, seen=True),
        made.unplug_screen(here, DeviceClass.A4_PRINTER, seen=False),
        made.nothing_came_screen(here, _READER, unplugging=True),
        made.plug_screen(here, _READER, by_address=False),
        made.plug_screen(here, DeviceClass.RECEIPT_PRINTER, by_address=True),
        made.nothing_came_screen(here, _READER, unplugging=False),
        made.address_screen(here, wrong=False),
        made.address_screen(here, wrong=True),
        made.which_screen(here, (_HID, _SERIAL)),
        made.driver_screen(here, _HID, known),
        made.driver_screen(here, _SERIAL, generic),
        made.unknown_screen(here, _MOUSE, _READER),
        *(made.setting_screen(here, each) for each in asked),
        made.opening_screen(here, registry.manifests()["sdt_usb"].id),
        proving.refused_screen(here, Refusal.SILENT, catalogue()[silent.code].cause, silent),
        proving.refused_screen(here, Refusal.BLOCKED, "这一版固件会把同一张证件读两次。"),
    ]


def _the_test() -> list[Screen]:
    here = shift()
    doing = Doing(title="能做它该做的事", over=4, repeated=0, found=_FOUND)
    repeated = Doing(title="反复做多次，次次都成", over=14, repeated=7, found=_FOUND)
    place = Want(verb="present", words="请把测试卡放在读卡区")
    take = Want(verb="withdraw", words="请拿开证件")
    out = Want(verb="unplug", words="请拔下这台设备的数据线")
    back = Want(verb="replug", words="请把数据线插回原来的口")
    return [
        *(
            proving.ready_screen(here, each, "MIAXIS MR-300", _IDENTITY if each is _READER else Identity(), 20)
            for each in DeviceClass
        ),
        proving.test_screen(here, _READER, doing, 17, None, seen=False, times=20),
        proving.test_screen(here, _READER, doing, 17, place, seen=False, times=20),
        proving.test_screen(here, _READER, repeated, 17, take, seen=False, times=20),
        proving.test_screen(here, _READER, doing, 17, out, seen=True, times=20),
        proving.test_screen(here, _READER, doing, 17, back, seen=True, times=20),
    ]


def _the_end() -> list[Screen]:
    here = shift()
    good = (
        Compared(kind=Kind.CHECKS, found=0, allowed=0),
        Compared(kind=Kind.FAILURES, found=0, allowed=0),
        Compared(kind=Kind.MEDIAN, found=1.12, allowed=2.0),
        Compared(kind=Kind.P95, found=1.31, allowed=3.0),
    )
    bad = (
        Compared(kind=Kind.CHECKS, found=1, allowed=0),
        Compared(kind=Kind.FAILURES, found=2, allowed=0),
        Compared(kind=Kind.MEDIAN, found=1.12, allowed=2.0),
        Compared(kind=Kind.P95, found=4.02, allowed=3.0),
    )
    failed = (("反复做多次，次次都成", "20 次里有 2 次不成，最后一次：读卡器没有应答"),)
    return [
        proving.result_screen(here, True, good, (), _REPORT),
        proving.result_screen(here, False, bad, failed, _REPORT),
        proving.sign_screen(here, _READER, "MIAXIS MR-300", "sdt_usb", _REPORT),
        proving.waiting_screen(here, _READER, old=False),
        proving.waiting_screen(here, _READER, old=True),
        *(proving.end_screen(here, _READER, each, minutes=8) for each in End),
    ]
