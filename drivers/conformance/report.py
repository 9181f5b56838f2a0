"""The report of a run: dated, bound to the driver's files by their digest, signed so that nobody edits it by hand.

It lies beside the manifest, `<id>.report.json` from the emulator and `<id>.hardware.report.json` from a real device. The
signature (Ed25519, RFC 8032) covers the report as JSON with sorted keys and without the signature; the key is whoever's ran
the kit, and the report names it, so a province trusts those keys that it knows (`kiosk drivers lint --signers FILE`).
"""

from __future__ import annotations

import json
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from drivers import registry
from drivers.conformance.check import Level, Verdict
from drivers.contract.common import DeviceClass, Identity

FORMAT = 1


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one check ended. `words` say why, or give a figure; never personal data."""

    id: str
    level: Level
    verdict: Verdict
    seconds: float
    words: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run of the kit. `at` is ISO 8601 in UTC; `digest` is SHA-256 over the driver's folder (see `drivers.digests`).

    `settings` are the keys that were set, without their values (an address says where somebody's machine is).
    """

    format: int
    driver: str
    device_class: DeviceClass
    digest: str
    emulated: bool
    identity: Identity
    settings: tuple[str, ...]
    at: str
    platform: str
    cycles: int
    outcomes: tuple[Outcome, ...]
    signer: str = ""
    signature: str = ""

    @property
    def conforms(self) -> bool:
        """Nothing failed, and nothing of the first level was left out."""
        return not any(
            each.verdict is Verdict.FAILED or (each.level is Level.BRONZE and each.verdict is Verdict.SKIPPED)
            for each in self.outcomes
        )


class ReportInvalid(Exception):
    """A report that cannot be believed; the text says why."""


def signed(report: Report, key: Ed25519PrivateKey) -> Report:
    """Return the report with signer and signature."""
    named = msgspec.structs.replace(report, signer=_public_hex(key.public_key()), signature="")
    return msgspec.structs.replace(named, signature=key.sign(_canonical(named)).hex())


def verify(report: Report) -> None:
    """Raise ReportInvalid unless the report is as its signer signed it."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(report.signer))
        public.verify(bytes.fromhex(report.signature), _canonical(msgspec.structs.replace(report, signature="")))
    except (ValueError, InvalidSignature):
        raise ReportInvalid("the signature is not its signer's: the report was changed, or never signed") from None


def encode(report: Report) -> str:
    """The report as a person can read it and a diff can show it."""
    return json.dumps(msgspec.to_builtins(report), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def decode(text: str | bytes) -> Report:
    """Read a report. Raise ReportInvalid naming the field."""
    try:
        report: Report = msgspec.json.decode(text, type=Report)
    except msgspec.MsgspecError as error:
        raise ReportInvalid(str(error)) from None
    if report.format != FORMAT:
        raise ReportInvalid(f"format: {report.format}, this program reads {FORMAT}")
    return report


def file_name(driver_id: str, *, emulated: bool) -> str:
    """What a driver's report is called, beside its manifest."""
    return f"{driver_id}.report.json" if emulated else f"{driver_id}.hardware.report.json"


def beside(driver_id: str, *, emulated: bool) -> Traversable:
    """Where a driver's report lies; it may not exist."""
    return registry.folder(driver_id).joinpath(file_name(driver_id, emulated=emulated))


def _canonical(report: Report) -> bytes:
    return json.dumps(msgspec.to_builtins(report), sort_keys=True, separators=(",", ":")).encode()


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read the key of this machine (raw 32 bytes, readable by its owner only); make it when there is none yet. Raise OSError."""
    if path.exists():
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    return key


def _public_hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
