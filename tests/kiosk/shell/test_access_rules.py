"""What keeps AccessKit's thread and the window's from waiting for each other: when the adapter may be touched, and what is sent."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from kiosk.shell.access import CLICK, FOCUS, Access
from kiosk.shell.access_tree import WINDOW, Spec

SIZE = (1080, 1920)


class Thing:
    """Stands for any of AccessKit's values: notes what is called on it."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.nodes: list[tuple[int, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


class Adapter:
    """AccessKit's adapter, without a thread: the test calls back when it likes."""

    made: ClassVar[list[Adapter]] = []

    def __init__(self, first: Any, ask: Any, good_bye: Any) -> None:
        self.first, self.ask, self.good_bye = first, ask, good_bye
        self.calls: list[str] = []
        self.sent: list[list[int]] = []
        self.panics = False
        Adapter.made.append(self)

    def set_root_window_bounds(self, *_: Any) -> None:
        self.calls.append("bounds")

    def update_window_focus_state(self, _: bool) -> None:
        self.calls.append("front")

    def update_if_active(self, change: Any) -> None:
        self.calls.append("update")
        if self.panics:
            raise type("PanicException", (BaseException,), {})("poisoned lock")
        self.sent.append([number for number, _ in change().nodes])


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    class Words:
        def __getattr__(self, name: str) -> str:
            return name

    kit = SimpleNamespace(
        Node=Thing, Rect=Thing, Tree=Thing, TreeUpdate=Thing,
        Role=Words(), Action=Words(), Live=Words(), Toggled=Words(),
        unix=SimpleNamespace(Adapter=Adapter),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "accesskit", kit)  # type: ignore[arg-type]  # a module is what has its names


def specs(**names: str) -> dict[int, Spec]:
    window = Spec(number=WINDOW, role="WINDOW", children=tuple(range(1, len(names) + 1)))
    rows = {at: Spec(number=at, role="BUTTON", name=name) for at, name in enumerate(names.values(), start=1)}
    return {WINDOW: window, **rows}


def bridge() -> tuple[Access, Adapter]:
    access = Access(SIZE)
    return access, Adapter.made[-1]


@pytest.mark.usefixtures("adapter")
def test_the_adapter_is_touched_only_between_its_first_question_and_its_good_bye() -> None:
    access, adapter = bridge()
    access.publish(specs(a="一"), 1)
    assert access.asked() == []
    assert adapter.calls == [], "nobody has asked for a tree: its lock may be held by who waits for ours"
    adapter.first()
    assert adapter.calls == [], "nor from within the adapter's own thread"
    access.asked()
    access.publish(specs(a="二"), 1)
    assert adapter.calls == ["bounds", "front", "update", "update"]
    adapter.good_bye()
    access.publish(specs(a="三"), 1)
    access.asked()
    assert len(adapter.calls) == 4
    access.close()


@pytest.mark.usefixtures("adapter")
def test_the_first_tree_is_whole_and_afterwards_only_what_changed_is_sent_once() -> None:
    access, adapter = bridge()
    access.publish(specs(a="一", b="二"), 2)
    assert [number for number, _ in adapter.first().nodes] == [0, 1, 2]
    access.asked()
    same = specs(a="一", b="另一")
    access.publish(same, 2)
    access.asked()
    assert adapter.sent == [[], [2]]
    adapter.good_bye()
    adapter.first()
    access.asked()
    assert adapter.calls.count("front") == 2, "who comes again is told again that the window is in front"


@pytest.mark.usefixtures("adapter")
def test_what_is_asked_waits_for_the_window_s_own_loop() -> None:
    access, adapter = bridge()
    adapter.first()
    adapter.ask(SimpleNamespace(action="CLICK", target=3))
    adapter.ask(SimpleNamespace(action="SCROLL_UP", target=3))
    adapter.ask(SimpleNamespace(action="FOCUS", target=4))
    assert access.asked() == [(CLICK, 3), (FOCUS, 4)]
    assert access.asked() == []


@pytest.mark.usefixtures("adapter")
def test_a_panic_costs_the_bridge_and_nothing_else_hides() -> None:
    access, adapter = bridge()
    adapter.first()
    adapter.panics = True
    access.publish(specs(a="一"), 1)
    access.publish(specs(a="二"), 1)
    assert adapter.calls.count("update") == 1, "given up, not tried again and again"

    other, adapter = bridge()
    adapter.first()
    adapter.update_if_active = lambda _: 1 / 0  # type: ignore[method-assign,assignment]
    with pytest.raises(ZeroDivisionError):
        other.publish(specs(a="一"), 1)


def test_without_accesskit_there_is_a_window_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "accesskit", None)  # type: ignore[arg-type]
    access = Access(SIZE)
    access.publish(specs(a="一"), 1)
    assert access.asked() == []
    access.close()
