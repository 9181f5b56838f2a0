"""The screens on which an item is found, as values: home, one life event or department, search, a guide, and 办不成事.

What can be done here and what is only told here never stand under one heading.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.catalogue.entry import Entry
from kiosk.catalogue.life import LifeEvent, life_events
from kiosk.catalogue.listed import Listed
from kiosk.catalogue.shelf import Shelf
from kiosk.locales import Phrasebook
from kiosk.screens.compose import Composer
from kiosk.screens.parts import Action, ActionKind, Block, Fact, Facts, Icon, Note, Tile, Tiles, Typing, Way
from kiosk.screens.screen import Mode, Screen
from kiosk.settings.site import Elsewhere

SEARCH, DEPARTMENTS, MORE, STUCK = "search", "departments", "more", "stuck"
"""Answers of the home screen beside codes; `life:ID` and `department:CODE` are the others."""

LIFE, DEPARTMENT = "life:", "department:"

_HERE = 4
_ASKED = 4
"""So many things stand on the standard home screen above the life events, which then still fit below."""

_ELDER = 4
"""Two of the six places of the elder home screen are 其他事 and 办不成事."""

_LISTED = {Mode.STANDARD: 2, Mode.ELDER: 1}
"""Columns of a list of items."""

_FOUND = {Mode.STANDARD: 6, Mode.ELDER: 3}
"""So many are shown of what was found; whoever does not find it among them types on."""


def home(say: Phrasebook, composer: Composer, shelf: Shelf, month: int) -> Screen:
    """What can be done here, what is often asked for, and the ways to everything else."""
    elder = say.mode is Mode.ELDER
    blocks = _elder_home(say, shelf, month) if elder else _standard_home(say, shelf, month)
    return composer.screen(
        say,
        "choose",
        title=say("choose.title"),
        sentence=say("choose.sentence") if elder else "",
        spoken=say("choose.spoken"),
        blocks=blocks,
        first=True,
    )


def _standard_home(say: Phrasebook, shelf: Shelf, month: int) -> tuple[Block, ...]:
    ways = (
        Tile(id=SEARCH, title=say("choose.search"), note=say("find.hint"), icon=Icon.SEARCH, span=2),
        Tile(id=DEPARTMENTS, title=say("choose.departments"), icon=Icon.LIST),
    )
    return (
        Tiles(tiles=ways, columns=3),
        *_both(say, shelf, shelf.of_here()[:_HERE], shelf.asked(month)[:_ASKED], columns=2),
        Tiles(tiles=tuple(_life_tile(say, each) for each in life_events()), columns=3, heading=say("choose.by_life")),
    )


def _elder_home(say: Phrasebook, shelf: Shelf, month: int) -> tuple[Block, ...]:
    here = [_tile(say, entry, note=shelf.note(say, entry.code)) for entry in shelf.of_here()]
    asked = [_tile(say, entry, note=say("choose.guide_only")) for entry in shelf.asked(month)]
    last = (
        Tile(id=MORE, title=say("choose.more"), icon=Icon.LIST),
        Tile(id=STUCK, title=say("choose.cannot"), icon=Icon.MESSAGE),
    )
    return (Tiles(tiles=(*(here + asked)[:_ELDER], *last), columns=2),)


def more(say: Phrasebook, composer: Composer) -> Screen:
    """Elder mode's way to everything: typed, written, or by what happens in a life."""
    tiles = (
        Tile(id=SEARCH, title=say("choose.search"), icon=Icon.SEARCH),
        *(_life_tile(say, each) for each in life_events()),
    )
    return composer.screen(
        say,
        "more",
        title=say("choose.more"),
        sentence=say("gathered.sentence"),
        spoken=say("gathered.spoken"),
        blocks=(Tiles(tiles=tiles, columns=2),),
    )


def departments(say: Phrasebook, composer: Composer, shelf: Shelf) -> Screen:
    """Every department."""
    tiles = tuple(
        Tile(id=f"{DEPARTMENT}{entry.code}", title=say.local(entry, "department")) for entry in shelf.departments()
    )
    return composer.screen(
        say,
        "departments",
        title=say("choose.departments"),
        sentence=say("gathered.sentence"),
        spoken=say("gathered.spoken"),
        blocks=(Tiles(tiles=tiles, columns=_LISTED[say.mode]),),
    )


def gathered(say: Phrasebook, composer: Composer, shelf: Shelf, title: str, entries: Iterable[Entry]) -> Screen:
    """The items of one life event or department."""
    here, told = shelf.split(entries)
    return composer.screen(
        say,
        "gathered",
        title=title,
        sentence=say("gathered.sentence"),
        spoken=say("gathered.spoken"),
        blocks=_both(say, shelf, here, told, columns=_LISTED[say.mode]),
    )


def search(say: Phrasebook, composer: Composer, shelf: Shelf, typed: str = "") -> Screen:
    """A field to type or write into, and what fits so far."""
    field = Typing(
        id="find",
        label=say("find.label"),
        ways=(Way.PINYIN, Way.HANDWRITING, Way.LATIN),
        hint=say("find.hint"),
    )
    entries = shelf.search(typed, _FOUND[say.mode]) if typed else ()
    here, told = shelf.split(entries)
    blocks: list[Block] = [field, *_both(say, shelf, here, told, columns=_LISTED[say.mode])]
    if typed and not entries:
        blocks.append(Note(text=say("find.nothing")))
    return composer.screen(
        say,
        "find",
        title=say("find.title"),
        sentence=say("find.sentence"),
        spoken=say("find.spoken"),
        blocks=tuple(blocks),
    )


