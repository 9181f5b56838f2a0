"""The search: whatever frames come, at whatever times, only matches in a row from exactly one face pass."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.face.limits import Outcome
from kiosk.identity.face.policy import face_policy
from kiosk.identity.face.search import Decision, FaceSearch, Hint

POLICY = face_policy()
N = POLICY.agreeing_frames
FRAME = 0.15

steps = st.lists(
    st.tuples(
        st.one_of(st.just(Outcome.MATCH), st.sampled_from(Outcome)),
        st.one_of(st.just(FRAME), st.floats(0.0, 3.0), st.floats(0.0, 40.0)),
    ),
    max_size=60,
)


def _fed(outcomes: list[Outcome], *, every: float = FRAME) -> FaceSearch:
    search = FaceSearch(POLICY, started=0.0)
    for index, outcome in enumerate(outcomes, start=1):
        search.saw(outcome, index * every)
    return search


@given(steps)
def test_a_pass_stands_on_n_matches_in_a_row_and_soon_after_each_other(frames: list[tuple[Outcome, float]]) -> None:
    search, now = FaceSearch(POLICY, started=100.0), 100.0
    seen: list[tuple[Outcome, float]] = []
    for outcome, pause in frames:
        now += pause
        seen.append((outcome, now))
        if search.saw(outcome, now) is Decision.PASS:
            last = seen[-N:]
            assert [each for each, _ in last] == [Outcome.MATCH] * N
            assert all(b - a <= POLICY.agreement_gap_seconds for (_, a), (_, b) in pairwise(last))
            return


@given(steps)
def test_a_decision_is_final_and_time_is_bounded(frames: list[tuple[Outcome, float]]) -> None:
    search, now, given_back = FaceSearch(POLICY, started=0.0), 0.0, 0.0
    decision: Decision | None = None
    for outcome, pause in frames:
        now += pause
        given_back += pause if outcome is Outcome.LOST else 0.0
        told = search.saw(outcome, now)
        assert decision is None or told is decision
        decision = told
        assert told is search.decision
        assert told is not None or now < POLICY.search_seconds + given_back
        assert (search.remaining(now) == 0.0) is (told is not None)
    assert search.tick(now + POLICY.search_seconds + 1e-6) is not None, (
        "what is added in another order is rounded otherwise"
    )


@given(st.lists(st.sampled_from([each for each in Outcome if each is not Outcome.MATCH]), min_size=1, max_size=40))
def test_nothing_but_matches_ever_passes(outcomes: list[Outcome]) -> None:
    assert _fed(outcomes).tick(1000.0) is not Decision.PASS


@pytest.mark.parametrize("between", [each for each in Outcome if each is not Outcome.MATCH])
def test_any_other_frame_begins_the_row_anew(between: Outcome) -> None:
    almost = [Outcome.MATCH] * (N - 1)
    search = _fed([*almost, between, *almost])
    assert search.decision is None
    assert search.saw(Outcome.MATCH, 2 * N * FRAME) is Decision.PASS


def test_n_matches_pass_and_no_fewer() -> None:
    assert _fed([Outcome.MATCH] * (N - 1)).decision is None
    assert _fed([Outcome.MATCH] * N).decision is Decision.PASS


def test_matches_far_apart_do_not_agree() -> None:
    search = _fed([Outcome.MATCH] * 5, every=POLICY.agreement_gap_seconds + 0.1)
    assert search.decision is None


def test_a_match_after_the_end_comes_too_late() -> None:
    search = FaceSearch(POLICY, started=0.0)
    for _ in range(N + 1):
        assert search.saw(Outcome.MATCH, POLICY.search_seconds) is Decision.TIMEOUT


def test_elder_mode_waits_longer_for_a_face_and_compares_no_longer() -> None:
    late = (POLICY.search_seconds + POLICY.search_seconds_elder) / 2
    for patient in (True, False):
        search = FaceSearch(POLICY, started=0.0, patient=patient)
        assert (search.tick(late) is None) is patient
    waiting = FaceSearch(POLICY, started=0.0, patient=True)
    decisions = [
        waiting.saw(Outcome.NO_MATCH, late + n * FRAME) for n in range(int(POLICY.seconds_per_try / FRAME) + 2)
    ]
    assert decisions[-1] is Decision.NO
    assert late + POLICY.seconds_per_try < POLICY.search_seconds_elder


def test_a_face_that_never_matches_is_a_no_within_the_window_of_all_tries() -> None:
    outcomes = [Outcome.NO_MATCH] * int(POLICY.search_seconds / FRAME)
    search = _fed(outcomes)
    assert search.decision is Decision.NO
    assert POLICY.tries * POLICY.seconds_per_try <= POLICY.search_seconds == 30.0


def test_two_people_for_the_whole_time_are_no_pass() -> None:
    outcomes = [Outcome.MATCH, Outcome.MATCH, Outcome.MANY_FACES] * 70
    assert _fed(outcomes).decision is Decision.UNSURE


def test_the_grey_zone_ends_unsure_and_an_empty_place_in_a_time_out() -> None:
    assert _fed([Outcome.UNSURE] * 80).decision is Decision.UNSURE
    assert _fed([Outcome.UNSURE] * 20 + [Outcome.NO_MATCH] * 50).decision is Decision.NO
    assert _fed([Outcome.NO_FACE, Outcome.TOO_DARK] * 101).decision is Decision.TIMEOUT


def test_a_lost_look_costs_the_visitor_no_time() -> None:
    search = FaceSearch(POLICY, started=0.0)
    search.saw(Outcome.NO_MATCH, 1.0)
    before = search.remaining(1.0)
    assert search.saw(Outcome.LOST, 5.0) is None
    assert search.remaining(5.0) == pytest.approx(before)


def test_a_hint_changes_only_when_asked_for_repeatedly() -> None:
    search = FaceSearch(POLICY, started=0.0)
    assert search.hint is Hint.NO_FACE
    search.saw(Outcome.TOO_DARK, 0.1)
    search.saw(Outcome.TOO_FAR, 0.2)
    assert search.hint is Hint.NO_FACE
    search.saw(Outcome.TOO_FAR, 0.3)
    assert search.hint is Hint.TOO_FAR
