"""The core's side of the window: shows screens, hears answers, and starts the shell again when it dies or hangs.

port.py           what a visit needs of a window
shell_window.py   the real one: the screen that is shown, with what was ticked and typed on it
process.py        the shell below it, kept alive
"""

from kiosk.window.port import Window
from kiosk.window.shell_window import ShellWindow

__all__ = ["ShellWindow", "Window"]
