"""What is built into the case, on the bench: wires, power, the card dispenser, the fingerprint reader."""

from __future__ import annotations

import asyncio
from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Check, Level, NotApplicable, Short, demand
from drivers.conformance.play import Play
from drivers.contract.card_dispenser import Capture, Move, Moved, Place, WaitTaken
from drivers.contract.common import Done, Supply, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.fingerprint import Enroll, Enrolled, Verified, Verify
from drivers.contract.inputs_outputs import AllOff, Output, Pulse, Switch
from drivers.contract.inputs_outputs import Level as Wire
from drivers.contract.power_supply import SelfTest, Source, Tested
from drivers.contract.secret import SecretBytes

SECONDS = 8.0
TOLD_SECONDS = 1.5
"""A change of a wire is told within 0.3 s; the rest is the machine's."""

PULSE_SECONDS = 0.4
SELF_TEST_SECONDS = 30.0


class InputsOutputsPlay(Play):
    """Switch every output on and off, pulse every lock."""

    async def work(self, bench: Bench) -> str | None:
        """Each output does what it is told, and reads back so."""
        has = bench.capabilities
        for output in (each for each in has.outputs if each not in has.momentary):
            for on in (True, False):
                await bench.call(Switch(output=output, on=on), SECONDS)
                await _reads(bench, output, Wire.ON if on else Wire.OFF)
        for output in has.momentary:
            demand(isinstance(await bench.call(Pulse(output=output, seconds=PULSE_SECONDS), SECONDS), Done), "no Done")
            await _reads(bench, output, Wire.OFF)
        await bench.call(AllOff(), SECONDS)
        return f"{len(has.outputs)} outputs, {len(has.inputs)} inputs"

    async def honest(self, bench: Bench) -> None:
        """Status names every wire of the capabilities, in their order, and no other."""
        status, has = bench.status, bench.capabilities
        demand(tuple(each.name for each in status.inputs) == has.inputs, "the status has other inputs than promised")
        demand(tuple(each.name for each in status.outputs) == has.outputs, "the status has other outputs than promised")

    def long(self, bench: Bench) -> Any:
        """A pulse of half a minute."""
        outputs = bench.capabilities.momentary or bench.capabilities.outputs
        return Pulse(output=outputs[0], seconds=30) if outputs else None


async def _lock_is_momentary(bench: Bench) -> str | None:
    """A lock cannot be left open: switching it is refused, and a cancelled pulse ends closed."""
    if not bench.capabilities.momentary:
        raise NotApplicable("no lock hangs on this device")
    lock = bench.capabilities.momentary[0]
    try:
        await bench.call(Switch(output=lock, on=True), SECONDS)
    except DeviceFault as error:
        demand(error.fault.code is FaultCode.UNSUPPORTED, f"refused with {error.fault.code}")
    else:
        demand(False, "a lock was switched on to stay so")
    async with bench.running(Pulse(output=lock, seconds=20), 25):
        pass
    await asyncio.sleep(_TOLD_ANEW)  # the status of before the pulse said "off" too
    await _reads(bench, lock, Wire.OFF)
    return None


_TOLD_ANEW = 0.5
"""A change of a wire is told within 0.3 s."""


class PowerSupplyPlay(Play):
    """Ask where the power comes from, run the self-test where there is one."""

    async def work(self, bench: Bench) -> str | None:
        """The self-test, or the plain answer."""
        demand(bench.status.source is not Source.UNKNOWN, "nobody knows where the power comes from", Short)
        if bench.capabilities.self_test is not Supported.YES:
            return None
        result = await bench.call(SelfTest(), SELF_TEST_SECONDS)
        demand(isinstance(result, Tested), "SelfTest did not end with its result")
        return str(result.words)

    async def honest(self, bench: Bench) -> None:
        """Charge and runtime are told exactly where they are promised."""
        has, status = bench.capabilities, bench.status
        demand(
            (has.charge is Supported.YES) == (status.charge is not None),
            "charge is promised and not told, or told and not promised",
        )
        demand(
            (has.runtime is Supported.YES) == (status.runtime is not None),
            "runtime is promised and not told, or the reverse",
        )


