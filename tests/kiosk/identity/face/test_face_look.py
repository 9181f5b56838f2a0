"""One frame before the real engine: a face is compared only when it is alone, near, lit and sharp."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from kiosk.identity.face import engine, judge, picture
from kiosk.identity.face.limits import Outcome, PhotoSource
from kiosk.identity.face.policy import FacePolicy


@pytest.fixture(scope="module")
def look(album: Any, models: engine.Engine, policy: FacePolicy) -> Any:
    enrolled = judge.enrol(models, picture.decode(album.card("obama"), max_pixels=10**6), policy.picture)
    assert not isinstance(enrolled, Outcome)
    thresholds = policy.thresholds[PhotoSource.CHIP_STAND_IN]
    return lambda frame: judge.look(models, frame, enrolled, thresholds, policy.picture)


def _changed(frame: picture.Rgb, change: Any) -> picture.Rgb:
    return np.array(change(Image.fromarray(frame)))


def test_the_holder_matches_and_another_does_not(album: Any, look: Any) -> None:
    assert look(album.frame("obama2")) is Outcome.MATCH
    assert look(album.frame("biden")) is Outcome.NO_MATCH


@pytest.mark.parametrize("beside", ["biden", "obama3"])
def test_two_faces_are_never_compared(album: Any, look: Any, beside: str) -> None:
    assert look(album.two("obama2", beside)) is Outcome.MANY_FACES


def test_a_large_frame_is_judged_like_a_small_one(album: Any, look: Any) -> None:
    large = _changed(album.frame("obama2"), lambda image: image.resize((1920, 1440), Image.Resampling.BICUBIC))
    assert look(large) is Outcome.MATCH


def test_an_empty_place(look: Any) -> None:
    wall = np.random.default_rng(1).integers(90, 160, (480, 640, 3), dtype=np.uint8)
    assert look(wall) is Outcome.NO_FACE


def test_a_dark_place_and_a_dark_face(album: Any, look: Any) -> None:
    assert look(np.zeros((480, 640, 3), np.uint8)) is Outcome.TOO_DARK
    assert (
        look(_changed(album.frame("obama2"), lambda it: ImageEnhance.Brightness(it).enhance(0.12))) is Outcome.TOO_DARK
    )


def test_a_dim_face_is_still_compared(album: Any, look: Any) -> None:
    assert look(_changed(album.frame("obama2"), lambda it: ImageEnhance.Brightness(it).enhance(0.5))) is Outcome.MATCH


def test_a_face_that_is_far_away(album: Any, look: Any) -> None:
    assert look(album.frame("obama2", face_px=60)) is Outcome.TOO_FAR


def test_a_face_out_of_focus(album: Any, look: Any) -> None:
    assert look(_changed(album.frame("obama2"), lambda it: it.filter(ImageFilter.GaussianBlur(8)))) is Outcome.BLURRY


def test_photographs_without_exactly_one_face_are_not_enrolled(
    album: Any, models: engine.Engine, policy: FacePolicy
) -> None:
    assert judge.enrol(models, np.full((126, 102, 3), 255, np.uint8), policy.picture) is Outcome.NO_FACE
    assert judge.enrol(models, album.two("obama", "biden"), policy.picture) is Outcome.MANY_FACES


def test_the_import_of_the_library_leaves_torn_files_refused(album: Any, models: engine.Engine) -> None:
    whole = album.path("biden").read_bytes()
    with pytest.raises(picture.PictureUnreadable, match="完整"):
        picture.decode(whole[: len(whole) // 2], max_pixels=10**8)
