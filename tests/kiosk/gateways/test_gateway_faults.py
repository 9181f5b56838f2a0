"""What the adapter makes of a platform that is slow, broken, cut off, lying or not believing: always a GatewayFault."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
import traceback
import uuid
from datetime import UTC, datetime

import msgspec
import pytest

from drivers.contract.secret import SecretBytes
from kiosk.gateways import interface as at
from kiosk.gateways import signing
from kiosk.gateways.back_office import Task, TaskKind
from kiosk.gateways.fault import GatewayCode, GatewayFault, catalogue
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.rating import Level, Rating
from kiosk.gateways.serials import IssueRequest, SerialState
from kiosk.gateways.transport import HttpSettings
from kiosk.licences.sealed import open_sealed, read_roots
from kiosk.sandbox import launch


def fault(talk, call, **settings) -> GatewayFault:
    with pytest.raises(GatewayFault) as caught:
        talk(call, **settings)
    return caught.value


def a_rating():
    return Rating(visit=uuid.uuid4().hex, item="KX-RS-001", level=Level.SATISFIED, at=datetime.now(UTC))


ONCE = {
    "http500": GatewayCode.SERVER_ERROR,
    "torn": GatewayCode.TORN,
    "garbled": GatewayCode.TORN,
    "cut_before": GatewayCode.TORN,
    "cut_after": GatewayCode.TORN,
}


@pytest.mark.parametrize("verb", ONCE)
def test_a_passing_fault_is_overcome_by_repeating_with_the_same_key(talk, sandbox, verb):
    sandbox.break_(verb, at.RATING_PUT.path)
    before = sandbox.state()["counts"]["ratings"]
    assert talk(lambda platform: platform.rate(a_rating())).level is Level.SATISFIED
    assert sandbox.state()["counts"]["ratings"] == before + 1
    assert sandbox.state()["faults"] == []


@pytest.mark.parametrize(("verb", "code"), ONCE.items())
def test_a_lasting_fault_is_told_as_unsettled_for_an_effect_and_settled_for_a_read(talk, sandbox, verb, code):
    sandbox.break_(verb, count=None)
    effect = fault(talk, lambda platform: platform.rate(a_rating()))
    assert (effect.code, effect.unsettled) == (code, True)
    read = fault(talk, lambda platform: platform.lookup("x"))
    assert (read.code, read.unsettled) == (code, False)


def test_a_fetch_is_never_repeated(talk, sandbox, consent):
    granted = talk(lambda platform: platform.grant(consent(sandbox.people()[0])))[0]
    sandbox.break_("cut_before", at.LICENCE_FETCH.path, count=2)
    found = fault(talk, lambda platform: platform.fetch(granted.grant))
    assert found.unsettled
    assert sandbox.state()["faults"][0]["count"] == 1  # one request, not two


def test_slow_is_a_time_out_and_not_waited_for_twice(talk, sandbox, settings):
    sandbox.break_("slow", at.SERIAL_LOOKUP.path, count=None, seconds=3.0)
    began = time.monotonic()
    quick = msgspec.structs.replace(settings, patience_s=0.3)
    assert fault(talk, lambda platform: platform.lookup("x"), used=quick).code is GatewayCode.TIMEOUT
    assert time.monotonic() - began < 1.0


def test_a_huge_reply_is_cut_off(talk, sandbox):
    sandbox.break_("huge", at.HEALTH.path)
    assert fault(talk, lambda platform: platform.health()).code is GatewayCode.TOO_LARGE


def test_cut_between_request_and_answer_is_settled_by_a_query(talk, sandbox, settings, consent, kind):
    """The serial was issued, the answer lost, the kiosk is not allowed to repeat: the look-up by operation tells."""
    impatient = msgspec.structs.replace(settings, repeats=0)
    person = sandbox.people()[0]
    operation = uuid.uuid4().hex

    async def visit(platform):
        granted = (await platform.grant(consent(person)))[0]
        raw = (await platform.fetch(granted.grant)).file.reveal()
        licence = await asyncio.to_thread(
            open_sealed,
            raw,
            roots=read_roots(sandbox.folder.issuer_roots),
            now=datetime.now(UTC),
            licence_type=kind,
        )
        request = IssueRequest(
            operation=operation, licence=licence.identifier, sha256=licence.sha256, pages=licence.pages, item="i"
        )
        sandbox.break_("cut_before", at.SERIAL_ISSUE.path)
        with pytest.raises(GatewayFault) as lost:
            await platform.issue(request)
        assert lost.value.unsettled
        assert await platform.lookup(operation) is None  # it never arrived
        sandbox.break_("cut_after", at.SERIAL_ISSUE.path)
        with pytest.raises(GatewayFault) as lost:
            await platform.issue(request)
        assert lost.value.unsettled
        found = await platform.lookup(operation)
        assert found is not None
        assert found.state is SerialState.ACTIVE
        assert await platform.issue(request) == found

    talk(visit, used=impatient)


def test_nobody_there_is_unreachable_and_has_had_no_effect(talk, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = msgspec.structs.replace(settings, address=f"http://127.0.0.1:{closed.getsockname()[1]}")
        found = fault(talk, lambda platform: platform.rate(a_rating()), used=nowhere)
    assert (found.code, found.unsettled) == (GatewayCode.UNREACHABLE, False)


@pytest.mark.parametrize(
    "change",
    [{"secret": SecretBytes(b"x" * 32)}, {"kiosk": "DEMO-0002"}],
    ids=["wrong secret", "unknown kiosk"],
)
def test_a_wrong_signature_is_refused(talk, sandbox, settings, change):
    before = sandbox.state()["counts"]["ratings"]
    wrong = msgspec.structs.replace(settings, **change)
    assert fault(talk, lambda platform: platform.rate(a_rating()), used=wrong).code is GatewayCode.AUTH_FAILED
    assert sandbox.state()["counts"]["ratings"] == before


def test_the_public_look_up_needs_no_signature(talk, sandbox):
    public = HttpSettings(address=sandbox.address)
    assert talk(lambda platform: platform.public_state("NOSUCHSERIAL0"), used=public) is None
    assert fault(talk, lambda platform: platform.lookup("x"), used=public).code is GatewayCode.AUTH_FAILED


REPLIES = {
    "no envelope": (b'{"data": {}}', GatewayCode.TORN),
    "wrong type": (b'{"status": "0", "data": {}}', GatewayCode.TORN),
    "data missing": (b'{"status": 0}', GatewayCode.TORN),
    "a number": (b"7", GatewayCode.TORN),
    "not UTF-8": (b'{"status": 0, "message": "\xff"}', GatewayCode.TORN),
    "unknown status": (b'{"status": 31337, "message": "x"}', GatewayCode.SERVER_ERROR),
    "another serial": (
        b'{"status":0,"data":{"serial":"OTHER","operation":"other","state":"active","issued":"2026-01-01T00:00:00Z",'
        b'"expires":"2026-01-01T00:00:00Z","pages":1,"licence":"l","sha256":"s"}}',
        GatewayCode.TORN,
    ),
    "unknown state": (
        b'{"status":0,"data":{"serial":"OTHER","operation":"x","state":"very good","issued":"2026-01-01T00:00:00Z",'
        b'"expires":"2026-01-01T00:00:00Z","pages":1,"licence":"l","sha256":"s"}}',
        GatewayCode.TORN,
    ),
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_that_is_not_as_agreed(settings, name):
    raw, code = REPLIES[name]
    assert answered(settings, _http(raw)).code is code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"HTTP/1.1 302 Found\r\nlocation: http://example.invalid/\r\ncontent-length: 0\r\n\r\n", GatewayCode.REFUSED),
        (b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n", GatewayCode.AUTH_FAILED),
        (b"HTTP/1.1 408 Slow\r\ncontent-length: 0\r\n\r\n", GatewayCode.SERVER_ERROR),
        (b"HTTP/1.1 429 Busy\r\ncontent-length: 0\r\n\r\n", GatewayCode.SERVER_ERROR),
        (b"HTTP/1.1 504 Late\r\ncontent-length: 0\r\n\r\n", GatewayCode.SERVER_ERROR),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n\x1f\x8b", GatewayCode.TORN),
        (b"SSH-2.0-OpenSSH_9.2\r\n", GatewayCode.TORN),
        (b"", GatewayCode.TORN),
    ],
)
def test_an_answer_that_is_no_good_http(settings, raw, code):
    assert answered(settings, raw).code is code


def test_a_drip_ends_at_the_time_out(settings):
    began = time.monotonic()
    found = answered(settings, b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", drip=True)
    assert found.code is GatewayCode.TIMEOUT
    assert time.monotonic() - began < 2.0


def _http(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(content), content)


def answered(settings, raw: bytes, *, drip: bool = False) -> GatewayFault:
    """Ask a server that says `raw` to everything; return the fault. Patience is short only where it is meant to run out."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        while drip:
            writer.write(b" ")
            await asyncio.sleep(0.02)
            await writer.drain()
        await writer.drain()
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        used = msgspec.structs.replace(
            settings, address=f"http://127.0.0.1:{port}", repeats=1, patience_s=0.4 if drip else 5.0
        )
        platform = HttpPlatform(used)
        try:
            with pytest.raises(GatewayFault) as caught:
                await platform.lookup("x")
            return caught.value
        finally:
            await platform.aclose()
            server.close()

    return asyncio.run(main())


