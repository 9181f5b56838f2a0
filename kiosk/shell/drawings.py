"""The large drawings: drawings/<name>.svg, one layer a top-level <g>, some with a motion. Colours come by class."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from xml.etree import ElementTree as ET  # our own files only, no visitor's

import msgspec

from kiosk.screens.parts import Drawing
from kiosk.shell.tokens import Colours

_SVG = "{http://www.w3.org/2000/svg}"
ET.register_namespace("", "http://www.w3.org/2000/svg")


class Layer(msgspec.Struct, frozen=True):
    """One layer as a complete SVG text, and the name of its motion (motion.py), empty when it stands still."""

    svg: str
    motion: str


@cache
def _file(drawing: Drawing) -> tuple[float, tuple[tuple[str, str], ...]]:
    text = resources.files("kiosk.shell").joinpath("drawings", f"{drawing}.svg").read_text("utf-8")
    root = ET.fromstring(text)  # noqa: S314
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    opening = text[: text.index(">") + 1]
    found = []
    for group in root.findall(f"{_SVG}g"):
        motion = group.attrib.pop("data-motion", "")
        body = re.sub(r' xmlns="[^"]*"', "", ET.tostring(group, encoding="unicode"))
        found.append((f"{opening}%s{body}</svg>", motion))
    return width / height, tuple(found)


def ratio(drawing: Drawing) -> float:
    """Width to height."""
    return _file(drawing)[0]


@cache
def layers(drawing: Drawing, colours: Colours) -> tuple[Layer, ...]:
    """The layers from the ground up, in these colours."""
    style = f"<style>{_style(colours)}</style>"
    return tuple(Layer(svg % style, motion) for svg, motion in _file(drawing)[1])


def _style(colours: Colours) -> str:
    strokes = {"ink": colours.ink, "thin": colours.pencil, "accent": colours.primary, "on": colours.on_primary}
    strokes["attention"] = colours.attention
    fills = {
        "body": colours.shade,
        "body-fill": colours.shade,
        "paper-fill": colours.card,
        "accent-fill": colours.primary,
        "speech-fill": colours.speech,
        "good-fill": colours.good,
        "attention-fill": colours.attention,
        "attention-soft-fill": colours.attention_soft,
    }
    rules = [f".{name}{{stroke:{colour}}}" for name, colour in strokes.items()]
    rules += [f".{name}{{fill:{colour}}}" for name, colour in fills.items()]
    return "".join(rules)
