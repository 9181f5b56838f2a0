"""How a command fails: what is told, and with which exit code."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes; docs/command-line.md promises them."""

    GOOD = 0
    BAD_OUTCOME = 1
    USAGE = 2
    DEFECT = 3
    INTERRUPTED = 130


class Failure(Exception):
    """The command cannot give what was asked. The text says in Chinese what is wrong → and what to do."""

    code = Exit.BAD_OUTCOME


class Usage(Failure):
    """A mistake in what was asked."""

    code = Exit.USAGE


def why(error: OSError) -> str:
    """Return in Chinese why a file or an address cannot be used, naming it where the error does."""
    named = f"{error.filename}：" if error.filename is not None else ""
    for kind, text in _REASONS.items():
        if isinstance(error, kind):
            return named + text
    return named + (error.strerror or str(error) or type(error).__name__)


_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个文件或文件夹 → 检查路径",
    IsADirectoryError: "是文件夹，不是文件 → 写到文件名为止",
    NotADirectoryError: "路径中间有一段不是文件夹 → 检查路径",
    PermissionError: "没有权限 → 换有权限的账号，或改这个路径的权限",
}
