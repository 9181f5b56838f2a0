"""Driver packages for the tests: installed with pip beside the program, as somebody would install another's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "sample_package"


def install(target: Path, *sources: Path) -> Path:
    """Install packages into a folder of their own, from copies, without network; return the folder, for PYTHONPATH."""
    copies = []
    for number, source in enumerate(sources):
        copy = target.with_name(f"{target.name}-source-{number}")
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
        copies.append(str(copy))
    options = ["-q", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, *copies], check=True)
    for copy in copies:
        shutil.rmtree(copy)
    return target


def announce(target: Path, package: str) -> None:
    """What pip leaves of an entry point, for a package that lies in a folder already."""
    info = target / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[kiosk.drivers]\n{package} = {package}\n", "utf-8")


def with_packages(target: Path) -> dict[str, str]:
    """The environment in which these packages are found."""
    return {**os.environ, "PYTHONPATH": str(target)}
