"""The protocol without a wire: words and quotes, what the status words mean, and that no bytes whatever hang or break it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import Readiness
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.power_supply import Battery, Source, TurnOff
from drivers.power_supply import nut_lines
from drivers.power_supply.nut import Nut
from drivers.power_supply.nut_status import figure, understand


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'VAR ups ups.status "OL CHRG"', ["VAR", "ups", "ups.status", "OL CHRG"]),
        (b'VAR ups ups.mfr "a \\"b\\" \\\\ c"', ["VAR", "ups", "ups.mfr", 'a "b" \\ c']),
        (b'VAR ups ups.serial ""', ["VAR", "ups", "ups.serial", ""]),
        (b"  OK   TRACKING  x ", ["OK", "TRACKING", "x"]),
        (b"", []),
        (b'VAR ups x "\xd6lmann"', ["VAR", "ups", "x", "\N{REPLACEMENT CHARACTER}lmann"]),
    ],
)
def test_a_line_is_taken_apart(line: bytes, words: list[str]) -> None:
    assert nut_lines.words(line) == words


@pytest.mark.parametrize("line", [b'VAR "OL', b'VAR "OL\\"', b"VAR \\", b'VA"R x"', b"VAR \x00", b"OK\r", b'"a""b"'])
def test_a_torn_line_is_no_line(line: bytes) -> None:
    with pytest.raises(nut_lines.Unreadable):
        nut_lines.words(line)


PRINTABLE = st.text(
    st.characters(min_codepoint=0x20, exclude_characters="\x7f", exclude_categories=["Cs"]), max_size=60
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PRINTABLE, max_size=6))
def test_words_come_back_as_they_were_quoted(words: list[str]) -> None:
    assert nut_lines.words(" ".join(nut_lines.quoted(word) for word in words).encode()) == words


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_a_quoted_word_is_one_line_or_refused(word: str) -> None:
    try:
        line = nut_lines.quoted(word)
    except ValueError:
        line = ""
    assert "\n" not in line


# --- the words of ups.status


@pytest.mark.parametrize(
    ("words", "source", "battery", "faults", "readiness"),
    [
        ("OL", "mains", "ok", [], "ready"),
        ("OL CHRG", "mains", "ok", [], "ready"),
        ("OL TRIM", "mains", "ok", [], "ready"),
        ("OL BOOST", "mains", "ok", [], "ready"),
        ("OB DISCHRG", "battery", "ok", ["on_battery"], "ready"),
        ("OB LB", "battery", "low", ["battery_low", "on_battery"], "ready"),
        ("OL LB CHRG", "mains", "low", [], "ready"),  # the mains are back, it charges: nobody shuts down
        ("OL RB", "mains", "replace", ["battery_worn"], "ready"),
        ("OB LB RB", "battery", "low", ["battery_low", "on_battery", "battery_worn"], "ready"),
        ("OL OVER", "mains", "ok", ["power_overload"], "fault"),
        ("OL BYPASS", "mains", "unknown", [], "ready"),  # no battery stands behind it
        ("BYPASS", "mains", "unknown", [], "ready"),
        ("OFF", "off", "unknown", [], "fault"),
        ("OL OFF", "off", "unknown", [], "fault"),
        ("OB CAL", "battery", "ok", [], "ready"),
        ("OB CAL LB", "battery", "unknown", [], "ready"),
        ("FSD OB LB", "battery", "low", ["battery_low", "on_battery"], "ready"),
        ("FSD OL", "mains", "low", ["battery_low"], "ready"),
        ("OL ALARM", "mains", "unknown", [], "ready"),
        ("OL ECO", "mains", "ok", [], "ready"),
        ("OL OB", "unknown", "unknown", [], "unknown"),
        ("WAIT", "unknown", "unknown", [], "unknown"),
        ("CHRG", "unknown", "unknown", [], "unknown"),
        ("", "unknown", "unknown", [], "unknown"),
    ],
)
def test_what_the_words_mean(words: str, source: str, battery: str, faults: list[str], readiness: str) -> None:
    reading = understand(words)
    found = (reading.source, reading.battery, [code for code, _ in reading.faults], reading.readiness)
    assert found == (Source(source), Battery(battery), [FaultCode(code) for code in faults], Readiness(readiness))


WORDS = [
    "OL",
    "OB",
    "LB",
    "RB",
    "CHRG",
    "DISCHRG",
    "BYPASS",
    "OFF",
    "OVER",
    "TRIM",
    "BOOST",
    "CAL",
    "FSD",
    "ALARM",
    "X",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), unique=True))
def test_unknown_is_never_turned_into_well(words: list[str]) -> None:
    reading = understand(" ".join(words))
    if reading.battery is Battery.OK:
        assert {"OL", "OB"} & set(words)
        assert not {"LB", "RB", "FSD"} & set(words)
    if reading.source is Source.UNKNOWN:
        assert reading.readiness is Readiness.UNKNOWN
    codes = {code for code, _ in reading.faults}
    assert (FaultCode.BATTERY_LOW in codes) <= (reading.battery is Battery.LOW)


@pytest.mark.parametrize(
    ("text", "value"),
    [("98.5", 98.5), ("0", 0.0), ("101", None), ("-1", None), ("nan", None), ("inf", None), ("?", None), (None, None)],
)
def test_a_figure_is_a_number_in_its_range_or_nothing(text: str | None, value: float | None) -> None:
    assert figure(text, highest=100) == value


# --- settings


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"host": ""}, "host"), ({"port": 0}, "port"), ({"ups": "a b"}, "ups"), ({"ups": "a\nSET"}, "ups"),
        ({"user": "kiosk"}, "password_file"), ({"password_file": "/x"}, "user"), ({"answer_seconds": 0}, "answer_seconds"),
        ({"user": "a\nb", "password_file": "/x"}, "user"), ({"password": "x"}, "password"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(wrong: dict[str, Any], key: str) -> None:
    with pytest.raises(DeviceFault, match=key) as caught:
        registry.make("nut", wrong, production=True)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID


def test_it_claims_a_upsd_that_announces_itself() -> None:
    attached = Attached(bus=Bus.NETWORK, path="ups", node="192.0.2.7:3493", kind="_nut._tcp")
    rule = next(claim.rule for claim in registry.claims(attached) if claim.driver == "nut")
    assert rule.settings_for(attached) == {"host": "192.0.2.7", "port": 3493}


# --- streams


class Scripted:
    """A line on which the next of these pieces arrives after each question; then nothing more."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.asked: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.asked.append(data)
        self._left = [self._pieces.pop(0)] if self._pieces else []

    def read(self, seconds: float) -> bytes:
        return self._left.pop(0) if self._left else b""

    def discard_input(self) -> None:
        self._left: list[bytes] = []

    def close(self) -> None:
        self._left = []


