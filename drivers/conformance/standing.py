"""Where a driver stands: what is wrong with its manifest and code, and the level that its reports bear out."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

import msgspec

from drivers import registry
from drivers.conformance.check import Level
from drivers.conformance.levels import earned, missing
from drivers.conformance.report import Report, ReportInvalid, beside, decode, verify
from drivers.contract.faults import DeviceFault
from drivers.digests import digest_of
from drivers.emulators.base import Emulator
from drivers.manifest import Manifest

COMMON_VERBS = frozenset({"unplug", "replug", "fault", "clear_faults", "present", "withdraw"})


@dataclass(frozen=True)
class Standing:
    """One driver. `level` None: unverified. `problems` must be mended; `notes` say why the level is what it is."""

    driver: str
    level: Level | None
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    emulated: Report | None = field(default=None, repr=False)
    real: Report | None = field(default=None, repr=False)


def standing(driver_id: str) -> Standing:
    """Look at one driver. Raise KeyError for an id that there is not."""
    manifest = registry.manifests()[driver_id]
    problems = [*_entry(manifest), *_emulator(manifest), *_words(manifest)]
    notes: list[str] = []
    emulated, real = (_report(driver_id, emulated=each, notes=notes) for each in (True, False))
    level = None if problems else earned(emulated, real)
    return Standing(driver_id, level, tuple(problems), tuple(notes), emulated, real)


def all_standings() -> list[Standing]:
    """Every driver that is installed."""
    return [standing(driver_id) for driver_id in registry.manifests()]


def _entry(manifest: Manifest) -> list[str]:
    try:
        kind = registry.load(manifest.id)
    except DeviceFault as error:
        return [f"entry: {error.fault.detail}"]
    found = []
    if kind.device_class is not manifest.device_class:
        found.append(f"device_class: {manifest.entry} serves {kind.device_class}")
    config = kind.Settings.__struct_config__
    if not config.frozen or not config.forbid_unknown_fields:
        found.append("entry: its Settings must be frozen and forbid unknown fields")
    known = {each.encode_name for each in msgspec.structs.fields(kind.Settings)}
    for rule in manifest.match:
        keys = {*rule.settings, *rule.address.split(":")}
        if not keys <= known:
            found.append(f"match: {rule.bus} fills {', '.join(sorted(keys - known))}, which is no setting")
    return found


def _emulator(manifest: Manifest) -> list[str]:
    if not manifest.emulator:
        return []
    module, _, name = manifest.emulator.partition(":")
    try:
        kind: Any = getattr(importlib.import_module(module), name)
    except Exception as error:
        # Another's module: whatever it raises as it is imported is told, and costs that driver only.
        return [f"emulator: {manifest.emulator} cannot be loaded: {type(error).__name__}: {error}"]
    if not (isinstance(kind, type) and issubclass(kind, Emulator)):
        return [f"emulator: {manifest.emulator} is no Emulator"]
    found = []
    verbs = {verb for verb in COMMON_VERBS if getattr(getattr(kind, verb, None), "__emulator_verb__", False)}
    if verbs != COMMON_VERBS:
        found.append(f"emulator: lacks {', '.join(sorted(COMMON_VERBS - verbs))}")
    if not kind.FAULTS:
        found.append("emulator: FAULTS is empty: nothing can go wrong on its line")
    return found


def _words(manifest: Manifest) -> list[str]:
    return [f"{name}: empty" for name in ("title", "protocol", "sources") if not getattr(manifest, name)]


def _report(driver_id: str, *, emulated: bool, notes: list[str]) -> Report | None:
    """The report beside the manifest, if it can be believed and is of the files as they are now."""
    where = "emulator" if emulated else "hardware"
    try:
        report = decode(beside(driver_id, emulated=emulated).read_bytes())
        verify(report)
    except FileNotFoundError:
        notes.append(f"{where}: no report")
        return None
    except ReportInvalid as error:
        notes.append(f"{where}: {error}")
        return None
    if report.driver != driver_id or report.emulated is not emulated:
        notes.append(f"{where}: the report is of another driver or bench")
        return None
    if report.digest != digest_of(driver_id):
        notes.append(f"{where}: the report is older than the driver's files")
        return None
    if lacking := missing(report):
        notes.append(f"{where}: the report lacks {', '.join(lacking)}: an older kit, or a part of it")
        return None
    if not report.conforms:
        failed = ", ".join(each.id for each in report.outcomes if each.verdict == "failed")
        notes.append(f"{where}: does not conform ({failed or 'something needed a hand'})")
    return report
