"""The emulated printer is as strict as a printer, and keeps what the checker needs."""

from __future__ import annotations

import http.client
import json
import struct

import pytest

from drivers.contract.a4_printer import PageMoved, PageOut
from drivers.emulators.a4_ipp_service import page_count
from drivers.emulators.a4_printer import IppEmulator

from .conftest import Bench, page


def post(bench: Bench, body: bytes, path: str = "/ipp/print", kind: str = "application/ipp") -> tuple[int, bytes]:
    host = bench.driver.settings.uri.removeprefix("ipp://").split("/")[0]
    connection = http.client.HTTPConnection(host, timeout=3)
    connection.request("POST", path, body, {"Content-Type": kind})
    reply = connection.getresponse()
    return reply.status, reply.read()


def line(tag: int, name: str, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


CHARSET = line(0x47, "attributes-charset", b"utf-8")
LANGUAGE = line(0x48, "attributes-natural-language", b"en")
TARGET = line(0x45, "printer-uri", b"ipp://x/ipp/print")


def request(operation: int, *lines: bytes, version: bytes = b"\x01\x01") -> bytes:
    return version + struct.pack(">HI", operation, 1) + b"\x01" + b"".join(lines) + b"\x03"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (request(0x0B, CHARSET, LANGUAGE, TARGET), 0x0000),
        (request(0x0B, LANGUAGE, CHARSET, TARGET), 0x0400),
        (request(0x0B, CHARSET, LANGUAGE), 0x0400),
        (request(0x0B, CHARSET, LANGUAGE, TARGET, version=b"\x07\x00"), 0x0503),
        (request(0x4001, CHARSET, LANGUAGE, TARGET), 0x0501),
        (request(0x09, CHARSET, LANGUAGE, TARGET, line(0x21, "job-id", b"\0\0\0\x63")), 0x0406),
        (request(0x02, CHARSET, LANGUAGE, TARGET, line(0x49, "document-format", b"text/plain")), 0x040A),
        (request(0x02, CHARSET, LANGUAGE, TARGET, line(0x49, "document-format", b"application/pdf")), 0x0411),
    ],
)
def test_it_answers_as_the_standard_says(bench: Bench, body: bytes, status: int):
    code, answer = post(bench, body)
    assert (code, struct.unpack_from(">H", answer, 2)[0]) == (200, status)


def test_http_is_checked_too(bench: Bench):
    body = request(0x0B, CHARSET, LANGUAGE, TARGET)
    assert post(bench, body, path="/elsewhere")[0] == 404
    assert post(bench, body, kind="text/plain")[0] == 415
    assert post(bench, b"\x01\x01\x00")[0] == 400


def test_documents_are_really_looked_at():
    assert page_count(page("one")) == 1
    assert page_count(b"%PDF-1.4\nrubbish") == 0
    assert page_count(b"") == 0


def test_everything_that_crossed_the_wire_is_kept(bench: Bench):
    bench.print(["one", "two"], serial="S-9")
    assert bench.printer.do("take_paper") == 2
    assert bench.printer.do("take_paper") == 0
    rows = [json.loads(text) for text in (bench.capture / "paper.jsonl").read_text().splitlines()]
    assert [
        (row["event"], row.get("job_id"), row.get("page"), row.get("counter"), row.get("sheets")) for row in rows
    ] == [
        ("sheet", 1, 1, 1001, None),
        ("sheet", 2, 1, 1002, None),
        ("taken", None, None, None, 2),
    ]
    kept = json.loads((bench.capture / "job-2.json").read_text())
    assert (kept["job_id"], kept["name"], kept["state"], kept["sheets_out"]) == (2, "S-9/2-2", 9, 1)
    assert rows[0]["at"] <= rows[1]["at"] <= kept["completed_at"] <= rows[2]["at"]
    assert (bench.capture / "job-2.pdf").read_bytes() == page("two")


def test_a_jam_takes_a_sheet_and_gives_none(bench: Bench):
    bench.printer.do("jam", at_page=1)
    bench.print()
    state = bench.printer.state()
    assert (state["sheets"], state["in_exit"], state["counter"], state["jammed"]) == (99, 0, 1000, True)


def test_it_comes_back_at_the_same_port_with_its_counter(bench: Bench):
    def die(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            bench.printer.do("die_mid_job", after_sheet=True)

    bench.start(on_event=die)[1]()
    assert bench.printer.state()["listening"] is False
    bench.printer.do("revive")
    assert bench.driver.status().impressions == 1001
    assert bench.printer.state()["jobs"] == []


def test_state_is_plain_json_and_verbs_are_named(bench: Bench):
    bench.printer.do("fault", kind="silent", operation="print-job", times=2)
    assert json.loads(json.dumps(bench.printer.state()))["faults"] == ["silent"]
    assert {
        "take_paper",
        "load",
        "empty",
        "jam",
        "clear_jam",
        "cover",
        "die_mid_job",
        "revive",
        "unplug",
        "replug",
    } <= set(bench.printer.verbs())
    for verb, arguments, says in (
        ("fault", {"kind": "sulk"}, "kind: one of silent"),
        ("fault", {"kind": "silent", "operation": "dance"}, "operation: one of print-job"),
        ("toner", {"level": "much"}, "level: ok, low or empty"),
        ("jam", {"at_page": 0}, "at_page: 1 is the next sheet"),
    ):
        with pytest.raises(ValueError, match=says):
            bench.printer.do(verb, **arguments)


def test_stopping_twice_is_fine_and_frees_the_port(tmp_path):
    printer = IppEmulator(tmp_path)
    uri = str(printer.start()["uri"])
    printer.stop()
    printer.stop()
    again = IppEmulator(tmp_path, port=int(uri.split(":")[2].split("/")[0]))
    assert again.start()["uri"] == uri
    again.stop()
