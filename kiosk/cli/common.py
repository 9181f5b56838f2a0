"""What the subcommands share: `--set`, settings files, JSON out, and errors as one clear line."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import signal
import sys
import tomllib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import kiosk

EXIT_USAGE = 2
"""A mistake in what was asked, as argparse has it; 1 is a bad outcome of what was rightly asked."""


class Usage(Exception):
    """A mistake in what was asked: told in one line, exit code 2."""


def refuse_shadowed_drivers() -> None:
    """Refuse to start when another package named `drivers` stands before ours: its device code would run as ours.

    It is found without being run. The working folder is looked at too, because the children (`python -m drivers.host`)
    look there first even where this process does not.
    """
    ours = Path(kiosk.__file__).resolve().parent.parent / "drivers" / "__init__.py"
    spec = importlib.util.find_spec("drivers")
    found = Path(spec.origin) if spec is not None and spec.origin else ours
    for other in (found, Path.cwd() / "drivers" / "__init__.py", Path.cwd() / "drivers.py"):
        if other.is_file() and other.resolve() != ours:
            raise SystemExit(
                f"another package named 'drivers' ({other}) hides the kiosk's own ({ours});"
                " remove it, take it out of PYTHONPATH, or start from another folder"
            )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option `--json`: the result as one JSON value on standard output."""
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")


def add_set(parser: argparse.ArgumentParser, example: str) -> None:
    """Add the repeatable option `--set KEY=VALUE`."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="assignments",
        help=f"a setting, e.g. {example}; VALUE is TOML where it parses, text otherwise; may be repeated",
    )


def assignments(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what `--set` gave. Raise Usage for one without '='."""
    found: dict[str, Any] = {}
    for text in arguments.assignments:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise Usage(f"--set {text}: write KEY=VALUE")
        found[key] = _value(value)
    return found


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def file_assignments(arguments: argparse.Namespace) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `--set` gave for the site file and for the profile, as `site.KEY=VALUE` and `profile.KEY=VALUE`.

    Raise Usage for a key with neither prefix: it would change nothing, and nobody would know.
    """
    given: dict[str, dict[str, Any]] = {"site": {}, "profile": {}}
    for key, value in assignments(arguments).items():
        file, dot, inner = key.partition(".")
        if file not in given or not dot:
            raise Usage(
                f"--set {key}=…: begin the key with 'site.' or 'profile.', e.g. profile.devices.camera.driver=v4l2"
            )
        given[file][inner] = value
    return given["site"], given["profile"]


def say(text: str) -> None:
    """Print a line for a person."""
    print(text, flush=True)


def say_json(value: Any) -> None:
    """Print one JSON value for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=None, default=str), flush=True)


def fail(text: str, code: int = EXIT_USAGE) -> int:
    """Print an error and return the exit code."""
    print(text, file=sys.stderr, flush=True)
    return code


async def until_told(work: Coroutine[Any, Any, int | None]) -> int:
    """Do some work until it ends or SIGTERM or SIGINT comes; then it is cancelled and tidies up. Return its exit code."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task or 0
    except asyncio.CancelledError:
        return 0
