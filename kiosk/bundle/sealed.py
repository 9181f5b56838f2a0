"""The bundle's file: a zip whose manifest names each file with its SHA-256, signed by the kiosk, with the certificates it needs."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.bundle.contents import NAMES, WITHHELD
from kiosk.documents.chain import NotGenuine
from kiosk.documents.signed_record import Record, claimed_kiosk, signed, verified
from kiosk.documents.signer import Signer
from kiosk.journal.store import AuditRow, follows

KIND = "bundle"
MANIFEST = "manifest.json"
CERTIFICATES = "certificates.pem"
"""The kiosk's certificate and the operator's roots, for whoever has neither. Only a root that one has already is to be believed."""

LARGEST = 64 * 2**20
"""Bytes, unpacked: what claims to be larger is none of ours."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that was verified. `withheld`: rows of the chain that were kept back; `chain`: the first row whose hash does not
    follow from the row before it, None where all do."""

    kiosk: str
    at: str
    files: dict[str, bytes]
    withheld: int
    chain: int | None


def name_of(kiosk: str, at: datetime) -> str:
    """What the file is called: letters that every file system of a stick takes."""
    return f"kiosk-{kiosk}-{at.strftime('%Y%m%d-%H%M%S')}.zip"


def seal(files: Mapping[str, bytes], kiosk: str, signer: Signer, roots: Path, *, at: datetime) -> bytes:
    """Return the file. Raise OSError when the operator's roots cannot be read."""
    strange = set(files) - NAMES
    if strange:
        raise ValueError(f"{min(strange)} is no file of a bundle")
    own = x509.load_der_x509_certificate(signer.certificate).public_bytes(Encoding.PEM)
    whole = {**files, CERTIFICATES: own + roots.read_bytes()}
    body = {"files": {name: {"sha256": _sha256(raw), "bytes": len(raw)} for name, raw in sorted(whole.items())}}
    whole[MANIFEST] = signed(KIND, kiosk, body, signer, at=at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(whole):
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), whole[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def open_sealed(raw: bytes, roots: Sequence[x509.Certificate]) -> Opened:
    """Verify a bundle and return what is in it.

    Raise ValueError (no bundle), NotGenuine (no kiosk of the operator signed it, or a file was changed, added or taken away).
    """
    files = _unpacked(raw)
    manifest = files.pop(MANIFEST, None)
    if manifest is None:
        raise ValueError("no bundle: it has no manifest")
    record: Record = verified(manifest, KIND, claimed_kiosk(manifest), roots)
    try:
        told = {name: str(row["sha256"]) for name, row in record.body["files"].items()}
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("no bundle: its manifest names no files") from error
    if {name: _sha256(content) for name, content in files.items()} != told:
        raise NotGenuine("files")
    rows = [json.loads(line) for line in files.get("audit.jsonl", b"").splitlines()]
    return Opened(
        kiosk=record.kiosk,
        at=record.at,
        files=files,
        withheld=sum(WITHHELD in row for row in rows),
        chain=_first_bad(rows),
    )


def _first_bad(rows: Sequence[dict[str, Any]]) -> int | None:
    """Recompute the chain over the rows that are here; what was withheld is believed by its hash alone."""
    for number, told in enumerate(rows):
        if WITHHELD in told or (number == 0 and told["seq"] != 1):
            continue
        before: dict[str, Any] = rows[number - 1] if number else {"seq": 0, "hash": ""}
        if before["seq"] != told["seq"] - 1 or not follows(before["hash"], msgspec.convert(told, type=AuditRow)):
            return int(told["seq"])
    return None


def _unpacked(raw: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            rows = packed.infolist()
            names = [row.filename for row in rows]
            if len(set(names)) != len(names) or set(names) - NAMES - {MANIFEST, CERTIFICATES}:
                raise NotGenuine("files")
            if sum(row.file_size for row in rows) > LARGEST:
                raise ValueError("no bundle: it is too large")
            return {row.filename: packed.read(row) for row in rows}
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise ValueError("no bundle: the file is damaged or none") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
