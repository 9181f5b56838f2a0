"""Runs emulators in a process of their own: `python -m drivers.emulators`.

Reads JSON lines from standard input and answers each with one on standard output:

    {"id": 1, "start": {"name": "id_reader", "kind": "sdt_serial", "options": {}, "capture": "DIR"}}  -> {"id": 1, "ok": SETTINGS}
    {"id": 2, "name": "id_reader", "verb": "lift", "arguments": {}}                                   -> {"id": 2, "ok": RESULT}
    {"id": 3, "name": "id_reader", "state": true}                                                      -> {"id": 3, "ok": STATE}

Ends when standard input is closed. A wrong request gets {"id": N, "error": TEXT} and changes nothing.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.emulators.base import Emulator
from drivers.link.parent import die_with_parent


def create(kind: str, capture: Path | None = None, **options: Any) -> Emulator:
    """Make an emulator by the driver id that it answers. Raise LookupError for an unknown one."""
    entries = {driver_id: each.emulator for driver_id, each in registry.manifests().items() if each.emulator}
    if kind not in entries:
        raise LookupError(f"no emulator for driver {kind!r}; there are {', '.join(entries)}")
    module, _, name = entries[kind].partition(":")
    made: Emulator = getattr(importlib.import_module(module), name)(capture=capture, **options)
    return made


def answer(request: dict[str, Any], emulators: dict[str, Emulator]) -> Any:
    """Do what one request asks; return its result. Raise LookupError, TypeError or ValueError for a wrong one."""
    if "start" in request:
        wanted = request["start"]
        capture = Path(wanted["capture"]) if wanted.get("capture") else None
        emulator = create(wanted["kind"], capture, **wanted.get("options", {}))
        emulators[wanted["name"]] = emulator
        return emulator.start()
    emulator = emulators[request["name"]]
    if request.get("state"):
        return emulator.state()
    return emulator.do(request["verb"], **request.get("arguments", {}))


def main() -> int:
    """Serve until standard input ends."""
    die_with_parent()
    emulators: dict[str, Emulator] = {}
    try:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                reply = {"id": request["id"], "ok": answer(request, emulators)}
            except (LookupError, TypeError, ValueError) as error:
                reply = {"id": request.get("id"), "error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    finally:
        for emulator in emulators.values():
            emulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
