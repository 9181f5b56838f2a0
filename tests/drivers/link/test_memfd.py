"""What travels as a memory file cannot be changed by anybody, also not by its sender."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.link import memfd

ALL = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=5000))
def test_what_was_sealed_is_read_whole_as_often_as_wanted(data: bytes) -> None:
    fd = memfd.seal(data)
    try:
        assert [memfd.read(fd, limit=5000), memfd.read(fd, limit=len(data))] == [data, data]
    finally:
        os.close(fd)


def test_pictures_of_any_element_size_are_sealed_by_their_bytes() -> None:
    fd = memfd.seal(memoryview(b"\x01\x00\x02\x00").cast("H"))
    assert memfd.read(fd, limit=4) == b"\x01\x00\x02\x00"
    os.close(fd)


@pytest.mark.parametrize(
    "change",
    [
        lambda fd: os.pwrite(fd, b"X", 0),
        lambda fd: os.pwrite(fd, b"X", 100),
        lambda fd: os.ftruncate(fd, 1),
        lambda fd: os.ftruncate(fd, 100),
        lambda fd: fcntl.fcntl(fd, fcntl.F_ADD_SEALS, 0),
        lambda fd: Path(f"/proc/self/fd/{fd}").write_bytes(b"X"),
    ],
    ids=["overwrite", "append", "shrink", "grow", "seal again", "reopen"],
)
def test_nobody_can_change_it(change: Callable[[int], object]) -> None:
    fd = memfd.seal(b"content")
    with pytest.raises(OSError):  # noqa: PT011  EPERM, whatever its text
        change(fd)
    assert memfd.read(fd, limit=7) == b"content"
    os.close(fd)


@pytest.mark.parametrize("missing", [fcntl.F_SEAL_WRITE, fcntl.F_SEAL_GROW, fcntl.F_SEAL_SHRINK, fcntl.F_SEAL_SEAL])
def test_one_missing_seal_is_enough_to_refuse(missing: int) -> None:
    fd = os.memfd_create("x", os.MFD_ALLOW_SEALING)
    os.write(fd, b"content")
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, ALL & ~missing)
    for use in (memfd.read, memfd.view):
        with pytest.raises(ValueError, match="not sealed"):
            use(fd, limit=100)
    os.close(fd)


def test_ordinary_files_pipes_and_sockets_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    reading, writing = os.pipe()
    fds = [os.open(tmp_path / "file", os.O_RDONLY), reading, writing]
    for fd in fds:
        with pytest.raises(ValueError, match="memory file"):
            memfd.read(fd, limit=100)
        os.close(fd)


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    fd = memfd.seal(b"12345678")
    for use in (memfd.read, memfd.view):
        with pytest.raises(ValueError, match="8 bytes; at most 7"):
            use(fd, limit=7)
    os.close(fd)


def test_a_view_is_read_only_and_maps_privately() -> None:
    """Privately: kernels before 6.7 refuse any shared mapping of a write-sealed file (mm/mmap.c, mapping_map_writable)."""
    fd = memfd.seal(b"content")
    with memfd.view(fd, limit=100) as view:
        assert bytes(view) == b"content"
        with pytest.raises(TypeError):
            view[0] = 0
        (mapped,) = [line for line in Path("/proc/self/maps").read_text().splitlines() if "memfd:page" in line]
        assert mapped.split()[1] == "r--p"
    os.close(fd)
    empty = memfd.seal(b"")
    with pytest.raises(ValueError, match="empty"):
        memfd.view(empty, limit=100)
    os.close(empty)


def test_it_is_not_inherited_and_has_no_name_in_any_folder() -> None:
    fd = memfd.seal(b"content")
    assert not os.get_inheritable(fd)
    assert os.readlink(f"/proc/self/fd/{fd}") == "/memfd:page (deleted)"
    os.close(fd)


def test_a_failure_leaves_no_descriptor() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(TypeError):
        memfd.seal("text")  # type: ignore[arg-type]
    assert len(os.listdir("/proc/self/fd")) == before
