"""By department: what several departments do together stands under each of them, and is no department of its own."""

from __future__ import annotations

from kiosk.catalogue.listed import catalogue
from kiosk.catalogue.shelf import Shelf

SHELF = Shelf(entries=dict(catalogue()), here=())


def test_several_departments_are_listed_one_by_one() -> None:
    listed = {entry.department for entry in SHELF.departments()}
    together = {entry.department for entry in SHELF.entries.values() if "、" in entry.department} - listed
    assert together
    for name in together:
        assert set(name.split("、")) <= listed


def test_nothing_is_lost_and_what_is_done_together_stands_under_each() -> None:
    found = {entry.code for first in SHELF.departments() for entry in SHELF.of_department(first.department)}
    assert found == SHELF.entries.keys()
    for entry in SHELF.entries.values():
        assert all(
            entry in SHELF.of_department(one)
            for one in entry.department.split("、")
            if one in {each.department for each in SHELF.departments()}
        )