def guide(say: Phrasebook, composer: Composer, item: Listed, there: Elsewhere, *, note: str, slip: bool) -> Screen:
    """What is known of an item that cannot be done here yet, and where it can. `note` is the key of a sentence, or empty."""
    elder = say.mode is Mode.ELDER
    name = say.local(item, "short_elder" if elder else "name")
    blocks: list[Block] = [Facts(rows=_known(say, item, elder=elder))] if _known(say, item, elder=elder) else []
    blocks.append(Facts(rows=_elsewhere(say, item, there, elder=elder), heading="" if elder else say("listed.there")))
    blocks.append(Note(text=say(note or "listed.ask")))
    done = Action(id="done", label=say("referral.done"), kind=ActionKind.SECONDARY if slip else ActionKind.PRIMARY)
    return composer.screen(
        say,
        "guide_listed",
        title=name,
        sentence=say("listed.sentence"),
        spoken=say("listed.spoken"),
        blocks=tuple(blocks),
        actions=((Action(id="slip", label=say("listed.print")),) if slip else ()) + (done,),
    )


def _known(say: Phrasebook, item: Listed, *, elder: bool) -> tuple[Fact, ...]:
    """Only what the catalogue says; what it does not say is no row."""
    mark = say("language.list_mark")
    bring = mark.join((*item.licences, *(material.name for material in item.materials)))
    who = mark.join(say(f"listed.who_{each.value}") for each in item.who)
    rows = [] if elder else [Fact(label=say("listed.who"), value=who, icon=Icon.PEOPLE)]
    if item.delegates is not None and not elder:
        rows.append(
            Fact(
                label=say("listed.delegates"), value=mark.join(item.delegates) or say("listed.nobody"), icon=Icon.PEOPLE
            )
        )
    if bring:
        rows.append(Fact(label=say("guide.needs"), value=bring, icon=Icon.ID_CARD))
    if item.fee:
        rows.append(Fact(label=say("guide.fee"), value=say.local(item, "fee"), icon=Icon.MONEY))
    if item.valid_days is not None and not elder:
        rows.append(Fact(label=say("guide.valid"), value=say("guide.valid_days", days=item.valid_days), icon=Icon.INFO))
    return tuple(rows)


def _elsewhere(say: Phrasebook, item: Entry, there: Elsewhere, *, elder: bool) -> tuple[Fact, ...]:
    rows = [
        Fact(label=say("referral.place"), value=say.local(there, "place"), icon=Icon.HOUSE),
        Fact(label=say("referral.hours"), value=say.local(there, "hours"), icon=Icon.CLOCK),
        Fact(label=say("referral.phone"), value=there.phone, icon=Icon.PHONE),
    ]
    if not elder:
        rows.insert(0, Fact(label=say("listed.department"), value=say.local(item, "department"), icon=Icon.SHOP))
        rows.insert(2, Fact(label=say("referral.address"), value=say.local(there, "address"), icon=Icon.PLACE))
    return tuple(rows)


def stuck(say: Phrasebook, composer: Composer, there: Elsewhere, *, called: bool | None) -> Screen:
    """办不成事: who listens. `called`: whether somebody here was called already; None where nobody can be."""
    rows = (
        Fact(label=say("help.hotline"), value=say("help.hotline_number"), icon=Icon.PHONE),
        Fact(label=say("help.phone"), value=there.phone, icon=Icon.PHONE),
        Fact(label=say("referral.place"), value=say.local(there, "place"), icon=Icon.PLACE),
    )
    call = (Action(id="call", label=say("help.call")),) if called is False else ()
    done = Action(id="done", label=say("referral.done"), kind=ActionKind.SECONDARY if call else ActionKind.PRIMARY)
    return composer.screen(
        say,
        "stuck",
        title=say("stuck.title"),
        sentence=say("help.called") if called else say("stuck.sentence"),
        spoken=say("help.called_spoken") if called else say("stuck.spoken"),
        blocks=(Facts(rows=rows),),
        actions=(*call, done),
    )


def _both(
    say: Phrasebook, shelf: Shelf, here: Iterable[Entry], told: Iterable[Entry], *, columns: int
) -> tuple[Tiles, ...]:
    """Two blocks, each under its own heading; one that would be empty is left out."""
    rows = ((say("choose.heading"), tuple(here)), (say("choose.told"), tuple(told)))
    return tuple(
        Tiles(
            tiles=tuple(_tile(say, entry, note=shelf.note(say, entry.code)) for entry in entries),
            columns=columns,
            heading=heading,
        )
        for heading, entries in rows
        if entries
    )


def _tile(say: Phrasebook, entry: Entry, *, note: str = "") -> Tile:
    title = say.local(entry, "short_elder" if say.mode is Mode.ELDER else "short")
    return Tile(id=entry.code, title=title, note=note, icon=entry.icon)


def _life_tile(say: Phrasebook, event: LifeEvent) -> Tile:
    return Tile(id=f"{LIFE}{event.id}", title=say.local(event, "title"), icon=event.icon)
