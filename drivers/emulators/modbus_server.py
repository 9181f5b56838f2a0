"""A relay and contact module as pymodbus' own server serves it: eight coils and eight discrete inputs, relays that can stick."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

WIRES = 8
_START_SECONDS = 5.0
_READ_INPUTS = 2
_WRITE_FUNCTIONS = (5, 15)


class ModbusServer:
    """Serves on a free port of 127.0.0.1, in a thread of its own, Modbus/TCP frames or (`rtu`) RTU frames in the stream."""

    def __init__(self, unit: int, *, rtu: bool) -> None:
        self._unit = unit
        self._framer = FramerType.RTU if rtu else FramerType.SOCKET
        self._asked = 0
        self._coils = [False] * WIRES
        self.inputs = [False] * WIRES
        self.stuck: set[int] = set()
        """Coils that do not move."""
        self.exception: Callable[[], int] = lambda: 0
        """Asked at each request; other than 0: the exception code to answer with."""
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._server: Any = None
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="modbus-server", daemon=True)

    @property
    def coils(self) -> tuple[bool, ...]:
        """What the relays are now."""
        return tuple(self._coils)

    def start(self) -> None:
        """Serve; returns once somebody can connect."""
        self._thread.start()
        if not self._up.wait(_START_SECONDS):
            raise RuntimeError("the Modbus server did not start")

    def stop(self) -> None:
        """End. Calling it again does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._up.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _serve(self) -> None:
        bits = [[SimData(0, values=[False] * WIRES, datatype=DataType.BITS)] for _ in range(2)]
        words = [[SimData(0, values=0, datatype=DataType.REGISTERS)] for _ in range(2)]
        device = SimDevice(self._unit, simdata=(bits[0], bits[1], words[0], words[1]), action=self._act)
        self._server = ModbusTcpServer(
            device, framer=self._framer, address=("127.0.0.1", 0), ignore_missing_devices=True, trace_pdu=self._see
        )
        await self._server.serve_forever(background=True)
        self.port = self._server.transport.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        await self._server.shutdown()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _see(self, sending: bool, pdu: Any) -> Any:
        """Keep how many bits are asked for: the simulator's own check is by words of 16 bits."""
        if not sending:
            self._asked = max(1, pdu.count or len(pdu.bits))
        return pdu

    async def _act(
        self, function: int, start: int, address: int, count: int, words: list[int], values: list[Any] | None
    ) -> ExcCodes | None:
        """Called by the simulator before it reads or writes its memory; `words` is that memory, 16 bits a word."""
        if code := self.exception():
            return ExcCodes(code)
        if address + self._asked > WIRES:
            return ExcCodes.ILLEGAL_ADDRESS
        if function == _READ_INPUTS:
            words[0] = sum(1 << at for at, on in enumerate(self.inputs) if on)
        if function in _WRITE_FUNCTIONS and values is not None:
            for at in range(len(values)):
                if address + at in self.stuck:
                    values[at] = self._coils[address + at]
                self._coils[address + at] = bool(values[at])
        return None
