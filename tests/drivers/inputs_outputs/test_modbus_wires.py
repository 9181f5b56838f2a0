"""Settings, addresses and answers without a wire: which questions are asked, and that no bytes whatever are believed wrongly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.inputs_outputs import Input, Output
from drivers.emulators.modbus_io import _crc
from drivers.inputs_outputs.modbus_link import ModbusLink, no_check
from drivers.inputs_outputs.modbus_settings import InputWire, ModbusSettings
from drivers.inputs_outputs.modbus_wires import Wire, runs_of

SERIAL = {"connection": "serial", "path": "/dev/serial/by-path/x", "inputs": {"door": {"address": 0}}}
NETWORK = {"connection": "network", "host": "192.0.2.1", "inputs": {"door": {"address": 0}}}


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({**SERIAL, "path": "ttyUSB0"}, "path"), ({**NETWORK, "host": ""}, "host"), ({**NETWORK, "unit": 0}, "unit"),
        ({**NETWORK, "unit": 248}, "unit"), ({**NETWORK, "inputs": {}}, "inputs"), ({**SERIAL, "baud": 9601}, "baud"),
        ({**NETWORK, "inputs": {"gate": {"address": 1}}}, "inputs"),
        ({**NETWORK, "outputs": {"fan": {"address": 65536}}}, "outputs"),
        ({**NETWORK, "outputs": {"fan": {"adress": 1}}}, "adress"),
        ({**NETWORK, "outputs": {"fan": {"address": 1}, "desk_light": {"address": 1}}}, "desk_light.address is that of"),
        ({**NETWORK, "inputs": {"door": {"address": 1}, "tamper": {"address": 1}}}, "inputs.tamper.address"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(wrong: dict[str, Any], key: str) -> None:
    with pytest.raises(DeviceFault, match=key) as caught:
        registry.make("modbus_io", wrong, production=True)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID


def test_a_lock_is_momentary_whatever_the_profile_says() -> None:
    outputs = {
        "door_lock": {"address": 0, "momentary": False},
        "fan": {"address": 1},
        "desk_light": {"address": 2, "momentary": True},
    }
    driver = registry.make("modbus_io", {**NETWORK, "outputs": outputs}, production=True)
    assert driver.settings.momentary == (Output.DOOR_LOCK, Output.DESK_LIGHT)


def test_it_claims_what_could_be_a_module() -> None:
    port = Attached(bus=Bus.SERIAL, path="usb-0:1.2", node="/dev/serial/by-path/usb-0:1.2")
    gateway = Attached(bus=Bus.NETWORK, path="relay", node="192.0.2.7:502", kind="_mbap._tcp")
    for attached, reached in (
        (port, {"connection": "serial", "path": port.node}),
        (gateway, {"connection": "network", "host": "192.0.2.7", "port": 502}),
    ):
        rule = next(claim.rule for claim in registry.claims(attached) if claim.driver == "modbus_io")
        assert rule.settings_for(attached) == reached
        registry.make("modbus_io", {**reached, "inputs": {"door": {"address": 0}}}, production=True)


WIRES = st.lists(
    st.tuples(st.sampled_from(["coils", "discrete_inputs"]), st.integers(0, 40)), min_size=1, max_size=30, unique=True
)


@settings(max_examples=200, deadline=None)
@given(WIRES)
def test_the_runs_ask_for_every_wire_once_and_for_nothing_else(places: list[tuple[Any, int]]) -> None:
    wires = [Wire(Input.DOOR, table, address, False, "") for table, address in places]
    runs = runs_of(wires)
    asked = [(run.table, run.first + at) for run in runs for at in range(len(run.wires))]
    assert sorted(asked) == sorted(places)
    assert all(
        (wire.table, wire.address) == (run.table, run.first + at) for run in runs for at, wire in enumerate(run.wires)
    )
    gaps = {(run.table, run.first + len(run.wires)) for run in runs} & set(places)
    assert gaps == set()  # no two runs could be one


# --- answers


class Scripted:
    """A line on which this arrives, in these pieces, after each question."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._left: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._left = list(self._pieces)

    def read(self, seconds: float) -> bytes:
        return self._left.pop(0) if self._left else b""

    def discard_input(self) -> None:
        self._left = []

    def close(self) -> None:
        self._left = []


