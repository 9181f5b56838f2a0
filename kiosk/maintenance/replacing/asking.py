"""The settings of a driver: what reaches the device, what the device before had and still fits, and what a person must choose."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from drivers import registry
from drivers.contract.bus import Bus
from drivers.manifest import Manifest
from kiosk.settings.profile import DeviceSettings


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A setting that is asked for wherever a driver has it (`asked.toml`).

    `hidden_in_production`: values that only stand in for real ones. `needs`: settings that a value cannot do without; it is
    offered only where the device before had them. `of_the_line`: it belongs to a serial line, not to the
    device behind it: it is asked only there, and never taken over from the device before. `values`: those to choose from, where the
    driver takes more than anybody has; each has words, and `along` with it come other settings, by the value.
    """

    key: str
    hidden_in_production: tuple[str, ...] = ()
    needs: dict[str, tuple[str, ...]] = {}
    of_the_line: bool = False
    values: tuple[int, ...] = ()
    along: dict[str, dict[str, int]] = {}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a setting. `missing`: settings that it would need and nobody has written; `along`: others that it brings."""

    value: str | int
    suggested: bool = False
    missing: tuple[str, ...] = ()
    along: dict[str, int] = {}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One setting to choose. `worded`: its numbers have words, and do not stand for themselves."""

    key: str
    choices: tuple[Choice, ...]
    worded: bool = False


@cache
def asked_list() -> tuple[Asked, ...]:
    """What is asked for, in this order."""
    text = files("kiosk.maintenance.replacing").joinpath("asked.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["asked"], type=tuple[Asked, ...])


def taken_over(before: DeviceSettings, driver: str, reaching: dict[str, Any]) -> dict[str, Any]:
    """Of the device before: the settings that are neither its address nor its line's, and that the new driver has and takes."""
    kind = registry.load(driver).Settings
    known = {each.encode_name for each in msgspec.structs.fields(kind)}
    own = _reaching_keys(registry.manifests().get(before.driver)) | {
        each.key for each in asked_list() if each.of_the_line
    }
    found: dict[str, Any] = {}
    for key, value in before.settings.items():
        if key in known and key not in own and key not in reaching and _fits(kind, {**reaching, key: value}):
            found[key] = value
    return found


def _reaching_keys(manifest: Manifest | None) -> set[str]:
    rules = manifest.match if manifest is not None else ()
    return {key for rule in rules for key in (*rule.settings, *rule.address.split(":"))}


def _fits(kind: type[msgspec.Struct], settings: dict[str, Any]) -> bool:
    try:
        msgspec.convert(settings, type=kind)
    except msgspec.ValidationError:
        return False
    return True


def questions(
    driver: str, settings: dict[str, Any], *, production: bool, bus: Bus = Bus.SERIAL
) -> tuple[Question, ...]:
    """What a person must choose for this driver; `settings` are those that are there already, and are suggested. On which `bus` the
    device is tells whether it has a line of its own speed."""
    kind = registry.load(driver).Settings
    types = get_type_hints(kind)
    defaults = {each.encode_name: each.default for each in msgspec.structs.fields(kind)}
    found = []
    for asked in asked_list():
        if asked.key not in types or (asked.of_the_line and bus is not Bus.SERIAL):
            continue
        if not asked.values and get_origin(types[asked.key]) is not Literal:
            continue
        suggested = settings.get(asked.key, defaults[asked.key])
        values = [
            value
            for value in asked.values or get_args(types[asked.key])
            if not (production and str(value) in asked.hidden_in_production)
        ]
        choices = tuple(
            Choice(
                value=value,
                suggested=value == suggested,
                missing=tuple(key for key in asked.needs.get(str(value), ()) if not settings.get(key)),
                along=asked.along.get(str(value), {}),
            )
            for value in values
        )
        if sum(not each.missing for each in choices) > 1:
            found.append(Question(key=asked.key, choices=choices, worded=bool(asked.values)))
    return tuple(found)
