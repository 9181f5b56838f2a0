"""Every sentence that staff are told is there with the values it needs; none is left over; none blames anybody."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drivers.contract.faults import catalogue
from kiosk.locales.staff import sentences

ROOT = Path(__file__).parents[3]
FORBIDDEN = ("系统错误", "不是本人")
OTHER_WORDS = {
    "技术员": "维修员",
    "碳粉": "墨粉",
    "测试证件": "测试卡",
    "机器编号": "终端编号",
    "机器号": "终端编号",
    "口令": "PIN",
}
"""One thing has one name: what is written, and the name that staff know it by."""
MOST = 160
"""Characters of one sentence: more is a manual, and stands there."""


def _all() -> dict[str, str]:
    return dict(_flat(sentences(), ""))


def _flat(found: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            assert isinstance(value, str), f"{prefix}{key} is no sentence"
            yield f"{prefix}{key}", value


def _asked() -> Iterator[tuple[str, ast.expr, frozenset[str]]]:
    """Each `tell(...)`: where, the key that is asked for, the names of the values that are given."""
    for file in (ROOT / "kiosk").rglob("*.py"):
        text = file.read_text("utf-8")
        for call in ast.walk(ast.parse(text)) if "from kiosk.locales.staff import" in text else ():
            named = call.func if isinstance(call, ast.Call) else None
            if isinstance(call, ast.Call) and isinstance(named, ast.Name) and named.id == "tell" and call.args:
                given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
                yield f"{file.relative_to(ROOT)}:{call.lineno}", call.args[0], given


def _pattern(key: ast.expr) -> Iterator[str]:
    """A key as a pattern; what is put into it is a word."""
    match key:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.JoinedStr(values=values):
            yield "".join(
                re.escape(str(each.value)) if isinstance(each, ast.Constant) else "[a-z0-9_.]+" for each in values
            )
        case ast.IfExp(body=body, orelse=orelse):
            yield from _pattern(body)
            yield from _pattern(orelse)


def _literals() -> set[str]:
    """Texts that are written down as keys, to be told later."""
    return {
        node.value
        for file in (ROOT / "kiosk").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_sentence_that_is_asked_for_is_there() -> None:
    there = _all()
    for where, key, given in _asked():
        for pattern in _pattern(key):
            found = [each for each in there if re.fullmatch(pattern, each)]
            assert found, f"{where}: no sentence {pattern}"
            for each in found if isinstance(key, ast.Constant) else ():
                wanted = {field for _, field, _, _ in string.Formatter().parse(there[each]) if field}
                assert wanted <= given, f"{where}: {each} needs {wanted - given}"


def test_no_sentence_is_left_over() -> None:
    patterns = [pattern for _, key, _ in _asked() for pattern in _pattern(key)]
    kept = _literals()
    left = [each for each in _all() if each not in kept and not any(re.fullmatch(p, each) for p in patterns)]
    assert left == []


def test_no_sentence_is_empty_long_or_rude() -> None:
    for key, text in _all().items():
        assert text.strip(), key
        assert len(text) <= MOST, key
        assert not any(each in text for each in FORBIDDEN), key


def test_one_thing_has_one_name() -> None:
    pages = {name: (ROOT / "docs" / name).read_text("utf-8") for name in ("keeper.md", "technician.md", "site.md")}
    texts = {
        **_all(),
        **pages,
        **{f"cause of {each}": f"{told.cause}{told.cure}" for each, told in catalogue().items()},
    }
    assert [(key, word) for key, text in texts.items() for word in OTHER_WORDS if word in text] == []
