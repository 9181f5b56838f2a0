"""What is put right on the bench between two tests, so that the next one finds it as it is in the morning."""

from __future__ import annotations

from typing import Any

_SHEETS = 50
"""In the paper tray at the beginning of a test, at least."""


def mending(bench: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """What to do on a bench of the demo's devices that says this of itself: device, verb, arguments."""
    reader, camera, slips = bench["id_reader"], bench["camera"], bench["receipt_printer"]
    printer, platform = bench["a4_printer"], bench["platform"]
    steps: list[tuple[bool, str, str, dict[str, Any]]] = [
        (not platform["up"], "platform", "start", {}),
        (bool(platform.get("faults")), "platform", "clear", {}),
        (bool(reader["faults"]), "id_reader", "clear_faults", {}),
        (not reader["plugged"], "id_reader", "replug", {}),
        (reader["card"] != "absent", "id_reader", "lift", {}),
        (camera["fault"] != "none" or camera["dark"] or camera["frozen"], "camera", "clear", {}),
        (not camera["plugged"], "camera", "replug", {}),
        (camera["who"] != "nobody", "camera", "show", {"who": "nobody"}),
        (_slips_stand(slips), "receipt_printer", "clear", {}),
        (not slips["plugged"], "receipt_printer", "replug", {}),
        (bool(printer["faults"]), "a4_printer", "clear_faults", {}),
        (not (printer["powered"] and printer["listening"]), "a4_printer", "revive", {}),
        (printer["jammed"], "a4_printer", "clear_jam", {}),
        (printer["cover_open"], "a4_printer", "cover", {"open": False}),
        (printer["sheets"] < _SHEETS, "a4_printer", "load", {"sheets": _SHEETS}),
        (printer["in_exit"] > 0, "a4_printer", "take_paper", {}),
    ]
    return [(device, verb, arguments) for needed, device, verb, arguments in steps if needed]


def _slips_stand(slips: dict[str, Any]) -> bool:
    as_in_the_morning = {"paper": "ok", "cover": "closed", "cutter": "ok", "fault": "none"}
    return any(slips[key] != value for key, value in as_in_the_morning.items())
