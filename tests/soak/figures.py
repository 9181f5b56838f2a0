"""What the kernel says of the kiosk's processes while nobody is at the screen, and what lies on its disk.

`private_mb` is what only this process holds and has written to. Memory that is backed by a file moves when another program on the
machine maps the same library or lets it go, so `pss_mb` is kept beside it, and growth is judged by the first.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import psutil


class Process(msgspec.Struct, frozen=True):
    """One process of the kiosk. `memfds` are descriptors, `memfd_maps` mappings of nameless shared memory."""

    role: str
    pid: int
    pss_mb: float
    private_mb: float
    fds: int
    threads: int
    memfds: int
    memfd_maps: int


class Disk(msgspec.Struct, frozen=True):
    """`journal_bytes`: the journal's pages, wherever they lie now; `wal_bytes`: its write-ahead file; files by their number."""

    journal_bytes: int
    wal_bytes: int
    state_files: int
    temp_files: int


class Sample(msgspec.Struct, frozen=True):
    """One look. `zombies` are children that ended and were not waited for; `strangers` have no role in the core's own table."""

    processes: tuple[Process, ...]
    disk: Disk
    zombies: int
    strangers: int
    alive_secrets: int


def roles(core: int, state: Mapping[str, Any]) -> dict[int, str]:
    """Return who is who, from the core's own table (`GET /state`)."""
    found = {core: "core"}
    if state["shell"]["pid"]:
        found[state["shell"]["pid"]] = "shell"
    if state["face_pid"]:
        found[state["face_pid"]] = "face worker"
    found.update({each["pid"]: f"host {each['name']}" for each in state["devices"] if each["pid"]})
    return found


def sample(core: int, state: Mapping[str, Any], folder: Path, temporary: Path) -> Sample:
    """Look once. `folder`: the kiosk's state folder; `temporary`: its TMPDIR."""
    known = roles(core, state) | _by_module(core)
    family = [psutil.Process(core), *psutil.Process(core).children(recursive=True)]
    gone = [each for each in family if each.status() == psutil.STATUS_ZOMBIE]
    alive = [each.pid for each in family if each not in gone]
    secrets = state["secrets"]
    return Sample(
        processes=tuple(_process(pid, known[pid]) for pid in alive if pid in known),
        disk=_disk(folder, temporary),
        zombies=len(gone),
        strangers=sum(pid not in known for pid in alive),
        alive_secrets=secrets["made"] - secrets["wiped"] - secrets["dropped"],
    )


_MODULES = {"drivers.link.nursery_process": "nursery", "kiosk.voice.worker": "voice"}
"""Children that the core's table does not name, by what they run. A nursery forks the device hosts (docs/decisions/010); what is
forked there and unknown is a stranger."""


def _by_module(core: int) -> dict[int, str]:
    return {
        each.pid: role
        for each in psutil.Process(core).children()
        if each.status() != psutil.STATUS_ZOMBIE
        for module, role in _MODULES.items()
        if module in each.cmdline()
    }


def least(samples: list[Sample]) -> Sample:
    """Of several looks within a second, the least of each count: a connection that is just being used is no leak."""
    last = samples[-1]
    return msgspec.structs.replace(
        last,
        processes=tuple(_least(each, samples) for each in last.processes),
        zombies=min(each.zombies for each in samples),
        strangers=min(each.strangers for each in samples),
    )


def _least(process: Process, samples: list[Sample]) -> Process:
    same = [each for look in samples for each in look.processes if each.pid == process.pid]
    return msgspec.structs.replace(
        process,
        **{name: min(getattr(each, name) for each in same) for name in ("fds", "threads", "memfds", "memfd_maps")},
    )


def _process(pid: int, role: str) -> Process:
    memory = _rollup(pid)
    links = _links(pid)
    return Process(
        role=role,
        pid=pid,
        pss_mb=round(memory["Pss"] / 1e3, 3),
        private_mb=round(memory["Private_Dirty"] / 1e3, 3),
        fds=len(links),
        threads=psutil.Process(pid).num_threads(),
        memfds=sum(each.startswith("/memfd:") for each in links),
        memfd_maps=Path(f"/proc/{pid}/maps").read_text("utf-8", "replace").count("/memfd:"),
    )


def _rollup(pid: int) -> dict[str, int]:
    """proc(5): sums over all mappings, in kB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    return {key: int(value.split()[0]) for key, _, value in (line.partition(":") for line in lines)}


def _links(pid: int) -> list[str]:
    found = []
    for each in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{each}"))
        except FileNotFoundError:
            continue  # closed since it was listed
    return found


def _disk(folder: Path, temporary: Path) -> Disk:
    journal = folder / "journal.sqlite"
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        pages = database.execute("PRAGMA page_count").fetchone()[0] * database.execute("PRAGMA page_size").fetchone()[0]
    finally:
        database.close()
    wal = folder / "journal.sqlite-wal"
    return Disk(
        journal_bytes=pages,
        wal_bytes=wal.stat().st_size if wal.exists() else 0,
        state_files=sum(each.is_file() for each in folder.rglob("*")),
        temp_files=sum(1 for _ in temporary.rglob("*")),
    )