class CardDispenserPlay(Play):
    """Hand out a card, let it be taken; take one back."""

    async def work(self, bench: Bench) -> str | None:
        """One card to the gate and away. One that an earlier order brought there late is taken first."""
        try:
            moved = await bench.call(Move(to=Place.GATE), SECONDS)
        except DeviceFault as error:
            if error.fault.code is not FaultCode.SLOT_OCCUPIED:
                raise
            await self.clear(bench)
            moved = await bench.call(Move(to=Place.GATE), SECONDS)
        demand(moved == Moved(to=Place.GATE), "the card was not sensed at the gate", Short)
        if bench.capabilities.take_sensor is not Supported.YES:
            await bench.hands.do("withdraw")
            return None
        async with bench.running(WaitTaken(), SECONDS) as taking:
            await bench.hands.do("withdraw")
            await taking
        return None

    async def clear(self, bench: Bench) -> None:
        """Take what stands at the gate; see to it that there is a card for the next one."""
        await bench.hands.do("withdraw")
        if bench.now.status is None or bench.status.cards in (Supply.LOW, Supply.OUT):
            await bench.hands.do("present")

    async def honest(self, bench: Bench) -> None:
        """A bin that is promised takes a card back."""
        if bench.capabilities.bin is not Supported.YES:
            return
        await bench.call(Move(to=Place.GATE), SECONDS)
        demand(await bench.call(Capture(), SECONDS) == Moved(to=Place.NOWHERE), "the card did not go into the bin")

    def long(self, bench: Bench) -> Any:
        """A card stands at the gate and nobody takes it."""
        return WaitTaken() if bench.capabilities.take_sensor is Supported.YES else None

    async def before_long(self, bench: Bench) -> None:
        """Bring a card to the gate."""
        await self.clear(bench)
        await bench.call(Move(to=Place.GATE), SECONDS)


class FingerprintPlay(Play):
    """Enrol a finger, know it again."""

    async def work(self, bench: Bench) -> str | None:
        """Enrol, then verify with the same finger."""
        template = await self._enrolled(bench)
        async with bench.running(Verify(template=template), SECONDS) as verifying:
            await _touch_until_done(bench, verifying)
            verified = await verifying
        demand(verified == Verified(match=True), "the same finger was not known again", Short)
        return f"{bench.capabilities.stages} stages"

    async def _enrolled(self, bench: Bench) -> SecretBytes:
        async with bench.running(Enroll(), SECONDS * 2) as enrolling:
            await _touch_until_done(bench, enrolling)
            result = await enrolling
        demand(isinstance(result, Enrolled), "Enroll did not end with a template")
        demand(result.format == bench.capabilities.format, "a template of another format than promised")
        return SecretBytes(result.template.reveal())

    async def honest(self, bench: Bench) -> None:
        """A template of another format is refused, not compared."""
        try:
            async with bench.running(Verify(template=SecretBytes(b"not a template")), SECONDS) as verifying:
                await verifying
        except DeviceFault as error:
            demand(error.fault.code is FaultCode.TEMPLATE_INVALID, f"refused with {error.fault.code}")
        else:
            demand(False, "a template that is none was compared")

    def long(self, bench: Bench) -> Any:
        """Nobody lays a finger down."""
        return Enroll()


async def _touch_until_done(bench: Bench, task: asyncio.Task[Any]) -> None:
    """Lay the finger down again and again until the command has what it needs."""
    while not task.done():
        await bench.hands.do("present")
        await bench.hands.do("withdraw")
        await asyncio.sleep(_BETWEEN_TOUCHES)


_BETWEEN_TOUCHES = 0.2


async def _reads(bench: Bench, output: Output, wanted: Wire) -> None:
    """Wait until the status tells an output so."""

    def told() -> bool:
        return any(each.name is output and each.level is wanted for each in bench.status.outputs)

    await bench.until(told, TOLD_SECONDS, f"{output} is not told {wanted}")


InputsOutputsPlay.checks = (Check("inputs_outputs.lock_is_momentary", Level.BRONZE, _lock_is_momentary),)
