"""Opening the one Kivy window. Import this module's function only after `configure`."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from typing import Any

from kiosk.screens.protocol import Panel

_FRAMES_PER_SECOND = "60"
"""Also bounds llvmpipe's queue: without a bound software GL runs away in memory."""


_M_MMAP_THRESHOLD = -3
_LARGE = 128 * 1024
"""Bytes. Pictures get mappings of their own and give them back; glibc would raise this by itself and fragment its heap."""


def give_back() -> None:
    """Return freed memory to the system (malloc_trim(3)): pictures come and go with every screen."""
    ctypes.CDLL(None).malloc_trim(0)


def configure() -> None:
    """Keep Kivy from reading arguments, writing to the home directory, taking over the log. Call before any import of kivy."""
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_IMAGE="sdl2",
        KIVY_TEXT="sdl2",
        KIVY_WINDOW="sdl2",
        KIVY_CLIPBOARD="dummy",
        KIVY_METRICS_DENSITY="1",
        KIVY_DPI="96",
        # A touch that comes within 10 ms of the window's focus would be swallowed (SDL, X11_FOCUS_CLICK_SWALLOW_TIMEOUT): the first
        # touch after a start is a touch like any other.
        SDL_MOUSE_FOCUS_CLICKTHROUGH="1",
    )


def open_window(panel: Panel, *, cursor: bool) -> Any:
    """Return kivy.core.window.Window, borderless, as large as the panel, at the upper left corner."""
    home = tempfile.mkdtemp(prefix="kiosk-shell-")
    os.environ["KIVY_HOME"] = home
    try:
        from kivy.config import Config

        width, height = panel.px
        graphics = {
            "width": width,
            "height": height,
            "position": "custom",
            "left": 0,
            "top": 0,
            "borderless": 1,
            "resizable": 0,
            "multisamples": 0,
            "maxfps": _FRAMES_PER_SECOND,
            "show_cursor": int(cursor),
        }
        for key, value in graphics.items():
            Config.set("graphics", key, str(value))
        Config.set("kivy", "exit_on_escape", "0")
        Config.set("kivy", "desktop", "0")
        # Only the window's own pointer and touch events: the input devices are the X server's, not ours to open.
        for name, _ in list(Config.items("input")):
            Config.remove_option("input", name)
        from kiosk.shell import pointer

        Config.set("input", "mouse", f"{pointer.NAME},disable_multitouch")
        from kivy.core.window import Window
    finally:
        # Kivy needs the folder only while it starts; gone now, it cannot be left behind by a kill.
        shutil.rmtree(home, ignore_errors=True)
    return Window
