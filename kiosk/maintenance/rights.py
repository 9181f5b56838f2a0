"""Who may do what: roles, and the rights of each task by role (`rights.toml`)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec


class Role(StrEnum):
    """What somebody is here for. The keeper 保管员 fills paper and cleans, the technician 维修员 mends devices, the administrator
    管理员 answers for the place."""

    KEEPER = "keeper"
    TECHNICIAN = "technician"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """How far a role gets in a task. LOOK: everything is shown, nothing can be changed."""

    NONE = "none"
    LOOK = "look"
    USE = "use"


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """Who works at the machine: a code, never a name."""

    code: str
    role: Role


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keeper: Right
    technician: Right
    administrator: Right


def right(task: str, role: Role) -> Right:
    """What this role may do in this task. A task without a row is nobody's."""
    row = _rows().get(task)
    return Right.NONE if row is None else Right(getattr(row, role.value))


@cache
def _rows() -> dict[str, _Row]:
    text = files("kiosk.maintenance").joinpath("rights.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[str, _Row])


def tasks_with_rights() -> frozenset[str]:
    """The tasks that have a row."""
    return frozenset(_rows())
