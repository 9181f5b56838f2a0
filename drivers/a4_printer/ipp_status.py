"""What a printer says of itself, in the contract's words: capabilities, supplies, faults. Unknown stays unknown."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from drivers.a4_printer.ipp_codec import Attributes
from drivers.a4_printer.ipp_markers import toner_percent
from drivers.a4_printer.ipp_trays import Trays, trays
from drivers.contract.a4_printer import Capabilities, Evidence, Status
from drivers.contract.common import Cover, Identity, Presence, Readiness, Supply
from drivers.contract.faults import Fault, FaultCode, fault


class PrinterState(IntEnum):
    """printer-state (RFC 8011 5.4.11)."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


class Meaning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of ipp_reasons.toml."""

    about: Literal["paper", "toner", "cover", "tray", "device"]
    means: Literal["", "out", "low", "jammed", "open", "full"] = ""
    fault: FaultCode | None = None
    stops: bool = False


_SEVERITIES = ("-error", "-warning", "-report")

_COUNTERS = ("printer-impressions-completed", "printer-media-sheets-completed", "printer-pages-completed")
"""PWG 5100.22 and its forerunners, best first. One page printed on one side moves each of them by one."""

_WORST_FIRST = (Supply.JAMMED, Supply.OUT, Supply.LOW)


@cache
def meanings() -> dict[str, Meaning]:
    """The table of state reasons. Raise msgspec.ValidationError naming a wrong field."""
    text = files("drivers.a4_printer").joinpath("ipp_reasons.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[str, Meaning])


@dataclass(frozen=True)
class Snapshot:
    """One answer to Get-Printer-Attributes, understood.

    `told` is False when the printer gave no reasons at all, or one that is in no table: then "nothing is wrong with the paper"
    cannot be concluded from its silence about paper.
    """

    state: PrinterState
    accepting: bool
    reasons: tuple[str, ...]
    known: tuple[Meaning, ...]
    told: bool
    trays: Trays
    counter: int | None
    toner_percent: int | None = None

    @property
    def stopping(self) -> FaultCode | None:
        """Why a page would not come out now; None when nothing is known to be in the way."""
        paper = self.paper
        for meaning in self.known:
            overruled = meaning.means == "out" and meaning.about == "paper" and paper is not Supply.OUT
            if meaning.stops and meaning.fault and not overruled:
                return meaning.fault
        if paper is Supply.OUT:
            return FaultCode.PAPER_OUT
        return FaultCode.PRINTER_STOPPED if self.state is PrinterState.STOPPED else None

    @property
    def paper(self) -> Supply:
        """The paper, by the reasons; a tray that counts A4 sheets settles an unclear or merely warning "empty"."""
        told = self._supply("paper")
        if told is Supply.OUT and self.trays.sheets and not self._errors("media-empty", "media-needed"):
            return Supply.OK  # a machine with several trays warns of the empty one
        if told is not Supply.JAMMED and self.trays.sheets == 0:
            return Supply.OUT
        if told is Supply.UNKNOWN and self.trays.sheets:
            return Supply.OK
        return told

    @property
    def toner(self) -> Supply:
        """The toner, by the reasons."""
        return self._supply("toner")

    @property
    def cover(self) -> Cover:
        """The cover, by the reasons."""
        if any(meaning.about == "cover" for meaning in self.known):
            return Cover.OPEN
        return Cover.CLOSED if self.told else Cover.UNKNOWN

    def _supply(self, about: str) -> Supply:
        said = {meaning.means for meaning in self.known if meaning.about == about}
        for supply in _WORST_FIRST:
            if supply.value in said:
                return supply
        return Supply.OK if self.told else Supply.UNKNOWN

    def _errors(self, *keywords: str) -> bool:
        """Whether one of these is told as an error (its severity says so, or is left out)."""
        return any(
            keyword in (reason, reason.removesuffix("-error")) for reason in self.reasons for keyword in keywords
        )


def understand(attributes: Attributes) -> Snapshot:
    """Read Get-Printer-Attributes. Raise DeviceFault(LINK_GARBLED) naming the attribute."""
    reasons = tuple(reason for reason in attributes.texts("printer-state-reasons") if reason != "none")
    known = []
    told = bool(attributes.texts("printer-state-reasons"))
    for reason in reasons:
        keyword, severity = split_reason(reason)
        meaning = meanings().get(keyword)
        if severity == "-report":
            continue
        if meaning is None:
            told = False
        else:
            known.append(meaning)
    return Snapshot(
        state=attributes.enum("printer-state", PrinterState),
        accepting=attributes.boolean("printer-is-accepting-jobs") is not False,
        reasons=reasons,
        known=tuple(known),
        told=told,
        trays=trays(attributes.texts("printer-input-tray"), attributes.texts("printer-output-tray")),
        counter=counter(attributes),
        toner_percent=toner_percent(attributes.integers("marker-levels"), attributes.texts("marker-types")),
    )


def split_reason(reason: str) -> tuple[str, str]:
    """Return keyword and severity: "media-empty-warning" is ("media-empty", "-warning")."""
    for severity in _SEVERITIES:
        if reason.endswith(severity):
            return reason.removesuffix(severity), severity
    return reason, ""


def counter(attributes: Attributes) -> int | None:
    """The life-time counter, None where the printer has none. Negative means "unknown" (RFC 3805)."""
    for name in _COUNTERS:
        value = attributes.integer(name)
        if value is not None and value >= 0:
            return value
    return None


def capabilities(attributes: Attributes) -> Capabilities:
    """Say what this printer can prove: nothing that it has not itself reported."""
    snapshot = understand(attributes)
    evidence = [Evidence.JOB_STATE]
    if snapshot.counter is not None:
        evidence.append(Evidence.PAGE_COUNTER)
    if snapshot.trays.in_exit is not None:
        evidence += [Evidence.EXIT_SENSOR, Evidence.TAKE_SENSOR]
    return Capabilities(
        identity=_identity(attributes),
        evidence=tuple(evidence),
        formats=attributes.texts("document-format-supported"),
    )


def _identity(attributes: Attributes) -> Identity:
    """Maker, model and serial from the IEEE 1284 device id where there is one ("MFG:x;MDL:y;SN:z;")."""
    parts = dict(part.split(":", 1) for part in attributes.text("printer-device-id").split(";") if ":" in part)
    named = {key.strip().upper(): value.strip() for key, value in parts.items()}
    return Identity(
        maker=named.get("MFG", named.get("MANUFACTURER", "")),
        model=named.get("MDL", named.get("MODEL", "")) or attributes.text("printer-make-and-model"),
        serial=named.get("SN", named.get("SERN", named.get("SERIALNUMBER", ""))),
        firmware=", ".join(attributes.texts("printer-firmware-string-version")),
    )


def tray_presence(snapshot: Snapshot) -> Presence:
    """Is there paper in the exit tray?"""
    if snapshot.trays.in_exit is None:
        return Presence.NOT_SUPPORTED
    return Presence.PRESENT if snapshot.trays.in_exit else Presence.ABSENT


class FaultMemory:
    """Keeps `since` of a fault that lasts, so that a status changes only when the printer does."""

    def __init__(self) -> None:
        self._lasting: dict[FaultCode, Fault] = {}

    def status(self, snapshot: Snapshot) -> Status:
        """The contract's Status."""
        codes = _codes(snapshot)
        self._lasting = {code: self._lasting.get(code) or fault(code) for code in codes}
        return Status(
            readiness=_readiness(snapshot),
            faults=tuple(self._lasting.values()),
            paper=snapshot.paper,
            toner=snapshot.toner,
            cover=snapshot.cover,
            tray=tray_presence(snapshot),
            sheets=snapshot.trays.sheets,
            impressions=snapshot.counter,
            toner_percent=snapshot.toner_percent,
            reasons=snapshot.reasons,
        )


def _codes(snapshot: Snapshot) -> list[FaultCode]:
    """Every fault that the printer names, the one that stops it first."""
    paper = snapshot.paper
    codes = [snapshot.stopping] if snapshot.stopping else []
    for meaning in snapshot.known:
        overruled = meaning.about == "paper" and meaning.means == "out" and paper is not Supply.OUT
        if meaning.fault and meaning.fault not in codes and not overruled:
            codes.append(meaning.fault)
    if not snapshot.accepting and FaultCode.PRINTER_STOPPED not in codes:
        codes.append(FaultCode.PRINTER_STOPPED)
    return codes


def _readiness(snapshot: Snapshot) -> Readiness:
    if snapshot.stopping or not snapshot.accepting:
        return Readiness.FAULT
    return Readiness.BUSY if snapshot.state is PrinterState.PROCESSING else Readiness.READY
