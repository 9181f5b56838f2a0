"""Looks for people: their names, numbers, addresses and photographs, in files, in files' names, in texts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kiosk.demo.stage import card_of
from kiosk.sandbox.people import Person

_PHOTO_PART = slice(40, 72)
"""Bytes of a card's photo that are in no other picture: behind the file's head."""


def needles(people: Iterable[Person]) -> dict[str, tuple[bytes, ...]]:
    """Return what to look for: "the number of p1" → its spellings."""
    found: dict[str, tuple[bytes, ...]] = {}
    for person in people:
        for what in ("name", "number", "address"):
            found[f"the {what} of {person.id}"] = _spellings(getattr(person, what))
        if photo := card_of(person).get("photo_base64"):
            raw = base64.b64decode(photo)[_PHOTO_PART]
            found[f"the photograph of {person.id}"] = (raw, raw.hex().encode(), base64.b64encode(raw[2:29]))
    return found


def _spellings(text: str) -> tuple[bytes, ...]:
    return tuple(
        {
            text.encode("utf-8"),
            text.encode("utf-16-le"),
            text.encode("gb18030"),
            json.dumps(text)[1:-1].encode("ascii"),
            quote(text).encode("ascii"),
            text.encode("utf-8").hex().encode("ascii"),
        }
    )


def in_files(places: Iterable[Path], wanted: dict[str, tuple[bytes, ...]]) -> Iterator[str]:
    """Yield "what: file" for every find under these files and folders; sockets and pipes hold nothing."""
    for place in places:
        for path in [place, *sorted(place.rglob("*"))]:
            content = path.read_bytes() if path.is_file() else b""
            name = str(path).encode("utf-8", "surrogateescape")
            yield from (f"{what}: {path}" for what, spellings in wanted.items() if _any(spellings, content, name))


def in_screens(screens: Iterable[dict[str, Any]], wanted: dict[str, tuple[bytes, ...]]) -> Iterator[str]:
    """Yield "what: screen" for every reply of `GET /screen` that shows one of them whole."""
    for screen in screens:
        text = json.dumps(screen, ensure_ascii=False).encode("utf-8")
        yield from (f"{what}: {screen['screen']}" for what, spellings in wanted.items() if _any(spellings, text))


def _any(spellings: tuple[bytes, ...], *texts: bytes) -> bool:
    return any(spelling in text for spelling in spellings for text in texts)