@pytest.mark.parametrize(
    "address",
    ["http://example.invalid", "ftp://127.0.0.1", "https://", "https://a.invalid/?name=x", "http://10.0.0.1:80"],
)
def test_an_address_that_would_leak_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        HttpSettings(address=address)


def test_every_code_has_its_texts():
    assert set(catalogue()) == set(GatewayCode)
    for entry in catalogue().values():
        assert entry.visitor
        assert "系统错误" not in entry.visitor
        assert "不是本人" not in entry.visitor


def test_nothing_personal_in_logs_addresses_or_exceptions(tmp_path, capfd, caplog, talk, settings, consent):
    caplog.set_level(logging.DEBUG)
    own = launch.start(tmp_path / "own")
    try:
        person = own.people()[0]
        used = msgspec.structs.replace(
            settings, address=own.address, secret=signing.read_secret(own.folder.kiosk_secret)
        )
        granted = talk(lambda platform: platform.grant(consent(person)), used=used)[0]
        talk(lambda platform: platform.fetch(granted.grant), used=used)
        texts = []
        for verb in ("torn", "garbled", "http500", "cut_after", "no_record", "huge"):
            own.break_(verb, at.LICENCE_GRANT.path, count=3)
            found = fault(talk, lambda platform: platform.grant(consent(person)), used=used)
            texts.append("".join(traceback.format_exception(found)) + repr(found.__context__) + repr(found.__cause__))
            own.mend()
        captured = sorted(own.folder.capture.iterdir())
        paths = [msgspec.json.decode(each.read_bytes())["path"] for each in captured]
    finally:
        own.stop()
    output = capfd.readouterr()
    everything = "\n".join([caplog.text, output.out, output.err, *texts, *paths, *(each.name for each in captured)])
    assert "grant" in everything  # the search would find something
    for value in (person.name, person.number, person.address):
        assert value not in everything


def test_the_tasks_of_a_restarted_platform_are_still_there(tmp_path, talk, settings):
    folder = tmp_path / "again"
    first = launch.start(folder)
    used = msgspec.structs.replace(
        settings, address=first.address, secret=signing.read_secret(first.folder.kiosk_secret)
    )
    task = Task(key="k", kind=TaskKind.CARD_LEFT, at=datetime.now(UTC))
    talk(lambda platform: platform.put_task(task), used=used)
    first.process.kill()
    first.process.wait()
    second = launch.start(folder)
    try:
        found = talk(lambda platform: platform.tasks(), used=msgspec.structs.replace(used, address=second.address))
        assert [each.task for each in found] == [task]
    finally:
        second.stop()
