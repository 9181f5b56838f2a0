"""One fingerprint reader behind libfprint: found, opened, asked to enrol and to compare, let go.

Templates are libfprint's serialised FpPrint ("FP3") in an envelope of our own (`fprint_template`). The buffers that pass through
here are overwritten; the copies inside of libfprint are freed by it, not overwritten.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import c_int, c_size_t, c_void_p
from typing import Any, NamedTuple

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.contract.secret import SecretBytes
from drivers.fingerprint import fprint_errors, fprint_template
from drivers.fingerprint import fprint_library as lib
from drivers.fingerprint.fprint_library import LibraryError, call, try_call

_LOOK_MS = 100
"""Between two looks at the caller's deadline and cancel; the contract asks for 200."""

_VIRTUAL = ("FP_VIRTUAL_DEVICE", "FP_VIRTUAL_DEVICE_STORAGE", "FP_VIRTUAL_DEVICE_IDENT", "FP_VIRTUAL_IMAGE")
"""Environment variables by which libfprint offers readers that do not exist. One that is left over from a test would let
anybody in: they are removed, but for the one that the settings ask for."""

_VIRTUAL_DRIVER = "virtual_device"
_MOST_EVENTS = 100
"""What `pump()` hands on at a time, so that a flood of hot-plug events does not keep a status waiting."""

Check = Callable[[], None]


class Retry(Exception):
    """The finger was not read well; the same may be asked again."""


class Found(NamedTuple):
    """What libfprint says of a reader."""

    driver: str
    device_id: str
    name: str
    stages: int


