"""Reading a TOML file into a pydantic model, with errors that a village clerk's helper can act on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

M = TypeVar("M", bound=BaseModel)

_CURES = {
    "extra_forbidden": "这一项不认识:检查拼写,或删掉它",
    "missing": "缺少这一项:请补上",
    "enum": "请用允许的值之一",
    "literal_error": "请用允许的值之一",
}


class Model(BaseModel):
    """What every settings file is made of: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mistake(Exception):
    """Mistakes in a settings file: one line each, "file: key: what is wrong → cure"."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def read(path: Path, model: type[M], overrides: Mapping[str, Any] | None = None) -> M:
    """Read and check a file. `overrides` maps dotted keys to values that replace the file's. Raise Mistake."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Mistake([f"{path}: 文件不存在 → 检查路径"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Mistake([f"{path}: 不是有效的 TOML:{error} → 按提示的行列改正"]) from None
    for key, value in (overrides or {}).items():
        _put(values, key.split("."), value)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Mistake([_line(path, one) for one in error.errors()]) from None


def _line(path: Path, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(整个文件)"
    cure = _CURES.get(error["type"], "按说明改正这一项的值")
    return f"{path}: {key}: {error['msg']} → {cure}"


def _put(values: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        values = values.setdefault(key, {})
    values[keys[-1]] = value
