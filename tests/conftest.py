"""What holds for the whole suite: which tests stand in one queue, and that Ctrl-C can be tested."""

from __future__ import annotations

import re
import signal
from typing import Any

import pytest

QUEUES = ("screen", "kills")
"""Marks whose tests run one after another, each queue on a worker of its own: a person does not touch three screens at once."""

STAFF = re.compile(r"tests/e2e/test_(staff_|out_of_service|set_up|replacing)|tests/kiosk/maintenance/")
"""Screens of staff stand in a queue of their own, before another display; so do the hasty kiosk, and the shell by itself."""

LONG = re.compile(
    r"tests/(mutants/|drivers/test_every_driver|drivers/conformance/test_kit_bites|packaging/"
    r"|kiosk/(visit|setup|opening|maintenance|journey|demo|operations)/|kiosk/identity/face/)"
)
"""Files in which each test lives through a visit or more. They come first: whatever is begun last is waited for alone."""


def pytest_configure() -> None:
    """A run in the background of a shell inherits an ignored SIGINT and would hand it on to every program under test."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each test's queue for `--dist loadgroup`; put the long files first for `--dist loadfile`."""
    items.sort(key=lambda item: LONG.match(item.nodeid) is None)
    for item in items:
        for queue in QUEUES:
            if item.get_closest_marker(queue):
                item.add_marker(pytest.mark.xdist_group(_screen(item) if queue == "screen" else queue))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """End the run when the queues are not kept: pytest-xdist 3.8 tells them by a suffix that pytest 9.2 does not take over, and
    then every worker starts every kiosk (pytest-dev/pytest-xdist#1386)."""
    if node.config.getoption("dist") == "loadgroup" and ids and not any("@" in each for each in ids):
        pytest.exit("no test stands in its queue: this pytest and this pytest-xdist do not fit together", returncode=3)


def _screen(item: pytest.Item) -> str:
    """Whose screen it is: staff's, the hasty kiosk's, the usual one's of the visitors, or the shell's by itself."""
    if STAFF.match(item.nodeid):
        return "staff"
    if "hasty" in getattr(item, "fixturenames", ()):
        return "hasty"
    return "visitors" if item.nodeid.startswith("tests/e2e/") else "shell"
