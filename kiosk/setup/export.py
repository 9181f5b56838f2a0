"""All that a set-up has made, in one archive: for the county's shelf, and for the machine that replaces this one.

Each file's digest stands in manifest.json, signed with the kiosk's key (manifest.sig, r and s of ECDSA P-256; kiosk.pem in
the archive is its certificate). Key, secret and staff are left out unless they are asked for. The cards of the staff never go
along, nor the key of their tokens (staff.key): whoever has both can find out whose ID cards they are.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

from kiosk import __version__
from kiosk.documents.signer import KeyFile
from kiosk.maintenance.door.roster import Roster, as_bytes, load_roster
from kiosk.setup.folder import SetupFolder, put

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"


def export(folder: SetupFolder, into: Path, now: datetime, *, private: bool = False) -> Path:
    """Write the archive into a folder; return its path. Raise Mistake, OSError, ValueError."""
    files = {str(path.relative_to(folder.root)): _content(folder, path) for path in _files(folder, private=private)}
    about = {
        "kiosk": _kiosk(folder),
        "at": now.isoformat(timespec="seconds"),
        "runtime": __version__,
        "private": private,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    manifest = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")
    signature = KeyFile(folder.key, folder.certificate).sign(manifest)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, MANIFEST: manifest, SIGNATURE: signature}.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content)
    path = into / f"kiosk-{about['kiosk']}-{now:%Y%m%d-%H%M%S}.zip"
    put(path, packed.getvalue())
    return path


def _files(folder: SetupFolder, *, private: bool) -> list[Path]:
    kept = [
        folder.site,
        folder.profile,
        folder.answers,
        folder.unit,
        folder.screen_unit,
        folder.certificate,
        folder.issuer_roots,
        folder.operator_roots,
        folder.authority,
        *(folder.private if private else ()),
    ]
    return [each for each in kept if each.exists()]


def _content(folder: SetupFolder, path: Path) -> bytes:
    """Raise Mistake for a roster that somebody has spoiled."""
    if path != folder.staff:
        return path.read_bytes()
    members = load_roster(path).member
    return as_bytes(Roster(member=tuple(each.model_copy(update={"cards": ()}) for each in members)))


def _kiosk(folder: SetupFolder) -> str:
    from kiosk.settings.site import load_site

    return load_site(folder.site).kiosk_id
