"""A device that has stopped answering is told so: silence is no paper, no mains, no card."""

from __future__ import annotations

from drivers.client import is_ready
from drivers.conformance.bench import GONE_SECONDS, HUNG, Bench
from drivers.conformance.check import NotApplicable, demand
from drivers.contract.common import DeviceClass, Supported

_ASKED = frozenset(
    {
        DeviceClass.ID_CARD_READER,
        DeviceClass.RECEIPT_PRINTER,
        DeviceClass.INPUTS_OUTPUTS,
        DeviceClass.POWER_SUPPLY,
        DeviceClass.CARD_DISPENSER,
    }
)
"""Devices that answer when they are asked. A scanner or a camera only speaks by itself, and a print queue takes jobs for a
printer that is switched off: of them silence tells nothing."""


async def silence_is_told(bench: Bench) -> str | None:
    """Silent, with its cable in: told as not ready within three misses."""
    if bench.manifest.device_class not in _ASKED or getattr(bench.capabilities, "status_reply", None) is Supported.NO:
        raise NotApplicable("this device is not asked")
    if bench.hands.emulated and "silent" not in bench.hands.faults:
        raise NotApplicable("its emulator cannot be silent")
    await bench.hands.do("fault", kind="silent")
    try:
        took = await bench.until(lambda: not is_ready(bench.now), GONE_SECONDS, "silent, and still told as ready")
        fault = bench.now.fault
        demand(fault is None or fault.code not in HUNG, f"silent, told as {fault.code if fault else 'no fault'}")
    finally:
        await bench.restore()
    return f"told after {took:.1f} s"
