"""The staff's task: a bundle onto a stick of a whole kiosk with a scripted window; what a bad stick does is told in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.bundle import sealed, stick
from kiosk.bundle.stick import NotWritten, Why
from kiosk.documents.chain import load_roots
from kiosk.maintenance.readiness import bundle_task
from kiosk.maintenance.readiness.bundle_task import Where
from kiosk.sticks import Stick
from tests.support.bench import on_stage
from tests.support.shift import shift

pytestmark = pytest.mark.anyio


async def test_a_bundle_goes_onto_the_stick_and_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    there = Stick(device="sdb1", folder=tmp_path / "stick", label="Stick", free=2**30)
    there.folder.mkdir()
    monkeypatch.setattr(bundle_task.Where, "look", lambda: Where((there,)))
    script = {
        "staff_home": ["bundle", "leave"],
        "staff_bundle": ["sdb1", "back"],
        "staff_bundle_writing": None,
        "staff_bundle_written": ["done"],
        "staff_leaving": ["go"],
    }
    async with on_stage(tmp_path / "stage", script) as run:
        await run.devices_ready()
        acts = await shift(run)
        roots = load_roots(run.kiosk.site.keys.operator_roots)
    files = list(there.folder.iterdir())
    opened = sealed.open_sealed(files[0].read_bytes(), roots)
    assert len(files) == 1
    assert opened.kiosk == run.kiosk.site.kiosk_id
    assert b"id_reader" in opened.files["devices.json"]
    assert any(act["act"] == "bundle.written" for act in acts)


async def test_a_pulled_stick_is_said_and_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    there = Stick(device="sdb1", folder=tmp_path / "stick", label="Stick", free=2**30)
    monkeypatch.setattr(bundle_task.Where, "look", lambda: Where((there,)))

    def pulled(*given: object) -> Path:
        raise NotWritten(Why.GONE)

    monkeypatch.setattr(stick, "write", pulled)
    script = {
        "staff_home": ["bundle", "leave"],
        "staff_bundle": ["sdb1", "back"],
        "staff_bundle_writing": None,
        "staff_bundle_failed": ["done"],
        "staff_leaving": ["go"],
    }
    async with on_stage(tmp_path / "stage", script) as run:
        acts = await shift(run)
    assert [act["why"] for act in acts if act["act"] == "bundle.failed"] == ["gone"]
