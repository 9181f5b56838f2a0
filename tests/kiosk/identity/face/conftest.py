"""Photographs of several people, brought before the camera and onto a card."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from drivers.contract.secret import SecretBytes
from drivers.emulators.id_card_photo import stand_in_photo
from drivers.id_card.photo import BLOB_SIZE, StandInDecoder
from kiosk.identity.face import engine, picture
from kiosk.identity.face.limits import EngineName
from kiosk.identity.face.policy import FacePolicy, face_policy

TEST_FACES = Path(sys.prefix) / "share" / "kiosk" / "test-faces"
PORTRAITS = Path(str(files("drivers.emulators"))) / "portraits"
FRAME = (640, 480)
MAX_PIXELS = 12_000_000


@dataclass(frozen=True)
class Taken:
    """One photograph: who is on it, and the box of the face."""

    who: str
    image: Image.Image
    box: engine.Box


class Album:
    """Different photographs of one person (obama, three times) and of three others, once each."""

    names = ("obama", "obama2", "obama3", "biden", "astronaut", "hopper")

    def __init__(self, models: engine.Engine) -> None:
        self._models = models
        self.photo = cache(self._photo)

    @staticmethod
    def path(name: str) -> Path:
        own = PORTRAITS / f"{name}.jpg"
        return own if own.exists() else TEST_FACES / f"{name}.jpg"

    def _photo(self, name: str) -> Taken:
        rgb = picture.decode(self.path(name), max_pixels=MAX_PIXELS)
        (box,) = self._models.find(rgb, height=1200)
        return Taken(name.rstrip("23"), Image.fromarray(rgb), box)

    def frame(self, name: str, face_px: int = 200) -> picture.Rgb:
        """Return what the camera sees of a person who stands in the middle: 480 × 640 × 3."""
        taken = self.photo(name)
        scale = taken.box.height / face_px
        across, down = FRAME[0] * scale / 2, FRAME[1] * scale / 2
        x, y = (taken.box.left + taken.box.right) / 2, (taken.box.top + taken.box.bottom) / 2
        corners = (x - across, y - down, x + across, y + down)
        return np.array(taken.image.transform(FRAME, Image.Transform.EXTENT, corners, Image.Resampling.BICUBIC))

    def card(self, name: str) -> bytes:
        """Return the card's photo as the reader delivers it: the stand-in of at most 1,024 bytes, decoded to PNG."""
        taken = self.photo(name)
        face = taken.box.height
        x, y = (taken.box.left + taken.box.right) / 2, (taken.box.top + taken.box.bottom) / 2
        width, height = 102 / 62 * face, 126 / 62 * face
        corners = (x - width / 2, y - height * 0.52, x + width / 2, y + height * 0.48)
        portrait = _before_white(taken.image, x, y, face).transform(
            (306, 378), Image.Transform.EXTENT, corners, Image.Resampling.BICUBIC
        )
        blob = stand_in_photo(portrait)
        return StandInDecoder().decode(bytearray(blob.ljust(BLOB_SIZE, b"\0")))

    def secret_card(self, name: str) -> SecretBytes:
        return SecretBytes(self.card(name))

    def two(self, left: str, right: str) -> picture.Rgb:
        """Return a frame with two people side by side."""
        half = FRAME[0] // 4
        return np.concatenate([self.frame(left, 150)[:, half:-half], self.frame(right, 150)[:, half:-half]], axis=1)


def _before_white(image: Image.Image, x: float, y: float, face: int) -> Image.Image:
    """Head and shoulders before white, as a passport photographer has it."""
    person = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(person)
    draw.ellipse((x - 0.72 * face, y - face, x + 0.72 * face, y + 0.85 * face), fill=255)
    draw.rectangle((x - 1.2 * face, y + 0.75 * face, x + 1.2 * face, y + 3 * face), fill=255)
    soft = person.filter(ImageFilter.GaussianBlur(max(1, face / 20)))
    return Image.composite(image, Image.new("RGB", image.size, "white"), soft)


def png(rgb: picture.Rgb) -> bytes:
    """Return an array as a PNG file."""
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def models() -> engine.Engine:
    return engine.make(EngineName.FACE_RECOGNITION)


@pytest.fixture(scope="session")
def album(models: engine.Engine) -> Album:
    assert TEST_FACES.is_dir(), f"{TEST_FACES} is not there; run .ci/fetch-test-faces .venv (part of make setup)"
    return Album(models)


@pytest.fixture(scope="session")
def policy() -> FacePolicy:
    return face_policy()
