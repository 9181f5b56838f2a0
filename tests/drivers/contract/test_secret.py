"""A secret slips into nothing: no text, no format, no pickle, no JSON, no copy, no hash; and it can be wiped, and counted."""

from __future__ import annotations

import copy
import dataclasses
import gc
import json
import logging
import pickle
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretBytes, SecretText, counts, wipe_all

VALUE = "999999199001010010"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


class Holder(msgspec.Struct, frozen=True):
    """As a card is."""

    number: SecretText
    photo: SecretBytes | None = None


@dataclasses.dataclass
class Note:
    """As a step's gift is."""

    number: SecretText


WAYS_OUT: dict[str, Callable[[Any], object]] = {
    "str": str,
    "format": lambda secret: f"{secret}",
    "format with a width": lambda secret: f"{secret:>20}",
    "percent": lambda secret: "%s" % secret,  # noqa: UP031  the way of old loggers
    "str.format": lambda secret: "{0}".format(secret),  # noqa: UP030, UP032
    "join": lambda secret: ",".join([secret]),
    "add": lambda secret: "x" + secret,
    "bytes": bytes,
    "iterate": list,
    "json": json.dumps,
    "json of a key": lambda secret: json.dumps({secret: 1}),
    "msgspec json": msgspec.json.encode,
    "msgspec msgpack": msgspec.msgpack.encode,
    "msgspec builtins": msgspec.to_builtins,
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "hash": hash,
    "asdict": lambda secret: dataclasses.asdict(Note(secret)),
    "order": lambda secret: secret < secret,
    "vars": vars,
}


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("secret", [SecretText(VALUE), SecretBytes(VALUE.encode())], ids=["text", "bytes"])
def test_no_way_out_but_reveal(way: str, secret: Any) -> None:
    with pytest.raises(TypeError) as refused:
        WAYS_OUT[way](secret)
    assert VALUE not in str(refused.value)


@pytest.mark.parametrize("secret", [SecretText(VALUE), SecretBytes(VALUE.encode())], ids=["text", "bytes"])
def test_repr_says_nothing_wherever_it_is(secret: Any) -> None:
    assert repr(secret) == "<secret>"
    for holder in (Note(secret), [secret], {"k": (secret,)}, Holder(number=secret)):
        assert VALUE not in repr(holder)
        assert "<secret>" in repr(holder)


def test_a_logger_that_is_given_a_secret_writes_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.Logger("of this test")
    log.addHandler(logging.StreamHandler())
    log.warning("who: %s", SecretText(VALUE))
    log.warning("who: %r", SecretText(VALUE))
    told = capsys.readouterr().err
    assert VALUE not in told
    assert "<secret>" in told


@settings(max_examples=80, deadline=None)
@given(TEXT, TEXT)
def test_equal_means_equal_and_only_of_the_same_kind(left: str, right: str) -> None:
    assert (SecretText(left) == SecretText(right)) == (left == right)
    assert (SecretText(left) != SecretText(right)) == (left != right)
    assert SecretText(left) != SecretBytes(left.encode())
    assert SecretText(left) != left
    assert bool(SecretText(left)) == bool(left)
    assert SecretText(left).reveal() == left
    assert SecretText.from_raw(SecretText(left).raw()).reveal() == left


def test_wiping_overwrites_and_ends_it() -> None:
    secret = SecretText(VALUE)
    buffer = secret._buffer
    assert buffer is not None
    secret.wipe()
    assert set(buffer) == {0}
    assert len(buffer) == len(VALUE)
    assert secret.wiped
    assert not secret
    for use in (secret.reveal, secret.raw):
        with pytest.raises(ValueError, match="has been wiped"):
            use()
    assert secret != SecretText("")
    assert secret != secret
    secret.wipe()


def test_the_given_buffer_stays_the_callers() -> None:
    buffer = bytearray(b"photo")
    secret = SecretBytes(buffer)
    buffer[:] = bytes(5)
    assert secret.reveal() == b"photo"


def test_what_is_dropped_is_overwritten_too_and_counted_apart() -> None:
    gc.collect()  # what earlier tests dropped
    before = counts()
    secret, dropped = SecretText(VALUE), SecretText(VALUE)
    buffer = dropped._buffer
    assert buffer is not None
    del dropped
    gc.collect()
    assert set(buffer) == {0}
    secret.wipe()
    secret.wipe()
    assert {key: value - before[key] for key, value in counts().items()} == {"made": 2, "wiped": 1, "dropped": 1}
    before["made"] = -1
    assert counts()["made"] >= 0, "the counts that are told cannot be changed from outside"


SECRETS = st.builds(SecretText, TEXT) | st.builds(SecretBytes, st.binary(max_size=20))
PLAIN = st.none() | st.integers() | st.text(max_size=3)
NESTED = st.recursive(
    SECRETS | PLAIN | st.builds(Holder, number=st.builds(SecretText, TEXT), photo=st.builds(SecretBytes, st.binary())),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


def secrets_in(value: Any) -> list[Any]:
    """Find them another way: through what Python itself refers to."""
    if isinstance(value, (SecretText, SecretBytes)):
        return [value]
    if isinstance(value, dict):
        return [each for inner in value.values() for each in secrets_in(inner)]
    if isinstance(value, (list, tuple)):
        return [each for inner in value for each in secrets_in(inner)]
    if isinstance(value, Holder):
        return [value.number, value.photo]
    return []


@settings(max_examples=120, deadline=None)
@given(NESTED)
def test_wipe_all_reaches_every_secret(value: Any) -> None:
    inside = secrets_in(value)
    assert wipe_all(value) == len(inside)
    assert all(secret.wiped for secret in inside)
