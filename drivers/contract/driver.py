"""What a driver is: a plain class whose methods the device host calls from one worker thread, never two at a time."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec

from drivers.contract.common import DeviceClass, DeviceStatus
from drivers.contract.faults import FaultCode, failing


class CommandCanceled(Exception):
    """Raised by `Call.check()` when the core cancelled the command; the driver lets it pass after tidying up."""


class Call:
    """One running command, as its driver sees it: deadline, cancel, events out, descriptors in."""

    def __init__(
        self,
        seconds: float,
        emit: Callable[[object, Sequence[int]], None],
        fds: Sequence[int] = (),
        *,
        canceled: threading.Event | None = None,
    ) -> None:
        self.fds = tuple(fds)
        self._deadline = time.monotonic() + seconds
        self._emit = emit
        self._canceled = canceled or threading.Event()

    def remaining(self) -> float:
        """Seconds left until the deadline, at least 0."""
        return max(0.0, self._deadline - time.monotonic())

    def emit(self, event: object, fds: Sequence[int] = ()) -> None:
        """Tell the core something; the descriptors stay the driver's to close."""
        self._emit(event, fds)

    def cancel(self) -> None:
        """Ask the command to stop (called by the host)."""
        self._canceled.set()

    @property
    def canceled(self) -> bool:
        """Whether the core cancelled."""
        return self._canceled.is_set()

    def check(self) -> None:
        """Raise CommandCanceled when cancelled, DeviceFault(DEADLINE) when time is up."""
        if self._canceled.is_set():
            raise CommandCanceled
        if self.remaining() <= 0:
            raise failing(FaultCode.DEADLINE)

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than the deadline, and wake at once when cancelled; then `check()`."""
        self._canceled.wait(min(seconds, self.remaining()))
        self.check()


class Driver(ABC):
    """Speaks to one device. Raise `DeviceFault` for what is wrong with the device; anything else is a defect here."""

    device_class: ClassVar[DeviceClass]
    Settings: ClassVar[type[msgspec.Struct]]
    """Frozen, forbid_unknown_fields; what a device profile may write for this driver."""

    emulator_only: ClassVar[bool] = False
    """True for a driver that only an emulator can satisfy; a production host refuses it."""

    status_every: ClassVar[float] = 2.0
    """Seconds between status probes while no command runs."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def stand_ins(self) -> tuple[str, ...]:
        """Name the parts that only stand in for real ones (a decoder, say); a production host refuses any."""
        return ()

    @abstractmethod
    def open(self) -> Any:
        """Open and probe the device within 5 s; return the class's Capabilities."""

    @abstractmethod
    def status(self) -> DeviceStatus:
        """Probe and return the class's Status within 2 s. Raise DeviceFault when the device does not answer."""

    @abstractmethod
    def perform(self, command: Any, call: Call) -> Any:
        """Do one of the class's commands and return its result. Look at `call.check()` at least every 0.2 s."""

    @abstractmethod
    def close(self) -> None:
        """Release everything; called once, also after a failed `open()`."""
