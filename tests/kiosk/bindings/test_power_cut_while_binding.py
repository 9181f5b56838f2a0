"""Whenever the power goes while a device is bound: the old binding is in force, or the new one, and each of them is whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.bindings.store import BindingFiles
from tests.kiosk.bindings.cutting import cut_at

OLD, NEW = b'{"old": true}' * 300, b'{"new": true}' * 300

Prepare = Callable[[BindingFiles], None]
Work = Callable[[BindingFiles], None]


def nothing(files: BindingFiles) -> None:
    """The profile's own device is in force."""


def old(files: BindingFiles) -> None:
    files.put("id_reader", OLD)


def old_and_new(files: BindingFiles) -> None:
    files.put("id_reader", OLD)
    files.put("id_reader", NEW)


def new(files: BindingFiles) -> None:
    files.put("id_reader", NEW)


def bind(files: BindingFiles) -> None:
    files.put("id_reader", NEW)


def go_back(files: BindingFiles) -> None:
    files.go_back("id_reader")


def in_force(files: BindingFiles) -> bytes | None:
    return files.read("id_reader") if "id_reader" in files.names() else None


@pytest.mark.parametrize(
    ("prepare", "work", "allowed", "least"),
    [
        pytest.param(nothing, bind, {None, NEW}, 10, id="the first binding"),
        pytest.param(old, bind, {OLD, NEW}, 20, id="another binding"),
        pytest.param(old_and_new, go_back, {NEW, OLD}, 4, id="back to the one before"),
        pytest.param(new, go_back, {NEW, None}, 4, id="back to the profile"),
    ],
)
def test_a_power_cut_leaves_the_old_binding_or_the_new_one(
    tmp_path: Path, prepare: Prepare, work: Work, allowed: set[bytes | None], least: int
) -> None:
    seen: set[bytes | None] = set()
    cuts = 0
    for at in itertools.count(1):
        files = BindingFiles(tmp_path / str(at) / "bindings")
        (tmp_path / str(at)).mkdir()
        prepare(files)
        if not cut_at(at, lambda files=files: work(files)):  # type: ignore[misc]
            break
        cuts += 1
        found = in_force(files)
        assert found in allowed, f"cut {at}: {None if found is None else found[:40]!r}"
        seen.add(found)
        files.tidy()
        files.put("id_reader", NEW)
        assert in_force(files) == NEW, f"after cut {at} nothing can be bound any more"
        assert not list((tmp_path / str(at)).rglob(".*.new"))
    assert cuts >= least, "the boundaries were not watched"
    assert seen == allowed, "the cut never came before, or never after, the decisive moment"


def test_going_back_gives_what_was_in_force_before(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    files = BindingFiles(tmp_path / "state" / "bindings")
    files.put("id_reader", OLD)
    files.put("camera", OLD)
    files.put("id_reader", NEW)
    assert files.names() == ("camera", "id_reader")
    files.go_back("id_reader")
    assert files.read("id_reader") == OLD
    files.go_back("id_reader")
    assert files.names() == ("camera",), "before the first binding the profile's own device was in force"


def test_the_one_before_is_never_that_of_an_earlier_life(tmp_path: Path) -> None:
    """Bound, taken away by hand, bound again: going back leads to the profile, not to what was two bindings ago."""
    files = BindingFiles(tmp_path / "bindings")
    files.put("id_reader", OLD)
    files.put("id_reader", NEW)
    (tmp_path / "bindings" / "id_reader.json").unlink()
    files.put("id_reader", NEW)
    files.go_back("id_reader")
    assert files.names() == ()


@pytest.mark.parametrize("name", ["../camera", "a/b", "", "a.before"])
def test_a_name_that_leads_elsewhere_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no device is called"):
        BindingFiles(tmp_path).put(name, NEW)
