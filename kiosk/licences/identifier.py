"""The identifier of an e-licence (电子证照标识, GB/T 36904):

    1.2.156.3005.2.<type 21>.<issuer 18>.<serial>.<version 3>.<check 1>

The check character is ISO 7064 MOD 37,36 over type, issuer, serial and version without dots and without the root; this was
compared with identifiers in public code. Real ones deviate (a six-digit issuer, a wrong check in a maker's examples), so that
a reader reports a wrong check and does not refuse for it.
"""

from __future__ import annotations

import re

import msgspec

from kiosk.licences.iso7064 import mod_37_36

_ROOT = "1.2.156.3005.2"
_SHAPE = re.compile(
    r"1\.2\.156\.3005\.2"
    r"\.(?P<type>[0-9A-Z]{21})\.(?P<issuer>[0-9A-Z]{6,18})\.(?P<serial>[0-9A-Z]{1,64})\.(?P<version>[0-9]{3})\.(?P<check>[0-9A-Z])"
)


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """The parts. `check_right`: the check character fits."""

    licence_type: str
    issuer: str
    serial: str
    version: str
    check_right: bool


def make(licence_type: str, issuer: str, serial: str, version: str = "001") -> str:
    """Return the identifier of these parts. Raise ValueError when one has a wrong shape."""
    check = mod_37_36(licence_type + issuer + serial + version)
    text = ".".join((_ROOT, licence_type, issuer, serial, version, check))
    parse(text)
    return text


def parse(text: str) -> Identifier:
    """Take an identifier apart. Raise ValueError when it has not the shape of GB/T 36904."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError("licence identifier: not of the shape 1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK")
    part = found.groupdict()
    return Identifier(
        licence_type=part["type"],
        issuer=part["issuer"],
        serial=part["serial"],
        version=part["version"],
        check_right=mod_37_36(part["type"] + part["issuer"] + part["serial"] + part["version"]) == part["check"],
    )
