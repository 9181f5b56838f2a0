"""A smart-card reader behind a PC/SC service of its own, and the cards that somebody puts into it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.base import Emulator, verb
from drivers.emulators.smart_card_chips import CHIPS as PLAIN
from drivers.emulators.smart_card_chips import STAFF_NAME, Chip
from drivers.emulators.smart_card_daemon import READER, PrivatePcscd
from drivers.emulators.smart_card_faults import FAULTS, ActiveFault, spoil
from drivers.emulators.smart_card_piv import PivChip
from drivers.emulators.smart_card_wire import LostContact, VpcdWire

CHIPS: dict[str, Callable[..., Chip]] = {**PLAIN, "piv": PivChip}
"""The kinds of card that can be put in."""

_SPOILING = ("garble", "short", "long", "wrong_status", "endless", "answer")


class PcscEmulator(Emulator):
    """`card`: the kind that `present` puts in. The daemon's socket must be the only one that the driver's process uses."""

    kind: ClassVar[str] = "pcsc"
    FAULTS: ClassVar[Mapping[str, str]] = {name: text for name, (text, _) in FAULTS.items()}

    def __init__(self, capture: Path | None = None, *, card: str = "social_security") -> None:
        super().__init__(capture)
        self._card = _chip({"kind": card}).kind
        self._daemon = PrivatePcscd()
        self._wire = VpcdWire(self._daemon.port, self._exchange, capture)
        self._lock = threading.Lock()
        self._faults: dict[str, ActiveFault] = {}
        self._commands = 0
        self._pulling: threading.Thread | None = None

    # --- for the tests and the dock

    def start(self) -> dict[str, object]:
        """Start the service; return the settings that reach the reader. Its staff card is known by a rule among them."""
        self._daemon.start()
        return {
            "reader": f"{READER} 00 00",
            "socket": str(self._daemon.socket),
            "families": [{"family": "staff", "aid": STAFF_NAME.hex(), "source": "the emulator's own card"}],
        }

    def stop(self) -> None:
        """Take the card out, end the service, remove its folder."""
        self._wire.close()
        self._daemon.remove()

    def state(self) -> dict[str, Any]:
        """`card` is the kind that is in, or absent; `commands` counts command APDUs, `resets` warm resets."""
        chip = self._wire.chip
        return {
            "service": self._daemon.running,
            "plugged": self._daemon.plugged,
            "card": chip.kind if chip else "absent",
            "commands": self._commands,
            "resets": self._wire.resets,
            "faults": sorted(self._faults),
        }

    @verb
    def present(self) -> bool:
        """Put the card in."""
        self.place({"kind": self._card})
        return True

    @verb
    def withdraw(self) -> bool:
        """Take the card out."""
        self._wire.remove()
        return True

    @verb
    def place(self, card: dict[str, Any]) -> None:
        """Put a card in: `kind` is social_security, piv, staff, unknown or mute.

        A social-security card takes number, name, sex, nation, birth, card_number, issued, valid_to, region, and guarded
        (true: the holder's file asks for a key); a piv card takes name (another
        name, another key) and copied. Raise ValueError or TypeError naming a wrong field.
        """
        self._wire.insert(_chip(card))

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; kinds are in `FAULTS`. `ins`: only for this instruction byte, `times`: only so often."""
        if kind not in FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
        active = FAULTS[kind][1](**arguments)
        with self._lock:
            self._faults[kind] = active

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()

    @verb
    def unplug(self) -> None:
        """Pull the reader's cable. The card stays in it."""
        self._wire.hang_up()
        self._daemon.pull_reader()

    @verb
    def replug(self) -> None:
        """Put the cable back; one that is just being pulled is out first."""
        if self._pulling is not None:
            self._pulling.join()
        self._daemon.push_reader()

    @verb
    def daemon_stop(self, signal: str = "TERM") -> None:
        """End the service. `signal`: TERM, or KILL for a crash."""
        self._daemon.stop(signal)

    @verb
    def daemon_start(self) -> None:
        """Start the service again; a reader that is plugged in and a card that is in are found."""
        if not self._daemon.running:
            self._daemon.start()

    @verb
    def daemon_hang(self) -> None:
        """Let the service hang: it is there, and answers nobody."""
        self._daemon.hang()

    @verb
    def daemon_wake(self) -> None:
        """Let it go on."""
        self._daemon.wake()

    # --- the card's own life

    def _exchange(self, chip: Chip, command: bytes) -> tuple[bytes, ...]:
        self._commands += 1
        ins = f"{command[1]:02X}" if len(command) > 1 else ""
        if (slow := self._use("slow", ins)) is not None:
            time.sleep(slow.seconds)
        if self._use("silent", ins):
            return ()
        if self._use("lift_early", ins):
            self._wire.remove()
            raise LostContact
        if self._use("drop", ins):
            raise LostContact
        answer = chip.answer(command)
        for name in _SPOILING:
            if (active := self._use(name, ins)) is not None:
                answer = spoil(name, active, answer)
        if not answer:
            raise LostContact  # vpcd knows no empty answer
        if self._use("die_mid_command", ins):
            # From a thread of its own: the daemon waits for this answer before it ends.
            self._pulling = threading.Thread(target=self._daemon.pull_reader, daemon=True)
            self._pulling.start()
            raise LostContact((len(answer).to_bytes(2, "big") + answer)[:3])
        return (answer, answer) if self._use("duplicate", ins) else (answer,)

    def _use(self, name: str, ins: str) -> ActiveFault | None:
        """The fault if it is on and meant for this command; counts it down."""
        with self._lock:
            active = self._faults.get(name)
            if active is None or (active.ins and active.ins.upper() != ins):
                return None
            if active.times is not None:
                active.times -= 1
                if active.times <= 0:
                    del self._faults[name]
            return active


def _chip(card: dict[str, Any]) -> Chip:
    fields = dict(card)
    kind = fields.pop("kind", "social_security")
    if kind not in CHIPS:
        raise ValueError(f"kind: no card {kind!r}; there are {', '.join(CHIPS)}")
    return CHIPS[kind](**fields)
