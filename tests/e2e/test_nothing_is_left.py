"""What a visit leaves behind, after a whole visit in each mode: nothing of a person in any file, log, or reply of the dock."""

from __future__ import annotations

import pytest

from kiosk.documents.masking import mask_name
from tests.e2e.conftest import Walked
from tests.support import traces
from tests.support.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.screen]


async def test_the_kiosk_s_own_files_name_nobody(standing: House, walked: list[Walked]) -> None:
    wanted = traces.needles(standing.people)
    assert list(traces.in_files(standing.own_places, wanted)) == []
    written = [path for place in standing.own_places for path in [place, *place.rglob("*")] if path.is_file()]
    assert {"journal.sqlite", "log"} <= {path.name for path in written}, "it looked where the kiosk writes"
    assert all(path.is_relative_to(standing.stage / "state") or path.name == "log" for path in written), written


async def test_the_far_ends_have_seen_them_and_the_search_finds_them_there(
    standing: House, walked: list[Walked]
) -> None:
    people = [standing.person(each.person) for each in walked]
    found = " ".join(
        traces.in_files([standing.wire / "id_reader", standing.stage / "platform" / "capture"], traces.needles(people))
    )
    for person in people:
        for what in ("name", "number", "address", "photograph"):
            assert f"the {what} of {person.id}" in found


async def test_the_screens_showed_masked_names_only_and_idle_not_even_these(
    standing: House, walked: list[Walked]
) -> None:
    for each in walked:
        person = standing.person(each.person)
        texts = [str(screen["tree"]) for screen in each.shown]
        assert list(traces.in_screens(each.shown, traces.needles([person]))) == []
        masked = mask_name(person.name)
        assert any(masked in text for text in texts), "the review shows whose paper it is, masked"
        assert masked not in str(each.idle["tree"])


async def test_no_secret_outlives_its_visit(standing: House, walked: list[Walked]) -> None:
    assert await standing.alive() <= standing.alive_between_visits
