"""Files made to hurt whoever reads them: refused within a second and without the memory they ask for.

pyHanko's own limits hold these; this test notices when a newer one no longer does.
"""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"

READ_WITH_LITTLE = """
import resource, sys
from datetime import UTC, datetime
from kiosk.licences import seal
from kiosk.licences.refusal import LicenceRefused

raw = open(sys.argv[1], "rb").read()
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 150 * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (resource.getrusage(resource.RUSAGE_SELF).ru_utime.__ceil__() + 5,) * 2)
try:
    seal.check(raw, roots=(), now=datetime.now(UTC))
except LicenceRefused as error:
    print(error.code, error.detail)
"""


def packed(megabytes: int, layers: int = 1) -> bytes:
    """Zeros, deflated (RFC 1950): after a full flush every megabyte looks the same, so one is packed and repeated."""
    zeros, packer, sum_ = bytes(2**20), zlib.compressobj(9), 1
    first = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        sum_ = zlib.adler32(zeros, sum_)
    out = first[:2] + first[2:] * megabytes + LAST_BLOCK + sum_.to_bytes(4, "big")
    for _ in range(layers - 1):
        out = zlib.compress(out, 9)
    return out


LAST_BLOCK = b"\x03\x00"
"""An empty deflate block that says it is the last (RFC 1951, 3.2.3)."""


def with_xref_stream(data: bytes, filters: bytes) -> bytes:
    head = b"%PDF-1.7\n"
    entries = b"/Type /XRef /Size 3 /W [1 2 1] /Root 2 0 R /Filter [" + filters + b"]"
    body = b"1 0 obj\n<< " + entries + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream\nendobj\n"
    return head + body + b"startxref\n%d\n%%%%EOF\n" % len(head)


def with_objects(catalogue: bytes, *others: bytes, trailer: bytes = b"") -> bytes:
    """A PDF with a plain table; "@" in the trailer becomes the table's own place."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate((b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>", PAGES, *others), 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R " % (len(places) + 1) + trailer.replace(b"@", b"%d" % table)
    return bytes(out + b" >>\nstartxref\n%d\n%%%%EOF\n" % table)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: with_xref_stream(packed(800), b"/FlateDecode"),
    "bomb in a bomb": lambda: with_xref_stream(packed(800, layers=2), b"/FlateDecode /FlateDecode"),
    "ascii bomb": lambda: with_xref_stream(b"z" * 7_000_000 + b"~>", b"/ASCII85Decode"),
    "nested without end": lambda: with_objects(b"/AcroForm << /Fields " + b"[" * 200_000 + b"]" * 200_000 + b" >>"),
    "a table before itself": lambda: with_objects(b"", trailer=b"/Prev @"),
    "fields in a circle": lambda: with_objects(b"/AcroForm << /Fields [3 0 R] >>", b"<< /T (a) /Kids [3 0 R 3 0 R] >>"),
    "a reference to itself": lambda: with_objects(b"/AcroForm 3 0 R", b"3 0 R"),
    "a text without end": lambda: with_objects(b"/X " + b"(" * 3_000_000),
    "too many objects": lambda: (
        b"%PDF-1.7\nxref\n0 9999999999\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF"
    ),
}
"""Made when they are needed: every worker collects every test."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_hurt_is_refused_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.pdf").write_bytes(HOSTILE[name]())
    done = subprocess.run(
        [sys.executable, "-c", READ_WITH_LITTLE, tmp_path / "file.pdf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.split()[0] == "unreadable", done.stdout
    assert "MemoryError" not in done.stdout
