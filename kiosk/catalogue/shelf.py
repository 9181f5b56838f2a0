"""What a visitor can be led to at this place: what can be done here, what is often asked for, and everything with its guide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from kiosk.catalogue.entry import Entry
from kiosk.catalogue.search.compiled import compiled
from kiosk.catalogue.search.finder import find
from kiosk.catalogue.search.index import Index
from kiosk.locales import Phrasebook

_TOGETHER = "、"
"""Between the departments of an item that is done by several together."""


def _several(department: str) -> set[str]:
    return set(department.split(_TOGETHER))


@dataclass(frozen=True)
class Shelf:
    """`entries` in the order of their codes. `here`: codes that can be done here, `guided`: built, but this model lacks a device.
    `favourites`: codes that this place puts forward."""

    entries: dict[str, Entry]
    here: tuple[str, ...]
    guided: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()
    note: Callable[[Phrasebook, str], str] = lambda say, code: ""
    """What must be known of an item before it is chosen: that it is paused, why and until when; "" as usual."""

    @cached_property
    def _index(self) -> Index:
        return compiled(self.entries.values())

    def warm(self) -> None:
        """Compile the search, so that the first keystroke need not."""
        self.search("a", 1)

    def of_here(self) -> tuple[Entry, ...]:
        """Return what can be done here."""
        return tuple(self.entries[code] for code in self.here)

    def asked(self, month: int) -> tuple[Entry, ...]:
        """Return what is often asked for and only told here: the place's favourites, then what is asked for in this month."""
        season = (code for code, entry in self.entries.items() if month in entry.months)
        codes = dict.fromkeys((*self.guided, *self.favourites, *season))
        return tuple(self.entries[code] for code in codes if code not in self.here)

    def of_life(self, event: str) -> tuple[Entry, ...]:
        """Return the items of a life event."""
        return tuple(entry for entry in self.entries.values() if event in entry.life)

    def departments(self) -> tuple[Entry, ...]:
        """Return the first item of each department: it knows the department's name in every language. What several departments
        do together stands under each of them, and by itself only where one of them has nothing of its own."""
        first: dict[str, Entry] = {}
        for entry in self.entries.values():
            first.setdefault(entry.department, entry)
        return tuple(
            entry for name, entry in first.items() if not (_TOGETHER in name and first.keys() >= _several(name))
        )

    def of_department(self, department: str) -> tuple[Entry, ...]:
        """Return the items of a department, and those that it does together with others."""
        entries = self.entries.values()
        return tuple(each for each in entries if department in {each.department, *_several(each.department)})

    def search(self, typed: str, most: int) -> tuple[Entry, ...]:
        """Return what fits what was typed, the best first. Nothing of it is kept."""
        return tuple(self.entries[found.code] for found in find(self._index, typed, most))

    def split(self, entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Return those that can be done here, and those that are only told."""
        found = tuple(entries)
        return tuple(e for e in found if e.code in self.here), tuple(e for e in found if e.code not in self.here)
