"""The bench: a device behind its real host and client, with hands at it, and an ear for what is logged."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from drivers.client import DeviceClient, EventHandler, Snapshot, is_ready
from drivers.conformance.check import Short
from drivers.conformance.hands import Hands
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.secret import Secret
from drivers.link.channel import close_all
from drivers.manifest import Manifest

BACK_SECONDS = 10.0
"""From the cable's return to the next good status (the hardware layer's promise)."""

GONE_SECONDS = 12.0
"""Three misses of a status probe each two seconds, each of which may take its own two."""

RESTART_SECONDS = 4.0
"""From a host's death to its successor. The promise is 2 s, and a benchmark holds it; the kit may run beside other work."""

_LOOK_SECONDS = 0.02


class Bench:
    """One driver under test. `hands` reach the device, `client` is what the kiosk would use."""

    def __init__(
        self,
        manifest: Manifest,
        settings: dict[str, Any],
        hands: Hands,
        log: Path,
        where: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        """`where` is asked for the settings before each start of a host: a real device comes back on another node."""
        self.manifest = manifest
        self.settings = settings
        self._where = where
        self.hands = hands
        self.secrets: set[bytes] = set()
        """Every secret that came out of the device, to be looked for in what was logged."""
        self.told: list[str] = []
        """Details of every fault, as a technician would read them."""
        self._log = log
        self.patience: float | None = None
        """When set, no command is given longer: a spoiled line is not waited for as a person is."""
        self.started = False
        self.ever_ready = False
        self.hopeless = ""
        """Why the device never opened, once a check has failed for it: no other is tried then."""
        self.took: list[float] = []
        """Seconds that the device itself took, for each time that it did what it is for; a person's part is not in them."""
        self.client = self._new_client()

    def _new_client(self) -> DeviceClient:
        return DeviceClient(
            self.manifest.id,
            self.manifest.device_class,
            self.manifest.id,
            self._where or self.settings,
            production=False,
            on_change=self._hear,
        )

    def _hear(self, snapshot: Snapshot) -> None:
        if snapshot.fault is not None:
            self.told.append(snapshot.fault.detail)
        for each in getattr(snapshot.status, "faults", ()):
            self.told.append(each.detail)

    # --- the device's life

    async def start(self) -> None:
        """Begin to keep the device, by a client that knows nothing of earlier ones."""
        self.client = self._new_client()
        self.started = True
        await self.client.start()

    async def up(self) -> None:
        """Start and wait until the device is ready. Raise Unfit when it is not, within the promise."""
        await self.start()
        await self.ready()

    async def down(self) -> None:
        """Stop the client."""
        self.started = False
        await self.client.stop()

    @property
    def now(self) -> Snapshot:
        """What is known of the device."""
        return self.client.snapshot

    @property
    def status(self) -> Any:
        """The status of now. Raise Unfit when there is none: the device is gone, or was never here."""
        if self.client.snapshot.status is None:
            raise Short(f"no status ({self.client.snapshot.link})")
        return self.client.snapshot.status

    @property
    def capabilities(self) -> Any:
        """What the device said it can do, the last time it was opened."""
        return self.client.snapshot.capabilities

    async def ready(self, seconds: float = BACK_SECONDS) -> float:
        """Wait until a command can be given; return how long that took. Raise Unfit."""
        return await self.until(lambda: is_ready(self.now), seconds, "the device is not ready")

    async def until(self, true: Callable[[], bool], seconds: float, otherwise: str) -> float:
        """Wait until something holds; return how long that took. Raise Unfit with `otherwise` and the fault of now."""
        begun = time.monotonic()
        while not true():
            if time.monotonic() - begun > seconds:
                raise self.short(f"{otherwise} after {seconds:g} s")
            await asyncio.sleep(_LOOK_SECONDS)
        return time.monotonic() - begun

    def short(self, words: str) -> Short:
        """These words as a failure, with what is known of the device: its link and its fault."""
        fault = self.now.fault or next(iter(getattr(self.now.status, "faults", ())), None)
        return Short(f"{words} ({self.now.link}{f', {fault.code}' if fault else ''})")

    async def restore(self) -> None:
        """Put the bench in order: the line is good, the cable is in. At a real device a person has seen to that already."""
        if self.hands.emulated:
            await self.hands.do("clear_faults")
            await self.hands.do("replug")

    # --- commands

    async def call(
        self, command: Any, seconds: float, on_event: EventHandler | None = None, *, fds: Sequence[int] = ()
    ) -> Any:
        """Perform a command; its secrets and its fault's words are remembered for the log check. Raise DeviceFault."""

        def heard(event: Any, fds: list[int]) -> None:
            self.secrets.update(secrets_in(event))
            if on_event is None:
                close_all(fds)
            else:
                on_event(event, fds)

        if self.patience is not None:
            seconds = min(seconds, self.patience)
        try:
            result = await self.client.call(command, seconds=seconds, fds=fds, on_event=heard)
        except DeviceFault as error:
            self.told.append(error.fault.detail)
            raise
        self.secrets.update(secrets_in(result))
        return result

    @asynccontextmanager
    async def running(
        self, command: Any, seconds: float, on_event: EventHandler | None = None
    ) -> AsyncIterator[asyncio.Task[Any]]:
        """Run a command beside the block until the host has taken it; cancelled at the end if it still runs."""
        task = asyncio.create_task(self.call(command, seconds + self.hands.patience, on_event))
        self.hands.command = task
        try:
            await asyncio.sleep(_TAKEN_SECONDS)
            yield task
        finally:
            self.hands.command = None
            task.cancel()
            with contextlib.suppress(DeviceFault, asyncio.CancelledError):
                await task

    # --- the log

    def said(self, since: int = 0) -> str:
        """What was logged from a place in the log on (see `log_size`)."""
        return self._log.read_bytes()[since:].decode("utf-8", "replace")

    def log_size(self) -> int:
        """How far the log has come, in bytes."""
        return self._log.stat().st_size

    def logged(self) -> bytes:
        """Everything that the host and this process wrote to standard error so far, and every fault's words."""
        return self._log.read_bytes() + "\n".join(self.told).encode()


_TAKEN_SECONDS = 0.3
"""A host takes a command in a few milliseconds; this is long enough to be in the middle of it."""

_SHORTEST_SECRET = 4
"""Shorter ones (a sex, a code) stand in any log by chance."""


def secrets_in(value: object) -> set[bytes]:
    """Return the bytes of every secret reachable from a value of the contract."""
    if isinstance(value, Secret):
        return {value.raw()} if not value.wiped and len(value.raw()) >= _SHORTEST_SECRET else set()
    if isinstance(value, dict):
        return set().union(*(secrets_in(inner) for inner in value.values()))
    if isinstance(value, (tuple, list)):
        return set().union(*(secrets_in(inner) for inner in value))
    fields = getattr(value, "__struct_fields__", ())
    return set().union(*(secrets_in(getattr(value, name)) for name in fields))


@contextmanager
def captured_stderr() -> Iterator[Path]:
    """Send this process' standard error, that of every child started meanwhile, and all log records, to a file; yield its path."""
    with tempfile.NamedTemporaryFile(prefix="conformance-", suffix=".log") as log:
        kept = os.dup(2)
        os.dup2(log.fileno(), 2)
        handler = logging.FileHandler(log.name, encoding="utf-8")
        logger = logging.getLogger("drivers")
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        try:
            yield Path(log.name)
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
            handler.close()
            os.dup2(kept, 2)
            os.close(kept)


HUNG = frozenset({FaultCode.HOST_HUNG, FaultCode.HOST_DIED, FaultCode.INTERNAL})
"""Faults that say that the driver, not the device, failed."""
