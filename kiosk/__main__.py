"""The one command, `kiosk`: each of its subcommands is a module of kiosk/cli. See docs/command-line.md."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from pathlib import Path

from kiosk import __version__
from kiosk.cli.common import refuse_shadowed_drivers, speak_everywhere, tell
from kiosk.cli.failure import Exit, Failure
from kiosk.cli.parser import Parser, subcommands

COMMANDS = (
    "run",
    "demo",
    "check",
    "device",
    "drivers",
    "face",
    "verify",
    "voice",
    "signs",
    "journal",
    "staff",
    "doctor",
    "attest",
    "report",
    "bundle",
    "gallery",
    "setup",
)
"""Each is a module in kiosk/cli with `add(subparsers)`; it is imported for its arguments, its work only when it runs."""


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = Parser(prog="kiosk", description="政务自助终端的开放运行时。")
    top.add_argument("--version", action="version", version=f"kiosk {__version__}", help="显示版本")
    commands = subcommands(top, "command")
    for name in COMMANDS:
        importlib.import_module(f"kiosk.cli.{name}").add(commands)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit code (`kiosk.cli.failure.Exit`)."""
    given = sys.argv[1:] if argv is None else argv
    as_json = "--json" in given
    speak_everywhere()
    try:
        refuse_shadowed_drivers()
        arguments = parser().parse_args(given)
        result: int = arguments.run(arguments)
    except Failure as error:
        return tell(str(error), error.code, as_json=as_json)
    except KeyboardInterrupt:
        return tell("已中断", Exit.INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        # `kiosk journal show | head`: nobody reads on. What is still buffered has nowhere to go either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return tell(_defect(error), Exit.DEFECT, as_json=as_json)
    return result


def _defect(error: Exception) -> str:
    """A defect of ours, in a line that finds it. Its text could quote a value of somebody's, so only type and places are told."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]
    return f"程序自身有缺陷：{type(error).__name__}（{' > '.join(places)}）→ 请把这一行和所用的命令发给维护者"


if __name__ == "__main__":
    sys.exit(main())
