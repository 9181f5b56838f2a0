"""Sealed memory files: nameless, unchangeable once passed on, gone with their last holder (memfd_create(2), fcntl F_ADD_SEALS)."""

from __future__ import annotations

import fcntl
import mmap
import os

_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


def seal(data: bytes | bytearray | memoryview) -> int:
    """Return a file descriptor that holds `data` and can never be changed. The caller closes it."""
    fd = os.memfd_create("page", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        view = memoryview(data).cast("B")
        while view:
            view = view[os.write(fd, view) :]
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(fd)
        raise
    return fd


def read(fd: int, *, limit: int) -> bytes:
    """Return the whole content. Raise ValueError when it is not fully sealed or longer than `limit` bytes."""
    size = check(fd, limit=limit)
    return os.pread(fd, size, 0) if size else b""


def view(fd: int, *, limit: int) -> mmap.mmap:
    """Map the content read-only, without a copy. Same errors as `read`, and ValueError when it is empty."""
    size = check(fd, limit=limit)
    if size == 0:
        raise ValueError("the memory file is empty")
    # Private: kernels before 6.7 refuse a shared mapping of a write-sealed file, also a read-only one (EPERM).
    return mmap.mmap(fd, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)


def check(fd: int, *, limit: int) -> int:
    """Return the size of a sealed memfd. Raise ValueError when it is not one, or too long."""
    try:
        seals = fcntl.fcntl(fd, fcntl.F_GET_SEALS)
    except OSError as error:
        raise ValueError("not a memory file") from error
    if seals & _SEALS != _SEALS:
        raise ValueError("the memory file is not sealed; its sender could still change it")
    size = os.fstat(fd).st_size
    if size > limit:
        raise ValueError(f"the memory file has {size} bytes; at most {limit} are taken")
    return size
