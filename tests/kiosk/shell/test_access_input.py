"""Input that survives a replugged panel: no device is read by the window itself, and a finger that was never lifted is given up."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from kiosk.shell import marks
from kiosk.shell.fingers import LOST_AFTER, Fingers

ASKS = """
import json
from kiosk.shell import window
window.configure()
window.open_window(__import__("kiosk.shell.bench").shell.bench.DEMO_PANEL, cursor=False)
from kivy.base import EventLoop
from kivy.config import Config
EventLoop.start()
print(json.dumps({"asked for": dict(Config.items("input")), "there": [type(each).__name__ for each in EventLoop.input_providers]}))
EventLoop.close()
"""


def test_the_window_reads_no_device_by_itself() -> None:
    """Kivy's own readers (hidinput, mtdev) die with the device they read and never come back."""
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", ASKS], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["asked for"] == {"mouse": "kiosk_pointer,disable_multitouch"}
    assert set(found["there"]) <= {"Pointer", "SDL2MotionEventProvider"}


def test_a_finger_whose_lifting_was_lost_does_not_lock_the_panel() -> None:
    now = [100.0]
    fingers = Fingers(lambda: now[0])
    target = marks.Target(marks.Box(0, 0, 100, 100), marks.Answers("yes"), 0)
    parts = [marks.Part("a", marks.Node(marks.Role.BUTTON, "是", target.box), (), target)]
    assert fingers.press("first", 50, 50, parts) is target
    now[0] += LOST_AFTER - 0.1
    assert fingers.press("second", 50, 50, parts) is None, "a finger that rests is still the one that counts"
    assert not fingers.moved("first", 51, 50)
    now[0] += LOST_AFTER - 0.1
    assert fingers.down, "it stirred"
    now[0] += 0.2
    assert not fingers.down
    assert fingers.press("third", 50, 50, parts) is target
    assert fingers.lift("first", 50, 50) is None, "what comes so late answers nothing"
    assert fingers.lift("third", 50, 50) is target
