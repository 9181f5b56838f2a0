"""Whatever a card answers: no hang, no crash, nothing that it did not send, and the next command works."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.smart_card import Select

from .conftest import READ_NAME, SSSE, Bench

ORDINARY = {"kind": "social_security"}
LONGEST = 65_000  # vpcd's messages have two bytes of length


def goes_through(bench: Bench, answer: bytes) -> None:
    """Let the card give these bytes for an answer; see that they, or a fault, come out, and that the next command works."""
    bench.emulator.fault("answer", answer=answer.hex(), times=1)
    began = time.monotonic()
    try:
        response, fault = bench.send(READ_NAME), None
    except DeviceFault as error:
        response, fault = None, error.fault
    if response is None:
        assert fault is not None
        assert fault.code is FaultCode.LINK_GARBLED, fault
        assert answer.hex() not in fault.detail or len(answer) < 3
    else:
        told = response.data.reveal() + response.sw.to_bytes(2, "big")
        if answer[-2] == 0x61:
            assert told[:-2].startswith(answer[:-2])
        elif answer[-2] == 0x6C:
            assert response.sw != int.from_bytes(answer[-2:], "big") or told == answer
        else:
            assert told == answer
    assert time.monotonic() - began < 1.0
    assert bench.do(Select(aid=SSSE)).sw == 0x9000
    assert bench.send(READ_NAME).data.reveal()[2:].rstrip(b"\0").decode("gbk") == "林试验"


def mutated(generator: random.Random) -> bytes:
    """A right answer, torn, stretched, flipped; or noise. Never empty: that is a card being pulled, and tested as one."""
    right = b"\x09\x1e" + "林试验".encode("gbk").ljust(30, b"\0") + b"\x90\x00"
    match generator.randrange(5):
        case 0:
            return right[: generator.randrange(1, len(right))]
        case 1:
            return right[:-2] + generator.randbytes(generator.randrange(1, 600)) + right[-2:]
        case 2:
            spoilt = bytearray(right)
            for _ in range(generator.randrange(1, 6)):
                spoilt[generator.randrange(len(spoilt))] = generator.randrange(256)
            return bytes(spoilt)
        case 3:
            return generator.randbytes(generator.randrange(40)) + bytes(
                (generator.choice((0x61, 0x6C)), generator.randrange(256))
            )
    return generator.randbytes(generator.randrange(1, 300))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=st.one_of(st.binary(min_size=1, max_size=300), st.randoms(use_true_random=False).map(mutated)))
def test_any_answer(bench: Bench, answer: bytes) -> None:
    if not bench.driver.status().powered or bench.laid != ORDINARY:
        bench.wait_card()
        bench.do(Select(aid=SSSE))
    goes_through(bench, answer)


def test_the_longest_answer(bench: Bench) -> None:
    bench.wait_card()
    bench.do(Select(aid=SSSE))
    goes_through(bench, bytes(LONGEST) + b"\x90\x00")


@pytest.mark.slow
def test_ten_thousand_answers(bench: Bench) -> None:
    generator = random.Random(7816)
    bench.wait_card()
    bench.do(Select(aid=SSSE))
    for _ in range(10_000):
        goes_through(bench, mutated(generator))
