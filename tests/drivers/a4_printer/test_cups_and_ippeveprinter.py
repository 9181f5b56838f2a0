"""The driver against other people's printers: Debian's ippeveprinter, and a real CUPS queue before it. Run by make test-all.

Both run in name spaces of their own (users, mounts, processes): they see an empty /run, so no daemon of the machine is touched,
no right is needed that the tester does not have, and killing the name space leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from drivers import registry
from drivers.contract.a4_printer import Evidence, PageOut, Print, Printed, Trace
from drivers.contract.common import Presence, Readiness, Supply
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.link import memfd

from .conftest import page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PACKAGES = "cups cups-client cups-filters cups-ipp-utils avahi-daemon dbus util-linux"
PROGRAMS = ("cupsd", "lpadmin", "ippeveprinter", "avahi-daemon", "dbus-daemon", "unshare")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

NAME_SPACE = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc"]

PRINTER = """
mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/avahi-daemon /run/home
# avahi-daemon insists on an account of its own; in this name space there is only root.
printf 'root:x:0:0::/run/home:/bin/sh\\navahi:x:0:0::/run/home:/bin/sh\\n' > /run/passwd
printf 'root:x:0:\\navahi:x:0:\\nnetdev:x:0:\\n' > /run/group
mount --bind /run/passwd /etc/passwd
mount --bind /run/group /etc/group
cat > /run/bus.conf <<'END'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>
END
printf '[server]\\nuse-ipv6=no\\nallow-interfaces=lo\\n' > /run/avahi.conf
dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile &
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.05; done
avahi-daemon -f /run/avahi.conf --no-drop-root --no-chroot --no-rlimits &
until dbus-send --system --print-reply --dest=org.freedesktop.Avahi / org.freedesktop.Avahi.Server.GetVersionString
do sleep 0.05; done
# -c: print with this command, at once, instead of pretending for 5 to 15 s; -k: keep what arrived.
HOME=/run/home exec ippeveprinter -p "$PORT" -n localhost -f application/pdf -k -d "$SPOOL" -c /bin/true -s 30,30 KioskA4
"""

QUEUE = """
mount -t tmpfs tmpfs /run
mkdir -p /run/cups/etc /run/cups/state /run/cups/cache /run/cups/spool /run/cups/tmp /run/cups/log
cat > /run/cups/etc/cups-files.conf <<'END'
ServerRoot /run/cups/etc
StateDir /run/cups/state
CacheDir /run/cups/cache
RequestRoot /run/cups/spool
TempDir /run/cups/tmp
AccessLog /run/cups/log/access
PageLog /run/cups/log/page
ErrorLog stderr
Sandboxing relaxed
END
cat > /run/cups/etc/cupsd.conf <<END
Listen 127.0.0.1:$PORT
Browsing No
PreserveJobFiles No
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateValues none
  SubscriptionPrivateValues none
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
END
# Not as root, so that cupsd runs its filters as the one user there is.
exec unshare --user --map-user=1000 --map-group=1000 cupsd -f -c /run/cups/etc/cupsd.conf -s /run/cups/etc/cups-files.conf
"""


@dataclass
class Real:
    """One real printer, or a queue."""

    uri: str
    port: int
    spool: Path
    process: subprocess.Popen[bytes]
    log: Path

    def driver(self, **settings: object) -> Driver:
        return registry.make("ipp", {"uri": self.uri, "poll_seconds": 0.1, **settings}, production=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_open(real: Real, opened: Callable[[], object]) -> Real:
    """Wait until it answers; show its log when it does not."""
    end = time.monotonic() + 15
    while not _opens(opened):
        ended = real.process.poll() is not None or time.monotonic() > end
        assert not ended, real.log.read_text("utf-8", "replace")
        time.sleep(0.1)
    return real


def _opens(opened: Callable[[], object]) -> bool:
    try:
        opened()
    except (DeviceFault, OSError):
        return False
    return True


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Real]]:
    """Return what starts a program in its name spaces."""
    missing = [program for program in PROGRAMS if shutil.which(program, path=PATH) is None]
    if missing:
        pytest.fail(f"not installed: {', '.join(missing)}. Cure: sudo apt-get install -y {PACKAGES}")
    started: list[Real] = []

    def begin(script: str, path: str) -> Real:
        port = free_port()
        spool = tmp_path / f"spool-{len(started)}"
        spool.mkdir()
        log = tmp_path / f"log-{len(started)}"
        environment = {**os.environ, "PATH": PATH, "PORT": str(port), "SPOOL": str(spool)}
        with log.open("wb") as file:
            process = subprocess.Popen([*NAME_SPACE, script], env=environment, stdout=file, stderr=file)
        started.append(Real(f"ipp://127.0.0.1:{port}{path}", port, spool, process, log))
        return started[-1]

    yield begin
    for real in started:
        real.process.kill()
        real.process.wait()


@pytest.fixture
def printer(start: Callable[..., Real]) -> Real:
    """Debian's ippeveprinter."""
    real = start(PRINTER, "/ipp/print")
    return until_open(real, lambda: real.driver().open())


@pytest.fixture
def queue(start: Callable[..., Real], printer: Real) -> Real:
    """A CUPS queue before it, made by CUPS's own tool."""
    real = start(QUEUE, "/printers/kiosk")
    until_open(real, lambda: socket.create_connection(("127.0.0.1", real.port)).close())
    command = ["lpadmin", "-h", f"127.0.0.1:{real.port}", "-p", "kiosk", "-E", "-v", printer.uri, "-m", "everywhere"]
    subprocess.run(command, env={**os.environ, "PATH": PATH}, check=True, timeout=20)
    return until_open(real, lambda: real.driver().open())


