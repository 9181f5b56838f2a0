"""The evil drivers are installed for every test of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drivers.host.hosting import install


@pytest.fixture(autouse=True)
def installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
