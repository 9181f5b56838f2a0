"""A receipt printer at the far end of a TCP port, a serial line or a USB node: it reads ESC/POS, draws the paper, cuts it.

Real-time commands (DLE EOT, DLE DC4 8) are obeyed on arrival, wherever they stand in the stream, even inside a picture, as
printers do; everything else waits its turn, and waits on while the printer is off-line.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from drivers.emulators.base import Emulator, verb
from drivers.emulators.receipt_capture import keep
from drivers.emulators.receipt_commands import Command, take
from drivers.emulators.receipt_faults import DIES_AFTER, FAULTS, LATER, WIRE_FAULTS, heard, said
from drivers.emulators.receipt_paper import Paper, find_font
from drivers.emulators.receipt_wire import Heard, Plug, PtyPlug, TcpPlug, UsbPlug

_DLE_EOT, _DLE_DC4_CLEAR = b"\x10\x04", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


_PLUGS: dict[str, Callable[[Heard], Plug]] = {"tcp": TcpPlug, "pty": PtyPlug, "usb": UsbPlug}


class EscposEmulator(Emulator):
    """`link` "tcp", "pty" (a serial line) or "usb" (see receipt_wire.UsbPlug).

    `speed`: dots a second (203 dpi; 1,200 is a common printer's 150 mm/s), 0 for at once.
    Captures: rx.bin (all that came), slip-<n>.png and slip-<n>.json ({"at", "text", "qr", "rare", "boxes"}) at each cut.
    """

    kind: ClassVar[str] = "escpos"
    FAULTS: ClassVar[Mapping[str, str]] = FAULTS

    def __init__(
        self,
        capture: Path | None = None,
        *,
        link: Literal["tcp", "pty", "usb"] = "tcp",
        font: str | None = None,
        font_face: int = 0,
        dots: int = 576,
        charset: Literal["gb2312", "gbk"] = "gbk",
        speed: float = 1200.0,
    ) -> None:
        super().__init__(capture)
        self._link = link
        self._plug = _PLUGS[link](self._heard)
        self._drawing = Paper((Path(font), font_face) if font else find_font(), dots, charset)
        self._speed = speed
        self._awake = threading.Condition()
        self._waiting = bytearray()
        self._tail = b""
        self._paper = "ok"
        self._lines_left: int | None = None
        self._cover_open = False
        self._cutter_jammed = False
        self._fault = "none"
        self._seconds = 0.0
        self._heard_since_fault = 0
        self._lying = 0
        self._plugged = False
        self._stopped = False
        self._slips = 0
        self._boxes = 0
        self._unknown: dict[str, int] = {}

    # --- life

    def start(self) -> dict[str, object]:
        """Plug in and start the mechanism; return the driver settings that reach it."""
        settings = self._plug.plug()
        self._plugged = True
        threading.Thread(target=self._work, name="receipt-mechanism", daemon=True).start()
        return settings

    def stop(self) -> None:
        """Pull the plug and end the mechanism."""
        with self._awake:
            self._stopped = True
            self._awake.notify_all()
        self._plug.unplug()

    def state(self) -> dict[str, Any]:
        """Levers and counts; `lying`: slips not taken; `boxes`: letters it has not; `unknown`: commands."""
        with self._awake:
            return {
                "paper": self._paper,
                "cover": "open" if self._cover_open else "closed",
                "cutter": "jammed" if self._cutter_jammed else "ok",
                "fault": self._fault,
                "plugged": self._plugged,
                "held_bytes": len(self._waiting),
                "slips": self._slips,
                "lying": self._lying,
                "boxes": self._boxes,
                "unknown": dict(self._unknown),
            }

    # --- verbs

    @verb
    def paper(self, level: str, after_lines: int | None = None) -> None:
        """Set the roll to "ok", "low" or "out"; with `after_lines`, it runs out once that many more lines are printed."""
        if level not in ("ok", "low", "out"):
            raise ValueError(f'level is "ok", "low" or "out", not {level!r}')
        with self._awake:
            if level == "out" and after_lines:
                self._lines_left = after_lines
            else:
                self._paper, self._lines_left = level, None
            self._awake.notify_all()

    @verb
    def cover(self, open: bool) -> None:
        """Open or close the cover."""
        with self._awake:
            self._cover_open = open
            self._awake.notify_all()

    @verb
    def cutter_jam(self) -> None:
        """Block the cutter until `clear`."""
        with self._awake:
            self._cutter_jammed = True

    @verb
    def withdraw(self) -> bool:
        """Take the slips that were cut off. False: none lay there."""
        with self._awake:
            taken, self._lying = self._lying, 0
        return taken > 0

    @verb
    def clear_faults(self) -> None:
        """The same as `clear`."""
        self.clear()

    @verb
    def clear(self) -> None:
        """Put in paper, close the cover, free the cutter, end the fault; what was held is printed."""
        with self._awake:
            self._paper, self._lines_left = "ok", None
            self._cover_open = self._cutter_jammed = False
            self._fault = "none"
            self._awake.notify_all()

    @verb
    def fault(self, kind: str, after_lines: int | None = None, seconds: float = 0.2) -> None:
        """Let something of `FAULTS` go wrong; "none" ends what is wrong with the wire."""
        match kind:
            case "jam":
                self.cutter_jam()
            case "paper_low" | "paper_out":
                self.paper(kind.removeprefix("paper_"), after_lines)
            case "cover":
                self.cover(open=True)
            case "baud_mismatch" if self._link != "pty":
                raise ValueError(f"kind: {self._link} has no speed that could be another")
            case _ if kind in WIRE_FAULTS or kind == "none":
                with self._awake:
                    self._fault, self._seconds, self._heard_since_fault = kind, seconds, 0
            case _:
                raise ValueError(f"kind is one of none, {', '.join(FAULTS)}, not {kind!r}")

    @verb
    def unplug(self) -> None:
        """Pull the plug: the address is gone, and so is what the printer held."""
        with self._awake:
            self._plugged = False
            self._waiting.clear()
            self._drawing.forget()
        self._plug.unplug()

    @verb
    def replug(self) -> None:
        """Put the plug back, at the same address."""
        if not self._plugged:
            self._plug.plug()
            with self._awake:
                self._plugged = True

    # --- arrival

    def _heard(self, data: bytes) -> None:
        if self.capture is not None:
            with (self.capture / "rx.bin").open("ab") as file:
                file.write(data)
        with self._awake:
            fault = self._fault
            self._heard_since_fault += len(data)
            dropping = fault == "drop" and self._heard_since_fault > DIES_AFTER
        if dropping:
            self._plug.hang_up()
        if dropping or fault == "silent":
            return
        for part in self._obey_realtime(heard(fault, data)):
            with self._awake:
                self._waiting += part
                self._awake.notify_all()
                dying = fault == "die_mid_command" and len(self._waiting) > DIES_AFTER
            if dying:
                self.unplug()
                break

    def _obey_realtime(self, data: bytes) -> list[bytes]:
        """Obey the real-time commands in what came (and in the few bytes before it); return what waits its turn."""
        stream = self._tail + data
        old = len(self._tail)
        kept, position = old, old
        parts: list[bytes] = []
        start = 0
        while (at := stream.find(b"\x10", start)) >= 0:
            start = at + 1
            if stream[at : at + 2] == _DLE_EOT and at + 3 > old and len(stream) > at + 2:
                if 1 <= stream[at + 2] <= (1 if self._fault == "short" else 4):
                    self._answer(self._status_byte(stream[at + 2]))
            elif stream[at : at + len(_DLE_DC4_CLEAR)] == _DLE_DC4_CLEAR and at + len(_DLE_DC4_CLEAR) > old:
                self._forget()
                parts.clear()
                kept = position = at + len(_DLE_DC4_CLEAR)
        parts.append(stream[max(kept, position) :])
        self._tail = stream[-(len(_DLE_DC4_CLEAR) - 1) :]
        return parts

    def _status_byte(self, number: int) -> int:
        with self._awake:
            out, offline = self._paper == "out", self._offline()
            return (
                0x12
                | {
                    1: 0x08 if offline else 0,
                    2: (0x04 if self._cover_open else 0) | (0x20 if out else 0) | (0x40 if self._cutter_jammed else 0),
                    3: 0x08 if self._cutter_jammed else 0,
                    4: 0x6C if out else 0x0C if self._paper == "low" else 0,
                }[number]
            )

    def _answer(self, byte: int) -> None:
        with self._awake:
            fault, seconds = self._fault, self._seconds
        if fault == "slow":
            time.sleep(seconds)
        self._plug.send(said(fault, byte))
        if fault == "duplicate":
            time.sleep(LATER)
            self._plug.send(said(fault, byte))

    def _forget(self) -> None:
        with self._awake:
            self._waiting.clear()
            self._drawing.forget()

    # --- mechanism

    def _offline(self) -> bool:
        return self._paper == "out" or self._cover_open or self._cutter_jammed

    def _work(self) -> None:
        while True:
            with self._awake:
                taken = None
                while not self._stopped:
                    taken = None if self._offline() or not self._plugged else take(bytes(self._waiting))
                    if taken is not None:
                        break
                    self._awake.wait()
                if self._stopped or taken is None:
                    return
                command, used = taken
                del self._waiting[:used]
                moved = self._obey(command)
                if moved and self._lines_left is not None:
                    self._lines_left -= 1
                    if self._lines_left <= 0:
                        self._paper, self._lines_left = "out", None
            if moved and self._speed:
                time.sleep(moved / self._speed)

    def _obey(self, command: Command) -> int:
        if not command.known:
            self._unknown[command.name] = self._unknown.get(command.name, 0) + 1
        if command.name == "GS r":
            self._answer(0x0F if self._paper == "out" else 0x03 if self._paper == "low" else 0x00)
        if command.name == "GS V":
            return self._cut(command)
        return self._drawing.obey(command)

    def _cut(self, command: Command) -> int:
        slip = self._drawing.cut()
        if slip is None:
            return 0
        self._slips += 1
        self._lying += 1
        self._boxes += slip.boxes
        if self.capture is not None:
            keep(slip, self.capture / f"slip-{self._slips}")
        return 0