def print_pages(driver: Driver, pages: list[bytes], serial: str, seconds: float = 60.0) -> Printed:
    fds = [memfd.seal(content) for content in pages]
    digests = tuple(hashlib.sha256(content).hexdigest() for content in pages)
    try:
        command = Print(serial=serial, owner="token", fence=1, digests=digests)
        return driver.perform(command, Call(seconds, lambda event, fds: None, fds))  # type: ignore[no-any-return]
    finally:
        for fd in fds:
            os.close(fd)


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return document[0].get_textpage().get_text_bounded()  # type: ignore[no-any-return]


def set_sheets(printer: Real, sheets: int) -> None:
    """Fill or empty the trays on ippeveprinter's own page; it takes 250, 125, 50, 25, 5, 0."""
    trays = f"size1=iso_a4_210x297mm&type1=stationery&level1={sheets}&size2=na_index-4x6_4x6in&type2=photographic&level2={sheets}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(f"http://127.0.0.1:{printer.port}/media?{trays}", timeout=5).close()


def test_ippeveprinter_prints_each_page_as_it_was(printer: Real):
    driver = printer.driver()
    assert driver.open().evidence == (Evidence.JOB_STATE,), "it counts nothing and senses nothing"
    status = driver.status()
    assert (status.readiness, status.tray) == (Readiness.READY, Presence.NOT_SUPPORTED)
    pages = [page("page one"), page("page two")]
    done = print_pages(driver, pages, "S1")
    assert (done.pages, done.fault_code) == ((PageOut.COMPLETED, PageOut.COMPLETED), "")
    kept = sorted(printer.spool.glob("*.pdf"))
    assert [path.read_bytes() for path in kept] == pages, "the bytes in its spool are the bytes that were checked"
    traced = driver.perform(Trace("S1", 2), Call(5, lambda event, fds: None))
    assert traced.pages == (PageOut.COMPLETED, PageOut.COMPLETED)


def test_ippeveprinter_without_paper_is_out_of_paper(printer: Real):
    set_sheets(printer, 0)
    driver = printer.driver()
    status = driver.status()
    assert (status.paper, status.readiness) == (Supply.OUT, Readiness.FAULT), status
    done = print_pages(driver, [page("page one")], "S1")
    assert (done.pages, done.fault_code) == ((PageOut.QUEUED,), FaultCode.PAPER_OUT)
    assert list(printer.spool.glob("*.pdf")) == []
    set_sheets(printer, 125)
    assert driver.status().paper is Supply.OK
    assert print_pages(driver, [page("page one")], "S2").pages == (PageOut.COMPLETED,)


def test_a_cups_queue_prints(printer: Real, queue: Real):
    driver = queue.driver()
    done = print_pages(driver, [page("through the queue")], "S1")
    assert (done.pages, done.fault_code) == ((PageOut.COMPLETED,), "")
    (kept,) = printer.spool.glob("*.pdf")
    assert "through the queue" in text_of(kept)
    assert driver.perform(Trace("S1", 1), Call(5, lambda event, fds: None)).pages == (PageOut.COMPLETED,)


def test_a_cups_queue_whose_printer_is_gone_never_says_printed(printer: Real, queue: Real):
    printer.process.kill()
    printer.process.wait()
    driver = queue.driver(page_seconds=3.0)
    done = print_pages(driver, [page("one"), page("two")], "S1")
    assert done.pages[0] in (PageOut.CANCELED, PageOut.UNKNOWN)
    assert done.pages[1] is PageOut.QUEUED
    assert done.fault_code in (FaultCode.PRINTER_STOPPED, FaultCode.DEVICE_GONE)
    traced = driver.perform(Trace("S1", 2), Call(5, lambda event, fds: None))
    assert traced.pages[0] is not PageOut.COMPLETED


def test_the_driver_cups_before_ippeveprinter(printer: Real, queue: Real):
    driver = registry.make("cups", {"queue": queue.uri, "poll_seconds": 0.1}, production=True)
    with pytest.raises(DeviceFault, match="retry-job may print a page twice; cure: lpadmin -p kiosk -o ") as error:
        driver.open()  # as CUPS makes its queues
    cure = error.value.fault.detail.partition("cure: lpadmin ")[2].split()
    command = ["lpadmin", "-h", f"127.0.0.1:{queue.port}", *cure]
    subprocess.run(command, env={**os.environ, "PATH": PATH}, check=True, timeout=20)
    told = driver.open()
    assert (told.evidence, told.spooled) == ((Evidence.JOB_STATE,), True)
    set_sheets(printer, 0)
    assert driver.status().paper is Supply.OUT, "the printer itself was asked; its queue knows nothing yet"
    assert print_pages(driver, [page("one")], "S1").pages == (PageOut.QUEUED,)
    set_sheets(printer, 125)
    assert driver.status().paper is Supply.OK
    done = print_pages(driver, [page("through the queue")], "S2")
    assert (done.pages, done.fault_code) == ((PageOut.COMPLETED,), "")
    (kept,) = printer.spool.glob("*.pdf")
    assert "through the queue" in text_of(kept)
