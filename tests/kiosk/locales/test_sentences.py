"""Every sentence that the code asks for is there in both modes with the values it needs; none is left over; none is rude."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode
from kiosk.gateways.fault import GatewayCode
from kiosk.gateways.rating import Level
from kiosk.identity.face.search import Hint
from kiosk.locales import Phrasebook
from kiosk.screens.compose import STEPS
from kiosk.screens.screen import Mode

ROOT = Path(__file__).parents[3]
NOT_FOR_VISITORS = {"cli", "demo", "sandbox", "dock", "voice"}
"""Their `say` is another one, or they only read the sentences."""
HELD = {"note", "title", "sentence", "key", "what", "word"}
"""Names that hold such a key."""
OF_THE_BOOK = {"language.own_name", "language.list_mark"}
"""Read by the phrasebook itself."""
FORBIDDEN = ("系统错误", "不是本人")
TEXTS = (
    ("kiosk.locales", "zh_hans.toml"), ("drivers.contract", "faults.toml"), ("kiosk.gateways", "faults.toml"),
    ("kiosk.licences", "refusals.toml"), ("kiosk.documents", "verdicts.toml"), ("kiosk.documents", "slips.toml"),
    ("kiosk.documents", "paper.toml"), ("kiosk.shell", "words.toml"),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One `say(...)`: where, the keys that it may ask for, and the names of the values that it gives."""

    where: str
    keys: frozenset[str]
    given: frozenset[str]
    exact: bool


@cache
def _sentences() -> dict[str, dict[str, str]]:
    """Every sentence by key, then by mode."""
    tables = tomllib.loads(files("kiosk.locales").joinpath("zh_hans.toml").read_text("utf-8"))
    modes = {mode.value for mode in Mode}
    found: dict[str, dict[str, str]] = {}
    for table, entries in tables.items():
        for name, entry in entries.items():
            assert isinstance(entry, str) or set(entry) == modes, f"{table}.{name}: give a sentence for every mode"
            found[f"{table}.{name}"] = dict.fromkeys(modes, entry) if isinstance(entry, str) else entry
    return found


@cache
def _all() -> set[str]:
    """Every key: those of the file, and those whose sentences stand in the catalogues."""
    return {
        *_sentences(),
        *(f"device.{code.value}" for code in FaultCode),
        *(f"gateway.{code}" for code in GatewayCode),
    }


@cache
def _said() -> tuple[Said, ...]:
    sources = {file: ast.parse(file.read_text("utf-8")) for file in (ROOT / "kiosk").rglob("*.py")}
    enum_values = {value for tree in sources.values() for value in _enum_values(tree)} | {
        str(level) for level in range(6)
    }
    enum_values |= {each.value for each in DeviceClass}
    found = []
    for file, tree in sources.items():
        if file.relative_to(ROOT / "kiosk").parts[0] in NOT_FOR_VISITORS:
            continue
        words = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            where = f"{file.relative_to(ROOT)}:{call.lineno}"
            if _is_say(call.func) and call.args:
                given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
                keys = frozenset(_keys(call.args[0], words, words | enum_values))
                found.append(Said(where, keys, given, exact=not _is_put_together(call.args[0])))
    return tuple(found)


@cache
def _kept() -> set[str]:
    """Keys that are written down to be said when the screen is built: it may be asked for in another language by then."""
    found: set[str] = set()
    for file in [*(ROOT / "kiosk" / "journey").glob("*.py")]:
        tree = ast.parse(file.read_text("utf-8"))
        words = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        found |= words & _all()
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                found |= set(_keys(node, words, words | {each.value for each in DeviceClass}))
    return found


def _is_say(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "say") or (
        isinstance(function, ast.Attribute) and function.attr == "say"
    )


def _is_put_together(argument: ast.expr) -> bool:
    return isinstance(argument, ast.JoinedStr | ast.Name | ast.BoolOp)


def _keys(argument: ast.expr, words: set[str], parts: set[str]) -> Iterator[str]:
    """What may be asked for: a literal, either of two, or a key put together from words of the same file and enum values."""
    match argument:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp(body=body, orelse=orelse):
            yield from _keys(body, words, parts)
            yield from _keys(orelse, words, parts)
        case ast.JoinedStr(values=values):
            fills = "(" + "|".join(re.escape(part) for part in sorted(parts) if part) + ")"
            pattern = "".join(
                re.escape(str(each.value)) if isinstance(each, ast.Constant) else fills for each in values
            )
            yield from (key for key in _all() if re.fullmatch(pattern, key))
        case ast.Name():
            here = [word for word in words if word in _all()]
            yield from here or (_all() if argument.id in HELD else ())
        case ast.BoolOp(values=values):
            for value in values:
                yield from _keys(value, words, parts)
        case _:
            raise AssertionError(f"line {argument.lineno}: this test cannot read such a key: {ast.unparse(argument)}")


def _enum_values(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases):
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
                    yield str(line.value.value)


def _values_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_that_is_asked_for_is_there() -> None:
    for said in _said():
        assert said.keys, f"{said.where}: no sentence fits"
        assert said.keys <= _all(), f"{said.where}: {sorted(said.keys - _all())}"


def test_no_sentence_is_left_over() -> None:
    used = {key for said in _said() if said.keys != _all() for key in said.keys} | OF_THE_BOOK | _kept()
    assert sorted(set(_sentences()) - used) == []


def test_every_value_of_a_sentence_is_given_in_both_modes() -> None:
    for said in _said():
        if said.exact:
            for key in said.keys:
                for mode, sentence in _sentences().get(key, {}).items():  # those of a catalogue hold no values
                    missing = _values_of(sentence) - said.given
                    assert not missing, f"{said.where}: {key} ({mode}) needs {sorted(missing)}"


@pytest.mark.parametrize(
    "key",
    [
        *(f"steps.{step}" for step in STEPS),
        *(f"precheck.{each.value}" for each in DeviceClass),
        *(f"face.hint_{hint.value}" for hint in Hint),
        *(f"rate.level_{level.value}" for level in Level),
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_every_member_of_a_closed_set_has_its_sentence(key: str, mode: Mode) -> None:
    assert Phrasebook(mode=mode)(key)


@pytest.mark.parametrize(("package", "name"), TEXTS)
def test_no_text_accuses_the_visitor_or_blames_the_system(package: str, name: str) -> None:
    text = files(package).joinpath(name).read_text("utf-8")
    for path, sentence in _strings(tomllib.loads(text)):
        assert sentence.strip() == sentence, f"{name}: {path}"
        for word in FORBIDDEN:
            assert word not in sentence, f"{name}: {path}: {word}"


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, inner in value.items():
                yield from _strings(inner, f"{path}.{key}")
        case list():
            for inner in value:
                yield from _strings(inner, path)
