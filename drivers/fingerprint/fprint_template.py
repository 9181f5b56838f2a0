"""The template's envelope: "KFP1", SHA-256 of what follows, libfprint's serialised FpPrint ("FP3").

libfprint 1.94 aborts the whole process on some damaged prints instead of refusing them (an FP3 with a wrong inner type: "Attempt
to access item 0 in a container with only 0 items", found by fuzzing). One damaged file must not take the reader away from
everybody, so damage is found here. The digest guards against damage, not against a forger: who may write templates is
decided where they are kept.
"""

from __future__ import annotations

import hashlib

from drivers.contract.faults import FaultCode, failing
from drivers.contract.secret import SecretBytes

_MAGIC = b"KFP1"
_DIGEST = hashlib.sha256().digest_size
_LARGEST = 1 << 20
"""Prints of real readers are some kilobytes; a megabyte is no print."""

FORMAT = "KFP1/FP3"


def pack(print_: bytearray) -> SecretBytes:
    """Put a serialised print into its envelope; the caller overwrites its own copy."""
    whole = bytearray(_MAGIC + hashlib.sha256(print_).digest())
    whole += print_
    try:
        return SecretBytes(whole)
    finally:
        whole[:] = bytes(len(whole))


def unpack(template: SecretBytes) -> bytearray:
    """Return the serialised print, the caller's to overwrite. Raise DeviceFault(TEMPLATE_INVALID)."""
    raw = template.reveal()
    if len(raw) > _LARGEST or not raw.startswith(_MAGIC):
        raise failing(FaultCode.TEMPLATE_INVALID, f"not of the form {FORMAT}")
    digest, print_ = raw[len(_MAGIC) : len(_MAGIC) + _DIGEST], bytearray(raw[len(_MAGIC) + _DIGEST :])
    if hashlib.sha256(print_).digest() != digest:
        print_[:] = bytes(len(print_))
        raise failing(FaultCode.TEMPLATE_INVALID, "it is damaged")
    return print_
