"""The people who can stand before the emulated camera, and the photograph that their emulated card carries."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from PIL import Image, ImageFilter

ID_PHOTO_SIZE = (102, 126)
"""Pixels of the photograph in a resident ID card."""

_ID_FACE_WIDTH = 62
_ID_FACE_CENTRE = (51, 66)
_ID_BACKGROUND = (250, 250, 250)


@dataclass(frozen=True, eq=False)
class Portrait:
    """A photograph, how much of each pixel is person ("L"), and the face: centre x, centre y, width in pixels."""

    photo: Image.Image
    person: Image.Image
    face: tuple[float, float, float]


@cache
def portraits() -> dict[str, tuple[float, float, float]]:
    """Return the known ids, each with its face."""
    table = tomllib.loads(files("drivers.emulators").joinpath("portraits/portraits.toml").read_text("utf-8"))
    return {who: tuple(entry["face"]) for who, entry in table.items()}


@cache
def portrait(who: str) -> Portrait:
    """Return a portrait by id. Raise ValueError that names the known ones."""
    if who not in portraits():
        raise ValueError(f"no portrait {who!r}; there are {', '.join(portraits())}")
    folder = files("drivers.emulators") / "portraits"
    with (folder / f"{who}.jpg").open("rb") as photo, (folder / f"{who}-person.png").open("rb") as person:
        return Portrait(Image.open(photo).convert("RGB"), Image.open(person).convert("L"), portraits()[who])


def id_photo(who: str) -> Image.Image:
    """Return a card's photograph of this person: 102 × 126 px, RGB, head before a white wall. Raise ValueError."""
    chosen = portrait(who)
    x, y, width = chosen.face
    scale = _ID_FACE_WIDTH / width
    on_white = Image.new("RGB", chosen.photo.size, _ID_BACKGROUND)
    on_white.paste(chosen.photo, mask=chosen.person)
    # Above a cap there may be no photograph left: the wall goes on.
    room = Image.new("RGB", (chosen.photo.width * 3, chosen.photo.height * 3), _ID_BACKGROUND)
    room.paste(on_white, chosen.photo.size)
    left = chosen.photo.width + x - _ID_FACE_CENTRE[0] / scale
    top = chosen.photo.height + y - _ID_FACE_CENTRE[1] / scale
    box = (left, top, left + ID_PHOTO_SIZE[0] / scale, top + ID_PHOTO_SIZE[1] / scale)
    small = room.resize(ID_PHOTO_SIZE, Image.Resampling.LANCZOS, box=box)
    return small.filter(ImageFilter.UnsharpMask(radius=0.8, percent=40, threshold=2))
