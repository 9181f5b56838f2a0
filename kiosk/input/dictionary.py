"""Which words the pinyin knows. `python -m kiosk.input.dictionary` builds it once (part of `make setup`), about 5 s.

Characters and general words are Rime's luna_pinyin with its essay (Debian: rime-data-luna-pinyin, rime-essay; LGPL-3); on top come
the words of `words/*.toml`: government services, places, names of people. Rime compiles all of it into one table.
"""

from __future__ import annotations

import ctypes
import sys
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import msgspec

from kiosk.input import rime_library

SCHEMA = "kiosk_pinyin"
_HEAD = f"""---
name: {SCHEMA}
version: "1"
sort: by_weight
use_preset_vocabulary: true
import_tables: [luna_pinyin]
columns: [text, weight]
...

"""


class Government(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """words/government.toml."""

    weight: int
    words: tuple[str, ...]


class Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """words/places.toml."""

    weight: int
    provinces: tuple[str, ...]
    province: str
    counties: dict[str, tuple[str, ...]]


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """words/names.toml."""

    weight: int
    surnames: str
    double_surnames: tuple[str, ...]
    given: tuple[str, ...]


def folder() -> Path:
    """Where the compiled dictionary lies."""
    return Path(sys.prefix) / "share" / "kiosk" / "rime"


def words() -> dict[str, int]:
    """Every word of words/*.toml with its weight; one that is in two files has the higher one. Raise msgspec.ValidationError."""
    found: dict[str, int] = {}
    for word, weight in (*_government(), *_places(), *_names()):
        found[word] = max(weight, found.get(word, 0))
    return found


def _read(name: str) -> bytes:
    return resources.files("kiosk.input").joinpath("words", name).read_bytes()


def _government() -> Iterator[tuple[str, int]]:
    data = msgspec.toml.decode(_read("government.toml"), type=Government)
    for word in data.words:
        yield word, data.weight


def _places() -> Iterator[tuple[str, int]]:
    data = msgspec.toml.decode(_read("places.toml"), type=Places)
    for province in data.provinces:
        yield province, data.weight
    for city, counties in data.counties.items():
        for before in ("", data.province):
            yield before + city, data.weight
            for county in counties:
                yield before + city + county, data.weight
        for county in counties:
            yield county, data.weight


def _names() -> Iterator[tuple[str, int]]:
    data = msgspec.toml.decode(_read("names.toml"), type=Names)
    for surname in data.double_surnames:
        yield surname, data.weight
    for surname in (*"".join(data.surnames.split()), *data.double_surnames):
        for given in data.given:
            yield surname + given, data.weight


def prepare() -> Path:
    """Compile the dictionary. Raise OSError naming the Debian package that is missing, RuntimeError when Rime refuses the data."""
    if not Path(rime_library.SYSTEM_DATA, "luna_pinyin.dict.yaml").exists():
        raise OSError(
            f"{rime_library.SYSTEM_DATA} has no luna_pinyin; install rime-data-luna-pinyin, rime-essay and rime-prelude"
        )
    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kiosk-rime-") as name:
        source = Path(name)
        schema = source / f"{SCHEMA}.schema.yaml"
        schema.write_bytes(resources.files("kiosk.input").joinpath("schema.yaml").read_bytes())
        lines = (f"{word}\t{weight}\n" for word, weight in words().items())
        (source / f"{SCHEMA}.dict.yaml").write_text(_HEAD + "".join(lines), "utf-8")
        library = rime_library.load(name)
        library.RimeDeployerInitialize(None)
        built = library.RimeDeploySchema(str(schema).encode()) and library.RimeDeployConfigFile(
            b"default.yaml", ctypes.c_char_p(b"config_version")
        )
        if not built or not (source / "build" / f"{SCHEMA}.table.bin").exists():
            raise RuntimeError(
                f"Rime could not compile {SCHEMA}; look at words/*.toml and schema.yaml in {Path(__file__).parent}"
            )
        for file in (source / "build").iterdir():
            fresh = target / f".{file.name}"
            fresh.write_bytes(file.read_bytes())
            fresh.replace(target / file.name)
    return target


def built() -> Path:
    """Return the folder of the compiled dictionary. Raise FileNotFoundError that says what to run."""
    found = folder()
    if not (found / f"{SCHEMA}.table.bin").exists():
        raise FileNotFoundError(f"{found} has no {SCHEMA}; run `python -m kiosk.input.dictionary`")
    return found


if __name__ == "__main__":
    prepare()