class Reader:
    """An opened reader. One context a reader: libfprint forgets a reader that was unplugged only with its context."""

    def __init__(self, *, driver: str, device_id: str, virtual_socket: str, check: Check) -> None:
        """Find and open it. Raise DeviceFault: PORT_ABSENT, PORT_DENIED, UNSUPPORTED, SETTING_INVALID (no libfprint)."""
        for name in _VIRTUAL:
            os.environ.pop(name, None)
        if virtual_socket:
            os.environ["FP_VIRTUAL_DEVICE"] = virtual_socket
            driver = _VIRTUAL_DRIVER
        self._context: int = call("fp_context_new")
        self._open = False
        try:
            self._device = self._choose(driver, device_id)
            self.found = _describe(self._device)
            if not call("fp_device_has_feature", self._device, lib.FEATURE_VERIFY):
                raise failing(FaultCode.UNSUPPORTED, f"{self.found.name} cannot compare a finger with one template")
            with self._watched(check) as cancellable:
                try_call("fp_device_open_sync", self._device, cancellable)
            self._open = True
        except DeviceFault:
            self.close()
            raise

    def pump(self) -> None:
        """Let libfprint see what happened on its buses. Raise DeviceFault(DEVICE_GONE) when the reader was unplugged."""
        for _ in range(_MOST_EVENTS):
            if not call("g_main_context_iteration", None, 0):
                break
        if lib.boolean_property(self._device, "removed"):
            raise failing(FaultCode.DEVICE_GONE, "the reader was unplugged")

    def enroll(self, check: Check, stage: Callable[[int], None], retry: Callable[[], None]) -> SecretBytes:
        """Read a finger until its template is made; `stage` gets how often it was read. Raise DeviceFault, CommandCanceled."""
        raised: list[BaseException] = []

        def progress(device: int, done: int, image: int, data: int, error: Any) -> None:
            # ctypes would print and forget what is raised here; it is raised again by the watch.
            try:
                retry() if error else stage(done)
            except Exception as problem:
                raised.append(problem)

        def look() -> None:
            if raised:
                raise raised[0]
            check()

        told = lib.EnrollProgress(progress)  # held here for as long as the library may call it
        blank = call("fp_print_new", self._device)  # taken over by the call
        with self._watched(look) as cancellable:
            made = try_call("fp_device_enroll_sync", self._device, blank, cancellable, told, None)
        if raised:
            raise raised[0]
        try:
            return _serialised(made)
        finally:
            call("g_object_unref", made)

    def verify(self, template: SecretBytes, check: Check) -> bool:
        """Compare one finger with the template. Raise Retry; DeviceFault(TEMPLATE_INVALID) for a template of other make."""
        enrolled = _deserialised(template)
        try:
            if not call("fp_print_compatible", enrolled, self._device):
                raise failing(FaultCode.TEMPLATE_INVALID, f"not made by {self.found.driver}/{self.found.device_id}")
            match, scanned = c_int(0), c_void_p()
            with self._watched(check) as cancellable:
                try_call(
                    "fp_device_verify_sync",
                    self._device,
                    enrolled,
                    cancellable,
                    None,
                    None,
                    ctypes.byref(match),
                    ctypes.byref(scanned),
                )
            if scanned:
                call("g_object_unref", scanned)
            return bool(match.value)
        finally:
            call("g_object_unref", enrolled)

    def close(self) -> None:
        """Let the reader go; it may be gone already."""
        if self._open:
            self._open = False
            try:
                try_call("fp_device_close_sync", self._device, None)
            except LibraryError as error:
                if fprint_errors.fault_of(error).fault.code is not FaultCode.DEVICE_GONE:
                    raise fprint_errors.fault_of(error) from error
        if self._context:
            call("g_object_unref", self._context)
            self._context = 0

    def _choose(self, driver: str, device_id: str) -> int:
        devices = call("fp_context_get_devices", self._context).contents
        seen = []
        for at in range(devices.len):
            device: int = devices.pdata[at]
            found = _describe(device)
            if found.driver == (driver or found.driver) and found.device_id == (device_id or found.device_id):
                return device
            seen.append(f"{found.driver}/{found.device_id}")
        wanted = f"{driver or 'any'}/{device_id or 'any'}"
        raise failing(FaultCode.PORT_ABSENT, f"no reader {wanted}; there are: {', '.join(seen) or 'none'}")

    @contextmanager
    def _watched(self, check: Check) -> Iterator[int]:
        """A GCancellable that is cancelled when `check` raises, while the call inside runs; its errors become faults."""
        cancellable: int = call("g_cancellable_new")
        stopped: list[Exception] = []

        def look(_: int) -> int:
            # Whatever it raises ends the call, and is raised when it has ended: ctypes would print and forget it.
            try:
                check()
            except Exception as reason:
                stopped.append(reason)
                call("g_cancellable_cancel", cancellable)
            return not stopped

        looking = lib.SourceFunc(look)
        source = call("g_timeout_add", _LOOK_MS, looking, None)
        try:
            yield cancellable
        except LibraryError as error:
            if stopped:
                raise stopped[0] from None
            if error.domain == fprint_errors.RETRY:
                raise Retry from error
            raise fprint_errors.fault_of(error) from error
        finally:
            if not stopped:
                call("g_source_remove", source)
            call("g_object_unref", cancellable)


def _describe(device: int) -> Found:
    def text(name: str) -> str:
        return (call(f"fp_device_get_{name}", device) or b"").decode("utf-8", "replace")

    return Found(text("driver"), text("device_id"), text("name"), call("fp_device_get_nr_enroll_stages", device))


def _serialised(made: int) -> SecretBytes:
    address, size = c_void_p(), c_size_t()
    try:
        try_call("fp_print_serialize", made, ctypes.byref(address), ctypes.byref(size))
    except LibraryError as error:
        raise fprint_errors.fault_of(error) from error
    assert address.value is not None
    raw = bytearray((ctypes.c_ubyte * size.value).from_address(address.value))
    try:
        return fprint_template.pack(raw)
    finally:
        raw[:] = bytes(len(raw))
        ctypes.memset(address.value, 0, size.value)
        call("g_free", address)


def _deserialised(template: SecretBytes) -> int:
    raw = fprint_template.unpack(template)
    buffer = (ctypes.c_ubyte * len(raw)).from_buffer(raw)
    try:
        enrolled: int = try_call("fp_print_deserialize", ctypes.addressof(buffer), len(raw))
    except LibraryError as error:
        raise failing(FaultCode.TEMPLATE_INVALID, str(error)) from error
    finally:
        ctypes.memset(ctypes.addressof(buffer), 0, len(raw))
    return enrolled
