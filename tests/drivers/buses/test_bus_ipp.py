"""The queues of a print server: what CUPS may answer, byte by byte; and a real cupsd (slow)."""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.buses import ipp
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault, FaultCode

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Cups:
    """Answers every POST with `status` and `body`; keeps what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.asked = b""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def uri(self) -> str:
        return f"ipp://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def attribute(tag: int, name: str, value: bytes) -> bytes:
    """RFC 8010 3.1.4, written here once more."""
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


def queue(name: str, behind: str = "", model: str = "", kind: int = 0) -> bytes:
    return (
        b"\x04"
        + attribute(0x42, "printer-name", name.encode())
        + attribute(0x45, "device-uri", behind.encode())
        + attribute(0x41, "printer-make-and-model", model.encode())
        + attribute(0x23, "printer-type", struct.pack(">i", kind))
    )


def reply(*groups: bytes, status: int = 0) -> bytes:
    head = struct.pack(">BBHI", 2, 0, status, 1) + b"\x01" + attribute(0x47, "attributes-charset", b"utf-8")
    return head + b"".join(groups) + b"\x03"


@pytest.fixture(scope="module")
def cups() -> Iterator[Cups]:
    server = Cups()
    yield server
    server.close()


def test_queues_with_their_names_addresses_and_serial_numbers(cups: Cups):
    cups.status, cups.body = (
        200,
        reply(
            queue("A4 主机", "usb://HP/LaserJet%20Pro?serial=VNB3K&interface=1", "HP LaserJet Pro"),
            queue("net", "ipp://192.0.2.7/ipp/print", "Kyocera ECOSYS"),
            queue("group", kind=0x0001),
        ),
    )
    assert ipp.attached(cups.uri) == (
        Attached(
            bus=Bus.IPP,
            path="A4 主机",
            node=f"{cups.uri}/printers/A4%20%E4%B8%BB%E6%9C%BA",
            serial="VNB3K",
            maker="HP",
            model="HP LaserJet Pro",
            kind="usb",
        ),
        Attached(bus=Bus.IPP, path="net", node=f"{cups.uri}/printers/net", model="Kyocera ECOSYS", kind="ipp"),
    )
    assert cups.asked[2:4] == b"\x40\x02", "CUPS-Get-Printers"


def test_no_queue_is_an_answer(cups: Cups):
    cups.status, cups.body = 200, reply(status=0x0406)
    assert ipp.attached(cups.uri) == ()
    cups.body = reply()
    assert ipp.attached(cups.uri) == ()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, b"", FaultCode.PORT_DENIED),
        (401, b"", FaultCode.PORT_DENIED),
        (500, b"", FaultCode.LINK_GARBLED),
        (200, b"<html>", FaultCode.LINK_GARBLED),
        (200, b"", FaultCode.LINK_GARBLED),
        (200, reply(status=0x0403), FaultCode.PORT_DENIED),
        (200, reply(status=0x0500), FaultCode.LINK_GARBLED),
    ],
)
def test_what_is_no_list_is_not_an_empty_list(cups: Cups, status: int, body: bytes, code: FaultCode):
    cups.status, cups.body = status, body
    with pytest.raises(DeviceFault) as caught:
        ipp.attached(cups.uri)
    assert caught.value.fault.code is code


def test_nobody_listens():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with pytest.raises(DeviceFault) as caught:
            ipp.attached(f"ipp://127.0.0.1:{reserved.getsockname()[1]}")
    assert caught.value.fault.code is FaultCode.SERVICE_DOWN


def serve_once(answer: Callable[[socket.socket], None]) -> str:
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            connection.recv(65536)
            answer(connection)

    threading.Thread(target=run, daemon=True).start()
    return f"ipp://127.0.0.1:{listener.getsockname()[1]}"


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):  # until the other side gives up
        pass


def dribble(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        try:
            connection.sendall(b"\0")
        except OSError:
            return
        time.sleep(0.02)


def test_a_server_that_ends_while_it_is_asked_is_down():
    with pytest.raises(DeviceFault) as caught:
        ipp.attached(serve_once(lambda connection: None))
    assert caught.value.fault.code is FaultCode.SERVICE_DOWN


@pytest.mark.parametrize("server", [silent, dribble])
def test_a_server_that_takes_for_ever_is_given_up(
    monkeypatch: pytest.MonkeyPatch, server: Callable[[socket.socket], None]
):
    monkeypatch.setattr(ipp, "_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        ipp.attached(serve_once(server))
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    assert time.monotonic() - began < 2


WHOLE = reply(queue("a", "usb://HP/X?serial=1", "HP X"), queue("b"))


def mutated(cuts: list[tuple[int, int]], length: int) -> bytes:
    raw = bytearray(WHOLE[: length % (len(WHOLE) + 1)])
    for place, value in cuts:
        if raw:
            raw[place % len(raw)] = value
    return bytes(raw)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.tuples(st.integers(0, 999), st.integers(0, 255)), max_size=5), length=st.integers(0, 999))
def test_a_torn_reply_is_a_fault_or_a_list(cups: Cups, cuts: list[tuple[int, int]], length: int):
    cups.status, cups.body = 200, mutated(cuts, length)
    try:
        things = ipp.attached(cups.uri)
    except DeviceFault:
        return
    assert all(thing.path.isprintable() and thing.node.startswith(cups.uri) for thing in things)


NAME_SPACE = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc"]

REAL = """
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
FileDevice Yes
Sandboxing relaxed
END
cat > /run/cups/etc/cupsd.conf <<END
Listen 127.0.0.1:$PORT
Browsing No
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
END
exec unshare --user --map-user=1000 --map-group=1000 cupsd -f -c /run/cups/etc/cupsd.conf -s /run/cups/etc/cups-files.conf
"""


@pytest.mark.slow
def test_a_real_cupsd(tmp_path: Path):
    if shutil.which("cupsd", path=PATH) is None:
        pytest.fail("cupsd is not installed. Cure: sudo apt-get install -y cups cups-client")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with (tmp_path / "log").open("wb") as log:
        daemon = subprocess.Popen([*NAME_SPACE, REAL], env={**os.environ, "PATH": PATH, "PORT": str(port)}, stderr=log)
    uri = f"ipp://127.0.0.1:{port}"

    def lpadmin(*arguments: str) -> None:
        command = ["lpadmin", "-h", f"127.0.0.1:{port}", *arguments]
        subprocess.run(command, env={**os.environ, "PATH": PATH}, check=True, timeout=20)

    try:
        assert until(uri, 0) == (), (tmp_path / "log").read_text("utf-8", "replace")
        lpadmin("-p", "kiosk", "-E", "-v", "socket://192.0.2.1:9100")
        (thing,) = until(uri, 1)
        assert (thing.path, thing.node, thing.kind) == ("kiosk", f"{uri}/printers/kiosk", "socket")
        lpadmin("-x", "kiosk")
        assert until(uri, 0) == ()
    finally:
        daemon.kill()
        daemon.wait()
    with pytest.raises(DeviceFault) as caught:
        ipp.attached(uri)
    assert caught.value.fault.code is FaultCode.SERVICE_DOWN


def until(uri: str, count: int) -> tuple[Attached, ...] | None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            things = ipp.attached(uri)
        except DeviceFault:
            time.sleep(0.1)
            continue
        if len(things) == count:
            return things
    return None
