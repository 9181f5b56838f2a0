"""Whom a command believes: the operator's roots, from a site file, an option or the environment."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from kiosk.cli.common import reading_settings
from kiosk.cli.failure import Usage, why
from kiosk.cli.verify import TRUST_VARIABLE


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Add `--trust`."""
    parser.add_argument(
        "--trust", type=Path, metavar="ROOTS.pem", help=f"运营方的根证书（或用 --site，或环境变量 {TRUST_VARIABLE}）"
    )


def trusted_roots(arguments: argparse.Namespace) -> Any:
    """Return the roots. Raise Usage when nobody said whom to believe, or the file holds none."""
    from kiosk.documents.chain import load_roots
    from kiosk.settings.site import load_site

    trust = arguments.trust or (Path(os.environ[TRUST_VARIABLE]) if os.environ.get(TRUST_VARIABLE) else None)
    if trust is None and getattr(arguments, "site", None):
        with reading_settings():
            trust = load_site(arguments.site).keys.operator_roots
    if trust is None:
        raise Usage(f"不知道信任谁签的 → 给出 --trust ROOTS.pem，或 --site，或环境变量 {TRUST_VARIABLE}")
    try:
        return load_roots(trust)
    except OSError as error:
        raise Usage(why(error)) from None
    except ValueError as error:
        raise Usage(f"{trust}：不能当根证书用（{error}）→ 向运营方要根证书（PEM）") from None
