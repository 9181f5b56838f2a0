"""Life events, under which the home screen gathers the items (`life.toml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from pydantic import Field

from kiosk.catalogue.entry import Text
from kiosk.screens.parts import Icon
from kiosk.settings.reading import Model, read
from kiosk.settings.translated import Translated


class LifeEvent(Translated):
    """One of them: its tile."""

    id: str = Field(pattern=r"^[a-z_]+$")
    icon: Icon
    title: Text


class _File(Model):
    life: tuple[LifeEvent, ...] = Field(min_length=1)


@cache
def life_events() -> tuple[LifeEvent, ...]:
    """Return them in their order. Raise Mistake naming file, key and cure."""
    with as_file(files("kiosk.catalogue").joinpath("life.toml")) as path:
        return read(path, _File).life
