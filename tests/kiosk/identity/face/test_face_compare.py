"""Two files on the bench."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kiosk.identity.face import engine
from kiosk.identity.face.compare import compare_files
from kiosk.identity.face.limits import PhotoSource


def _saved(path: Path, rgb: Any) -> Path:
    Image.fromarray(rgb).save(path)
    return path


def test_decisions(album: Any, models: engine.Engine, tmp_path: Path) -> None:
    obama, two = album.path("obama"), _saved(tmp_path / "two.png", album.two("obama", "biden"))
    wall = _saved(tmp_path / "wall.png", np.full((300, 300, 3), 200, np.uint8))
    same = compare_files(obama, album.path("obama3"), models=models)
    other = compare_files(obama, album.path("biden"), models=models)
    assert same["decision"] == "match"
    assert other["decision"] == "no_match"
    assert same["distance"] is not None
    assert other["distance"] is not None
    assert same["distance"] < other["distance"]
    assert compare_files(obama, two, models=models) == {"decision": "many_faces", "distance": None}
    assert compare_files(wall, obama, models=models) == {"decision": "no_face", "distance": None}


def test_a_card_photo_is_enlarged_and_has_thresholds_of_its_own(
    album: Any, models: engine.Engine, tmp_path: Path
) -> None:
    card = tmp_path / "card.png"
    card.write_bytes(album.card("obama"))
    found = compare_files(card, album.path("obama2"), source=PhotoSource.CHIP_STAND_IN, models=models)
    assert found["decision"] == "match"


def test_a_photograph_lying_on_its_side_is_turned(album: Any, models: engine.Engine, tmp_path: Path) -> None:
    lying = tmp_path / "lying.jpg"
    image = Image.open(album.path("obama")).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn 90 degrees clockwise to see it upright" (Exif 2.3, Orientation)
    image.save(lying, exif=exif)
    assert compare_files(lying, album.path("obama3"), models=models)["decision"] == "match"


def test_bad_files_are_named(album: Any, models: engine.Engine, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    with pytest.raises(ValueError, match=r"text\.jpg.*→"):
        compare_files(text, album.path("obama"), models=models)
    with pytest.raises(FileNotFoundError, match=r"none\.jpg"):
        compare_files(tmp_path / "none.jpg", text, models=models)
    huge = _saved(tmp_path / "huge.png", np.zeros((4000, 4000, 3), np.uint8))
    with pytest.raises(ValueError, match=r"huge\.png.*12000000"):
        compare_files(huge, text, models=models)
