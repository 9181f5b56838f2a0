"""Small vector pictures that are computed: the ring of a countdown, the oval over the camera, a bar with round ends."""

from __future__ import annotations

import math

_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" fill="none">'

_OVAL_WIDTH, _OVAL_HEIGHT = 0.62, 0.74
"""Of the oval for a face, in shares of the picture: a face held upright at arm's length."""
_OUTSIDE = 0.55
"""How much of the ground covers the picture outside the oval."""


def ring(share: float, thickness: float, track: str, colour: str) -> str:
    """A ring of which `share` (0–1) is left, clockwise from the top."""
    radius = 50 - 50 * thickness
    whole = 2 * math.pi * radius
    stroke = f'cx="50" cy="50" r="{radius:.2f}" stroke-width="{100 * thickness:.2f}"'
    left = (
        f'<circle {stroke} stroke="{colour}" stroke-linecap="round" stroke-dasharray="{whole * share:.2f} {whole:.2f}"'
    )
    return (
        _HEAD.format(w=100, h=100)
        + f'<circle {stroke} stroke="{track}"/>'
        + (f'{left} transform="rotate(-90 50 50)"/>' if share > 0 else "")
        + "</svg>"
    )


def oval(w: int, h: int, radius: int, ground: str, colour: str, thickness: int) -> str:
    """What lies over the camera's picture: a veil with an oval window, the oval's edge, round corners."""
    rx, ry = w * _OVAL_WIDTH / 2, h * _OVAL_HEIGHT / 2
    cx, cy = w / 2, h / 2
    window = f"M{cx - rx} {cy}a{rx} {ry} 0 1 0 {2 * rx} 0a{rx} {ry} 0 1 0 {-2 * rx} 0z"
    r, corner = radius, f"a{radius} {radius} 0 0 1"
    card = f"M{r} 0H{w - r}{corner} {r} {r}V{h - r}{corner} {-r} {r}H{r}{corner} {-r} {-r}V{r}{corner} {r} {-r}z"
    return (
        _HEAD.format(w=w, h=h)
        + f'<path d="M0 0H{w}V{h}H0z{card}" fill="{ground}" fill-rule="evenodd"/>'
        + f'<path d="{card}{window}" fill="{ground}" fill-opacity="{_OUTSIDE}" fill-rule="evenodd"/>'
        + f'<path d="{window}" stroke="{colour}" stroke-width="{thickness}"/></svg>'
    )


def cross(size: int, colour: str, thickness: int) -> str:
    """A cross in a ring: its middle is what is aimed at."""
    half, inner = size / 2, size * 0.3
    return (
        _HEAD.format(w=size, h=size)
        + f'<g stroke="{colour}" stroke-width="{max(1, thickness)}">'
        + f'<path d="M{half} 0V{size}M0 {half}H{size}"/><circle cx="{half}" cy="{half}" r="{inner}"/></g></svg>'
    )


def aiming(w: int, h: int, radius: int, ground: str, colour: str, thickness: int) -> str:
    """What lies over the camera's picture when it is aimed: thirds, the middle, the place of a face, round corners; no veil."""
    rx, ry = w * _OVAL_WIDTH / 2, h * _OVAL_HEIGHT / 2
    cx, cy = w / 2, h / 2
    r, corner = radius, f"a{radius} {radius} 0 0 1"
    card = f"M{r} 0H{w - r}{corner} {r} {r}V{h - r}{corner} {-r} {r}H{r}{corner} {-r} {-r}V{r}{corner} {r} {-r}z"
    thirds = f"M{w / 3} 0V{h}M{2 * w / 3} 0V{h}M0 {h / 3}H{w}M0 {2 * h / 3}H{w}"
    arm = w * 0.05
    return (
        _HEAD.format(w=w, h=h)
        + f'<path d="M0 0H{w}V{h}H0z{card}" fill="{ground}" fill-rule="evenodd"/>'
        + f'<path d="{thirds}" stroke="{colour}" stroke-opacity="0.6" stroke-width="{thickness / 3}"/>'
        + f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" stroke="{colour}" stroke-width="{thickness}"'
        + f' stroke-dasharray="{4 * thickness} {3 * thickness}"/>'
        + f'<path d="M{cx - arm} {cy}h{2 * arm}M{cx} {cy - arm}v{2 * arm}" stroke="{colour}" stroke-width="{thickness}"/></svg>'
    )


def pill(w: int, h: int, colour: str) -> str:
    """A bar with round ends."""
    return _HEAD.format(w=w, h=h) + f'<rect width="{w}" height="{h}" rx="{h / 2}" fill="{colour}"/></svg>'
