"""Whose hands are at the device while it is tested: an emulator's verbs, a person who is asked, or nobody's."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from drivers.conformance.check import NeedsHand, NotApplicable
from drivers.contract.common import DeviceClass
from drivers.emulators.base import Emulator


class Hands(ABC):
    """What can be done to the device from outside: the cable, what a person lays on it, what goes wrong on its line."""

    emulated: bool
    faults: Mapping[str, str] = {}
    """The kinds of `fault` that can be made here."""
    patience: float = 0.0
    """Seconds that these hands may take until they have done something; a command that waits for them is given so much more."""
    command: asyncio.Task[Any] | None = None
    """The command that runs meanwhile, and may see by itself what the hands have done."""

    @abstractmethod
    async def start(self) -> dict[str, Any]:
        """Make the device ready; return the settings that reach it."""

    @abstractmethod
    async def stop(self) -> None:
        """Put everything away."""

    @abstractmethod
    async def do(self, verb: str, **arguments: Any) -> Any:
        """Do it. Raise NeedsHand when nobody can, NotApplicable when it makes no sense at this device."""


class EmulatorHands(Hands):
    """An emulator in this process. Its verbs may wait (a daemon starts), so they run beside the loop."""

    emulated = True

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.faults = emulator.FAULTS

    async def start(self) -> dict[str, Any]:
        """Start the emulator."""
        return await asyncio.to_thread(self._emulator.start)

    async def stop(self) -> None:
        """Stop the emulator."""
        await asyncio.to_thread(self._emulator.stop)

    async def do(self, verb: str, **arguments: Any) -> Any:
        """Call a verb. One that makes no sense at this emulator (the speed of a network line) is refused by ValueError."""
        try:
            return await asyncio.to_thread(lambda: self._emulator.do(verb, **arguments))
        except ValueError as error:
            raise NotApplicable(str(error)) from None


Ask = Callable[[str, str], Awaitable[None]]
"""Asks a person to do something (the verb, and the words for it); ends when it is done."""


class PersonHands(Hands):
    """A person at a real device, asked by `ask`. Nobody can spoil a real line on purpose."""

    emulated = False
    patience = 60.0

    def __init__(
        self, device_class: DeviceClass, settings: dict[str, Any], prompts: Mapping[str, str], ask: Ask
    ) -> None:
        self._laid_by_persons = self._empty = device_class in _LAID_BY_PERSONS
        self._settings = settings
        self._prompts = prompts
        self._ask = ask

    async def start(self) -> dict[str, Any]:
        """The device stands there already."""
        return self._settings

    async def stop(self) -> None:
        """It goes on standing there."""

    async def do(self, verb: str, **arguments: Any) -> Any:
        """Ask the person. A verb without a prompt is nothing that a person can do here; what nobody laid down is not asked for."""
        if verb not in self._prompts:
            raise NotApplicable(f"only an emulator can do {verb}")
        if verb == "withdraw" and self._empty:
            return False
        asking = asyncio.ensure_future(self._ask(verb, self._prompts[verb]))
        sees = {self.command} if self.command is not None and verb in _SEEN_BY_THE_DEVICE else set()
        try:
            await asyncio.wait({asking, *sees}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        self._laid(verb)
        return True

    def _laid(self, verb: str) -> None:
        if verb == "present":
            self._empty = False
        elif verb == "withdraw":
            self._empty = self._laid_by_persons


_SEEN_BY_THE_DEVICE = frozenset({"present", "withdraw"})
"""Whoever lays the card down need not say so too: the command ends. A cable that was pulled it cannot tell from its deadline."""


class NoHands(Hands):
    """A real device and nobody beside it."""

    emulated = False

    def __init__(self, device_class: DeviceClass, settings: dict[str, Any], prompts: Mapping[str, str]) -> None:
        self._empty = device_class in _LAID_BY_PERSONS
        self._settings = settings
        self._prompts = prompts

    async def start(self) -> dict[str, Any]:
        """The device stands there already."""
        return self._settings

    async def stop(self) -> None:
        """It goes on standing there."""

    async def do(self, verb: str, **arguments: Any) -> Any:
        """Nobody is there; what nobody laid down need not be taken away."""
        if verb not in self._prompts:
            raise NotApplicable(f"only an emulator can do {verb}")
        if verb == "withdraw" and self._empty:
            return False
        raise NeedsHand(verb)


_LAID_BY_PERSONS = frozenset(
    {
        DeviceClass.ID_CARD_READER,
        DeviceClass.SMART_CARD_READER,
        DeviceClass.CODE_SCANNER,
        DeviceClass.DOCUMENT_CAMERA,
        DeviceClass.FINGERPRINT_READER,
        DeviceClass.INPUTS_OUTPUTS,
    }
)
"""Where nothing lies unless a person laid it there; a printer's tray and a dispenser's gate fill by themselves."""
