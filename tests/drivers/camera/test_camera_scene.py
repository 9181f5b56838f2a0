"""Who stands before the emulated camera is who it says, and the card's photograph matches nobody else."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import face_recognition
import numpy as np
import pytest
from PIL import Image

from drivers.emulators.camera import CameraEmulator
from drivers.emulators.camera_portraits import ID_PHOTO_SIZE, id_photo, portraits

CARD_BYTES = 1024
MOMENTS = (0.4, 2.9, 5.3, 8.8, 13.1)
"""Seconds: different lights, turns and distances."""


def faces(picture: Image.Image, *, upsample: int = 0) -> list[Any]:
    pixels = np.asarray(picture)
    return face_recognition.face_encodings(pixels, face_recognition.face_locations(pixels, upsample))


@cache
def card_face(who: str) -> Any:
    """The face as it comes off the emulated card: WebP of at most 1,024 bytes, enlarged twice."""
    photo = id_photo(who)
    assert (photo.size, photo.mode) == (ID_PHOTO_SIZE, "RGB")
    for quality in range(90, 0, -2):
        out = io.BytesIO()
        photo.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= CARD_BYTES:
            break
    assert out.tell() <= CARD_BYTES
    (face,) = faces(Image.open(out).convert("RGB").resize((204, 252), Image.Resampling.LANCZOS), upsample=1)
    return face


def live(emulator: CameraEmulator, at: float) -> Image.Image:
    """The picture as the wire carries it, at a chosen moment."""
    emulator._began -= at
    emulator._drawn = (0.0, b"")
    return Image.open(io.BytesIO(emulator.jpeg())).convert("RGB")


@pytest.mark.parametrize("who", sorted(portraits()))
def test_a_live_face_matches_its_own_card_and_no_other(who: str) -> None:
    emulator = CameraEmulator(who=who)
    for at in MOMENTS:
        (face,) = faces(live(emulator, at))
        distances = {name: float(np.linalg.norm(card_face(name) - face)) for name in portraits()}
        assert distances.pop(who) < 0.5
        assert min(distances.values()) > 0.6


def test_two_are_two_and_nobody_is_nobody() -> None:
    emulator = CameraEmulator()
    assert faces(live(emulator, 1.0), upsample=1) == []
    emulator.show_two("astronaut", "hopper")
    assert len(faces(live(emulator, 1.0))) == 2
    emulator.show("hopper")
    emulator.dark()
    assert np.asarray(live(emulator, 1.0)).mean() < 15
    assert faces(live(emulator, 1.0)) == []


def test_what_was_shown_is_written_down(tmp_path: Path) -> None:
    emulator = CameraEmulator(tmp_path)
    emulator.do("show", who="hopper")
    emulator.do("show_two", a="hopper", b="astronaut")
    emulator.do("dark")
    shown = [json.loads(line) for line in (tmp_path / "shown.jsonl").read_text().splitlines()]
    assert [entry["who"] for entry in shown] == ["nobody", "hopper", "hopper+astronaut", "dark"]


def test_wrong_orders_are_refused() -> None:
    emulator = CameraEmulator()
    for verb, arguments in [
        ("show", {"who": "elvis"}),
        ("image", {"source": "no/such/file"}),
        ("fault", {"kind": "fire"}),
    ]:
        with pytest.raises(ValueError, match=next(iter(arguments.values())).split("/")[0] + "|image"):
            emulator.do(verb, **arguments)
    assert emulator.state()["who"] == "nobody"