def status_over(pieces: list[bytes]) -> Any:
    """Ask for the status over a line on which these answers arrive; return it, or the fault's code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drivers.power_supply.nut_link.TcpLine", lambda *_, **__: Scripted(pieces))
        driver = registry.make("nut", {"ups": "u", "answer_seconds": 0.002}, production=True)
        assert isinstance(driver, Nut)
        try:
            return driver.status()
        except DeviceFault as error:
            return error.fault.code
        finally:
            driver.close()


GOOD = [b'VAR u ups.status "OB LB"\n', b'VAR u battery.charge "7"\n', b"ERR VAR-NOT-SUPPORTED\n"]
SAID_NO = {
    FaultCode.LINK_GARBLED,
    FaultCode.LINK_SILENT,
    FaultCode.UNSUPPORTED,
    FaultCode.SETTING_INVALID,
    FaultCode.SERVICE_DOWN,
}


def test_a_good_stream_is_read() -> None:
    status = status_over(list(GOOD))
    assert (status.source, status.battery, status.charge, status.runtime) == ("battery", "low", 7.0, None)


@pytest.mark.parametrize(
    "answer",
    [
        b'VAR other ups.status "OL"\n', b'VAR u battery.charge "OL"\n', b'VAR u ups.status "OL" "x"\n', b"VAR u ups.status\n",
        b"BEGIN LIST VAR u\n", b"OK\n", b"ERR\n", b"ERR SOMETHING-NEW\n", b"\n", b'VAR u ups.status "O\xffL"\n',
        b'VAR u ups.status "OL"\nVAR u ups.status "OL"\n', b'VAR u ups.status "OL', b"x" * 5000,
    ],
)  # fmt: skip
def test_an_answer_to_another_question_is_not_taken(answer: bytes) -> None:
    assert status_over([answer] * 2) is FaultCode.LINK_GARBLED


def _list(what: str, *rows: str) -> bytes:
    lines = [f"BEGIN LIST {what} u", *(f"{what} u {row}" for row in rows), f"END LIST {what} u"]
    return "".join(line + "\n" for line in lines).encode()


@pytest.mark.parametrize(("delay", "sent"), [("45", True), ("48", True), ("20", False), ("?", False)])
def test_a_ups_that_would_cut_the_power_too_soon_is_not_told_to(tmp_path: Path, delay: str, sent: bool) -> None:
    """Before a upsd that knows no TRACKING: its OK says only that it passed the value on."""
    (tmp_path / "password").write_text("x\n")
    told = b'VAR u ups.delay.shutdown "%s"\n' % delay.encode()
    line = Scripted([
        b"OK\n", b"OK\n", b"ERR INVALID-ARGUMENT\n",
        _list("VAR", 'ups.delay.shutdown "20"'), _list("CMD", "shutdown.return"), _list("RW", 'ups.delay.shutdown "20"'),
        b"OK\n", told, *([b"OK\n"] if sent else [told] * 20),
    ])  # fmt: skip
    own = {"user": "k", "password_file": str(tmp_path / "password"), "confirm_seconds": 0.1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drivers.power_supply.nut_link.TcpLine", lambda *_, **__: line)
        driver = registry.make("nut", {"ups": "u", **own}, production=True)
        try:
            driver.perform(TurnOff(after=44.2), Call(5, lambda event, fds: None))
        except DeviceFault as error:
            assert error.fault.code is FaultCode.UNSUPPORTED  # noqa: PT017  whether it is raised is looked at below
    assert b'SET VAR u ups.delay.shutdown "45"\n' in line.asked
    assert (b"INSTCMD u shutdown.return\n" in line.asked) is sent


def _spoiled(pieces: list[bytes]) -> None:
    found = status_over(pieces)
    assert found in SAID_NO if isinstance(found, FaultCode) else found.battery in Battery


TORN = st.builds(lambda good, at: good[:at], st.sampled_from(GOOD), st.integers(0, 30))
PIECES = st.lists(st.binary(max_size=80) | st.sampled_from(GOOD) | TORN, max_size=8)


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_any_stream_is_refused_or_read(pieces: list[bytes]) -> None:
    _spoiled(pieces)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(PIECES)
def test_ten_thousand_streams_are_refused_or_read(pieces: list[bytes]) -> None:
    _spoiled(pieces)
