"""The pages of one Print command: how each is named, and that it is the very page that was checked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from drivers.contract.a4_printer import Print
from drivers.contract.faults import FaultCode, failing
from drivers.link import memfd

MAX_PAGE = 32 * 1024 * 1024
"""Bytes of one page. A page of A4 as a 600 dpi picture is below 10 MB; more is a mistake upstream."""


def job_name(serial: str, page: int, pages: int) -> str:
    """The name under which a page can be found again: `<serial>/<page>-<pages>`, page from 1."""
    return f"{serial}/{page}-{pages}"


def check_pages(command: Print, fds: Sequence[int]) -> None:
    """Raise DeviceFault(PAGE_DIGEST) unless there is one sealed page for each digest, with exactly these bytes."""
    if not fds or len(fds) != len(command.digests):
        raise failing(FaultCode.PAGE_DIGEST, f"{len(command.digests)} digests for {len(fds)} pages")
    for number, (fd, digest) in enumerate(zip(fds, command.digests, strict=True), start=1):
        read_page(fd, digest, number)


def read_page(fd: int, digest: str, number: int) -> bytes:
    """Return a page's bytes. Raise DeviceFault(PAGE_DIGEST) when they are not those of the digest (SHA-256, hexadecimal)."""
    try:
        page = memfd.read(fd, limit=MAX_PAGE)
    except ValueError as error:
        raise failing(FaultCode.PAGE_DIGEST, f"page {number}: {error}") from error
    if hashlib.sha256(page).hexdigest() != digest:
        raise failing(FaultCode.PAGE_DIGEST, f"page {number} is not the page that was checked")
    return page
