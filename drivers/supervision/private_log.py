"""Telling of defects without their texts: the message of an exception may hold what was read from a card."""

from __future__ import annotations

import logging
import traceback


def log_defect(log: logging.Logger, where: str, error: BaseException) -> None:
    """Log where the exception came from, line by line, and its type; not its text."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    log.error("defect in %s: %s\n%s", where, type(error).__name__, lines.rstrip())
