"""What one visit holds: what its steps gave, how it is said, what was seen of the visitor's hand. Wiped at the end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from kiosk.locales import Phrasebook
from kiosk.policies import VisitPolicy
from kiosk.screens.compose import Composer
from kiosk.screens.screen import Look, Mode
from kiosk.visit.endings import wipe_value
from kiosk.visit.hesitation import Seen
from kiosk.visit.question import Question
from kiosk.window import Window

T = TypeVar("T")


@dataclass
class Stay:
    """The state of one stay. `known` holds what the steps gave, by type."""

    window: Window
    policy: VisitPolicy
    composer: Composer
    record: Callable[..., None]
    look: Look = field(default_factory=Look)
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    known: dict[type, Any] = field(default_factory=dict)
    question: Question | None = None
    """What is asked now, or was asked last."""
    card_was_read: bool = False
    warnings: int = 0
    seen: Seen = field(default_factory=Seen)
    elder_offered: bool = False
    """大字版 was offered or chosen: it is not offered again."""
    call: Callable[[], bool] | None = None
    """Calls somebody here; False when that could not even be written down. None: nobody can be called from this visit."""
    called: bool = False

    # --- what is known

    def give(self, value: Any) -> None:
        """Remember a value under its type, wiping one that it replaces."""
        self.discard(type(value))
        self.known[type(value)] = value

    def take(self, kind: type[T]) -> T:
        """Return the value of this type. Raise LookupError when no step gave it: a defect in the table of steps."""
        if kind not in self.known:
            raise LookupError(f"no step has given a {kind.__name__}")
        return self.known[kind]  # type: ignore[no-any-return]

    def discard(self, kind: type) -> None:
        """Forget and wipe the value of this type, if there is one."""
        value = self.known.pop(kind, None)
        if value is not None:
            wipe_value(value)

    def wipe(self) -> None:
        """Forget and wipe everything; a screen may hold masked names."""
        for kind in list(self.known):
            self.discard(kind)
        self.put(None)

    def put(self, question: Question | None) -> None:
        """From now on this is asked; what was typed on the one before is wiped."""
        if self.question is not None:
            self.question.forget_written()
        self.question = question

    # --- how it is said

    @property
    def say(self) -> Phrasebook:
        """The sentences of this visit's language and mode."""
        return Phrasebook(self.look.language, self.look.mode)

    @property
    def elder(self) -> bool:
        """Whether this is 长辈模式."""
        return self.look.mode is Mode.ELDER

    def look_anew(self, look: Look) -> None:
        """Another look, and the question that is asked built anew in it."""
        if look == self.look:
            return
        self.look = look
        if self.question is not None:
            self.question.build_anew()

    def change_mode(self) -> None:
        """大字版, or back from it. Whoever has chosen is not asked."""
        self.elder_offered = True
        mode = Mode.STANDARD if self.elder else Mode.ELDER
        self.look_anew(msgspec.structs.replace(self.look, mode=mode))
        self.record("mode", visit=self.token, mode=mode.value)

    def change_signs(self) -> None:
        """With sign language, or without it again."""
        self.look_anew(msgspec.structs.replace(self.look, signs=not self.look.signs))
        self.record("signs", visit=self.token, shown=self.look.signs)
