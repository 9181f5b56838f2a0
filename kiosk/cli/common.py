"""What the subcommands share: `--set`, settings files, what is said on standard output, and a work that ends when told."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import signal
import sys
import tomllib
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kiosk
from kiosk.cli.failure import Exit, Failure, Usage


def refuse_shadowed_drivers() -> None:
    """Refuse to start when another package named `drivers` stands before ours: its device code would run as ours.

    It is found without being run. The working folder is looked at too, because the children (`python -m drivers.…`)
    look there first even where this process does not.
    """
    ours = Path(kiosk.__file__).resolve().parent.parent / "drivers" / "__init__.py"
    spec = importlib.util.find_spec("drivers")
    found = Path(spec.origin) if spec is not None and spec.origin else ours
    for other in (found, Path.cwd() / "drivers" / "__init__.py", Path.cwd() / "drivers.py"):
        if other.is_file() and other.resolve() != ours:
            raise Failure(
                f"{other}：另一个叫 drivers 的程序包挡住了本程序的 {ours}"
                " → 删掉它，把它移出 PYTHONPATH，或换一个文件夹再运行"
            )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option `--json`: the result as one JSON value on standard output."""
    parser.add_argument("--json", action="store_true", help="结果写成一行 JSON，给程序读")


def add_set(parser: argparse.ArgumentParser, example: str) -> None:
    """Add the repeatable option `--set KEY=VALUE`."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="assignments",
        help=f"一项设置，例如 {example}；VALUE 能按 TOML 读就按 TOML 读，否则当文字；可以写多次",
    )


def assignments(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what `--set` gave. Raise Usage for one without '='."""
    found: dict[str, Any] = {}
    for text in arguments.assignments:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise Usage(f"--set {text}：写法不对 → 写成 KEY=VALUE")
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
            raise Usage(f"--set {key}=…：以 site. 或 profile. 开头，例如 profile.devices.camera.driver=v4l2")
        given[file][inner] = value
    return given["site"], given["profile"]


@contextmanager
def reading_settings() -> Iterator[None]:
    """Turn mistakes in a settings file into what a person is told."""
    from kiosk.settings.reading import Mistake

    try:
        yield
    except Mistake as error:
        raise Usage("\n".join(error.lines)) from None


def speak_everywhere() -> None:
    """Never fail over a character that a terminal, a locale or a file name cannot spell; JSON is always UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        encoding = "utf-8" if (stream.encoding or "ascii").lower() in ("ascii", "us-ascii") else stream.encoding
        stream.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]


def say(text: str) -> None:
    """Print a line for a person."""
    print(text, flush=True)


def say_json(value: Any) -> None:
    """Print one JSON value for a program, in UTF-8 whatever the terminal speaks."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def tell(text: str, code: Exit, *, as_json: bool) -> int:
    """Tell a failure: as `{"error": …}` where JSON was asked for, else on standard error. Return the exit code."""
    if as_json:
        say_json({"error": text})
    else:
        print(text, file=sys.stderr, flush=True)
    return int(code)


async def until_told(work: Coroutine[Any, Any, int | None], *, told: Exit = Exit.GOOD) -> int:
    """Do some work until it ends or SIGTERM or SIGINT comes; then it is cancelled and tidies up.

    Return its exit code, `told` when a signal ended it.
    """
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task or 0
    except asyncio.CancelledError:
        return int(told)
