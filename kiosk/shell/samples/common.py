"""What the samples share."""

from __future__ import annotations

from kiosk.screens.parts import Action, ActionKind
from kiosk.screens.screen import Bar, BarButton, StepMark

PAGE = (1000, 1414)
"""Pixels of the page picture in the preview sample."""

HEADER = "浔阳区政务自助服务"
FULL = Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开"))
HELP_ONLY = Bar(help=BarButton(label="叫人帮忙"))
PASSED = Bar(
    back=BarButton(label="返回", enabled=False),
    help=BarButton(label="叫人帮忙"),
    leave=BarButton(label="离开", enabled=False),
)


def step(index: int, label: str) -> StepMark:
    """Of a visit in four steps."""
    return StepMark(index=index, total=4, label=label)


def secondary(id_: str, label: str) -> Action:
    """Another way."""
    return Action(id=id_, label=label, kind=ActionKind.SECONDARY)
