"""Everything that keepers, technicians and administrators read at the machine: one TOML file a part of the work, in Simplified
Chinese, once each. The file's name is the first part of a key:

    tell("home.title")                      -> "要做什么?"
    tell("door.locked", seconds=30)         -> "..."

Staff have one language and one mode; what visitors read stands beside this folder, in every language and in both modes.
"""

from __future__ import annotations

import string
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def tell(key: str, /, **values: object) -> str:
    """Return a sentence. Raise LookupError for a key that is not there, KeyError for a value that was not given."""
    entry: Any = sentences()
    for part in key.split("."):
        if not isinstance(entry, dict) or part not in entry:
            raise LookupError(f"no sentence {key!r} for staff")
        entry = entry[part]
    return string.Formatter().vformat(str(entry), (), values)


@cache
def sentences() -> dict[str, Any]:
    """Return all sentences by file and key."""
    found = sorted(
        (each for each in files("kiosk.locales.staff").iterdir() if each.name.endswith(".toml")),
        key=lambda each: each.name,
    )
    return {each.name.removesuffix(".toml"): tomllib.loads(each.read_text("utf-8")) for each in found}
