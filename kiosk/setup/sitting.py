"""One sitting at a new machine: a visit in all that concerns its questions, with patience, and a few ways of asking that every step
needs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from drivers.contract.secret import SecretText
from kiosk.locales import OWN
from kiosk.locales.staff import tell
from kiosk.policies import ByMode, VisitPolicy
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Drawing,
    Icon,
    Note,
    NoteKind,
    Picture,
    Progress,
    Tile,
    Tiles,
    Typing,
    Way,
)
from kiosk.screens.screen import Answer, Look, Written
from kiosk.setup.frame import Step, composer, page
from kiosk.setup.limits import limits
from kiosk.visit import Backed, Visit, asking
from kiosk.visit.question import Question
from kiosk.window import Window

_log = logging.getLogger("kiosk.setup")

T = TypeVar("T")

WORDS = (Way.PINYIN, Way.HANDWRITING, Way.DIGITS, Way.LATIN, Way.MARKS)
"""How a text of the place is typed."""
ADDRESS = (Way.LATIN, Way.DIGITS, Way.MARKS)
"""How an address of the network is typed."""
NUMBERS = (Way.DIGITS, Way.MARKS)


class Sitting(Visit):
    """Asks like a visit (`ask`, `ask_while`, `show`)."""

    def __init__(self, window: Window, policy: VisitPolicy) -> None:
        still = limits().seconds.still_there
        patient = msgspec.structs.replace(
            policy, idle=msgspec.structs.replace(policy.idle, warn_after=ByMode(still, still))
        )
        super().__init__(window, patient, composer(), _noted, look=Look(language=OWN))
        self.elder_offered = True  # one mode, one language

    async def choose(
        self,
        name: str,
        step: Step,
        title: str,
        tiles: tuple[Tile, ...],
        *,
        sentence: str = "",
        columns: int = 1,
        before: tuple[Block, ...] = (),
        actions: tuple[Action, ...] = (),
        back: bool = True,
    ) -> str:
        """Ask for one of these. Raise Backed, VisitEnds."""
        blocks = (*before, *((Tiles(tiles=tiles, columns=columns),) if tiles else ()))
        answer = await self.ask(
            page(name, step=step, title=title, sentence=sentence, blocks=blocks, actions=actions, back=back)
        )
        return answer.action

    async def write(
        self,
        name: str,
        step: Step,
        title: str,
        *,
        label: str,
        ways: tuple[Way, ...],
        most: int = 60,
        text: str = "",
        hint: str = "",
        sentence: str = "",
        check: Callable[[str], str] | None = None,
    ) -> str:
        """Ask for a text, beginning with what is there. `check` says what is wrong with one; then it is asked for again.
        Raise Backed, VisitEnds."""
        problem = ""
        field = Typing(id=name, label=label, ways=ways, most=most, hint=hint)
        while True:
            typed = await self._written(field, step, title, problem or sentence, text)
            text = typed.reveal().strip()
            typed.wipe()
            problem = (tell("setup.empty") if not text else check(text) if check is not None else "") or ""
            if not problem:
                return text

    async def write_secret(
        self, name: str, step: Step, title: str, *, label: str, ways: tuple[Way, ...], most: int
    ) -> SecretText:
        """Ask for a text that is nobody's business, as it was typed. Raise Backed, VisitEnds."""
        field = Typing(id=name, label=label, ways=ways, most=most)
        problem = ""
        while not (typed := await self._written(field, step, title, problem, "")):
            problem = tell("setup.empty")
        return typed

    async def _written(self, field: Typing, step: Step, title: str, sentence: str, text: str) -> SecretText:
        """What stands in the field afterwards."""
        screen = page(
            f"type_{field.id}",
            step=step,
            title=title,
            sentence=sentence,
            blocks=(field,),
            actions=(Action(id="next", label=tell("setup.written")),),
        )
        question = Question(screen)
        question.written = Written(field=field.id, text=SecretText(text), letters=SecretText(""))
        answer: Answer = await asking.ask(self, question)
        return answer.typed.get(field.id) or SecretText("")

    async def while_done(self, name: str, step: Step, title: str, work: Awaitable[T], *, sentence: str = "") -> T:
        """Show that something is being done until it is; 上一步 stops it. Raise Backed, VisitEnds, and what the work raises."""
        screen = page(
            name,
            step=step,
            title=title,
            sentence=sentence,
            blocks=(Picture(drawing=Drawing.WAITING, name=title), Progress(done=0, total=0, label=tell("setup.wait"))),
        )
        found: Any = await self.ask_while(screen, work)
        if isinstance(found, Answer):
            raise Backed
        return found  # type: ignore[no-any-return]

    async def told(
        self, name: str, step: Step, title: str, sentence: str, *actions: Action, blocks: tuple[Block, ...] = ()
    ) -> str:
        """Tell what did not work and what to do next; return what was chosen. Raise Backed, VisitEnds."""
        shown = (*blocks, Note(text=sentence, kind=NoteKind.ATTENTION))
        given = actions or (Action(id="again", label=tell("setup.again")),)
        return (await self.ask(page(name, step=step, title=title, blocks=shown, actions=given))).action


def _noted(event: str, **facts: object) -> None:
    """There is no journal yet; what was touched is nobody's data."""
    _log.info("%s %s", event, facts)


def next_action(label: str = "") -> Action:
    """The way on."""
    return Action(id="next", label=label or tell("setup.next"))


def other(id_: str, label: str) -> Action:
    """Another way."""
    return Action(id=id_, label=label, kind=ActionKind.SECONDARY)


def row(id_: str, title: str, note: str = "", icon: Icon = Icon.NONE, *, enabled: bool = True) -> Tile:
    """One thing to choose."""
    return Tile(id=id_, title=title, note=note, icon=icon, enabled=enabled)