def ask(
    monkeypatch: pytest.MonkeyPatch, connection: str, pieces: list[bytes], *, count: int = 5
) -> list[bool] | FaultCode:
    """Ask a module on a scripted line for bits; return them, or the fault's code."""
    given_settings = ModbusSettings(
        connection=connection,  # type: ignore[arg-type]
        host="x",
        path="/x",
        baud=115200,
        inputs={Input.DOOR: InputWire(address=0)},
        answer_seconds=0.002,
        attempts=1,
    )
    with monkeypatch.context() as patch:
        for name in ("SerialLine", "TcpLine"):
            patch.setattr(f"drivers.inputs_outputs.modbus_link.{name}", lambda *_, **__: Scripted(pieces))
        link = ModbusLink(given_settings)
        link.connect()
        try:
            return link.read("coils", 0, count, no_check, key="inputs.door.address")
        except DeviceFault as error:
            return error.fault.code
        finally:
            link.close()


GOOD_RTU = bytes((1, 1, 1, 0b10101))
GOOD_RTU += _crc(GOOD_RTU)
GOOD_TCP = bytes((0, 1, 0, 0, 0, 4, 1, 1, 1, 0b10101))
GOOD_BITS = [True, False, True, False, True]
SAID_NO = {FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT, FaultCode.SETTING_INVALID, FaultCode.OUTPUT_STUCK}


@pytest.mark.parametrize(("connection", "good"), [("serial", GOOD_RTU), ("network", GOOD_TCP)])
def test_a_good_answer_is_read_however_it_is_cut(monkeypatch: pytest.MonkeyPatch, connection: str, good: bytes) -> None:
    for at in range(len(good)):
        assert ask(monkeypatch, connection, [good[:at], good[at:]] if at else [good]) == GOOD_BITS


@pytest.mark.parametrize(
    "frame",
    [bytes((1, 2, 1, 0b10101)), bytes((1, 1, 2, 0, 0)), bytes((1, 1, 0)), bytes((1, 5, 0, 0, 255, 0)), bytes((2, 1, 1, 1))],
    ids=["another function", "too many bits", "no bits", "an echo of a write", "another unit"],
)  # fmt: skip
def test_an_answer_to_another_question_is_not_taken(monkeypatch: pytest.MonkeyPatch, frame: bytes) -> None:
    assert ask(monkeypatch, "serial", [frame + _crc(frame)]) is FaultCode.LINK_GARBLED


def _one_byte_changed(monkeypatch: pytest.MonkeyPatch, at: int, change: int) -> None:
    """The CRC sees every change of one byte: it is refused, never read as other bits."""
    spoiled = GOOD_RTU[:at] + bytes([GOOD_RTU[at] ^ change]) + GOOD_RTU[at + 1 :]
    found = ask(monkeypatch, "serial", [spoiled])
    assert not isinstance(found, list)
    assert found in SAID_NO


def _any_bytes(monkeypatch: pytest.MonkeyPatch, connection: str, pieces: list[bytes]) -> None:
    found = ask(monkeypatch, connection, pieces)
    assert len(found) == 5 if isinstance(found, list) else found in SAID_NO


CHANGE = (st.integers(0, len(GOOD_RTU) - 1), st.integers(1, 255))
PIECES = st.lists(st.binary(max_size=40), max_size=4) | st.binary(max_size=8).map(lambda tail: [GOOD_TCP[:8], tail])


@settings(max_examples=200, deadline=None)
@given(*CHANGE)
def test_a_changed_byte_is_never_read_as_other_bits(at: int, change: int) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        _one_byte_changed(monkeypatch, at, change)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["serial", "network"]), PIECES)
def test_any_bytes_at_all_are_refused_or_read(connection: str, pieces: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        _any_bytes(monkeypatch, connection, pieces)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.sampled_from(["serial", "network"]), PIECES)
def test_ten_thousand_streams_are_refused_or_read(connection: str, pieces: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        _any_bytes(monkeypatch, connection, pieces)
