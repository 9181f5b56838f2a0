"""What a step may do with a visit: ask, show something else meanwhile, offer 大字版."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from kiosk.screens.screen import Answer, Screen
from kiosk.visit import asking
from kiosk.visit.question import Asked, Question, Suggest
from kiosk.visit.stay import Stay

T = TypeVar("T")


class Visit(Stay):
    """One person's stay, with its questions."""

    async def ask(
        self,
        screen: Asked,
        fds: Sequence[int] = (),
        *,
        seconds: float | None = None,
        suggest: Suggest | None = None,
        browsing: bool = False,
    ) -> Answer:
        """Show a screen and wait for its answer.

        With `seconds`, silence for so long ends the question with the answer "" and no warning; without, the idle warning
        guards it. `suggest` is called, in milliseconds please, with each change of what is typed. `browsing` tells that 返回 is
        how one looks around here, and no sign of somebody who is lost. Raise Backed, VisitEnds.
        """
        answer = await asking.ask(
            self, Question(screen, tuple(fds), seconds=seconds, suggest=suggest, browsing=browsing)
        )
        assert isinstance(answer, Answer)
        return answer

    async def ask_while(self, screen: Asked, work: Awaitable[T], fds: Sequence[int] = ()) -> Answer | T:
        """Show a screen while something is done; return the answer or the work's result, whichever comes first.

        An answer cancels the work (and with it the device's command). The work keeps its own time; no idle warning here.
        """
        question = Question(screen, tuple(fds))
        question.work = asyncio.ensure_future(work)
        return await asking.ask(self, question)  # type: ignore[no-any-return]

    def show(self, screen: Asked, fds: Sequence[int] = ()) -> None:
        """Replace the screen of the question under way without asking anew. A visit that is wiped shows nothing any more."""
        if self.question is not None:
            self.question.show(screen, tuple(fds))

    def amend(self, screen: Screen) -> None:
        """Change the blocks of the question's screen without asking anew: what was done on it stays (`Window.amend`)."""
        if self.question is not None and screen != self.question.screen:
            self.question.screen = screen
            self.window.amend(self.question.number, screen)

    async def offer_elder(self) -> None:
        """Ask whether 大字版 is wanted: once a visit, never in elder mode."""
        await asking.offer_elder(self)
