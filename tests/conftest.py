"""What holds for the whole suite: which tests stand in one queue, and that Ctrl-C can be tested."""

from __future__ import annotations

import signal

import pytest

QUEUES = ("screen", "kills")
"""Marks whose tests run one after another, each queue on a worker of its own: a person does not touch three screens at once."""


def pytest_configure() -> None:
    """A run in the background of a shell inherits an ignored SIGINT and would hand it on to every program under test."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each test's queue for `--dist loadgroup`."""
    for item in items:
        for queue in QUEUES:
            if item.get_closest_marker(queue):
                item.add_marker(pytest.mark.xdist_group(queue))
