"""What can go wrong with a device, and who must act. Causes, cures and sentences are data: `faults.toml` beside this file."""

from __future__ import annotations

import time
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec


class Domain(StrEnum):
    """Where the fault lies."""

    LINK = "link"
    DEVICE = "device"
    CARD = "card"
    SUPPLY = "supply"
    SETTING = "setting"
    PROGRAM = "program"


class Action(StrEnum):
    """Who must act."""

    VISITOR = "visitor"
    KEEPER = "keeper"
    TECHNICIAN = "technician"
    BACK_OFFICE = "back_office"
    NOBODY = "nobody"


class FaultCode(StrEnum):
    """Every fault that a driver, its host or its client can report."""

    PORT_ABSENT = "port_absent"
    PORT_DENIED = "port_denied"
    LINK_SILENT = "link_silent"
    LINK_GARBLED = "link_garbled"
    DEVICE_GONE = "device_gone"
    HOST_DIED = "host_died"
    HOST_HUNG = "host_hung"
    DEADLINE = "deadline"
    SETTING_INVALID = "setting_invalid"
    EMULATOR_REFUSED = "emulator_refused"
    UNSUPPORTED = "unsupported"
    INTERNAL = "internal"
    CARD_ABSENT = "card_absent"
    CARD_UNREADABLE = "card_unreadable"
    CARD_LIFTED = "card_lifted"
    CARD_NOT_LIFTED = "card_not_lifted"
    CARD_UNKNOWN_TYPE = "card_unknown_type"
    CARD_TEXT_INVALID = "card_text_invalid"
    PHOTO_UNDECODABLE = "photo_undecodable"
    SAM_FAILED = "sam_failed"
    SAM_UNAUTHORISED = "sam_unauthorised"
    NO_FRAMES = "no_frames"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    PAPER_JAM = "paper_jam"
    COVER_OPEN = "cover_open"
    TONER_LOW = "toner_low"
    TONER_OUT = "toner_out"
    TRAY_FULL = "tray_full"
    CUTTER_FAILED = "cutter_failed"
    HEAD_HOT = "head_hot"
    PRINTER_STOPPED = "printer_stopped"
    JOB_REFUSED = "job_refused"
    JOB_ABORTED = "job_aborted"
    JOB_CANCELED = "job_canceled"
    JOB_LOST = "job_lost"
    STALE_FENCE = "stale_fence"
    PAGE_DIGEST = "page_digest"
    GLYPH_MISSING = "glyph_missing"
    READER_ABSENT = "reader_absent"
    SERVICE_DOWN = "service_down"
    APPLICATION_ABSENT = "application_absent"
    CODE_UNREADABLE = "code_unreadable"
    CODE_TOO_LONG = "code_too_long"
    SHEET_NOT_FOUND = "sheet_not_found"
    SHEET_UNSTEADY = "sheet_unsteady"
    SHEET_BLURRED = "sheet_blurred"
    OUTPUT_STUCK = "output_stuck"
    ON_BATTERY = "on_battery"
    BATTERY_LOW = "battery_low"
    BATTERY_WORN = "battery_worn"
    POWER_OVERLOAD = "power_overload"
    CARDS_LOW = "cards_low"
    CARDS_OUT = "cards_out"
    CARD_JAM = "card_jam"
    BIN_FULL = "bin_full"
    SLOT_OCCUPIED = "slot_occupied"
    SLOT_EMPTY = "slot_empty"
    CHIP_ABSENT = "chip_absent"
    CHIP_UNREADABLE = "chip_unreadable"
    CHIP_PULLED = "chip_pulled"
    FINGER_UNREADABLE = "finger_unreadable"
    TEMPLATE_INVALID = "template_invalid"
    QUEUE_STOPPED = "queue_stopped"
    DISPENSER_FAILED = "dispenser_failed"
    DEVICE_BUSY = "device_busy"
    HOST_GREEDY = "host_greedy"
    CODE_SEVERAL = "code_several"
    READER_FAILED = "reader_failed"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. `since` is Unix time in seconds; `detail` is for the technician and never holds personal data."""

    code: FaultCode
    domain: Domain
    action: Action
    since: float
    detail: str = ""


class FaultEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The catalogue's row for one code: Chinese texts, as a keeper or technician reads them."""

    domain: Domain
    action: Action
    cause: str
    cure: str
    visitor: str


class DeviceFault(Exception):
    """Raised by drivers and by the client's calls; carries a `Fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.code}: {fault.detail}" if fault.detail else str(fault.code))
        self.fault = fault

    def __reduce__(self) -> tuple[type[DeviceFault], tuple[Fault]]:
        return (DeviceFault, (self.fault,))


@cache
def catalogue() -> dict[FaultCode, FaultEntry]:
    """Return the fault catalogue. Raise msgspec.ValidationError when `faults.toml` has an unknown code or field."""
    text = files("drivers.contract").joinpath("faults.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[FaultCode, FaultEntry])


def fault(code: FaultCode, detail: str = "", *, since: float | None = None) -> Fault:
    """Make a fault of this code, its domain and action taken from the catalogue."""
    entry = catalogue()[code]
    return Fault(
        code=code,
        domain=entry.domain,
        action=entry.action,
        since=time.time() if since is None else since,
        detail=detail,
    )


def failing(code: FaultCode, detail: str = "") -> DeviceFault:
    """Return the exception for a fault, to be written as `raise failing(code, detail)`."""
    return DeviceFault(fault(code, detail))
