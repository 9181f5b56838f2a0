"""`python -m drivers.emulators`: JSON lines in, JSON lines out; what cannot be done is an answer, and the bench goes on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.emulators.__main__ import reply_to
from drivers.emulators.base import Emulator
from drivers.emulators.describe import NO_FAULT, mistake, of_emulator
from drivers.emulators.scenario_file import described


def ask(*requests: str) -> list[dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, "-m", "drivers.emulators"],
        input="\n".join(requests) + "\n",
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_the_bench_lives_through_wrong_requests() -> None:
    start = {"id": 3, "start": {"name": "io", "kind": "modbus_io"}}
    replies = ask(
        "no json",
        "[1]",
        json.dumps(start),
        json.dumps({**start, "id": 4}),
        '{"id": 5, "name": "io", "verb": "door", "arguments": {"open": true}}',
        '{"id": 6, "name": "io", "verb": "nothing"}',
        '{"id": 7, "name": "io", "state": true}',
        '{"id": 8, "name": "io", "verbs": true}',
    )
    assert [("ok" in each, each["id"]) for each in replies] == [
        (False, None), (False, None), (True, 3), (False, 4), (True, 5), (False, 6), (True, 7), (True, 8),
    ]  # fmt: skip
    assert replies[6]["ok"]["inputs"]["door"] is True
    assert replies[7]["ok"]["verbs"]["door"]["arguments"] == [
        {"name": "open", "type": "bool", "needed": True, "default": None}
    ]
    assert "silent" in replies[7]["ok"]["faults"]


@pytest.mark.parametrize(("kind", "package"), [("pcsc", "pcscd"), ("nut", "nut-server"), ("cups", "cups")])
def test_a_daemon_that_is_not_installed_is_answered_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, kind: str, package: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    emulators: dict[str, Emulator] = {}
    reply = reply_to(json.dumps({"id": 1, "start": {"name": kind, "kind": kind}}), emulators)
    assert "apt-get install" in reply["error"]
    assert package in reply["error"]
    assert emulators == {}


def test_a_port_that_is_taken_is_an_answer(tmp_path: Path) -> None:
    emulators: dict[str, Emulator] = {}
    start = {"start": {"name": "one", "kind": "ipp"}}
    try:
        port = int(reply_to(json.dumps(start), emulators)["ok"]["uri"].split(":")[2].split("/")[0])
        taken = {"start": {"name": "two", "kind": "ipp", "options": {"port": port}}}
        assert "OSError" in reply_to(json.dumps(taken), emulators)["error"]
        assert list(emulators) == ["one"]
    finally:
        for each in emulators.values():
            each.stop()


def test_every_emulator_is_described_without_being_started() -> None:
    for manifest in registry.manifests().values():
        if manifest.emulator and manifest.entry.startswith("drivers."):
            found = described(manifest.id)
            assert {"unplug", "replug", "fault", "clear_faults", "present", "withdraw"} <= set(found.verbs)
            for kind in found.faults:
                assert mistake(found, "fault", {"kind": kind}) is None, (manifest.id, kind)
            assert mistake(found, "fault", {"kind": "no such"}) is not None
            assert mistake(found, "fault", {"kind": NO_FAULT}) is None


def test_what_cannot_be_asked_is_told_by_key() -> None:
    class Shelf(Emulator):
        @property
        def nothing(self) -> None: ...

    found = described("modbus_io")
    assert mistake(found, "door", {"open": True}) is None
    assert mistake(found, "press_help", {"seconds": 1}) is None
    for verb, given, key in (
        ("dor", {}, "do"),
        ("door", {}, "with.open"),
        ("door", {"open": 1}, "with.open"),
        ("door", {"open": True, "wide": 2}, "with.wide"),
        ("press_help", {"seconds": True}, "with.seconds"),
        ("press_help", {"seconds": "1"}, "with.seconds"),
    ):
        wrong = mistake(found, verb, given)
        assert wrong is not None
        assert (wrong[0], "→" in wrong[1]) == (key, True)
    assert of_emulator(Shelf).faults == {}
