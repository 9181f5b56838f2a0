"""The files that a site names, looked at as the kiosk will use them: read, and tried on a code of no paper."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk.settings.site import Site


def mistakes_in_files(path: Path, site: Site) -> list[str]:
    """Return a line for each file of this site that the kiosk could not use. `path` is the site's own."""
    from kiosk.documents.chain import load_roots
    from kiosk.gateways.signing import read_secret
    from kiosk.gateways.transport import trust
    from kiosk.licences.sealed import read_roots

    platform, keys = site.platform, site.keys
    looked: list[tuple[str, Path | None, Callable[[Path], object], str]] = [
        ("platform.authority_file", platform.authority_file, trust, "放平台 TLS 证书的根证书（PEM），或删掉这一项"),
        ("platform.secret_file", platform.secret_file, read_secret, "放平台运营方给的密钥：十六进制文字，至少 32 字节"),
        ("platform.issuer_roots", platform.issuer_roots, read_roots, "放发证单位印章的根证书（PEM）"),
        ("keys.kiosk_key", keys.kiosk_key, _opened, "按 docs/install.md 第 4 节做一把"),
        ("keys.kiosk_certificate", keys.kiosk_certificate, _opened, "放运营方给这台机器签的证书（PEM）"),
        ("keys.operator_roots", keys.operator_roots, load_roots, "放运营方的根证书（PEM）"),
    ]
    lines = [_address(path, platform.url)]
    for key, file, look, cure in looked:
        lines.append("" if file is None else _one(path, key, file, look, cure))
    found = [line for line in lines if line] + _staff(path, site)
    return found or [line for line in (_signs(path, site),) if line]


def _staff(path: Path, site: Site) -> list[str]:
    """What the door of maintenance could not use: roster, the key of its cards, the secret of the time codes."""
    from kiosk.maintenance.door.private import read_key
    from kiosk.maintenance.door.roster import load_roster
    from kiosk.maintenance.door.tokens import token_key
    from kiosk.settings.reading import Mistake

    lines: list[str] = []
    file = site.staff.roster
    try:
        if file is not None and not file.exists():
            cure = "用 kiosk staff add 加入第一个人，或改正路径"
            lines.append(f"{path}: staff.roster: 文件 {file} 不存在 → {cure}")
        elif file is not None and any(each.cards for each in load_roster(file).member):
            token_key(file)
    except Mistake as mistake:
        lines += mistake.lines
    try:
        if site.staff.time_codes is not None:
            read_key(site.staff.time_codes)
    except Mistake as mistake:
        lines += mistake.lines
    return lines


def staff_remarks(path: Path, site: Site) -> list[str]:
    """Who could come into maintenance here: nobody, nobody on a full disk, or nobody who may name the staff on the screen."""
    from kiosk.locales.staff import tell
    from kiosk.maintenance.door.roster import Roster, load_roster

    staff = site.staff
    if staff.roster is None and staff.time_codes is None:
        return [f"{path}: {tell('check.nobody')}"]
    roster = Roster() if staff.roster is None else load_roster(staff.roster)
    today = datetime.now(site.zone).date()
    lines = []
    if staff.time_codes is not None and not any(each.valid_on(today) for each in roster.member):
        lines.append(f"{path}: {tell('check.time_codes_only')}")
    if staff.roster is not None and not roster.administrators():
        lines.append(f"{path}: {tell('check.no_administrator')}")
    return lines


def _one(path: Path, key: str, file: Path, look: Callable[[Path], object], cure: str) -> str:
    try:
        look(file)
    except FileNotFoundError:
        return f"{path}: {key}: 文件 {file} 不存在 → 放好文件或改正路径"
    except OSError as error:
        return f"{path}: {key}: 文件 {file} 读不了（{error.strerror}）→ 检查权限；{cure}"
    except ValueError as error:
        return f"{path}: {key}: 文件 {file} 用不了（{error}）→ {cure}"
    return ""


def _opened(file: Path) -> None:
    with file.open("rb"):
        return


def _address(path: Path, url: str) -> str:
    from kiosk.gateways.transport import HttpSettings

    try:
        HttpSettings(address=url)
    except ValueError:
        return f"{path}: platform.url: {url} 用不了 → 写成 https://主机[:端口][/路径]；http 只能用于本机（127.0.0.1）"
    return ""


def _signs(path: Path, site: Site) -> str:
    """Sign a code and judge it as a clerk's device would: a paper that is taken for forged must not be the first to tell."""
    from kiosk.documents import chain
    from kiosk.documents.code import DIGEST_BYTES, HOLDER_BYTES, Claim, Kind, parse, write
    from kiosk.documents.signer import KeyFile
    from kiosk.documents.verify import words

    now = int(time.time())
    try:
        signer = KeyFile(site.keys.kiosk_key, site.keys.kiosk_certificate)
    except (ValueError, TypeError) as error:  # TypeError: the key is encrypted
        return f"{path}: keys.kiosk_key: 钥匙和证书用不了（{error}）→ 按 docs/install.md 第 4 节重做"
    claim = Claim(
        kind=Kind.RECEIPT,
        serial="CHECK",
        kiosk=site.kiosk_id,
        page=0,
        of=0,
        document=bytes(DIGEST_BYTES),
        issued_at=now,
        expires_at=now + 1,
        licence_type="",
        holder=bytes(HOLDER_BYTES),
    )
    try:
        chain.require_authentic(parse(write(claim, signer)), chain.load_roots(site.keys.operator_roots))
    except chain.NotGenuine as error:
        said = words().forged[str(error)].rstrip("。")
        return (
            f"{path}: keys.kiosk_certificate: 这台机器签的码通不过核验：{said}"
            f" → 请运营方为 {site.kiosk_id} 签一张有效的证书，operator_roots 用它的根"
        )
    return ""
