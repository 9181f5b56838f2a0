"""Builds that are wrong on purpose, for the tests that must notice them."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from kiosk.journal.states import MOVES, PrintState
from kiosk.journal.store import Journal, Operation


def journal_after_effect() -> None:
    """Let the journal learn of a print only when it has ended: intent, serial and moves are held back until then."""
    held: dict[str, list[tuple[str, tuple[Any, ...], dict[str, Any]]]] = {}
    seen: dict[str, Operation] = {}
    honest = {name: getattr(Journal, name) for name in ("begin_print", "note", "move", "operation")}

    def begin_print(self: Journal, operation: str, *, subject: str, device: str, evidence: dict[str, Any]) -> Operation:
        held[operation] = [("begin_print", (), {"subject": subject, "device": device, "evidence": evidence})]
        now = time.time()
        seen[operation] = Operation(
            id=operation,
            kind="print",
            state=PrintState.INTENT,
            subject=subject,
            device=device,
            fence=1,
            serial="",
            evidence=evidence,
            created=now,
            updated=now,
        )
        return seen[operation]

    def note(self: Journal, operation: str, *, serial: str | None = None, **evidence: Any) -> Operation:
        held[operation].append(("note", (), {"serial": serial, **evidence}))
        return seen[operation]

    def move(self: Journal, operation: str, state: PrintState, **evidence: Any) -> Operation:
        if operation not in held:
            return honest["move"](self, operation, state, **evidence)  # type: ignore[no-any-return]
        held[operation].append(("move", (state,), evidence))
        seen[operation] = msgspec.structs.replace(seen[operation], state=state)
        if not MOVES[state] or state is PrintState.EJECTED:
            for name, arguments, values in held.pop(operation):
                honest[name](self, operation, *arguments, **values)
        return seen[operation]

    def operation_of(self: Journal, operation: str) -> Operation:
        return seen[operation] if operation in held else honest["operation"](self, operation)  # type: ignore[no-any-return]

    for name, function in {"begin_print": begin_print, "note": note, "move": move, "operation": operation_of}.items():
        setattr(Journal, name, function)


MUTATIONS = {"journal_after_effect": journal_after_effect}
