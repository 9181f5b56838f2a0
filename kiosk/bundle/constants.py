"""Sentences that stand in the program itself: what is logged at a place, and how a fault's detail is made.

A message that was logged, or the detail of a fault, may quote anything. The sentence in the source cannot: so it is read from the
source, never from the record. Where a value is put into it there stands "…", or the value where it is a small number or the name
of one of Python's own exceptions. Where there is no such sentence there is "".
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from drivers.contract.faults import FaultCode
from kiosk.logbook.events import ROOT

_PLACE = re.compile(r"(kiosk|drivers)(/\w+)+\.py:\d{1,5}", re.ASCII)
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "log_defect"})
_FAULTS = frozenset({"failing", "fault"})
_FORMAT = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
HOLE = "…"


@cache
def is_place(text: str) -> bool:
    """Whether it is file:line of this program."""
    return _PLACE.fullmatch(text) is not None and (ROOT / text.rpartition(":")[0]).is_file()


@cache
def said_at(place: str) -> str:
    """The sentence that is logged at a place."""
    if not is_place(place):
        return ""
    file, _, line = place.rpartition(":")
    calls = [each for each in _calls(file, _LOGS) if each.lineno <= int(line) <= (each.end_lineno or 0)]
    sentences = [_FORMAT.sub(HOLE, text) for each in calls for text in _first_sentence(each.args)]
    return sentences[-1] if sentences else ""


def form_of(code: str, detail: str) -> str:
    """The sentence in a driver of which a fault's detail was made: the one with the most words of its own, of those that fit."""
    fitting = [(form, found) for form in _forms(code) if (found := _fits(form, detail)) is not None]
    if not fitting:
        return ""
    form, found = max(fitting, key=lambda each: len(each[0].replace(HOLE, "")))
    parts = form.split(HOLE)
    values = [value if _harmless(value) else HOLE for value in found.groups()]
    return "".join(part + value for part, value in zip(parts, [*values, ""], strict=True))


@cache
def _forms(code: str) -> tuple[str, ...]:
    """Every form of a detail with which this fault is made somewhere."""
    if code not in frozenset(FaultCode):
        return ()
    name = FaultCode(code).name
    found = []
    for path in sorted((ROOT / "drivers").rglob("*.py")):
        if f"FaultCode.{name}" in path.read_text("utf-8"):
            file = path.relative_to(ROOT).as_posix()
            for call in _calls(file, _FAULTS):
                if any(isinstance(each, ast.Attribute) and each.attr == name for each in ast.walk(call.args[0])):
                    found += [form for value in call.args[1:2] for form in _sentences(file, value)]
    return tuple(found)


def _sentences(file: str, value: ast.expr) -> Iterator[str]:
    """The sentence of a value; where it is made by a function of the same file, each that this one returns."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        for node in ast.walk(_parsed(file)):
            if isinstance(node, ast.FunctionDef) and node.name == value.func.id:
                parts = [part for each in ast.walk(node) if isinstance(each, ast.Return) for part in ast.walk(each)]
                yield from (text for part in parts if isinstance(part, ast.expr) for text in _first_sentence([part]))
    else:
        yield from _first_sentence([value])


def _fits(form: str, detail: str) -> re.Match[str] | None:
    return re.fullmatch("(.*?)".join(map(re.escape, form.split(HOLE))), detail, re.DOTALL)


def _harmless(value: str) -> bool:
    if re.fullmatch(r"-?\d{1,4}(?:\.\d{1,3})?", value, re.ASCII):
        return True
    kind = getattr(builtins, value, None) if value.isidentifier() else None
    return isinstance(kind, type) and issubclass(kind, BaseException)


@cache
def _parsed(file: str) -> ast.Module:
    path = Path(ROOT / file)
    return ast.parse(path.read_text("utf-8"))


def _calls(file: str, names: frozenset[str]) -> Iterator[ast.Call]:
    """The calls of functions of these names, the inner ones after the outer."""
    for node in ast.walk(_parsed(file)):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield node


def _first_sentence(values: list[ast.expr]) -> Iterator[str]:
    """The constant text, or the constant parts of the f-string, that comes first."""
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
            yield value.value
            return
        if isinstance(value, ast.JoinedStr):
            parts = [str(each.value) if isinstance(each, ast.Constant) else HOLE for each in value.values]
            if any(part.strip(f"{HOLE} :,;") for part in parts):
                yield "".join(parts)
            return
