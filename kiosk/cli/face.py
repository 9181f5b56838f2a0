"""`kiosk face match A.jpg B.jpg`: compare two photographs, for the bench."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, fail, say, say_json


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("face", help="the face match on the bench")
    actions = parser.add_subparsers(dest="action", required=True)
    match = actions.add_parser("match", help="compare two photographs")
    match.add_argument("first", type=Path, metavar="A.jpg", help="a photograph of one person")
    match.add_argument("second", type=Path, metavar="B.jpg", help="another")
    add_json(match)
    match.set_defaults(run=run_match)


def run_match(arguments: argparse.Namespace) -> int:
    """Print the decision; exit 0 whatever it is, 2 when a file cannot be read as a photograph, 1 without a face engine."""
    from kiosk.identity.face.compare import compare_files
    from kiosk.identity.face.engine import EngineMissing

    try:
        found = compare_files(arguments.first, arguments.second)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}")
    except ValueError as error:
        return fail(str(error))
    except EngineMissing as error:
        return fail(str(error), 1)
    if arguments.json:
        say_json(found)
    else:
        say(f"{found['decision']}  distance {found['distance']}")
    return 0
