"""Reading a scenario file (TOML). Every mistake is found before anything starts: file, step, key, what is wrong → cure.

title = "坏日子"
seed = 7                        # of the jitter; 1 when it is not written
repeat = 1                      # rounds; 0: until it is ended

[devices.printer]               # for `python -m drivers.emulators --scenario`; a kiosk's stage has its own devices
driver = "ipp"
options = { sheets = 3 }

[[step]]
after = { device = "printer", state = "in_exit", is = [1, 2], within = 90.0 }
at = 2.0                        # or `pause`
jitter = 0.5
device = "printer"
do = "fault"
with = { kind = "silent" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.emulators.describe import Description, emulator_class, mistake, of_emulator
from drivers.emulators.scenario import WITHIN_SECONDS, After, Emulated, Scenario, Step

_NUMBER = ((int, float), "写成不带引号的数字，不小于 0")
_WHOLE = (int, "写成不带引号的整数，不小于 0")
_TEXT = (str, "写成用英文双引号括起来的文字")
_TABLE = (dict, "写成 { 键 = 值 } 一节")
_ANY = (object, "")

_Kinds = Mapping[str, tuple[Any, str]]

_FILE: _Kinds = {"title": _TEXT, "seed": _WHOLE, "repeat": _WHOLE, "devices": _TABLE, "step": (list, "写成 [[step]]")}
_DEVICE: _Kinds = {"driver": _TEXT, "options": _TABLE}
_STEP: _Kinds = {
    "after": _TABLE,
    "at": _NUMBER,
    "pause": _NUMBER,
    "jitter": _NUMBER,
    "device": _TEXT,
    "do": _TEXT,
    "with": _TABLE,
}
_AFTER: _Kinds = {"device": _TEXT, "state": _TEXT, "is": _ANY, "within": _NUMBER}


class ScenarioMistake(Exception):
    """Mistakes in a scenario file, one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load(path: Path, bench: Mapping[str, Description] | None = None) -> Scenario:
    """Read and check a file against what can be done on the bench; without one, against the devices that it brings along.

    Raise ScenarioMistake.
    """
    values = _read(path)
    lines = [f"{path}: {key}: {words}" for key, words in _wrong(values, _FILE, ("title", "step"))]
    if lines:
        raise ScenarioMistake(lines)
    brought: dict[str, Any] = values.get("devices", {})
    lines = [f"{path}: devices.{key}: {words}" for name, each in brought.items() for key, words in _device(name, each)]
    if lines:
        raise ScenarioMistake(lines)
    known = bench if bench is not None else {name: described(each["driver"]) for name, each in brought.items()}
    for number, step in enumerate(values["step"], start=1):
        lines += [f"{path}: 第 {number} 步 {key}: {words}" for key, words in _step(step, known)]
    if not values["step"]:
        lines = [f"{path}: step: 一步也没有 → 至少写一个 [[step]]"]
    if lines:
        raise ScenarioMistake(lines)
    return Scenario(
        path=path,
        title=values["title"],
        steps=tuple(_as_step(each) for each in values["step"]),
        devices={
            name: Emulated(driver=each["driver"], options=each.get("options", {})) for name, each in brought.items()
        },
        repeat=values.get("repeat", 1),
        seed=values.get("seed", 1),
    )


def described(driver_id: str) -> Description:
    """What can be done to the emulator of a driver. Raise LookupError."""
    return of_emulator(emulator_class(driver_id))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ScenarioMistake([f"{path}: 读不到这个文件（{error.strerror}）→ 检查路径和权限"]) from None
    except UnicodeDecodeError:
        raise ScenarioMistake([f"{path}: 不是 UTF-8 编码 → 用 UTF-8 编码另存"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioMistake([f"{path}: 不是有效的 TOML（{error}）→ 按提示的行列改正"]) from None


def _wrong(values: Any, kinds: _Kinds, needed: tuple[str, ...]) -> list[tuple[str, str]]:
    """(key, what is wrong → cure) for each key that is unknown, missing or of a wrong kind."""
    found = [(key, f"不认识这一项 → 可写的有 {'、'.join(kinds)}") for key in values if key not in kinds]
    found += [(key, "缺少这一项 → 请补上") for key in needed if key not in values]
    for key, (kind, cure) in kinds.items():
        value = values.get(key)
        wrong_kind = key in values and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not object))
        if wrong_kind or (isinstance(value, (int, float)) and kind is not object and not 0 <= value < float("inf")):
            found.append((key, f"{value!r} 不行 → {cure}"))
    return found


def _device(name: str, values: Any) -> list[tuple[str, str]]:
    if not isinstance(values, dict):
        return [(name, f"应是一节 → 写成 [devices.{name}]")]
    found = [(f"{name}.{key}", words) for key, words in _wrong(values, _DEVICE, ("driver",))]
    if not found:
        try:
            emulator_class(values["driver"])
        except LookupError as error:
            found.append((f"{name}.driver", f"没有这个模拟设备（{error}）→ 换成可用的驱动"))
    return found


def _step(values: Any, known: Mapping[str, Description]) -> list[tuple[str, str]]:
    if not isinstance(values, dict):
        return [("step", "应是一节 → 写成 [[step]]")]
    found = _wrong(values, _STEP, ())
    if found:
        return found
    if "at" in values and "pause" in values:
        found.append(("at", "at 和 pause 只能写一个 → 删掉其中之一"))
    if "after" in values:
        found += [(f"after.{key}", words) for key, words in _wrong(values["after"], _AFTER, ("device", "state", "is"))]
        looked_at = {name: each for name, each in known.items() if each.has_state}
        found += _not_there("after.device", values["after"].get("device"), looked_at)
    if "do" not in values:
        extra = [key for key in ("device", "with") if key in values]
        found += [(key, "没有写 do → 写上 do，或删掉这一项") for key in extra]
        if "after" not in values and not extra:
            found.append(("do", "这一步什么也不做 → 写 device 和 do，或写 after"))
    elif "device" not in values:
        found.append(("device", "缺少这一项 → 请补上"))
    else:
        found += _not_there("device", values["device"], known)
        if values["device"] in known:
            wrong = mistake(known[values["device"]], values["do"], values.get("with", {}))
            found += [wrong] if wrong is not None else []
    return found


def _not_there(key: str, device: Any, known: Mapping[str, Description]) -> list[tuple[str, str]]:
    if not isinstance(device, str) or device in known:
        return []
    return [(key, f"没有设备 {device!r} → 可用的有 {'、'.join(known) or '（无）'}")]


def _as_step(values: dict[str, Any]) -> Step:
    after = None
    if "after" in values:
        given = values["after"]
        wanted = given["is"] if isinstance(given["is"], list) else [given["is"]]
        after = After(
            device=given["device"],
            state=given["state"],
            values=tuple(wanted),
            within=given.get("within", WITHIN_SECONDS),
        )
    return Step(
        after=after,
        at=values.get("at"),
        pause=values.get("pause", 0.0),
        jitter=values.get("jitter", 0.0),
        device=values.get("device", ""),
        do=values.get("do", ""),
        arguments=values.get("with", {}),
    )
