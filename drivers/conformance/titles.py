"""The words of `titles.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from drivers.contract.common import DeviceClass

_FAULT = "fault."


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("drivers.conformance").joinpath("titles.toml").read_text("utf-8"))


def title(check_id: str) -> str:
    """What a person reads for a check; the check's own id where nobody wrote a title (another's driver, another's fault)."""
    if check_id.startswith(_FAULT):
        kind = check_id.removeprefix(_FAULT)
        return f"经得起:{_table()['faults'].get(kind, kind)}"
    return str(_table()["checks"].get(check_id, check_id))


def words_table() -> dict[str, str]:
    """English words of the kit and the Chinese for them, see `drivers.conformance.spoken`."""
    return dict(_table()["words"])


def hands_table() -> dict[str, str]:
    """Why a check was skipped, by the verb that nobody was there to do."""
    return dict(_table()["hands"])


def prompts(device_class: DeviceClass) -> dict[str, str]:
    """What a person is asked to do at a real device of this class, by the verb that an emulator has for it."""
    table = _table()["prompts"]
    common = {verb: text for verb, text in table.items() if isinstance(text, str)}
    return {**common, **table.get(device_class.value, {})}
