"""Framing under any stream of bytes and pauses: no hang, nothing invented, and the next whole code is right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.code_scanner.framing import Framer, Framing, Refused

GAP, SETTLE, LONGEST = 0.1, 0.3, 40
FRAMES = [(b"", b"\r"), (b"\x02", b"\x03"), (b"", b"\r\n"), (b"<<", b">>")]

Pieces = list[tuple[bytes, float]]
"""Bytes, each with the seconds of silence before them."""


def framing(prefix: bytes, suffix: bytes, ends_by: str) -> Framing:
    return Framing(prefix=prefix, suffix=suffix, ends_by=ends_by, longest=LONGEST, gap=GAP, settle=SETTLE)  # type: ignore[arg-type]


def run(how: Framing, pieces: Pieces, *, ticks: bool) -> list[bytes | Refused]:
    """Play the pieces; with `ticks` silence is also reported while it lasts, as the drivers do."""
    now, found = 100.0, list[bytes | Refused]()
    framer = Framer(how, now)
    for data, silence in [*pieces, (b"", 1.0)]:
        steps = 4 if ticks else 1
        for _ in range(steps - 1):
            now += silence / steps
            found += (each if isinstance(each, Refused) else bytes(each) for each in framer.quiet(now))
        now += silence / steps
        heard = framer.feed(data, now) if data else framer.quiet(now)
        found += (each if isinstance(each, Refused) else bytes(each) for each in heard)
    assert not framer.waiting
    return found


streams = st.lists(
    st.tuples(st.binary(max_size=60), st.sampled_from([0.0, 0.01, 0.05, 0.11, 0.2, 0.31, 0.5])), max_size=12
)
CODES = st.binary(min_size=1, max_size=LONGEST)


def check_any_stream(frame: tuple[bytes, bytes], ends_by: str, noise: Pieces, code: bytes, ticks: bool) -> None:
    how = framing(*frame, ends_by)
    wanted = code if ends_by == "silence" else code.replace(how.suffix, b"").replace(how.suffix[:1], b"") or b"!"
    sent = how.prefix + wanted + how.suffix
    before = run(how, noise, ticks=ticks)
    found = run(how, [*noise, (sent, SETTLE + 0.2)], ticks=ticks)
    assert found[: len(before)] == before
    assert found[len(before) :] == [wanted], "after a silence the next code is right, whatever came before"
    everything = b"".join(data for data, _ in noise)
    for each in before:
        assert isinstance(each, Refused) or (0 < len(each) <= LONGEST and how.prefix + each + how.suffix in everything)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FRAMES), st.sampled_from(["silence", "suffix"]), streams, CODES, st.booleans())
def test_any_stream(frame: tuple[bytes, bytes], ends_by: str, noise: Pieces, code: bytes, ticks: bool) -> None:
    check_any_stream(frame, ends_by, noise, code, ticks)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.sampled_from(FRAMES), st.sampled_from(["silence", "suffix"]), streams, CODES, st.booleans())
def test_ten_thousand_streams(
    frame: tuple[bytes, bytes], ends_by: str, noise: Pieces, code: bytes, ticks: bool
) -> None:
    check_any_stream(frame, ends_by, noise, code, ticks)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FRAMES), CODES, st.lists(st.integers(1, 20), max_size=6))
def test_a_code_may_come_in_any_pieces(frame: tuple[bytes, bytes], code: bytes, cuts: list[int]) -> None:
    how = framing(*frame, "silence")
    sent = how.prefix + code + how.suffix
    pieces: Pieces = []
    for cut in cuts:
        pieces.append((sent[:cut], GAP / 2))
        sent = sent[cut:]
    begun = [(pieces[0][0], 0.2), *pieces[1:]] if pieces else []
    found = run(how, [*begun, (sent, GAP / 2 if begun else 0.2)] if sent else begun, ticks=True)
    assert found == [code]


def test_the_tail_of_a_torn_code_is_no_code() -> None:
    how = framing(b"", b"\r", "silence")
    assert run(how, [(b"torn", 0.2), (b"tail\r", 0.2), (b"next\r", 0.5)], ticks=True) == [Refused.TORN, b"next"]


def test_many_codes_in_one_chunk_by_suffix() -> None:
    how = framing(b"", b"\r", "suffix")
    assert run(how, [(b"one\rtwo\r\rthree\r", 0.2)], ticks=False) == [b"one", b"two", b"three"]


def test_endless_noise_is_refused_once_and_held_nowhere() -> None:
    framer = Framer(framing(b"", b"\r", "silence"), 0.0)
    found = [each for step in range(1, 2000) for each in framer.feed(b"x" * 100, 0.2 + step * 0.01)]
    assert found == [Refused.TOO_LONG]
    assert len(framer._buffer) == 0
