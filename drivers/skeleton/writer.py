"""Writes a driver package that works as written: over a made-up line protocol, which its author replaces by the maker's."""

from __future__ import annotations

import importlib.util
import keyword
import re
import tempfile
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from drivers import registry
from drivers.contract.common import DeviceClass

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 40
_MARK = re.compile(r"@@([a-z_]+)@@")
_SUFFIX = ".tmpl"


class _Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str = ""
    instead: str = ""


class NameTaken(ValueError):
    """Something else has this name already; the text says what."""


class NameInvalid(ValueError):
    """Not a name for a driver."""


class FolderFull(ValueError):
    """There is something in the folder already."""


class NoSkeleton(ValueError):
    """There is no skeleton of this class; `instead` is the bundled driver to begin from."""

    def __init__(self, instead: str) -> None:
        super().__init__(instead)
        self.instead = instead


def classes() -> tuple[DeviceClass, ...]:
    """The classes of which there is a skeleton."""
    return tuple(name for name, each in _classes().items() if each.title)


def write(driver_id: str, device_class: DeviceClass, folder: Path) -> tuple[str, ...]:
    """Write the package; return the paths of its files, relative to `folder`.

    Raise NameInvalid, NameTaken, NoSkeleton, FolderFull; OSError when it cannot be written.
    """
    _refuse_name(driver_id)
    known = _classes()[device_class]
    if not known.title:
        raise NoSkeleton(known.instead)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderFull(folder)
    words = {
        "id": driver_id,
        "kind": "".join(part.capitalize() for part in driver_id.split("_")),
        "project": driver_id.replace("_", "-"),
        "words": driver_id.replace("_", "*"),
        "device_class": device_class.value,
        "title": known.title,
    }
    content = {_fill(path, words): _fill(text, words) for path, text in _templates(device_class)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: it is written beside, and gets its name at the end.
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        whole = Path(beside) / folder.name
        for path, text in content.items():
            (whole / path).parent.mkdir(parents=True, exist_ok=True)
            (whole / path).write_text(text, encoding="utf-8")
        whole.rename(folder)
    return tuple(sorted(content))


def _refuse_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or keyword.iskeyword(name):
        raise NameInvalid(name)
    if name in registry.manifests():
        raise NameTaken(f"driver {name}")
    if importlib.util.find_spec(name) is not None:
        raise NameTaken(f"module {name}")


@cache
def _classes() -> dict[DeviceClass, _Class]:
    text = files("drivers.skeleton").joinpath("classes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[DeviceClass, _Class])


def _templates(device_class: DeviceClass) -> list[tuple[str, str]]:
    """Where each file comes to lie, and its text, with marks. A class's own file is code of the package beside the common ones."""
    here = files("drivers.skeleton")
    places = tomllib.loads(here.joinpath("places.toml").read_text("utf-8"))
    found = []
    for source in ("common", device_class.value):
        for entry in sorted(here.joinpath(source).iterdir(), key=_by_name):
            name = entry.name.removesuffix(_SUFFIX)
            found.append((places.get(name, f"src/@@id@@/{name}"), entry.read_text("utf-8")))
    return found


def _by_name(entry: Traversable) -> str:
    return entry.name


def _fill(text: str, words: dict[str, str]) -> str:
    """Put the words where the marks are. Raise KeyError for a mark that nobody fills."""
    return _MARK.sub(lambda found: words[found[1]], text)
