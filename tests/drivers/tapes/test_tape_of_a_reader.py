"""A reader's wire recorded, scrubbed and played back: the same driver, the same course, nobody's data."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import TryAgain, WaitCard
from drivers.emulators import id_card_people
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.tapes import tape as tapes
from drivers.tapes.record import SerialRecorder, TapeWriter, TcpRecorder
from drivers.tapes.replay import TapeEmulator
from drivers.tapes.tape import To

QUICK = {"poll_ms": 200, "gone_misses": 2, "answer_seconds": 0.4, "read_seconds": 0.8, "gap_seconds": 0.05}
CANARY = {
    **id_card_people.person("citizen", 88), "name": "金丝雀", "address": "金丝雀省金丝雀市鸟笼路8号",
    "new_address": "金丝雀省新鸟笼路9号", "issuer": "金丝雀公安局", "fingerprints": "2",
}  # fmt: skip
"""What must be in no tape. The number is that of an invented person whom no scrubber would come to."""
MARKS = ("name", "address", "new_address", "issuer", "number", "birth")


@pytest.fixture
def reader() -> Iterator[SdtEmulator]:
    emulator = SdtEmulator(radio_seconds=0.02)
    yield emulator
    emulator.stop()


def canary(kind: str) -> dict[str, str]:
    if kind == "citizen":
        return CANARY
    office = "8801" if kind == "foreigner_2017" else "金丝雀公安局"
    names = {"name": "金丝雀", "chinese_name": "金丝雀", "address": "金丝雀市鸟笼路8号", "issuer": office}
    return id_card_people.person(kind, 88) | names


def recorded(reader: SdtEmulator, file: Path, act: Any, **settings: Any) -> list[Any]:
    """Let a driver act through a recorder; return what `act` returned and the events."""
    events: list[Any] = []
    port = str(reader.start()["port"])
    with SerialRecorder(port, file, protocol="sdt") as recorder:
        driver = registry.make("sdt_serial", {"port": recorder.port, **QUICK, **settings}, production=False)
        try:
            driver.open()
            result = act(driver, Call(6.0, lambda event, fds: events.append(event)))
        finally:
            driver.close()
    assert recorder.problem is None
    return [result, events]


def replayed(file: Path, act: Any, **settings: Any) -> list[Any]:
    """Let a driver act on the tape."""
    events: list[Any] = []
    player = TapeEmulator(tape=str(file))
    driver = registry.make("sdt_serial", {**player.start(), **QUICK, **settings}, production=False)
    try:
        driver.open()
        return [act(driver, Call(6.0, lambda event, fds: events.append(event))), events, player.state()]
    finally:
        driver.close()
        player.stop()


def read_card(driver: Any, call: Call) -> Any:
    return driver.perform(WaitCard(), call).card


def assert_no_canary(file: Path, card: dict[str, str]) -> None:
    """Not as UTF-16, not in its bytes across two lines of the tape, not in its text."""
    text = file.read_text("utf-8")
    wire = b"".join(entry.data for entry in tapes.read(file).entries)
    number = card["number"]
    for field in MARKS:
        value = card.get(field, "").replace("-", "")
        for part in {value, value[-8:]} | ({value[:4]} - {number[:4]}):
            assert not part or part not in text
            assert not part or part.isdigit() or part.encode("utf-16-le") not in wire
        assert not value or value.encode("utf-16-le") not in wire
        assert not value or value.encode() not in wire


@pytest.mark.parametrize("kind", id_card_people.KINDS)
def test_a_read_is_recorded_without_the_person_and_plays_as_an_invented_one(
    reader: SdtEmulator, tmp_path: Path, kind: str
) -> None:
    file, card = tmp_path / "reader.tape", canary(kind)
    reader.place(card | {"photo_base64": id_card_people.photo_base64("hopper")})
    read, events = recorded(reader, file, read_card, photo_decoder="stand_in")
    assert read.number.reveal() == card["number"], "the driver itself got the real card"
    assert_no_canary(file, card)
    serial = reader._device.card.serial
    wire = b"".join(entry.data for entry in tapes.read(file).entries)
    assert serial not in wire, "the card's own number"
    assert bytes.fromhex("05000300") not in wire, "the SAM's number"
    played, played_events, state = replayed(file, read_card, photo_decoder="stand_in")
    invented = id_card_people.person(kind, 0)
    assert (played.kind, played.number.reveal()) == (kind, invented["number"])
    assert (played.newest_address is None) == (read.newest_address is None)
    assert played.photo.reveal().startswith(b"\x89PNG")
    assert played_events == events
    assert (state["ended"], state["unexpected"]) == (True, None)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("wrong_checksum", {}), ("garble", {"every": 7}), ("drop", {"every": 90}), ("short", {"keep": 700}),
        ("noise", {"count": 90}),
        ("duplicate", {}), ("fingerprint", {}), ("wrong_length", {"count": 40}), ("wrong_length", {"count": -40}),
        ("lift_early", {}),
    ],
    ids=str,
)  # fmt: skip
def test_a_field_problem_is_on_the_tape_and_the_person_is_not(
    reader: SdtEmulator, tmp_path: Path, name: str, arguments: dict[str, int]
) -> None:
    """A torn or changed answer is recorded as torn or changed, about nobody, and troubles the driver again."""
    file = tmp_path / "reader.tape"
    reader.place(CANARY)
    reader.fault(name, command="3001", times=1, **arguments)

    def act(driver: Any, call: Call) -> Any:
        def heard(event: object, fds: object) -> None:
            if isinstance(event, TryAgain) and reader.state()["card"] == "absent":
                reader.place(CANARY)

        return driver.perform(WaitCard(), Call(6.0, heard)).card

    read, _ = recorded(reader, file, act)
    assert read.number.reveal() == CANARY["number"]
    assert_no_canary(file, CANARY)
    asked = [entry.hex for entry in tapes.read(file).entries if entry.to is To.DEVICE].count("aaaaaa96690003300132")
    assert asked == (1 if name in ("duplicate", "noise") else 2), "the problem is on the tape"
    played, _, state = replayed(file, act)
    assert played.number.reveal().startswith("999999")
    assert state["unexpected"] is None


def test_two_people_stay_two_people(reader: SdtEmulator, tmp_path: Path) -> None:
    file = tmp_path / "reader.tape"

    def act(driver: Any, call: Call) -> list[str]:
        numbers = []
        for which in (3, 4, 3):
            reader.place(id_card_people.person("citizen", 500 + which))
            numbers.append(driver.perform(WaitCard(newest_address=False), call).card.number.reveal())
        return numbers

    numbers, _ = recorded(reader, file, act, presence_by="none")
    assert numbers[0] == numbers[2] != numbers[1]
    played, _, _ = replayed(file, act, presence_by="none")
    first, second = (id_card_people.person("citizen", which)["number"] for which in (0, 1))
    assert played == [first, second, first]


def test_a_reader_that_is_pulled_out_hangs_up_on_the_tape_too(reader: SdtEmulator, tmp_path: Path) -> None:
    file = tmp_path / "reader.tape"
    reader.place(CANARY)
    reader.fault("die_mid_command", times=1)

    def act(driver: Any, call: Call) -> FaultCode:
        with pytest.raises(DeviceFault) as caught:
            driver.perform(WaitCard(), call)
        return caught.value.fault.code

    assert recorded(reader, file, act)[0] is FaultCode.DEVICE_GONE
    assert_no_canary(file, CANARY)
    assert tapes.read(file).entries[-1].gone
    assert replayed(file, act)[0] is FaultCode.DEVICE_GONE


def test_what_the_tape_does_not_expect_is_told_with_what_it_expected(reader: SdtEmulator, tmp_path: Path) -> None:
    file = tmp_path / "reader.tape"
    reader.place(CANARY)
    recorded(reader, file, read_card)
    player = TapeEmulator(tape=str(file))
    driver = registry.make("sdt_serial", {**player.start(), **QUICK, "presence_by": "chip_number"}, production=False)
    try:
        with pytest.raises(DeviceFault) as caught:
            driver.open()
        assert caught.value.fault.code is FaultCode.LINK_SILENT
        unexpected = player.state()["unexpected"]
        assert (unexpected["expected"], unexpected["byte"]) == ("aaaaaa96690003200122", 7), (
            "the tape went on to find a card"
        )
        assert unexpected["got"] == "300536", "the driver asked for the chip's number"
    finally:
        driver.close()
        player.stop()


# --- what is never written


def test_a_protocol_without_a_scrubber_is_refused_before_a_file_is_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="escpos"):
        TapeWriter(tmp_path / "x.tape", "escpos", nothing_personal=False)
    assert not list(tmp_path.iterdir())


def test_a_tape_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "x.tape").write_text("kept")
    with pytest.raises(FileExistsError):
        TapeWriter(tmp_path / "x.tape", "sdt", nothing_personal=False)
    assert (tmp_path / "x.tape").read_text() == "kept"


@pytest.mark.parametrize("seed", range(40))
def test_no_cut_of_the_stream_lets_the_canary_through(tmp_path: Path, seed: int) -> None:
    """Packets torn, changed, cut and joined in any way, in any pieces, either way: the tape holds nothing of the person."""
    from drivers.emulators.id_card_device import LaidCard, ReaderDevice, reply

    dice, file = random.Random(seed), tmp_path / "x.tape"
    device = ReaderDevice(0.0, reread=True)
    device.card = LaidCard(CANARY)
    stream = b""
    for key in ("2001", "2002", "3001", "3003", "3010", "3005"):
        packet = reply(*device.do(key))
        if dice.random() < 0.5:
            packet = packet[: dice.randrange(len(packet))] + packet[dice.randrange(len(packet)) :]
        if dice.random() < 0.3:
            spoilt = bytearray(packet or b"\0")
            spoilt[dice.randrange(min(12, len(spoilt)))] ^= dice.randint(1, 255)
            packet = bytes(spoilt)
        stream += packet
    writer = TapeWriter(file, "sdt", nothing_personal=False)
    while stream:
        size = dice.choice((1, 2, 5, 64, 300, 4096))
        writer.put(dice.choice((To.DRIVER, To.DRIVER, To.DEVICE)) if seed % 2 else To.DRIVER, stream[:size])
        stream = stream[size:]
    writer.close()
    assert_no_canary(file, CANARY)
    assert sum(len(entry.data) for entry in tapes.read(file).entries) > 0


def test_the_length_of_everything_is_kept(tmp_path: Path) -> None:
    writer = TapeWriter(tmp_path / "x.tape", "sdt", nothing_personal=False)
    raw = random.Random(7).randbytes(5000) + bytes.fromhex("AAAAAA9669000400009094") + b"\xaa\xaa"
    writer.put(To.DRIVER, raw)
    writer.close()
    entries = tapes.read(tmp_path / "x.tape").entries
    assert sum(len(entry.data) for entry in entries) == len(raw)
    assert "aaaaaa9669000400009094" in [entry.hex for entry in entries]


# --- other wires, bad tapes


def test_tcp_is_recorded_and_replayed_where_nothing_is_personal(tmp_path: Path) -> None:
    file = tmp_path / "ups.tape"
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            while data := peer.recv(100):
                peer.sendall(b"OL\n" if data == b"GET VAR ups.status\n" else b"ERR\n")

    threading.Thread(target=serve, daemon=True).start()
    recorder = TcpRecorder("127.0.0.1", listener.getsockname()[1], file, protocol="nut", nothing_personal=True)
    with recorder:
        assert asked(recorder.address, b"GET VAR ups.status\n") == b"OL\n"
    listener.close()
    head = tapes.read(file).head
    assert (head.protocol, head.personal_data) == ("nut", "none")
    player = TapeEmulator(tape=str(file), over="tcp")
    settings = player.start()
    try:
        assert asked(("127.0.0.1", int(str(settings["port"]))), b"GET VAR ups.status\n") == b"OL\n"
        assert player.state()["unexpected"] is None
    finally:
        player.stop()


def asked(address: tuple[str, int], question: bytes) -> bytes:
    with socket.create_connection(address, 3) as peer:
        peer.settimeout(3)
        peer.sendall(question)
        return peer.recv(100)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"), ("{}\n", "line 1: .*protocol"), ('{"tape":2,"protocol":"sdt","personal_data":"none"}\n', "version 1"),
        ('{"protocol":"sdt","personal_data":"raw"}\n', "line 1"),
        ('{"protocol":"sdt","personal_data":"none"}\n{"t":0,"to":"nobody"}\n', "line 2"),
        ('{"protocol":"sdt","personal_data":"none"}\n{"t":0,"to":"device","hex":"xy"}\n', "line 2: hex"),
        ('{"protocol":"sdt","personal_data":"none"}\nnot json\n', "line 2"),
    ],
)  # fmt: skip
def test_a_bad_tape_names_file_line_and_problem(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "bad.tape").write_text(text)
    with pytest.raises(ValueError, match=f"bad.tape: .*{problem}"):
        TapeEmulator(tape=str(tmp_path / "bad.tape"))
