"""One input device of the kernel, taken away from everybody else.

`/dev/input/event*` is held exclusively (EVIOCGRAB): a code must not be typed into the window that is open. A FIFO in which raw
events arrive is taken too; what one reader takes of it, no other gets.

Source: Linux, include/uapi/linux/input.h (EVIOCGRAB, EVIOCGNAME).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import stat

from drivers.code_scanner.keys import EVENT
from drivers.contract.faults import DeviceFault, FaultCode, failing

_GRAB = 0x40044590
_NAME_BYTES = 256
_NAME = 0x80000000 | _NAME_BYTES << 16 | 0x4506
_CHUNK = EVENT.size * 64


class KeyboardDevice:
    """An open input device. `name` is what it calls itself, "" when it does not say."""

    def __init__(self, path: str) -> None:
        """Open and grab it. Raise DeviceFault: PORT_ABSENT, PORT_DENIED (also when another holds it), SETTING_INVALID."""
        self._fd = _opened(path)
        try:
            self.name = _take(self._fd, path)
        except BaseException:
            os.close(self._fd)
            raise
        self._chunk = bytearray(_CHUNK)

    def read(self, seconds: float) -> memoryview:
        """Wait for events, at most `seconds`; the view (empty: none came) is valid until the next call.

        Raise DeviceFault(DEVICE_GONE) when the device is gone.
        """
        try:
            if not select.select([self._fd], [], [], max(0.0, seconds))[0]:
                return memoryview(b"")
            count = os.readv(self._fd, [self._chunk])
        except BlockingIOError:
            return memoryview(b"")
        except OSError as error:  # ENODEV once it is unplugged
            raise _gone() from error
        if count == 0:
            raise _gone()
        return memoryview(self._chunk)[:count]

    def discard(self) -> None:
        """Forget what was typed. Raise DeviceFault(DEVICE_GONE)."""
        while self.read(0.0):
            pass
        self.wipe()

    def wipe(self) -> None:
        """Overwrite the read buffer."""
        self._chunk[:] = bytes(_CHUNK)

    def close(self) -> None:
        """Let go of it; the grab ends with the descriptor."""
        self.wipe()
        with contextlib.suppress(OSError):
            os.close(self._fd)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        denied = error.errno in (errno.EACCES, errno.EPERM)
        raise failing(FaultCode.PORT_DENIED if denied else FaultCode.PORT_ABSENT, f"path: {path}") from None


def _take(fd: int, path: str) -> str:
    """Grab the device and return its name."""
    kind = os.fstat(fd).st_mode
    if stat.S_ISFIFO(kind):
        return ""
    if not stat.S_ISCHR(kind):
        raise failing(FaultCode.SETTING_INVALID, f"path: {path} is no input device")
    try:
        fcntl.ioctl(fd, _GRAB, 1)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise failing(FaultCode.PORT_DENIED, f"path: {path} is held by another program") from None
        if error.errno == errno.ENODEV:
            raise failing(FaultCode.PORT_ABSENT, f"path: {path}") from None
        raise failing(FaultCode.SETTING_INVALID, f"path: {path} is no input device: it cannot be grabbed") from None
    name = bytearray(_NAME_BYTES)
    try:
        fcntl.ioctl(fd, _NAME, name)
    except OSError:
        return ""  # a device without a name
    return name.partition(b"\0")[0].decode("utf-8", "replace")


def _gone() -> DeviceFault:
    return failing(FaultCode.DEVICE_GONE, "the scanner was unplugged")
