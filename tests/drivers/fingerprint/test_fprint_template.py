"""The template's envelope: what is damaged never reaches the library, which would abort on some of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.secret import SecretBytes
from drivers.fingerprint.fprint_template import pack, unpack


def test_what_goes_in_comes_out() -> None:
    assert unpack(pack(bytearray(b"FP3 print"))) == b"FP3 print"


@pytest.mark.parametrize(
    "raw", [b"", b"FP3", b"KFP1", b"KFP1" + bytes(32), b"KFP1" + bytes(1 << 20)], ids=lambda raw: str(len(raw))
)
def test_what_is_no_template_is_refused(raw: bytes) -> None:
    with pytest.raises(DeviceFault) as caught:
        unpack(SecretBytes(raw))
    assert caught.value.fault.code is FaultCode.TEMPLATE_INVALID


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.data())
def test_no_damage_passes(print_: bytes, data: st.DataObject) -> None:
    raw = bytearray(pack(bytearray(print_)).reveal())
    match data.draw(st.sampled_from(["flip", "cut", "insert"])):
        case "flip":
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        case "cut":
            del raw[data.draw(st.integers(0, len(raw) - 1)) :]
        case "insert":
            raw.insert(data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 255)))
            if bytes(raw) == pack(bytearray(print_)).reveal():
                return
    with pytest.raises(DeviceFault):
        unpack(SecretBytes(bytes(raw)))
