"""How the roster looks to the administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.locales.staff import tell
from kiosk.maintenance.door.roster import Member, Roster
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role
from kiosk.maintenance.shift import Shift
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Drawing,
    Fact,
    Facts,
    Icon,
    Note,
    NoteKind,
    Pad,
    PadField,
    Picture,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Screen

_ICONS = {Role.KEEPER: Icon.ROLL, Role.TECHNICIAN: Icon.WRENCH, Role.ADMINISTRATOR: Icon.PEOPLE}

TERMS = {"unlimited": None, "year": 365, "quarter": 90}
"""Days for which a code may be given."""


def roster_screen(shift: Shift, roster: Roster | None, today: date) -> Screen:
    """Everybody, each a tile. None: there is no roster that could be changed."""
    if roster is None:
        block: Block = Picture(drawing=Drawing.ATTENTION, name=tell("personnel.title"))
    else:
        block = Tiles(tiles=tuple(_row(shift, each, today) for each in roster.member))
    return shift.composer.screen(
        shift.say,
        "personnel",
        title=tell("personnel.title"),
        sentence=tell("personnel.sentence") if roster is not None else tell("personnel.nobody_sentence"),
        blocks=(block,),
        actions=(Action(id="add", label=tell("personnel.add")),) if roster is not None else (),
        home=True,
    )


def _row(shift: Shift, member: Member, today: date) -> Tile:
    note = tell("personnel.row_note", cards=len(member.cards), until=until(member, today))
    if member.code == shift.who.code:
        note = f"{tell('personnel.you')}，{note}"
    return Tile(id=member.code, title=name_of(member), note=note, icon=_ICONS[member.role])


def name_of(member: Member) -> str:
    """What somebody is called: role and code."""
    return tell("personnel.row", role=tell(f"frame.role_{member.role.value}"), code=member.code)


def until(member: Member, today: date) -> str:
    """How long a code counts, in words."""
    if member.valid_until is None:
        return tell("personnel.unlimited")
    return tell("personnel.until", day=member.valid_until) if member.valid_on(today) else tell("personnel.expired")


def member_screen(shift: Shift, member: Member, today: date) -> Screen:
    """One of them, and what can be done."""
    rows = (
        Fact(label=tell("personnel.member_cards"), value=tell("personnel.member_cards_value", count=len(member.cards))),
        Fact(label=tell("personnel.member_until"), value=until(member, today)),
    )
    tiles = [
        Tile(id="pin", title=tell("personnel.new_pin"), icon=Icon.KEY),
        Tile(id="card", title=tell("personnel.new_card"), icon=Icon.ID_CARD),
        Tile(id="withdraw", title=tell("personnel.withdraw"), icon=Icon.CROSS, enabled=bool(member.cards)),
        Tile(id="term", title=tell("personnel.new_term"), icon=Icon.CALENDAR),
    ]
    return shift.composer.screen(
        shift.say,
        "personnel_member",
        title=tell("personnel.member_title", role=tell(f"frame.role_{member.role.value}"), code=member.code),
        blocks=(Facts(rows=rows), Tiles(tiles=tuple(tiles), columns=2)),
        actions=(Action(id="remove", label=tell("personnel.remove"), kind=ActionKind.SECONDARY),),
    )


def role_screen(shift: Shift) -> Screen:
    """What somebody new is here for."""
    tiles = tuple(
        Tile(id=role.value, title=tell(f"frame.role_{role.value}"), icon=icon) for role, icon in _ICONS.items()
    )
    return shift.composer.screen(
        shift.say,
        "personnel_role",
        title=tell("personnel.role_title"),
        sentence=tell("personnel.role_sentence"),
        blocks=(Tiles(tiles=tiles),),
    )


def term_screen(shift: Shift) -> Screen:
    """For how long."""
    tiles = tuple(Tile(id=term, title=tell(f"personnel.term_{term}"), icon=Icon.CALENDAR) for term in TERMS)
    return shift.composer.screen(
        shift.say,
        "personnel_term",
        title=tell("personnel.term_title"),
        sentence=tell("personnel.term_sentence"),
        blocks=(Tiles(tiles=tiles),),
    )


def pin_screen(shift: Shift, code: str, wrong: str = "") -> Screen:
    """A PIN, twice, by whoever is to have it. `wrong`: why the one before did not do, a text."""
    digits = rules().pin.digits
    fields = (
        PadField(id="new", label=tell("personnel.pin_new"), digits=digits, hidden=True),
        PadField(id="again", label=tell("personnel.pin_again"), digits=digits, hidden=True),
    )
    return shift.composer.screen(
        shift.say,
        "personnel_pin",
        title=tell("personnel.pin_title", code=code),
        sentence=wrong or tell("personnel.pin_sentence"),
        blocks=(Pad(fields=fields),),
        actions=(Action(id="save", label=tell("personnel.pin_save")),),
    )


def card_screen(shift: Shift, code: str, note: str = "") -> Screen:
    """A card is waited for. `note`: what one that was laid did not do, a text."""
    notes: Sequence[Block] = (Note(text=note, kind=NoteKind.ATTENTION),) if note else ()
    return shift.composer.screen(
        shift.say,
        "personnel_card",
        title=tell("personnel.card_title", code=code),
        sentence=tell("personnel.card_sentence"),
        blocks=(Picture(drawing=Drawing.PLACE_CARD, name=tell("personnel.card_picture")), *notes),
    )


def remove_screen(shift: Shift, code: str) -> Screen:
    """Really?"""
    return shift.composer.screen(
        shift.say,
        "personnel_remove",
        title=tell("personnel.remove_title", code=code),
        sentence=tell("personnel.remove_sentence"),
        blocks=(Picture(drawing=Drawing.ATTENTION, name=tell("personnel.remove_title", code=code)),),
        actions=(
            Action(id="remove", label=tell("personnel.remove_yes")),
            Action(id="keep", label=tell("personnel.remove_no"), kind=ActionKind.SECONDARY),
        ),
    )


def told_screen(shift: Shift, what: str, *, good: bool = False, **values: object) -> Screen:
    """How something went. `what` begins the keys of its title and sentence."""
    title, sentence = tell(f"personnel.{what}_title", **values), tell(f"personnel.{what}_sentence", **values)
    return shift.composer.screen(
        shift.say,
        "personnel_told",
        title=title,
        sentence=sentence,
        blocks=(Picture(drawing=Drawing.DONE if good else Drawing.ATTENTION, name=title),),
        actions=(Action(id="ok", label=tell("personnel.ok")),),
    )
