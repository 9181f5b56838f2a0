"""FingerprintReader: enrols a finger, and compares a finger with an enrolled one.

For people who come again (keepers, technicians). The template on an ID card (GA 1012) is compared only by its makers' closed
libraries; until a driver has one, `card_template` is NO.
"""

from __future__ import annotations

import msgspec

from drivers.contract.common import DeviceStatus, Identity, Presence, Supported
from drivers.contract.secret import SecretBytes


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`stages`: how often the finger is laid down to enrol. `format`: the name of the template's form; others are refused."""

    identity: Identity
    stages: int
    format: str
    presence: Supported = Supported.UNKNOWN
    card_template: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="fingerprint_reader"):
    """`finger`: whether one lies there, as far as it can be sensed."""

    finger: Presence = Presence.UNKNOWN


class Enroll(msgspec.Struct, frozen=True, tag="enroll"):
    """Read one finger several times and make a template. Result: Enrolled."""


class Verify(msgspec.Struct, frozen=True, kw_only=True, tag="verify"):
    """Compare the finger that is laid down with a template of `Capabilities.format`. Result: Verified.

    A bad reading is a TryAgain, never a "no". Fault TEMPLATE_INVALID for a template that the reader cannot use.
    """

    template: SecretBytes


class StageDone(msgspec.Struct, frozen=True, tag="stage_done"):
    """The finger was read `done` times of `of`; it is to be lifted and laid down again."""

    done: int
    of: int


class TryAgain(msgspec.Struct, frozen=True, tag="try_again"):
    """The finger was not read well (FINGER_UNREADABLE); the command goes on waiting."""

    code: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True, tag="enrolled"):
    """The template: biometric data, to be kept only where its person agreed to it."""

    template: SecretBytes
    format: str


class Verified(msgspec.Struct, frozen=True, tag="verified"):
    """Whether it is the same finger, by the device's or its library's own decision."""

    match: bool


Command = Enroll | Verify
Event = StageDone | TryAgain
Result = Enrolled | Verified
