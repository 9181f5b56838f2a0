"""JSON bodies: secrets go out and come in, wrong ones are refused, and no error repeats what it read."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretText
from kiosk.gateways import body
from kiosk.gateways.interface import Envelope
from kiosk.gateways.keeper import KeeperRequest
from kiosk.gateways.licence import LicenceStatus, SealedFile
from kiosk.gateways.serials import Serial

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
PLANTED = "李明999999199001011234"


def test_secrets_cross_as_text_and_come_back():
    request = KeeperRequest(keeper="K001", pin=SecretText("123456"), visit="v", item="i")
    raw = body.encode(request)
    assert json.loads(raw) == {"keeper": "K001", "pin": "123456", "visit": "v", "item": "i"}
    back = body.decode(raw, KeeperRequest)
    assert back.pin == request.pin
    assert "123456" not in repr(back)


@settings(max_examples=150, deadline=None)
@given(value=JSON | st.fixed_dictionaries({"status": st.integers(), "data": JSON}))
def test_any_json_is_read_or_refused(value):
    raw = json.dumps(value).encode("utf-8", "surrogatepass")
    for kind in (Envelope, Serial, SealedFile, LicenceStatus, KeeperRequest):
        with contextlib.suppress(body.NotThisShape):
            assert isinstance(body.decode(raw, kind), kind)


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(raw):
    try:
        body.decode(raw, Envelope)
    except body.NotThisShape:
        return
    json.loads(raw)


@pytest.mark.parametrize(
    "value",
    [
        {"identifier": "x", "state": PLANTED, "checked": "2026-01-01T00:00:00Z"},
        {"identifier": "x", "state": "active", "checked": PLANTED},
        {PLANTED: 1},
        [PLANTED],
        PLANTED,
    ],
)
def test_an_error_never_repeats_what_it_read(value):
    for raw in (json.dumps(value).encode(), json.dumps(value, ensure_ascii=False).encode() + b"}"):
        with pytest.raises(body.NotThisShape) as caught:
            body.decode(raw, LicenceStatus)
        assert "李明" not in str(caught.value)
        assert "9999" not in str(caught.value)
        assert caught.value.__suppress_context__


@pytest.mark.parametrize("file", ["not base64!", "QQ", 7, None])
def test_a_file_that_is_no_base64_is_refused(file):
    with pytest.raises(body.NotThisShape):
        body.decode(json.dumps({"licence_type": "a", "media_type": "b", "file": file}).encode(), SealedFile)
