"""The large drawings: drawings/<name>.svg. Each top-level <g> is a layer: `data-box` says what part of the drawing it covers
(only that is rasterised), `data-motion` how it moves. Colours come by class."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from xml.etree import ElementTree as ET  # our own files only, no visitor's

import msgspec

from kiosk.screens.parts import Drawing
from kiosk.shell.marks import Box
from kiosk.shell.tokens import Colours

_SVG = "{http://www.w3.org/2000/svg}"
ET.register_namespace("", "http://www.w3.org/2000/svg")


def folder(name: str) -> Traversable:
    """Where the drawings or the icons lie."""
    return resources.files("kiosk.shell") / name


class Layer(msgspec.Struct, frozen=True):
    """One layer: a complete SVG text of its part of the drawing, that part (x, y, width, height in shares of the whole),
    and the name of its motion (motion.py), empty when it stands still."""

    svg: str
    part: tuple[float, float, float, float]
    motion: str

    def box(self, whole: Box) -> Box:
        """Where the layer is when the whole drawing stands in this box."""
        x, y, w, h = self.part
        left, top = round(whole.x + x * whole.w), round(whole.y + y * whole.h)
        return Box(left, top, round(whole.x + (x + w) * whole.w) - left, round(whole.y + (y + h) * whole.h) - top)


def _numbers(text: str) -> tuple[float, float, float, float]:
    x, y, w, h = (float(number) for number in text.split())
    return x, y, w, h


@cache
def _file(drawing: Drawing) -> tuple[float, tuple[Layer, ...]]:
    text = (folder("drawings") / f"{drawing}.svg").read_text("utf-8")
    root = ET.fromstring(text)  # noqa: S314
    left, top, width, height = _numbers(root.attrib["viewBox"])
    opening = text[: text.index(">") + 1]
    found = []
    for group in root.findall(f"{_SVG}g"):
        motion = group.attrib.pop("data-motion", "")
        x, y, w, h = _numbers(group.attrib.pop("data-box"))
        body = re.sub(r' xmlns="[^"]*"', "", ET.tostring(group, encoding="unicode"))
        head = opening.replace(root.attrib["viewBox"], f"{x:g} {y:g} {w:g} {h:g}")
        part = ((x - left) / width, (y - top) / height, w / width, h / height)
        found.append(Layer(f"{head}%s{body}</svg>", part, motion))
    return width / height, tuple(found)


def ratio(drawing: Drawing) -> float:
    """Width to height."""
    return _file(drawing)[0]


@cache
def layers(drawing: Drawing, colours: Colours) -> tuple[Layer, ...]:
    """The layers from the ground up, in these colours."""
    style = f"<style>{_style(colours)}</style>"
    return tuple(msgspec.structs.replace(layer, svg=layer.svg % style) for layer in _file(drawing)[1])


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
