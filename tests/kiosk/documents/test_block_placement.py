"""Where the block may stand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.documents.placement import free_place, ink_map

SETTINGS = {"cell": 1.0, "margin": 6.0, "clearance": 1.0}


def page(*inked: tuple[int, int, int, int]) -> np.ndarray:
    ink = np.zeros((297, 210), bool)
    for left, bottom, right, top in inked:
        ink[bottom:top, left:right] = True
    return ink


def test_the_foot_first_then_the_head_then_the_nearest_free_place():
    place = free_place(page(), 198, 33, **SETTINGS)
    assert (place.x, place.y) == (6, 6)
    place = free_place(page((20, 0, 30, 40)), 198, 33, **SETTINGS)
    assert (place.x, place.y) == (6, 297 - 33 - 6)
    place = free_place(page((20, 0, 30, 40), (20, 280, 30, 290)), 198, 33, **SETTINGS)
    assert 41 <= place.y <= 43
    assert free_place(page((0, 0, 210, 297)), 92, 40, **SETTINGS) is None


def test_a_block_wider_than_the_page_has_no_place():
    assert free_place(page(), 199, 33, **SETTINGS) is None


def test_ink_is_mapped_from_the_foot_up_and_never_missed():
    pixels = np.full((3508, 2481, 3), 255, np.uint8)
    pixels[3500, 1000] = (255, 255, 0)  # one yellow dot: dark in one channel
    pixels[0, 2480] = (215, 215, 215)
    pixels[1000, 1000] = (217, 217, 217)  # a pale ground
    ink = ink_map(pixels, width=210, height=297, cell=1.0, level=216)
    assert ink.shape == (297, 210)
    assert np.argwhere(ink).tolist() == [[0, 84], [296, 209]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 280), st.integers(1, 60), st.integers(1, 60)), max_size=12),
    st.sampled_from([(198.0, 33.3), (130.0, 44.0), (92.0, 58.5)]),
)
def test_a_place_is_always_free_and_inside_the_margins(boxes, size):
    ink = page(*((x, y, x + w, y + h) for x, y, w, h in boxes))
    place = free_place(ink, *size, **SETTINGS)
    if place is not None:
        assert not ink[
            int(place.y) : int(np.ceil(place.y + place.height)), int(place.x) : int(np.ceil(place.x + place.width))
        ].any()
        assert min(place.x, place.y) >= 6
        assert place.x + place.width <= 204
        assert place.y + place.height <= 291
