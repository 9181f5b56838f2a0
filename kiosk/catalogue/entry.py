"""What every service item (事项) says of itself, whether its journey is built or only its guide is here: name and ways to it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kiosk.screens.parts import Icon
from kiosk.settings.reading import Model
from kiosk.settings.translated import Translated

Text = Annotated[str, Field(min_length=1)]

Month = Annotated[int, Field(ge=1, le=12)]


class Material(Model):
    """One thing to bring that no licence supplies: its exact name, who issues it, and the rule that asks for it."""

    name: Text
    source: Text
    basis: Text


class Entry(Translated):
    """Name and ways to it.

    `words` are what people say instead of the name. `life` are ids of life.toml. `months` are when many ask for it.
    """

    code: str = Field(pattern=r"^KX-[A-Z]{2}-\d{3}$")
    name: Text
    short: Text
    short_elder: Text
    department: Text
    icon: Icon
    words: tuple[Text, ...] = ()
    life: tuple[Text, ...] = ()
    months: tuple[Month, ...] = ()
    materials: tuple[Material, ...] = ()
