"""The bridge to the screen reader: publishes the screen on the AT-SPI bus through AccessKit and hears what is asked there.

AccessKit works in a thread of its own, which calls back for the first tree, for actions and when nobody listens any more. Two
rules keep that thread from ever holding the window up (docs/decisions/018):
- Nothing of the adapter is touched before the thread has asked for the first tree, nor after it has said good-bye. While it
  asks, it holds the adapter's lock and waits for Python's; whoever held Python's and waited for the adapter's would wait for ever.
- What the thread calls only takes or leaves a value; the window's own loop does the rest.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from kiosk.shell.access_tree import WINDOW, Spec

_log = logging.getLogger("kiosk.shell.access")

CLICK, FOCUS = "click", "focus"


class Access:
    """One window on the AT-SPI bus. Without AccessKit, without a bus, without a screen reader: nothing, at no cost."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._all: Mapping[int, Spec] = {WINDOW: Spec(number=WINDOW, role="WINDOW")}
        self._focus = WINDOW
        self._sent: Mapping[int, Spec] = {}
        self._sent_focus = WINDOW
        self._heard = False
        self._in_front = False
        self._asked: deque[tuple[str, int]] = deque()
        self._kit: Any = None
        self._adapter: Any = None
        try:
            import accesskit

            self._kit = accesskit
            self._adapter = accesskit.unix.Adapter(self._first, self._ask, self._good_bye)
        except (ImportError, AttributeError):
            _log.warning("AccessKit is not installed for this machine: no screen reader can see the window")

    # ---- the window's side

    def publish(self, specs: Mapping[int, Spec], focus: int) -> None:
        """The screen is this now, the focus on this node. What has not changed is not sent; without a listener nothing is."""
        self._all, self._focus = specs, focus
        self._send()

    def asked(self) -> list[tuple[str, int]]:
        """What the screen reader has asked for since: CLICK or FOCUS, and the node."""
        self._send()
        found = []
        while self._asked:
            found.append(self._asked.popleft())
        return found

    def close(self) -> None:
        """The window goes: nothing is asked of Python any more."""
        self._heard, self._adapter = False, None

    def _send(self) -> None:
        if not self._heard or (self._in_front and self._sent is self._all and self._sent_focus == self._focus):
            return
        try:
            if not self._in_front:
                width, height = self._size
                window = self._kit.Rect(0, 0, width, height)
                self._adapter.set_root_window_bounds(window, window)
                self._adapter.update_window_focus_state(True)
                self._in_front = True
            self._adapter.update_if_active(self._change)
        except BaseException as error:
            # A panic of the library is no Exception of Python; it costs the bridge, never the window.
            if type(error).__name__ != "PanicException":
                raise
            _log.warning("the bridge to the screen reader is given up")
            self._heard = False

    def _change(self) -> Any:
        """Called within `update_if_active`, in the window's thread."""
        before, now = self._sent, self._all
        changed = [spec for number, spec in now.items() if before.get(number) != spec]
        self._sent, self._sent_focus = now, self._focus
        return self._update(changed, self._focus)

    # ---- the adapter's thread; each of these takes or leaves a value

    def _first(self) -> Any:
        specs, focus = self._all, self._focus
        whole = self._update(list(specs.values()), focus if focus in specs else WINDOW)
        whole.tree = self._kit.Tree(WINDOW)
        whole.tree.toolkit_name = "kiosk"
        self._sent, self._sent_focus, self._in_front = specs, focus, False
        self._heard = True
        return whole

    def _ask(self, request: Any) -> None:
        # Compared, not looked up: AccessKit's actions cannot be keys. What is raised here would end the adapter's thread.
        if request.action == self._kit.Action.CLICK:
            self._asked.append((CLICK, request.target))
        elif request.action == self._kit.Action.FOCUS:
            self._asked.append((FOCUS, request.target))

    def _good_bye(self) -> None:
        self._heard = False

    # ---- AccessKit's types

    def _update(self, specs: list[Spec], focus: int) -> Any:
        update = self._kit.TreeUpdate(focus)
        update.nodes = [(spec.number, self._node(spec)) for spec in specs]
        return update

    def _node(self, spec: Spec) -> Any:
        kit = self._kit
        node = kit.Node(getattr(kit.Role, spec.role))
        # A label's words are its value to AccessKit, everything else's its label.
        (node.set_value if spec.role == "LABEL" else node.set_label)(spec.name)
        if spec.description:
            node.set_description(spec.description)
        if spec.box is not None:
            node.set_bounds(kit.Rect(spec.box.x, spec.box.y, spec.box.right, spec.box.bottom))
        if spec.disabled:
            node.set_disabled()
        if spec.toggled is not None:
            node.set_toggled(kit.Toggled.TRUE if spec.toggled else kit.Toggled.FALSE)
        if spec.live:
            node.set_live(kit.Live.POLITE)
        if spec.pressable:
            node.add_action(kit.Action.CLICK)
        if spec.focusable:
            node.add_action(kit.Action.FOCUS)
        if spec.children:
            node.set_children(list(spec.children))
        return node
