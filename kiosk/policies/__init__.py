"""Policies: limits that a site may have to answer for, as data with their sources (`*.toml` beside this file).

A site may bring its own visit policy (`[policies] visit` in its file): a whole file, so that no limit is ever a surprise.
"""

from __future__ import annotations

import tomllib
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from kiosk.screens.screen import Mode
from kiosk.settings.reading import Mistake

Seconds = Annotated[float, msgspec.Meta(gt=0)]

Count = Annotated[int, msgspec.Meta(ge=1)]

LEAST_COUNTDOWN = 20.0
"""WCAG 2.2.1: whoever is warned has at least 20 seconds to answer ..."""

LEAST_EXTENSIONS = 10
"""... and may do so at least ten times. No site's policy goes below."""


class ByMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number of seconds for each mode."""

    standard: Seconds
    elder: Seconds

    def of(self, mode: Mode) -> float:
        """Return the seconds for this mode."""
        return self.elder if mode is Mode.ELDER else self.standard


class Answered(ByMode, frozen=True, forbid_unknown_fields=True):
    """Seconds to answer a warning, in either mode."""

    standard: Annotated[float, msgspec.Meta(ge=LEAST_COUNTDOWN)]
    elder: Annotated[float, msgspec.Meta(ge=LEAST_COUNTDOWN)]


class Idle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody touches anything."""

    warn_after: ByMode
    countdown: Answered
    extensions: Annotated[int, msgspec.Meta(ge=LEAST_EXTENSIONS)]


class Hesitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as hesitating, in standard mode (kiosk/visit/hesitation.py)."""

    silent: Seconds
    missed: Count
    backs: Count
    helps: Count


class ElderOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When 大字版 is offered to somebody who did not choose it."""

    age: Count
    hesitation: Hesitation


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Waiting for the card, and for its owner to take it back."""

    wait: ByMode
    tries: Annotated[int, msgspec.Meta(ge=1)]
    left_reminder: Seconds
    left_task: Seconds


class Print(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Waiting for the printer and for the paper to be taken."""

    job: Seconds
    take: ByMode


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last screen."""

    shown: ByMode


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After a restart."""

    printer: Seconds


class Supervision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window, seen from the core."""

    shell_silent: Seconds
    shell_start: Seconds


class Outbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Delivery to the platform."""

    first_pause: Seconds
    longest_pause: Seconds


class VisitPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`visit.toml`."""

    idle: Idle
    elder_offer: ElderOffer
    card: Card
    print: Print
    done: Done
    settle: Settle
    supervision: Supervision
    outbox: Outbox


P = TypeVar("P")


def visit_policy(file: Path | None = None) -> VisitPolicy:
    """Return the limits of a site's own file, or those that ship. Raise Mistake naming file, key and cure."""
    return read_policy(VisitPolicy, "visit.toml", file)


def read_policy(kind: type[P], shipped: str, file: Path | None) -> P:
    """Return a policy from a site's own file, or from the one of that name that ships. Raise Mistake naming file, key and cure."""
    if file is not None:
        return _read(file, kind, shipped)
    with as_file(files("kiosk.policies").joinpath(shipped)) as path:
        return _read(path, kind, shipped)


def _read(path: Path, kind: type[P], shipped: str) -> P:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), type=kind)
    except OSError:
        raise Mistake([f"{path}: 读不到这个文件 → 放好文件或改正路径"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Mistake([f"{path}: 不是有效的 TOML:{error} → 按提示的行列改正"]) from None
    except msgspec.ValidationError as error:
        wrong, _, where = str(error).partition(" - at `$.")
        key = where.rstrip("`") or "(整个文件)"
        raise Mistake([f"{path}: {key}: {wrong} → 对照 kiosk/policies/{shipped} 补全或改正这一项"]) from None
