"""Reading a TOML file into a pydantic model, with errors that a village clerk's helper can act on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

M = TypeVar("M", bound=BaseModel)

_SAID: dict[str, tuple[str, str]] = {
    "missing": ("缺少这一项", "请补上"),
    "extra_forbidden": ("不认识这一项", "检查拼写，或删掉它"),
    "enum": ("没有这个值", "请用其中之一：{expected}"),
    "literal_error": ("没有这个值", "请用其中之一：{expected}"),
    "string_type": ("应是文字", "用英文双引号括起来"),
    "string_too_short": ("是空的", "请填写"),
    "string_pattern_mismatch": ("写法不对", "要符合 {pattern}"),
    "path_type": ("应是文件路径", "写成用英文双引号括起来的文字"),
    "int_type": ("应是整数", "写成不带引号的整数"),
    "int_parsing": ("应是整数", "写成不带引号的整数"),
    "int_from_float": ("应是整数", "去掉小数"),
    "float_type": ("应是数字", "写成不带引号的数字"),
    "float_parsing": ("应是数字", "写成不带引号的数字"),
    "finite_number": ("应是有限的数", "换成一个确定的数"),
    "bool_type": ("应是真或假", "写 true 或 false，不带引号"),
    "bool_parsing": ("应是真或假", "写 true 或 false，不带引号"),
    "tuple_type": ("应是列表", "写成方括号里的列表，例如 [1080, 1920]"),
    "list_type": ("应是列表", "写成方括号里的列表"),
    "too_long": ("项数太多", "最多 {max_length} 项"),
    "dict_type": ("应是一节", "写成 [{key}] 一节"),
    "model_type": ("应是一节", "写成 [{key}] 一节"),
    "date_type": ("应是日期", "写成 2026-10-01 这样"),
    "date_parsing": ("应是日期", "写成 2026-10-01 这样"),
    "date_from_datetime_parsing": ("应是日期", "写成 2026-10-01 这样"),
    "date_from_datetime_inexact": ("应是日期", "写成 2026-10-01 这样，不带时间"),
    "time_type": ("应是时间", '写成 "08:00:00" 这样'),
    "time_parsing": ("应是时间", '写成 "08:00:00" 这样'),
    "greater_than": ("太小", "要大于 {gt}"),
    "greater_than_equal": ("太小", "至少 {ge}"),
    "less_than": ("太大", "要小于 {lt}"),
    "less_than_equal": ("太大", "至多 {le}"),
}
"""What pydantic finds (its error types and their context), and what a person reads: what is wrong, and the cure."""


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
    values = read_toml(path)
    for key, value in (overrides or {}).items():
        if not _put(values, key.split("."), value):
            raise Mistake([f"{path}: {key}: 上一级不是一节，放不进这一项 → 检查 --set 里键的写法"])
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Mistake([_line(path, one) for one in error.errors()]) from None


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raise Mistake."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise Mistake([f"{path}: 文件不存在 → 检查路径"]) from None
    except IsADirectoryError:
        raise Mistake([f"{path}: 是文件夹，不是文件 → 写到文件名为止"]) from None
    except OSError as error:
        raise Mistake([f"{path}: 读不到这个文件（{error.strerror}）→ 检查路径和权限"]) from None
    except UnicodeDecodeError as error:
        raise Mistake([f"{path}: 不是 UTF-8 编码（第 {error.start + 1} 个字节）→ 用 UTF-8 编码另存"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Mistake(
            [f"{path}: 不是有效的 TOML（{_toml(str(error))}）→ 按提示的行列改正{_marks(path, str(error))}"]
        ) from None


_TOML: tuple[tuple[str, str], ...] = (
    (r"Cannot declare (.+) twice.*", r"\1 写了两次"),
    (r"Cannot overwrite a value.*", "同一项写了两次"),
    (r"Invalid value.*", "值的写法不对"),
    (r"Invalid statement.*", "这一行的写法不对"),
    (r"Unclosed array.*", "方括号没有合上"),
    (r"Unterminated string.*", "引号没有合上"),
    (r"Illegal character.*", "有不该有的字符，或引号没有合上"),
    (r"Expected '=' after a key.*", "键后面缺少等号"),
    (r"Expected [\"']+", "引号没有合上"),
    (r"Expected newline or end of document.*", "值后面多出了内容"),
)
"""What tomllib says (its messages of Python 3.11 to 3.13, each followed by the place), and what a person reads."""

_CHINESE_MARKS = "“”‘’，：＝［］"


def _toml(said: str) -> str:
    words, at, place = said.partition(" (at ")
    found = next((re.sub(pattern, text, words) for pattern, text in _TOML if re.fullmatch(pattern, words)), words)
    numbers = re.findall(r"\d+", place)
    if len(numbers) == 2:
        return f"{found}，第 {numbers[0]} 行第 {numbers[1]} 列"
    return f"{found}，到文件末尾为止" if "end of document" in place else f"{found}{at}{place}"


def _marks(path: Path, said: str) -> str:
    """A hint when the line that is wrong has Chinese punctuation."""
    found = re.search(r"at line (\d+)", said)
    line = path.read_text("utf-8-sig").splitlines()[int(found[1]) - 1 : int(found[1])] if found else []
    return "；是不是用了中文标点" if any(mark in line[0] for mark in _CHINESE_MARKS if line) else ""


def _line(path: Path, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "value_error":
        # Ours: it says in Chinese what is wrong and what to do.
        said = str(error["ctx"]["error"])
        return f"{path}: {key or '（整个文件）'}: {said}" + ("" if "→" in said else " → 按说明改正这一项的值")
    wrong, cure = _SAID.get(error["type"], (error["msg"], "按说明改正这一项的值"))
    return f"{path}: {key or '（整个文件）'}: {wrong} → {cure.format(key=key, **error.get('ctx', {}))}"


def _put(values: dict[str, Any], keys: list[str], value: Any) -> bool:
    """Set a value at a path of keys; False when something on the way is no table."""
    inner: Any = values
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            return False
    inner[keys[-1]] = value
    return True
