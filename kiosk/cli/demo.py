"""`kiosk demo`: the whole visit on emulated devices and the embedded platform; a window where there is a display."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import secrets
from pathlib import Path
from typing import Any

from kiosk.cli.common import fail, say, until_told


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("demo", help="the whole visit on emulated devices")
    parser.add_argument("--headless", action="store_true", help="a virtual screen and a scripted visitor")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="where pictures and papers are left")
    parser.add_argument("--dock-port", type=int, default=0, help="the dock page's port (0: any)")
    parser.add_argument("--seed", type=int, help="draws the people; by default at random")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run with a window until it is ended, or headless through both visits."""
    from kiosk.demo.headless import run_headless
    from kiosk.demo.windowed import run_windowed

    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    seed = secrets.randbits(31) if arguments.seed is None else arguments.seed
    headless = arguments.headless or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    say(f"演示:人员与编号的种子 {seed}")
    try:
        if headless:
            return asyncio.run(until_told(run_headless(arguments.out, seed=seed, dock_port=arguments.dock_port)))
        return asyncio.run(until_told(run_windowed(arguments.out, seed=seed, dock_port=arguments.dock_port)))
    except (RuntimeError, OSError) as error:
        return fail(f"{type(error).__name__}: {error}", 1)
