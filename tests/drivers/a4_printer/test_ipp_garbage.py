"""Bytes that are not what they should be: a clear fault that names the place; never a hang, never a crash."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.a4_printer import ipp_codec
from drivers.a4_printer.ipp_client import _job
from drivers.a4_printer.ipp_codec import Group, Tag, decode, encode
from drivers.a4_printer.ipp_status import FaultMemory, capabilities, understand
from drivers.a4_printer.ipp_trays import trays
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators import a4_ipp_wire as wire
from drivers.emulators.a4_ipp_service import GET_PRINTER_ATTRIBUTES, Abilities, IppService
from drivers.emulators.a4_machine import Machine

from .conftest import QUICK, Bench


def whole_reply() -> bytes:
    """A real answer to Get-Printer-Attributes, from the other codec."""
    machine = Machine(sheets=50, exit_capacity=100, seconds_per_page=1, counter=7, capture=None)
    request = wire.Request((1, 1), GET_PRINTER_ATTRIBUTES, 1)
    names = ("attributes-charset", "attributes-natural-language", "printer-uri")
    request.groups[wire.OPERATION] = {name: ["x"] for name in names}
    return IppService(machine, Abilities()).answer(request)


WHOLE = whole_reply()


def collection(depth: int) -> bytes:
    """A reply whose only attribute is a collection nested `depth` deep."""

    def entry(tag: int, name: bytes, value: bytes) -> bytes:
        return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value

    body = entry(Tag.BEGIN_COLLECTION, b"media-col-ready", b"")
    for _ in range(depth - 1):
        body += entry(Tag.MEMBER_NAME, b"", b"media-size") + entry(Tag.BEGIN_COLLECTION, b"", b"")
    body += entry(Tag.MEMBER_NAME, b"", b"x") + entry(Tag.INTEGER, b"", b"\0\0\0\5")
    body += entry(Tag.END_COLLECTION, b"", b"") * depth
    return struct.pack(">BBHI", 2, 0, 0, 1) + b"\x04" + body + b"\x03"


def digest_all(raw: bytes) -> None:
    """Everything that the driver reads out of a reply; only DeviceFault(LINK_GARBLED) may come of it."""
    try:
        reply = decode(raw)
        attributes = reply.first(Group.PRINTER)
        capabilities(attributes)
        FaultMemory().status(understand(attributes))
        for job in reply.all(Group.JOB):
            _job(job)
    except DeviceFault as error:
        raised = error.fault
    else:
        return
    assert raised.code is FaultCode.LINK_GARBLED
    assert raised.detail


def test_both_codecs_understand_each_other():
    reply = decode(WHOLE)
    snapshot = understand(reply.first(Group.PRINTER))
    assert (snapshot.trays.sheets, snapshot.trays.in_exit, snapshot.counter) == (50, 0, 7)
    lines = [
        (Tag.CHARSET, "attributes-charset", "utf-8"),
        (Tag.KEYWORD, "requested-attributes", ("a", "b")),
        (Tag.INTEGER, "limit", -3),
        (Tag.BOOLEAN, "my-jobs", False),
    ]
    request = wire.parse(encode(0x0A, 77, [(Group.OPERATION, lines), (Group.JOB, [])]) + b"%PDF")
    assert (request.operation, request.request_id, request.document) == (0x0A, 77, b"%PDF")
    assert request.values("requested-attributes") == ["a", "b"]
    assert (request.value("limit"), request.value("my-jobs")) == (-3, False)


def test_collections_are_read_and_endless_ones_refused():
    media = decode(collection(3)).first(Group.PRINTER)["media-col-ready"]
    assert media == [{"media-size": [{"media-size": [{"x": [5]}]}]}]
    with pytest.raises(DeviceFault, match="link_garbled: IPP reply: media-col-ready: collections nested deeper"):
        decode(collection(5000))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "the reply ends inside header"),
        (b"\x05\x00" + WHOLE[2:], "header: IPP version 5"),
        (WHOLE[:-1], "the reply ends inside group tag"),
        (
            WHOLE.replace(b"\x23\x00\x0dprinter-state\x00\x04", b"\x23\x00\x0dprinter-state\x00\x03"),
            "printer-state has 3",
        ),
        (WHOLE.replace(b"printer-state\x00\x04\0\0\0\x03", b"printer-state\x00\x04\0\0\0\x09"), "printer-state is 9"),
        (
            WHOLE.replace(b"\x23\x00\x0dprinter-state\x00", b"\x44\x00\x0dprinter-state\x00"),
            "printer-state is not a number",
        ),
        (struct.pack(">BBHI", 1, 1, 0, 1) + b"\x21\x00\x01a\x00\x00\x03", "a stands before any group"),
        (struct.pack(">BBHI", 1, 1, 0, 1) + b"\x04\x21\x00\x00\x00\x00\x03", "before any attribute"),
    ],
)
def test_what_is_wrong_is_named(raw: bytes, says: str):
    with pytest.raises(DeviceFault, match=says) as error:
        capabilities(decode(raw).first(Group.PRINTER))
    assert error.value.fault.code is FaultCode.LINK_GARBLED


@given(st.integers(0, len(WHOLE) - 1))
def test_a_reply_torn_anywhere_is_garbled(cut: int):
    with pytest.raises(DeviceFault, match="link_garbled"):
        decode(WHOLE[:cut])


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_a_mutated_reply_is_understood_or_refused(changes: list[tuple[int, int]]):
    raw = bytearray(WHOLE)
    for at, value in changes:
        raw[at] = value
    digest_all(bytes(raw))


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
@example(
    b"\x01\x01\x00\x00\x00\x00\x00\x01\x04\x34\x00\x01a\x00\x00" + b"\x4a\x00\x00\x00\x00\x34\x00\x00\x00\x00" * 40
)
def test_any_bytes_are_understood_or_refused(tail: bytes):
    digest_all(tail)
    digest_all(struct.pack(">BBHI", 1, 1, 0, 1) + tail)


@given(st.lists(st.text(max_size=60)), st.lists(st.text(max_size=60)))
@example(["level=٣;"], ["maxcapacity=١;remaining=0;"])  # digits that are none of ASCII's
@example(["level=99999999999999999999"], ["maxcapacity=-2;remaining=-2"])
def test_any_tray_text_is_read(inputs: list[str], outputs: list[str]):
    found = trays(inputs, outputs)
    assert found.sheets is None or found.sheets >= 0
    assert found.in_exit is None or found.in_exit >= 0


# --- over the real wire


class RawPort:
    """A port that answers every connection with the same bytes, whatever was asked, at a given pace."""

    def __init__(self) -> None:
        self.answer = b""
        self.pause = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"ipp://127.0.0.1:{self._listener.getsockname()[1]}/ipp/print"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            if not self.pause:
                connection.sendall(self.answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
                return
            for byte in self.answer:
                connection.sendall(bytes([byte]))
                time.sleep(self.pause)
        except OSError:
            return

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def raw_port() -> Iterator[RawPort]:
    port = RawPort()
    yield port
    port.close()


def http(body: bytes, head: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
        + (head or b"Content-Length: %d\r\n" % len(body))
        + b"\r\n"
        + body
    )


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(http),
        st.binary(max_size=60).map(lambda raw: http(WHOLE, raw + b"\r\n")),
        st.integers(0, len(WHOLE)).map(lambda cut: http(WHOLE)[: cut + 60]),
    )
)
@example(http(WHOLE, b"Transfer-Encoding: chunked\r\n"))
@example(http(WHOLE, b"Content-Length: -5\r\n"))
@example(http(WHOLE, b"Content-Length: 99999999999999999999\r\n"))
@example(b"HTTP/1.1 100 Continue\r\n\r\n" * 20)
@example(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_on_the_port_end_as_a_fault(raw_port: RawPort, answer: bytes):
    raw_port.answer, raw_port.pause = answer, 0
    driver = registry.make("ipp", {"uri": raw_port.uri, **QUICK}, production=True)
    with pytest.raises(DeviceFault) as error:
        driver.status()  # request-id 1 is long past, so that even a whole reply is not the one asked for
    assert error.value.fault.code in (FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT)


def test_a_printer_that_dribbles_is_cut_off(raw_port: RawPort):
    raw_port.answer, raw_port.pause = http(WHOLE), 0.05
    driver = registry.make("ipp", {"uri": raw_port.uri, **QUICK}, production=True)
    began = time.monotonic()
    with pytest.raises(DeviceFault, match="link_silent: no whole answer in time"):
        driver.status()
    assert time.monotonic() - began < 1.0


def test_a_reply_without_end_is_cut_off(raw_port: RawPort, monkeypatch: pytest.MonkeyPatch):
    from drivers.a4_printer import ipp_http

    monkeypatch.setattr(ipp_http, "MAX_REPLY", 1000)
    raw_port.answer, raw_port.pause = http(b"x" * 1001), 0
    driver = registry.make("ipp", {"uri": raw_port.uri, **QUICK}, production=True)
    with pytest.raises(DeviceFault, match="a reply of more than 1000 bytes"):
        driver.status()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"401 Unauthorized", FaultCode.PORT_DENIED),
        (b"404 Not Found", FaultCode.SETTING_INVALID),
        (b"426 Upgrade Required", FaultCode.PORT_DENIED),
        (b"503 Service Unavailable", FaultCode.LINK_GARBLED),
    ],
)
def test_http_refusals_have_their_own_fault(raw_port: RawPort, status: bytes, code: FaultCode):
    raw_port.answer, raw_port.pause = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n", 0
    driver = registry.make("ipp", {"uri": raw_port.uri, **QUICK}, production=True)
    with pytest.raises(DeviceFault) as error:
        driver.open()
    assert error.value.fault.code is code


@pytest.mark.parametrize("kind", ["garble", "truncate", "http500", "drop", "silent"])
def test_damaged_answers_of_the_emulator_are_faults(bench: Bench, kind: str):
    bench.printer.do("fault", kind=kind)

    def ask_often() -> None:
        for _ in range(20):  # six changed bytes of six hundred may all hit letters of a name
            bench.driver.status()

    with pytest.raises(DeviceFault) as error:
        ask_often()
    assert error.value.fault.code in (FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT)
    bench.printer.do("clear_faults")
    assert bench.driver.status().faults == ()


@pytest.mark.slow
@given(st.binary(max_size=4000), st.integers(0, len(WHOLE)))
@settings(max_examples=20_000, deadline=None)
def test_any_bytes_at_length(noise: bytes, at: int):
    digest_all(WHOLE[:at] + noise)
    digest_all(WHOLE[:at] + noise + WHOLE[at:])


def test_the_codec_keeps_the_first_of_two_attributes_of_one_name():
    entry = b"\x21\x00\x01a\x00\x04\x00\x00\x00"
    raw = struct.pack(">BBHI", 1, 1, 0, 1) + b"\x04" + entry + b"\x01" + entry + b"\x02" + b"\x03"
    assert ipp_codec.decode(raw).first(Group.PRINTER).integer("a") == 1
