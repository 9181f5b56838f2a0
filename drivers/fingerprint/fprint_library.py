"""libfprint-2 and the parts of GLib that it needs, by ctypes: the system's PyGObject is tied to the system's Python.

Only the synchronous calls of libfprint's public C interface (1.94) are used; each runs the default main context in the
calling thread until it is done, so that a GLib timer set before it runs meanwhile, and can cancel it. Every function has its
argument and result types here. Source: libfprint reference manual, FpContext, FpDevice, FpPrint; GLib and GIO reference manuals.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_int, c_size_t, c_uint, c_uint32, c_void_p
from functools import cache
from typing import Any

from drivers.contract.faults import FaultCode, failing

_SONAMES = {
    "fp": "libfprint-2.so.2",
    "gio": "libgio-2.0.so.0",
    "gobject": "libgobject-2.0.so.0",
    "glib": "libglib-2.0.so.0",
}


class GError(ctypes.Structure):
    """struct GError."""

    _fields_ = (("domain", c_uint32), ("code", c_int), ("message", c_char_p))


class GPtrArray(ctypes.Structure):
    """struct GPtrArray."""

    _fields_ = (("pdata", POINTER(c_void_p)), ("len", c_uint))


class GValue(ctypes.Structure):
    """struct _GValue: a type, then 16 bytes of data."""

    _fields_ = (("g_type", c_size_t), ("data", ctypes.c_uint64 * 2))


ErrorPointer = POINTER(GError)
EnrollProgress = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_void_p, c_void_p, ErrorPointer)
"""void (FpDevice *, gint completed_stages, FpPrint *, gpointer, GError *)"""

SourceFunc = ctypes.CFUNCTYPE(c_int, c_void_p)
"""gboolean (gpointer)"""

TYPE_BOOLEAN = 5 << 2
"""G_TYPE_BOOLEAN: fundamental type 5, shifted by G_TYPE_FUNDAMENTAL_SHIFT."""

FEATURE_VERIFY = 1 << 2
"""FP_DEVICE_FEATURE_VERIFY"""

_errors_out = POINTER(ErrorPointer)
_FUNCTIONS: dict[str, tuple[str, Any, tuple[Any, ...]]] = {
    "fp_context_new": ("fp", c_void_p, ()),
    "fp_context_get_devices": ("fp", POINTER(GPtrArray), (c_void_p,)),
    "fp_device_get_driver": ("fp", c_char_p, (c_void_p,)),
    "fp_device_get_device_id": ("fp", c_char_p, (c_void_p,)),
    "fp_device_get_name": ("fp", c_char_p, (c_void_p,)),
    "fp_device_get_nr_enroll_stages": ("fp", c_int, (c_void_p,)),
    "fp_device_has_feature": ("fp", c_int, (c_void_p, c_int)),
    "fp_device_open_sync": ("fp", c_int, (c_void_p, c_void_p, _errors_out)),
    "fp_device_close_sync": ("fp", c_int, (c_void_p, c_void_p, _errors_out)),
    "fp_device_enroll_sync": (
        "fp",
        c_void_p,
        (c_void_p, c_void_p, c_void_p, EnrollProgress, c_void_p, _errors_out),
    ),
    "fp_device_verify_sync": (
        "fp",
        c_int,
        (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, POINTER(c_int), POINTER(c_void_p), _errors_out),
    ),
    "fp_print_new": ("fp", c_void_p, (c_void_p,)),
    "fp_print_compatible": ("fp", c_int, (c_void_p, c_void_p)),
    "fp_print_serialize": ("fp", c_int, (c_void_p, POINTER(c_void_p), POINTER(c_size_t), _errors_out)),
    "fp_print_deserialize": ("fp", c_void_p, (c_void_p, c_size_t, _errors_out)),
    "g_cancellable_new": ("gio", c_void_p, ()),
    "g_cancellable_cancel": ("gio", None, (c_void_p,)),
    "g_object_unref": ("gobject", None, (c_void_p,)),
    "g_object_get_property": ("gobject", None, (c_void_p, c_char_p, POINTER(GValue))),
    "g_value_init": ("gobject", c_void_p, (POINTER(GValue), c_size_t)),
    "g_value_get_boolean": ("gobject", c_int, (POINTER(GValue),)),
    "g_timeout_add": ("glib", c_uint, (c_uint, SourceFunc, c_void_p)),
    "g_source_remove": ("glib", c_int, (c_uint,)),
    "g_main_context_iteration": ("glib", c_int, (c_void_p, c_int)),
    "g_quark_to_string": ("glib", c_char_p, (c_uint32,)),
    "g_error_free": ("glib", None, (ErrorPointer,)),
    "g_free": ("glib", None, (c_void_p,)),
}


class LibraryError(Exception):
    """A GError: its domain as a word ("fp - device - retry - quark"), its code, and the library's text for the technician."""

    def __init__(self, domain: str, code: int, text: str) -> None:
        super().__init__(f"{domain} {code}: {text}")
        self.domain, self.code, self.text = domain, code, text


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """Load the libraries; return their functions by name. Raise DeviceFault(SETTING_INVALID) when one is not installed."""
    try:
        libraries = {name: ctypes.CDLL(soname) for name, soname in _SONAMES.items()}
    except OSError as error:
        raise failing(FaultCode.SETTING_INVALID, f"fprint needs libfprint (Debian: libfprint-2-2): {error}") from error
    found = {}
    for name, (library, result, arguments) in _FUNCTIONS.items():
        function = getattr(libraries[library], name)
        function.restype, function.argtypes = result, arguments
        found[name] = function
    return found


def call(name: str, *arguments: Any) -> Any:
    """Call a function that reports no error."""
    return functions()[name](*arguments)


def try_call(name: str, *arguments: Any) -> Any:
    """Call a function whose last argument is `GError **`. Raise LibraryError."""
    error = ErrorPointer()
    result = functions()[name](*arguments, ctypes.byref(error))
    if error:
        raise _taken(error)
    return result


def told(error: Any) -> LibraryError | None:
    """The error that a callback was given; it stays the library's."""
    if not error:
        return None
    domain = call("g_quark_to_string", error.contents.domain) or b""
    return LibraryError(domain.decode("ascii", "replace"), error.contents.code, _text(error.contents.message))


def boolean_property(instance: int, name: str) -> bool:
    """A boolean property of a GObject."""
    value = GValue()
    call("g_value_init", ctypes.byref(value), TYPE_BOOLEAN)
    call("g_object_get_property", instance, name.encode("ascii"), ctypes.byref(value))
    return bool(call("g_value_get_boolean", ctypes.byref(value)))


def _taken(error: Any) -> LibraryError:
    made = told(error)
    call("g_error_free", error)
    assert made is not None
    return made


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
