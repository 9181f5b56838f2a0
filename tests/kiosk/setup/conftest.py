"""A platform of their own for the tests of the set-up: codes that are typed wrong on purpose close its desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.maintenance.door import verifier
from kiosk.maintenance.door.rules import Cost
from kiosk.sandbox import launch
from kiosk.sandbox.launch import Sandbox


@pytest.fixture(autouse=True)
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PIN costs is tested where it is made (tests/kiosk/maintenance/door)."""
    make = verifier.make
    monkeypatch.setattr(verifier, "make", lambda pin, cost: make(pin, Cost(n=4096, r=1, p=1)))


@pytest.fixture(scope="module")
def running_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    found = launch.start(tmp_path_factory.mktemp("platform") / "platform", seed=7, kiosk="OTHER-0001")
    yield found
    found.stop()


@pytest.fixture
def platform(running_platform: Sandbox) -> Iterator[Sandbox]:
    running_platform.mend()
    yield running_platform
    running_platform.mend()
