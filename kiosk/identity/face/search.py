"""Many outcomes, one decision: a search is one try of a visitor before the camera. No input, no output, no clock of its own.

It passes on nothing but `agreeing_frames` matches in a row, each from exactly one face and soon after the one before. It
ends without a pass when a face has been compared for `seconds_per_try`, or after `search_seconds` whatever came.
"""

from __future__ import annotations

from enum import StrEnum

from kiosk.identity.face.limits import Outcome
from kiosk.identity.face.policy import FacePolicy


class Decision(StrEnum):
    """How a search ended. Whatever is not PASS leads to another try or another way."""

    PASS = "pass"  # noqa: S105  not a password
    UNSURE = "unsure"
    NO = "no"
    TIMEOUT = "timeout"
    """No usable face came."""


class Hint(StrEnum):
    """What the visitor can do about it; the shell says it in words."""

    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    TOO_DARK = "too_dark"
    TOO_FAR = "too_far"
    BLURRY = "blurry"
    LOOKING = "looking"
    HOLD = "hold"


_HINTS = {
    Outcome.MATCH: Hint.HOLD,
    Outcome.UNSURE: Hint.LOOKING,
    Outcome.NO_MATCH: Hint.LOOKING,
    Outcome.NO_FACE: Hint.NO_FACE,
    Outcome.MANY_FACES: Hint.MANY_FACES,
    Outcome.TOO_DARK: Hint.TOO_DARK,
    Outcome.TOO_FAR: Hint.TOO_FAR,
    Outcome.BLURRY: Hint.BLURRY,
    Outcome.NO_PICTURE: Hint.LOOKING,
    Outcome.LOST: Hint.LOOKING,
}

_COMPARED = frozenset({Outcome.MATCH, Outcome.UNSURE, Outcome.NO_MATCH})


def search_seconds(policy: FacePolicy, *, patient: bool) -> float:
    """How long one try takes at most."""
    return policy.search_seconds_elder if patient else policy.search_seconds


class FaceSearch:
    """One try. Times are seconds of one monotonic clock; `started` is its beginning. `patient`: the face may take longer to be
    found (elder mode); what is compared, and for how long, is the same."""

    def __init__(self, policy: FacePolicy, *, started: float, patient: bool = False) -> None:
        self.decision: Decision | None = None
        """None while the search goes on; never changes afterwards."""
        self.hint = Hint.NO_FACE
        """What to tell the visitor now."""
        self._policy = policy
        self._latest = started
        self._ends = started + search_seconds(policy, patient=patient)
        self._try_ends: float | None = None
        self._compared = 0
        self._refused = 0
        self._agreeing = 0
        self._matched_at = started
        self._wished: tuple[Hint, int] = (self.hint, 0)

    def remaining(self, now: float) -> float:
        """Return the seconds until the search ends by itself, at least 0."""
        return max(0.0, self._deadline() - now) if self.decision is None else 0.0

    def tick(self, now: float) -> Decision | None:
        """Let time pass; return the decision, if there is one."""
        if self.decision is None and now >= self._deadline():
            self.decision = self._without_a_pass()
        return self.decision

    def saw(self, outcome: Outcome, now: float) -> Decision | None:
        """Take what one frame said, at the time its judgement arrived; return the decision, if there is one."""
        if outcome is Outcome.LOST:
            self._give_back(now)
        if self.tick(now) is not None:
            return self.decision
        self._latest = max(self._latest, now)
        if outcome in _COMPARED:
            self._compared += 1
            if self._try_ends is None:
                self._try_ends = now + self._policy.seconds_per_try
        if outcome is Outcome.NO_MATCH:
            self._refused += 1
        self._count_agreement(outcome, now)
        self._wish(_HINTS[outcome])
        if self._agreeing >= self._policy.agreeing_frames:
            self.decision = Decision.PASS
        return self.decision

    def _count_agreement(self, outcome: Outcome, now: float) -> None:
        if outcome is not Outcome.MATCH:
            self._agreeing = 0
            return
        follows = self._agreeing > 0 and now - self._matched_at <= self._policy.agreement_gap_seconds
        self._agreeing = self._agreeing + 1 if follows else 1
        self._matched_at = now

    def _wish(self, hint: Hint) -> None:
        times = self._wished[1] + 1 if self._wished[0] is hint else 1
        self._wished = (hint, times)
        if times >= self._policy.hint_frames:
            self.hint = hint

    def _give_back(self, now: float) -> None:
        """The worker died or hung: that time was not the visitor's. The worker's own limit of starts bounds the sum."""
        lost = max(0.0, now - self._latest)
        self._ends += lost
        if self._try_ends is not None:
            self._try_ends += lost

    def _deadline(self) -> float:
        return self._ends if self._try_ends is None else min(self._ends, self._try_ends)

    def _without_a_pass(self) -> Decision:
        if self._compared == 0:
            return Decision.TIMEOUT
        return Decision.NO if 2 * self._refused > self._compared else Decision.UNSURE
