"""Both kinds of error, counted with the real engine on different photographs, with the thresholds of the policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from kiosk.identity.face import engine, judge, picture
from kiosk.identity.face.limits import Outcome, PhotoSource, Thresholds
from kiosk.identity.face.policy import FacePolicy

_SAME, _OTHER = "same", "other"
Counts = Counter[tuple[str, Outcome]]


def _as_it_is(image: Image.Image) -> Image.Image:
    return image


def _lit_from_one_side(image: Image.Image) -> Image.Image:
    light = np.linspace(0.45, 1.15, image.width)[None, :, None]
    return Image.fromarray(np.clip(np.asarray(image) * light, 0, 255).astype(np.uint8))


def _dimmer_and_tilted(image: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(0.6).rotate(6, Image.Resampling.BICUBIC)


def _grainy(image: Image.Image) -> Image.Image:
    grain = np.random.default_rng(7).normal(0, 6, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


_LIGHTS: tuple[Callable[[Image.Image], Image.Image], ...] = (_as_it_is, _lit_from_one_side, _dimmer_and_tilted, _grainy)


Live = list[tuple[str, engine.Descriptor]]


@pytest.fixture(scope="module")
def live(album: Any, models: engine.Engine, policy: FacePolicy) -> Live:
    """Every photograph as a camera sees it in several lights, with its name."""
    found = []
    for name in album.names:
        for light in _LIGHTS:
            frame = np.array(light(Image.fromarray(album.frame(name))))
            (box,) = models.find(frame, height=policy.picture.detect_height_px)
            found.append((name, models.describe(frame, box)))
    return found


class Pairs:
    """Every enrolled photograph against every live frame of another photograph, as (same person?, distance)."""

    def __init__(
        self, album: Any, models: engine.Engine, policy: FacePolicy, live: Live, enrolled: Callable[[str], bytes]
    ) -> None:
        faces = {
            name: judge.enrol(models, picture.decode(enrolled(name), max_pixels=10**8), policy.picture)
            for name in album.names
        }
        self.not_enrolled = [name for name, face in faces.items() if isinstance(face, Outcome)]
        self.distances: list[tuple[str, float]] = []
        for seen_name, seen in live:
            for name, face in faces.items():
                if name != seen_name and not isinstance(face, Outcome):
                    kind = _SAME if album.photo(name).who == album.photo(seen_name).who else _OTHER
                    self.distances.append((kind, models.distance(face, seen)))

    def count(self, thresholds: Thresholds, twist: Callable[[float], float] = lambda distance: distance) -> Counts:
        return Counter((kind, thresholds.judge(twist(distance))) for kind, distance in self.distances)


_GREY_ON_PHOTOGRAPHS = 0.05
"""GB/T 38671-2020 allows 5 % false rejects at a FAR of 0.1 %; a frame in the grey zone counts as one here."""

_GREY_ON_CARDS = 0.10
"""A kilobyte costs likeness: 2 of these 24 frames, both lit badly on purpose, are unsure. A try has some sixty frames."""


def _hold_both_errors_down(counts: Counts, *, grey: float) -> None:
    assert counts[_OTHER, Outcome.MATCH] == 0, f"false accepts: {counts}"
    assert counts[_OTHER, Outcome.UNSURE] * 20 <= counts.total(), f"strangers in the grey zone: {counts}"
    assert counts[_SAME, Outcome.NO_MATCH] == 0, f"false rejects: {counts}"
    same = sum(number for (kind, _), number in counts.items() if kind == _SAME)
    assert counts[_SAME, Outcome.UNSURE] <= grey * same, f"own faces in the grey zone: {counts}"


@pytest.fixture(scope="module")
def card_pairs(album: Any, models: engine.Engine, policy: FacePolicy, live: Live) -> Pairs:
    return Pairs(album, models, policy, live, album.card)


def test_photographs_of_one_person_match_and_of_two_do_not(
    album: Any, models: engine.Engine, policy: FacePolicy, live: Live
) -> None:
    pairs = Pairs(album, models, policy, live, lambda name: album.path(name).read_bytes())
    assert not pairs.not_enrolled
    counts = pairs.count(policy.thresholds[PhotoSource.PHOTOGRAPH])
    assert counts.total() == 120
    _hold_both_errors_down(counts, grey=_GREY_ON_PHOTOGRAPHS)


def test_card_photos_of_a_kilobyte_against_live_frames(card_pairs: Pairs, policy: FacePolicy) -> None:
    assert not card_pairs.not_enrolled
    _hold_both_errors_down(card_pairs.count(policy.thresholds[PhotoSource.CHIP_STAND_IN]), grey=_GREY_ON_CARDS)


def test_the_uncalibrated_card_photo_accepts_no_stranger(card_pairs: Pairs, policy: FacePolicy) -> None:
    counts = card_pairs.count(policy.thresholds[PhotoSource.CHIP_WLT])
    assert counts[_OTHER, Outcome.MATCH] == 0
    assert counts[_SAME, Outcome.NO_MATCH] == 0
    strictest = min(each.pass_at_most for each in policy.thresholds.values())
    assert policy.thresholds[PhotoSource.CHIP_WLT].pass_at_most == strictest


@pytest.mark.parametrize("stuck_at", [0.0, 2.0, float("nan")], ids=["always_yes", "always_no", "no_number"])
def test_a_matcher_with_one_answer_is_noticed(card_pairs: Pairs, policy: FacePolicy, stuck_at: float) -> None:
    counts = card_pairs.count(policy.thresholds[PhotoSource.CHIP_STAND_IN], lambda _: stuck_at)
    with pytest.raises(AssertionError, match="false accepts" if stuck_at == 0.0 else "false rejects"):
        _hold_both_errors_down(counts, grey=_GREY_ON_CARDS)


def test_a_distance_that_is_no_number_never_matches(policy: FacePolicy) -> None:
    for thresholds in policy.thresholds.values():
        assert thresholds.judge(float("nan")) is Outcome.NO_MATCH
        assert thresholds.judge(thresholds.pass_at_most) is Outcome.MATCH
        assert thresholds.judge(thresholds.no_at_least) is Outcome.NO_MATCH
