"""A scanner that types, without a kernel in between: raw key events go into a FIFO, which stands where /dev/input/event* would.

What differs from a real one: a FIFO needs no grab, and calls itself nothing. The kernel's side is tried with umockdev instead.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import struct
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.base import Emulator, verb
from drivers.emulators.code_scanner_faults import FAULTS as SIGN_FAULTS
from drivers.emulators.code_scanner_faults import SAMPLE, Faults, without_each

_ROWS = ((2, "1234567890-=", "!@#$%^&*()_+"), (16, "qwertyuiop[]", "QWERTYUIOP{}"), (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
         (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"), (57, " ", " "))  # fmt: skip
"""The keyboard's rows: code of the first key, signs, signs with shift."""
_SHIFT, _ALT = 42, 56
_PAD = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)
"""Digits on the number pad."""
_ENDS = {"enter": (28,), "tab": (15,), "none": ()}

Stroke = tuple[tuple[int, int], ...]
"""Keys of one sign: (code, 1 for press or 0 for release) in their order."""


class KeyboardWedgeEmulator(Emulator):
    """Types each sign in `key_ms`; signs that no key has are typed as Alt and their code on the number pad, as scanners do."""

    kind = "keyboard_wedge"
    FAULTS: ClassVar = {kind: text for kind, text in SIGN_FAULTS.items() if kind != "baud_mismatch"}

    def __init__(self, capture: Path | None = None, *, suffix: str = "enter", key_ms: float = 2.0) -> None:
        super().__init__(capture)
        self._suffix = suffix
        self._pause = key_ms / 1000
        self._end: list[Stroke] = [_tap(code) for code in _ENDS[suffix]]
        self._folder = Path(tempfile.mkdtemp(prefix="keyboard-wedge-"))
        self._path = self._folder / "event-kbd"
        self._faults = Faults()
        self._lock = threading.Lock()
        self._fd = -1
        self._holding = False
        self._sent = 0
        self._random = random.Random(1)  # noqa: S311  which keys a broken scanner types

    # --- life

    def start(self) -> dict[str, object]:
        """Plug in; return the settings that reach it."""
        self.replug()
        return {"path": str(self._path), "suffix": self._suffix}

    def stop(self) -> None:
        """Unplug for good."""
        self.unplug()
        shutil.rmtree(self._folder, ignore_errors=True)

    def state(self) -> dict[str, Any]:
        """`holding`: something is before it. `sent`: codes typed since the start."""
        return {"plugged": self._fd >= 0, "holding": self._holding, "sent": self._sent, "faults": self._faults.names()}

    # --- verbs

    @verb
    def show_code(self, text: str = "", hex: str = "") -> None:
        """Hold a code before it, text or bytes in hexadecimal: it is typed once, at once, by a thread of its own."""
        self._holding = True
        code = bytes.fromhex(hex) if hex else text.encode()
        threading.Thread(target=self._type, args=(code,), name="wedge-emulator", daemon=True).start()

    @verb
    def present(self) -> bool:
        """Hold the sample code before it."""
        self.show_code(SAMPLE)
        return True

    @verb
    def withdraw(self) -> bool:
        """Take the code away."""
        self._holding = False
        return True

    @verb
    def fault(self, kind: str, times: int | None = None, **arguments: Any) -> None:
        """Misbehave from now on, or for so many codes; a sign is a key stroke. Kinds: `FAULTS`."""
        if kind not in self.FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(self.FAULTS)}")
        self._faults.set(kind, times, arguments)

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        self._faults.clear()

    @verb
    def unplug(self) -> None:
        """Pull the cable: whoever reads sees the end, and the path is gone."""
        with self._lock:
            if self._fd >= 0:
                self._path.unlink(missing_ok=True)
                os.close(self._fd)
                self._fd = -1

    @verb
    def replug(self) -> None:
        """Put the cable back."""
        with self._lock:
            if self._fd < 0:
                os.mkfifo(self._path)
                # Open at both ends: a reader that comes and goes neither blocks the writer nor breaks the pipe.
                self._fd = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    # --- typing

    def _type(self, code: bytes) -> None:
        if self._faults.use("silent") is not None:
            return
        if (slow := self._faults.use("slow")) is not None:
            time.sleep(slow["seconds"])
        if (noise := self._faults.use("noise")) is not None:
            self._send([_tap(self._random.randrange(2, 54)) for _ in range(int(noise["count"]))])
            time.sleep(noise["seconds"])
        strokes = [stroke for sign in code for stroke in _strokes(sign)] + self._end
        strokes = self._spoiled(strokes)
        if self._faults.use("die_mid_command") is not None:
            self._send(strokes[: len(strokes) // 2])
            self.unplug()
            return
        if (pause := self._faults.use("pause")) is not None:
            self._send(strokes[: int(pause["keep"])])
            time.sleep(pause["seconds"])
            strokes = strokes[int(pause["keep"]) :]
        self._send(strokes)
        if (again := self._faults.use("duplicate")) is not None:
            time.sleep(again["seconds"])
            self._send(strokes)
        self._sent += 1

    def _spoiled(self, strokes: list[Stroke]) -> list[Stroke]:
        if (drop := self._faults.use("drop")) is not None:
            strokes = without_each(strokes, int(drop["every"]))
        if (garble := self._faults.use("garble")) is not None:
            every = int(garble["every"])
            strokes = [stroke if at % every else _tap(45) for at, stroke in enumerate(strokes, 1)]
        if (short := self._faults.use("short")) is not None:
            strokes = strokes[: int(short["keep"])]
        return strokes

    def _send(self, strokes: list[Stroke]) -> None:
        for stroke in strokes:
            raw = b"".join(_event(1, code, value) + _event(0, 0, 0) for code, value in stroke)
            with self._lock:
                if self._fd < 0:
                    return  # what is typed while the cable is out is lost
                # Nobody reads and the pipe is full: as with the kernel's buffer, the keys are lost.
                with contextlib.suppress(BlockingIOError):
                    os.write(self._fd, raw)
                    self._keep(raw)
            time.sleep(self._pause)

    def _keep(self, raw: bytes) -> None:
        if self.capture is not None:
            with (self.capture / "tx.bin").open("ab") as file:
                file.write(raw)


def _event(kind: int, code: int, value: int) -> bytes:
    now = time.time()
    return struct.pack("@llHHi", int(now), int(now % 1 * 1_000_000), kind, code, value)


def _tap(code: int) -> Stroke:
    return ((code, 1), (code, 0))


def _strokes(sign: int) -> list[Stroke]:
    """The keys for one byte."""
    letter = chr(sign)
    for first, plain, shifted in _ROWS:
        if letter in plain:
            return [_tap(first + plain.index(letter))]
        if letter in shifted:
            return [((_SHIFT, 1), *_tap(first + shifted.index(letter)), (_SHIFT, 0))]
    digits = [key for digit in f"{sign:04d}" for key in _tap(_PAD[int(digit)])]
    return [((_ALT, 1), *digits, (_ALT, 0))]
