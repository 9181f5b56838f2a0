"""The linter of the catalogue: what a list of materials must not say, and codes and places that must fit together.

Materials name what is meant, its source and the rule behind it; no catch-all; nothing that a licence already supplies.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from kiosk.catalogue.entry import Entry
from kiosk.catalogue.item import Item
from kiosk.catalogue.life import life_events
from kiosk.catalogue.listed import Listed, read_listed
from kiosk.settings.reading import Mistake, Model, read, read_toml


class _Rules(Model):
    catch_all: tuple[str, ...]


@cache
def _rules() -> _Rules:
    with as_file(files("kiosk.catalogue").joinpath("rules.toml")) as path:
        return read(path, _Rules)


def check_catalogue(folder: Path | None = None) -> None:
    """Check the items of a folder, or those that ship. Raise Mistake with a line for each: file, key, what is wrong, cure."""
    if folder is None:
        with as_file(files("kiosk.catalogue").joinpath("items")) as bundled:
            check_catalogue(bundled)
        return
    listed = read_listed(folder)
    built = {path: read(path, Item) for path in sorted(folder.glob("KX-*.toml"))}
    supplied = _supplied(each for rows in listed.values() for each in rows)
    places = [(path, f"items.{at}.", each) for path, rows in listed.items() for at, each in enumerate(rows)]
    entries: list[tuple[Path, str, Entry]] = [*places, *((path, "", item) for path, item in built.items())]
    lines = [line for path, key, each in entries for line in _of_entry(f"{path}: {key}", each, supplied)]
    lines += _twice(entries)
    if lines:
        raise Mistake(lines)


def _supplied(listed: Iterable[Listed]) -> frozenset[str]:
    """Names of what an e-licence supplies: the types that are known, and those that the items name."""
    with as_file(files("kiosk.catalogue").joinpath("licence_types")) as folder:
        types = [read_toml(path)["name"] for path in folder.glob("*.toml")]
    known = {name["zh-Hans"] if isinstance(name, dict) else str(name) for name in types}
    return frozenset(known | {_bare(name) for each in listed for name in each.licences})


def _bare(name: str) -> str:
    """Without what stands in brackets behind it, and without the words that make it out to be a paper."""
    for mark in ("(", "("):
        name = name.partition(mark)[0]
    for word in ("原件", "复印件"):
        name = name.replace(word, "")
    return name.strip()


def _of_entry(where: str, entry: Entry, supplied: frozenset[str]) -> list[str]:
    lines = []
    known = [event.id for event in life_events()]
    for at, life in enumerate(entry.life):
        if life not in known:
            lines.append(f"{where}life.{at}: 没有 {life} 这一类 → 可用的有 {'、'.join(known)}")
    for at, material in enumerate(entry.materials):
        lines += _of_material(f"{where}materials.{at}.name", material.name, supplied)
    if isinstance(entry, Item):
        for at, name in enumerate(entry.guide.needs):
            lines += _catch_all(f"{where}guide.needs.{at}", name)
    return lines


def _of_material(where: str, name: str, supplied: frozenset[str]) -> list[str]:
    if _bare(name) in supplied:
        return [f"{where}: 「{_bare(name)}」可以凭电子证照调取,不能再让群众交 → 从 materials 删掉,写进 licences"]
    return _catch_all(where, name)


def _catch_all(where: str, name: str) -> list[str]:
    return [
        f"{where}: 「{word}」是兜底的说法 → 写出材料的确切名称、由谁出具、依据哪一条"
        for word in _rules().catch_all
        if word in name
    ]


def _twice(entries: list[tuple[Path, str, Entry]]) -> list[str]:
    lines = []
    seen: dict[str, Path] = {}
    for path, key, each in entries:
        if each.code in seen:
            lines.append(f"{path}: {key}code: {each.code} 在 {seen[each.code]} 里已经有了 → 换一个编号,或删掉一处")
        seen.setdefault(each.code, path)
    return lines
