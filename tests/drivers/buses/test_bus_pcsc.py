"""Readers of a real pcscd with its virtual reader (vpcd), in name spaces of their own: no daemon of the machine is touched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.buses.pcsc import reader
from drivers.contract.bus import Attached, Bus

ROOT = Path(__file__).parents[3]
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

NAME_SPACE = [
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "sh",
    "-euc",
]

DAEMON = """
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir -p /run/pcscd /run/readers
lib=$(sed -n 's/^LIBPATH *//p' /etc/reader.conf.d/vpcd)
printf 'FRIENDLYNAME "Virtual PCD"\\nDEVICENAME /dev/null:0x8C7B\\nLIBPATH %s\\nCHANNELID 0x8C7B\\n' "$lib" > /run/readers/vpcd
exec "$PYTHON" "$SCRIPT"
"""

SCRIPT = Path(__file__).with_name("pcsc_machine.py")


@pytest.mark.parametrize(
    ("name", "path", "model", "serial"),
    [
        ("Virtual PCD 00 00", "Virtual PCD slot 00", "Virtual PCD", ""),
        ("ACS ACR1281 1S Dual Reader 01 02", "ACS ACR1281 1S Dual Reader slot 02", "ACS ACR1281 1S Dual Reader", ""),
        (
            "Identiv uTrust 3700 F [Contactless Reader] (55041713200041) 0A 00",
            "Identiv uTrust 3700 F [Contactless Reader] slot 00",
            "Identiv uTrust 3700 F",
            "55041713200041",
        ),
        ("a name of another daemon", "a name of another daemon", "a name of another daemon", ""),
        ("", "", "", ""),
    ],
)
def test_a_readers_name_without_its_counter(name: str, path: str, model: str, serial: str):
    assert reader(name) == Attached(bus=Bus.PCSC, path=path, node=name, model=model, serial=serial)


def test_plugged_in_again_under_another_number_it_is_the_same_reader():
    assert reader("R [I] (S) 00 00").identity == reader("R [I] (S) 07 00").identity
    assert reader("R (S) 00 00").identity != reader("R (S) 00 01").identity, "the slots of a reader are several"
    assert not re.search(r" 07( |$)", reader("R 07 00").identity)


@pytest.fixture
def told() -> Callable[[], dict[str, object]]:
    missing = [program for program in ("pcscd", "unshare") if shutil.which(program, path=PATH) is None]
    if missing or not Path("/etc/reader.conf.d/vpcd").exists():
        pytest.fail("not installed. Cure: sudo apt-get install -y pcscd vsmartcard-vpcd util-linux")

    def run() -> dict[str, object]:
        environment = {
            **os.environ,
            "PATH": PATH,
            "PYTHON": sys.executable,
            "SCRIPT": str(SCRIPT),
            "PYTHONPATH": str(ROOT),
        }
        environment.pop(
            "PCSCLITE_CSOCK_NAME", None
        )  # a driver under test in this process may have named its own daemon
        done = subprocess.run(
            [*NAME_SPACE, DAEMON], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    return run


def test_a_daemon_that_comes_goes_and_is_stopped(told: Callable[[], dict[str, object]]):
    """pyscard's monitor thread ends for good when the daemon does; here the bus is simply asked again."""
    story = told()
    assert story["before"] == ["failed", "service_down"], "no daemon is not the same as no reader"
    assert story["started"] == ["Virtual PCD 00 00", "Virtual PCD 00 01"]
    assert story["killed"] == ["failed", "service_down"]
    assert story["again"] == story["started"]
    assert story["stopped"] == ["failed", "link_silent"], "a daemon that hangs harms the other bus in no way"
    assert story["usb meanwhile"] == "listed"
    assert story["continued"] == story["started"]
    assert story["process"] == "the same all the while"
