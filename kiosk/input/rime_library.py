"""librime (BSD-3-Clause) through ctypes: the few functions and structs of rime_api.h that are used here.

`data_size` at the head of a struct is its size without that field: it says which version of the struct the caller knows.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, ClassVar

LIBRARY = "librime.so.1"
SYSTEM_DATA = "/usr/share/rime-data"
_FATAL_ONLY = 3
"""glog level: below it the library would write letters into its messages."""


class Traits(ctypes.Structure):
    """RimeTraits."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("data_size", ctypes.c_int),
        ("shared_data_dir", ctypes.c_char_p),
        ("user_data_dir", ctypes.c_char_p),
        ("distribution_name", ctypes.c_char_p),
        ("distribution_code_name", ctypes.c_char_p),
        ("distribution_version", ctypes.c_char_p),
        ("app_name", ctypes.c_char_p),
        ("modules", ctypes.c_void_p),
        ("min_log_level", ctypes.c_int),
        ("log_dir", ctypes.c_char_p),
        ("prebuilt_data_dir", ctypes.c_char_p),
        ("staging_dir", ctypes.c_char_p),
    )


class Composition(ctypes.Structure):
    """RimeComposition; places are bytes of the preedit."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("length", ctypes.c_int),
        ("cursor_pos", ctypes.c_int),
        ("sel_start", ctypes.c_int),
        ("sel_end", ctypes.c_int),
        ("preedit", ctypes.c_char_p),
    )


class Candidate(ctypes.Structure):
    """RimeCandidate."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("text", ctypes.c_char_p),
        ("comment", ctypes.c_char_p),
        ("reserved", ctypes.c_void_p),
    )


class Menu(ctypes.Structure):
    """RimeMenu."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("page_size", ctypes.c_int),
        ("page_no", ctypes.c_int),
        ("is_last_page", ctypes.c_int),
        ("highlighted", ctypes.c_int),
        ("num_candidates", ctypes.c_int),
        ("candidates", ctypes.POINTER(Candidate)),
        ("select_keys", ctypes.c_char_p),
    )


class Context(ctypes.Structure):
    """RimeContext."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("data_size", ctypes.c_int),
        ("composition", Composition),
        ("menu", Menu),
        ("commit_text_preview", ctypes.c_char_p),
        ("select_labels", ctypes.c_void_p),
    )


class Commit(ctypes.Structure):
    """RimeCommit."""

    _fields_: ClassVar[Sequence[Any]] = (("data_size", ctypes.c_int), ("text", ctypes.c_char_p))


class CandidateList(ctypes.Structure):
    """RimeCandidateListIterator."""

    _fields_: ClassVar[Sequence[Any]] = (("ptr", ctypes.c_void_p), ("index", ctypes.c_int), ("candidate", Candidate))


def sized(struct: Any) -> Any:
    """Fill in `data_size`."""
    struct.data_size = ctypes.sizeof(struct) - ctypes.sizeof(ctypes.c_int)
    return struct


def load(user: str, prebuilt: str = "") -> Any:
    """Load the library and tell it its folders. Raise OSError naming the Debian package when it is not installed."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise OSError(f"{LIBRARY} cannot be loaded; install librime1 ({error})") from error
    library.RimeCreateSession.restype = ctypes.c_size_t
    traits = sized(Traits())
    traits.shared_data_dir = SYSTEM_DATA.encode()
    traits.user_data_dir = user.encode()
    if prebuilt:
        traits.prebuilt_data_dir = prebuilt.encode()
    traits.distribution_name = traits.distribution_code_name = traits.app_name = b"kiosk"
    traits.distribution_version = b"1"
    traits.min_log_level = _FATAL_ONLY
    traits.log_dir = b""  # to stderr, if at all: no files
    library.RimeSetup(ctypes.byref(traits))
    return library
