"""What can be done to an emulator, told without starting it: its verbs with their arguments, and the faults that it can make."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from drivers import registry
from drivers.emulators.base import Emulator


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of a verb. `type` is its annotation as written ("str", "float", "dict[str, str]")."""

    name: str
    type: str
    needed: bool
    default: Any = None


class Verb(msgspec.Struct, frozen=True, kw_only=True):
    """One verb. `more`: it takes further arguments by name (those of a fault)."""

    arguments: tuple[Argument, ...] = ()
    more: bool = False


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a dock page or a scenario file may ask of one device. `faults`: each kind with what it does.

    `has_state`: it can be looked at, so that a scenario may wait for what it does.
    """

    verbs: dict[str, Verb]
    faults: dict[str, str] = {}
    has_state: bool = True


def emulator_class(driver_id: str) -> type[Emulator]:
    """Load the emulator of a driver. Raise LookupError that names those that there are."""
    entries = {each.id: each.emulator for each in registry.manifests().values() if each.emulator}
    if driver_id not in entries:
        raise LookupError(f"no emulator for driver {driver_id!r}; there are {', '.join(entries)}")
    module, _, name = entries[driver_id].partition(":")
    kind: type[Emulator] = getattr(importlib.import_module(module), name)
    return kind


def of_emulator(kind: type[Emulator]) -> Description:
    """Describe an emulator's class."""
    marked = {
        name: member
        for name, member in inspect.getmembers(kind, inspect.isfunction)
        if getattr(member, "__emulator_verb__", False)
    }
    return Description(verbs={name: of_function(each) for name, each in marked.items()}, faults=dict(kind.FAULTS))


def of_function(function: Callable[..., Any]) -> Verb:
    """Describe a verb by its signature."""
    named, more = [], False
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.VAR_KEYWORD:
            more = True
        elif each.name != "self":
            needed = each.default is each.empty
            default = None if needed else each.default
            named.append(Argument(name=each.name, type=str(each.annotation), needed=needed, default=default))
    return Verb(arguments=tuple(named), more=more)


NO_FAULT = "none"
"""What some emulators take for "no fault any more"."""

_WORDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "str": (str, "文字，用英文双引号括起来"),
    "bool": (bool, "true 或 false，不带引号"),
    "int": (int, "不带引号的整数"),
    "float": ((int, float), "不带引号的数字"),
}
"""Types that a person can mistake, and how they are written; what is of another type is for the emulator to judge."""


def mistake(description: Description, verb: str, given: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (key, what is wrong → cure) when the device cannot be asked this, None when it can."""
    if verb not in description.verbs:
        return "do", f"没有动作 {verb!r} → 可用的有 {'、'.join(description.verbs)}"
    known = {each.name: each for each in description.verbs[verb].arguments}
    for name, value in given.items():
        if name not in known:
            if description.verbs[verb].more:
                continue
            return f"with.{name}", f"{verb} 不要这一项 → 可写的有 {'、'.join(known) or '（无）'}"
        fits, words = _WORDS.get(known[name].type, (object, ""))
        if not isinstance(value, fits) or (isinstance(value, bool) and bool not in (fits, object)):
            return f"with.{name}", f"类型不对 → 写成{words}"
    missing = [each.name for each in known.values() if each.needed and each.name not in given]
    if missing:
        return f"with.{missing[0]}", f"{verb} 缺少这一项 → 请补上"
    kind = given.get("kind", NO_FAULT)
    if verb == "fault" and description.faults and kind not in (NO_FAULT, *description.faults):
        return "with.kind", f"没有故障 {kind!r} → 可用的有 {'、'.join(description.faults)}"
    return None
