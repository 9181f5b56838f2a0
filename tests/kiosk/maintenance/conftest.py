"""One kiosk for all tests of a file; a file whose kiosk has options of its own has its own `at_work`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.standing import StandingKiosk, standing


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingKiosk]:
    """A kiosk that stands for all tests of this file: `at_work(test)` runs one on it, from a known state."""
    with standing(tmp_path_factory.mktemp("stage")) as kept:
        yield kept
