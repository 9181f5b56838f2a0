"""The voice pack: one small Ogg/Opus file a recording, and a manifest: what is spoken in it, by whom, under which licence."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

SUFFIX = ".ogg"
_MANIFEST = "manifest.json"
_NAME_LENGTH = 12


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recording: its file (named by the hash of what is said and how), and its length in milliseconds."""

    file: str
    ms: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the pack is. `recordings`: by what is spoken."""

    engine: str
    voice: str
    licence: str
    made: str
    rate: int
    recordings: dict[str, Recording]


def name_of(*made_of: str) -> str:
    """Return the file name of a recording: another text, another voice, made in another way, is another file."""
    return hashlib.sha256("|".join(made_of).encode()).hexdigest()[:_NAME_LENGTH] + SUFFIX


def folder() -> Path:
    """Where the pack lies."""
    with as_file(files("kiosk.voice").joinpath("pack")) as path:
        return path


@cache
def manifest() -> Manifest:
    """Return the pack's manifest. Raise ValueError, OSError."""
    return read_manifest(folder())


def read_manifest(where: Path) -> Manifest:
    """Read the manifest of a pack. Raise ValueError naming file and cure, OSError."""
    path = where / _MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path}: {error} → make voice") from error


def write_manifest(where: Path, what: Manifest) -> None:
    """Write the manifest, one recording a line, so that a change can be read."""
    lines = msgspec.json.format(msgspec.json.encode(what), indent=1)
    (where / _MANIFEST).write_bytes(lines + b"\n")
