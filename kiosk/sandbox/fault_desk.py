"""What the bench broke: verbs, each for one endpoint or all, for so many requests or until cleared."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.gateways import interface as at

ANY = "*"


class Verb(StrEnum):
    """What can be made to go wrong."""

    SLOW = "slow"
    HTTP500 = "http500"
    TORN = "torn"
    HUGE = "huge"
    GARBLED = "garbled"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    MAINTENANCE = "maintenance"
    DEPARTMENT_DOWN = "department_down"
    NO_RECORD = "no_record"
    ANOTHER_PERSON = "another_person"
    MIXED_PAGES = "mixed_pages"
    BROKEN_SEAL = "broken_seal"
    WRONG_ISSUER = "wrong_issuer"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    FULL_PAGE = "full_page"
    CLOCK_OFF = "clock_off"
    ANOTHER_KEY = "another_key"


_FETCH = at.LICENCE_FETCH.path
_HOME = {
    Verb.NO_RECORD: at.LICENCE_GRANT.path,
    Verb.ANOTHER_PERSON: _FETCH,
    Verb.MIXED_PAGES: _FETCH,
    Verb.BROKEN_SEAL: _FETCH,
    Verb.WRONG_ISSUER: _FETCH,
    Verb.EXPIRED: _FETCH,
    Verb.REVOKED: _FETCH,
    Verb.SUSPENDED: _FETCH,
    Verb.FULL_PAGE: _FETCH,
    Verb.ANOTHER_KEY: at.ENROL_CLAIM.path,
}
"""Verbs that make sense at one endpoint only. The others go where the bench puts them."""

DEPARTMENT_PATHS = frozenset({at.HEALTH.path, at.LICENCE_GRANT.path, at.LICENCE_FETCH.path})
"""What a department that is down cannot do."""

ENROLMENT_PATHS = frozenset({at.ENROL_HELLO.path, at.ENROL_CLAIM.path})
"""Where the platform's clock is told or asked for, before there is a signature with a date."""


class Rule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One fault. `endpoint` is a path or "*"; `count` how many requests it still takes, None until cleared.

    `seconds`: the delay of `slow`. The verbs that concern a licence have their own endpoint and ignore `endpoint`.
    """

    verb: Verb
    endpoint: str = ANY
    count: int | None = 1
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.endpoint = _HOME.get(self.verb, self.endpoint)
        if self.endpoint != ANY and self.endpoint not in at.ENDPOINTS:
            raise ValueError(f"endpoint: {self.endpoint!r} is none; use a path of the interface or *")
        if self.count is not None and self.count < 1:
            raise ValueError("count: give 1 or more, or null for until cleared")
        if self.verb is Verb.SLOW and self.seconds <= 0:
            raise ValueError("seconds: say how slow")

    def meets(self, path: str) -> bool:
        """Whether it concerns a request to this path."""
        if self.verb is Verb.DEPARTMENT_DOWN:
            return path in DEPARTMENT_PATHS
        if self.verb is Verb.CLOCK_OFF:
            return path in ENROLMENT_PATHS
        return self.endpoint in (ANY, path)


class Applied(msgspec.Struct, frozen=True):
    """The faults of one request: verb → seconds (0 where there are none)."""

    verbs: dict[Verb, float]

    def __contains__(self, verb: Verb) -> bool:
        return verb in self.verbs

    @property
    def text(self) -> str:
        """The verbs for the capture, e.g. "slow,torn"."""
        return ",".join(self.verbs)


class FaultDesk:
    """Holds the rules."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Break something."""
        self.rules.append(rule)

    def clear(self) -> None:
        """Mend everything."""
        self.rules.clear()

    def take(self, path: str) -> Applied:
        """Return what goes wrong with this request, and count it."""
        met = [rule for rule in self.rules if rule.meets(path)]
        for rule in met:
            if rule.count is not None:
                rule.count -= 1
        self.rules = [rule for rule in self.rules if rule.count is None or rule.count > 0]
        return Applied({rule.verb: rule.seconds for rule in met})
