"""What tells one kind of card from another: patterns of the ATR, applications that can be selected. The rules are data."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

import msgspec

from drivers.contract.faults import FaultCode, failing
from drivers.contract.smart_card import CardFamily
from drivers.smart_card.apdu import AID_LENGTHS

_ATR_LENGTHS = range(2, 34)  # ISO/IEC 7816-3 clause 8.2.1: TS, T0, at most 31 more


class FamilyRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. `atr`, `mask` and `aid` are hexadecimal, spaces allowed; an empty mask asks for that very ATR."""

    family: CardFamily
    atr: str = ""
    mask: str = ""
    aid: str = ""
    source: str = ""

    def check(self) -> None:
        """Raise DeviceFault(SETTING_INVALID) naming the field that cannot be."""
        if not (self.atr or self.aid):
            raise failing(FaultCode.SETTING_INVALID, "families: a rule needs atr or aid")
        if self.family is CardFamily.UNKNOWN:
            raise failing(FaultCode.SETTING_INVALID, "families: family = unknown needs no rule; leave it out")
        for name in ("atr", "mask", "aid"):
            try:
                bytes.fromhex(getattr(self, name))
            except ValueError:
                raise failing(FaultCode.SETTING_INVALID, f"families: {name} must be hexadecimal digits") from None
        if self.atr and len(bytes.fromhex(self.atr)) not in _ATR_LENGTHS:
            raise failing(FaultCode.SETTING_INVALID, "families: atr must be 2 to 33 bytes")
        if self.mask and len(bytes.fromhex(self.mask)) != len(bytes.fromhex(self.atr)):
            raise failing(FaultCode.SETTING_INVALID, "families: mask must be as long as atr")
        if self.aid and len(self.application) not in AID_LENGTHS:
            raise failing(FaultCode.SETTING_INVALID, "families: aid must be 5 to 16 bytes")

    @property
    def application(self) -> bytes:
        """The application identifier; empty when the ATR alone decides."""
        return bytes.fromhex(self.aid)

    def fits(self, atr: bytes) -> bool:
        """Whether the ATR does not speak against this rule."""
        wanted = bytes.fromhex(self.atr)
        mask = bytes.fromhex(self.mask) or b"\xff" * len(wanted)
        return not wanted or (
            len(atr) == len(wanted) and all(a & m == w & m for a, w, m in zip(atr, wanted, mask, strict=True))
        )


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[FamilyRule, ...]


@cache
def bundled() -> tuple[FamilyRule, ...]:
    """Return the rules of `families.toml`. Raise DeviceFault or msgspec.ValidationError for a wrong one."""
    text = files("drivers.smart_card").joinpath("families.toml").read_text("utf-8")
    rules = msgspec.convert(tomllib.loads(text), type=_File).rule
    for rule in rules:
        rule.check()
    return rules


def known(rules: Iterable[FamilyRule]) -> tuple[CardFamily, ...]:
    """Return the families that these rules tell apart, in the order of the contract."""
    named = {rule.family for rule in rules}
    return tuple(family for family in CardFamily if family in named)


def identify(atr: bytes, rules: Iterable[FamilyRule], can_select: Callable[[bytes], bool]) -> CardFamily:
    """Return the family of the first rule that fits; `can_select` asks the card, once for each application."""
    asked: dict[bytes, bool] = {}
    for rule in sorted((rule for rule in rules if rule.fits(atr)), key=lambda rule: not rule.atr):
        if not rule.aid:
            return rule.family
        if rule.application not in asked:
            asked[rule.application] = can_select(rule.application)
        if asked[rule.application]:
            return rule.family
    return CardFamily.UNKNOWN
