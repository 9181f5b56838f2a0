"""The catalogue that ships, compiled for searching."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.catalogue.entry import Entry
from kiosk.catalogue.life import life_events
from kiosk.catalogue.search.index import Document, Index, compile_index


def document(entry: Entry) -> Document:
    """Return an item as it is searched, in all languages that it is written in."""
    names = [text for field in ("name", "short", "short_elder") for text in _every(entry, field)]
    events = {event.id: event.title for event in life_events()}
    near = (*_every(entry, "department"), *(events[each] for each in entry.life if each in events))
    return Document(entry.code, (*names, *entry.words), near)


def compiled(entries: Iterable[Entry]) -> Index:
    """Compile these items."""
    return compile_index(map(document, entries))


def _every(entry: Entry, field: str) -> list[str]:
    others = entry.translations.get(field, ({},))[0]
    return list(dict.fromkeys([getattr(entry, field), *others.values()]))
