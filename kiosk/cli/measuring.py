"""What commands share that measure this machine and sign what they found: its files, its key, its statement."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.common import reading_settings
from kiosk.cli.failure import Failure, Usage, why

if TYPE_CHECKING:  # loaded when a command runs, not to show its help
    from kiosk.attest.statement import Statement
    from kiosk.bindings.in_force import InForce
    from kiosk.documents.signer import Signer
    from kiosk.settings.site import Site


@dataclass(frozen=True)
class Measured:
    """This machine as its files have it; nothing of it needs to run."""

    site: Site
    bound: InForce
    signer: Signer
    found: Statement


def add_machine(parser: argparse.ArgumentParser) -> None:
    """Add `--site` and `--profile`."""
    parser.add_argument("--site", type=Path, metavar="SITE.toml", help="站点文件；用它的钥匙签名")
    parser.add_argument("--profile", type=Path, metavar="PROFILE.toml", help="机型文件")


def measured(arguments: argparse.Namespace) -> Measured:
    """Measure it. Raise Usage, Failure."""
    from kiosk.attest import statement
    from kiosk.bindings.in_force import judged
    from kiosk.documents.signer import KeyFile
    from kiosk.settings.profile import load_profile
    from kiosk.settings.site import load_site

    with reading_settings():
        site = load_site(arguments.site)
        profile = load_profile(arguments.profile)
    try:
        signer = KeyFile(site.keys.kiosk_key, site.keys.kiosk_certificate)
        bound = judged(site, profile)
        return Measured(site, bound, signer, statement.state(site, bound.profile))
    except OSError as error:
        raise Usage(why(error)) from None
    except ValueError as error:
        raise Failure(f"签不了名：{error} → 按 docs/install.md 第 4 节检查钥匙和证书") from None


@contextmanager
def believing(path: Path, what: str, whence: str) -> Iterator[None]:
    """Tell why a signed file that came from elsewhere is not believed; `what` it should be, and `whence` one has such."""
    from kiosk.documents.chain import NotGenuine

    try:
        yield
    except OSError as error:
        raise Usage(why(error)) from None
    except NotGenuine as error:
        raise Failure(f"{path}：不是真的（{error}）→ 不要采信，请对方重新导出") from None
    except ValueError as error:
        raise Usage(f"{path}：不是{what}（{error}）→ 给出 {whence}") from None
