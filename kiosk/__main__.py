"""The one command: `kiosk run | demo | check | device | face | verify | journal | doctor`. See docs/command-line.md."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from kiosk import __version__

COMMANDS = ("run", "demo", "check", "device", "face", "verify", "journal", "doctor")
"""Each is a module in kiosk/cli with `add(subparsers)`; it is imported for its arguments, its work only when it runs."""


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = argparse.ArgumentParser(prog="kiosk", description="An open runtime for self-service government terminals.")
    top.add_argument("--version", action="version", version=f"kiosk {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"kiosk.cli.{name}").add(commands)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit code (0 good, 1 a bad outcome, 2 a mistake in what was asked)."""
    from kiosk.cli.common import Usage, fail, refuse_shadowed_drivers

    refuse_shadowed_drivers()
    arguments = parser().parse_args(argv)
    try:
        result: int = arguments.run(arguments)
    except Usage as error:
        return fail(str(error))
    except BrokenPipeError:
        # `kiosk journal show | head`: nobody reads on. What is still buffered has nowhere to go either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result


if __name__ == "__main__":
    sys.exit(main())
