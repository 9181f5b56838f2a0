"""Files of the door: their owner's alone, written whole or not at all, and by one at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.settings.reading import Mistake

KEY_BYTES = 32


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by another one (0600); after a power cut there is the old one or the new one. Raise OSError."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Held(OSError):
    """Somebody else is writing there at this moment."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """While this lasts nobody else who asks for it writes in the folder (flock(2) on the folder itself, which leaves no file
    behind and ends with the process). Does not wait: raise Held; raise OSError."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(errno.EBUSY, os.strerror(errno.EBUSY), str(folder)) from None
        yield
    finally:
        os.close(held)


def refuse_open(path: Path) -> None:
    """Raise Mistake when others than its owner may read or write it."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Mistake([f"{path}: 别的账号也能读写这个文件 → chmod 600 {path}"])


def make_key(path: Path) -> None:
    """Make a file with a fresh key, in hexadecimal text. Raise FileExistsError: a key in use is never replaced."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Read such a file. Raise Mistake naming file and cure."""
    try:
        refuse_open(path)
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise Mistake([f"{path}: 文件不存在 → 用 kiosk staff key 做一个，或改正路径"]) from None
    except OSError as error:
        raise Mistake([f"{path}: 读不到这个文件（{error.strerror}）→ 检查路径和权限"]) from None
    except ValueError:
        raise Mistake([f"{path}: 不是十六进制文字 → 用 kiosk staff key 重做一个"]) from None
    if len(key) < KEY_BYTES:
        raise Mistake([f"{path}: 不足 {KEY_BYTES} 个字节 → 用 kiosk staff key 重做一个"])
    return key
