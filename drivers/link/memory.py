"""Memory of a process that runs for months on a small machine: few malloc arenas, and what is free goes back to the kernel.

glibc keeps freed memory in an arena per thread; a core that once rendered a page would hold it for ever. Both calls are
mallopt(3) and malloc_trim(3) of glibc; on another C library they do nothing.
"""

from __future__ import annotations

import ctypes
import gc

_M_MMAP_THRESHOLD = -3
_LARGE = 1 << 20
"""Bytes from which a block is mapped by itself and so goes back when it is freed. Unset, glibc raises this to 32 MB after the
first large block, and keeps one page's pixels (26 MB) for the next."""

_M_ARENA_MAX = -8
_ARENAS = 2
"""One for the loop and one for its worker threads; more only keep more."""


FORGETFUL = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165"}
"""Environment of a process that draws or hears what a visitor types: whatever it frees is overwritten at once (glibc's M_PERTURB,
which leaves out what lies in a thread's cache: there is none). See docs/decisions/023."""


def _glibc() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def be_frugal() -> None:
    """Call once at the start of a process."""
    library = _glibc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return free memory to the kernel (about 5 ms), which also wipes it. Call when a visit has ended or a large load is over."""
    gc.collect()
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)
