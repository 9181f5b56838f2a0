"""Reports: signed, bound to the driver's files, and worth exactly the level that they bear out."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drivers.conformance import common
from drivers.conformance.check import Check, Level, Verdict
from drivers.conformance.levels import PLATINUM_CYCLES, earned, missing
from drivers.conformance.plays import PLAYS
from drivers.conformance.report import Outcome, Report, ReportInvalid, decode, encode, signed, signing_key, verify
from drivers.conformance.words import traces
from drivers.contract.common import DeviceClass, Identity

SCANNER = DeviceClass.CODE_SCANNER
CHECKS: tuple[Check, ...] = (*common.CHECKS, *PLAYS[SCANNER].checks, common.LAST)


def report(verdicts: dict[str, Verdict] | None = None, **changes: Any) -> Report:
    """A report of all checks, passed unless told otherwise."""
    outcomes = tuple(
        Outcome(id=check.id, level=check.level, verdict=(verdicts or {}).get(check.id, Verdict.PASSED), seconds=0.1)
        for check in CHECKS
    )
    plain = Report(
        format=1, driver="d", device_class=SCANNER, digest="0" * 64, emulated=True, identity=Identity(), settings=(),
        at="2026-01-01T00:00:00+00:00", platform="Linux", cycles=0, outcomes=outcomes,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


# --- levels


def test_all_passed_on_the_emulator_is_gold_and_never_more() -> None:
    assert earned(report(cycles=PLATINUM_CYCLES), None) is Level.GOLD


@pytest.mark.parametrize(
    ("check", "level"),
    [
        ("common.work", None),
        ("common.silent_log", None),
        ("common.deadline", Level.BRONZE),
        ("common.silence", Level.BRONZE),
        ("code_scanner.earlier_code", Level.BRONZE),
        ("common.unplugged_idle", Level.SILVER),
        ("common.short_soak", Level.SILVER),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.SKIPPED])
def test_what_is_not_passed_ends_the_row_of_levels(check: str, level: Level | None, verdict: Verdict) -> None:
    assert earned(report({check: verdict}), None) is level


def test_what_the_device_has_not_is_no_hindrance() -> None:
    assert earned(report({"common.deadline": Verdict.NOT_APPLICABLE}), None) is Level.GOLD


def test_a_level_of_which_nothing_was_shown_is_not_reached() -> None:
    silver = {check.id: Verdict.NOT_APPLICABLE for check in CHECKS if check.level is Level.SILVER}
    assert earned(report(silver), None) is Level.BRONZE


def test_platinum_is_a_real_device_a_thousand_cycles_and_nothing_skipped() -> None:
    real = report(emulated=False, cycles=PLATINUM_CYCLES)
    assert earned(None, real) is Level.PLATINUM
    assert earned(report(), msgspec.structs.replace(real, cycles=PLATINUM_CYCLES - 1)) is Level.GOLD
    skipped = report({"common.absent_at_start": Verdict.SKIPPED}, emulated=False, cycles=PLATINUM_CYCLES)
    assert earned(report(), skipped) is Level.GOLD


@pytest.mark.parametrize("lost", [check.id for check in CHECKS])
def test_a_report_of_some_checks_bears_out_nothing(lost: str) -> None:
    part = report(outcomes=tuple(each for each in report().outcomes if each.id != lost))
    assert missing(part) == (lost,)
    assert earned(part, None) is None


def test_a_failure_and_a_skipped_basic_check_do_not_conform() -> None:
    assert report().conforms
    assert report({"common.unplugged_idle": Verdict.SKIPPED}).conforms
    assert not report({"common.work": Verdict.SKIPPED}).conforms
    assert not report({"common.unplugged_idle": Verdict.FAILED}).conforms


# --- signature


def test_a_signed_report_is_believed_also_after_it_was_written_and_read() -> None:
    verify(decode(encode(signed(report(), Ed25519PrivateKey.generate()))))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"verdict": "failed"', '"verdict": "passed"'),
        ('"cycles": 0', '"cycles": 1000'),
        ('"emulated": true', '"emulated": false'),
        ('"at": "2026', '"at": "2027'),
        ('"driver": "d"', '"driver": "e"'),
        ('"digest": "00', '"digest": "11'),
    ],
)
def test_a_report_that_was_edited_is_not_believed(was: str, becomes: str) -> None:
    text = encode(signed(report({"common.deadline": Verdict.FAILED}), Ed25519PrivateKey.generate()))
    assert was in text
    with pytest.raises(ReportInvalid, match="changed, or never signed"):
        verify(decode(text.replace(was, becomes, 1)))


def test_a_report_without_signature_or_of_another_signer_is_not_believed() -> None:
    with pytest.raises(ReportInvalid):
        verify(report())
    one, other = (signed(report(), Ed25519PrivateKey.generate()) for _ in range(2))
    with pytest.raises(ReportInvalid):
        verify(msgspec.structs.replace(one, signer=other.signer))
    with pytest.raises(ReportInvalid):
        verify(msgspec.structs.replace(one, signature="zz"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "truncated"),
        ("{}", "missing required field"),
        (encode(report()).replace('"cycles": 0', '"cycles": "many"'), "cycles"),
        (encode(report()).replace('"format": 1', '"format": 2'), "format: 2"),
        (encode(report()).replace('"cycles": 0', '"cycles": 0, "more": 1'), "more"),
    ],
)
def test_what_is_no_report_is_told_by_its_field(text: str, said: str) -> None:
    with pytest.raises(ReportInvalid, match=said):
        decode(text)


def test_the_key_of_a_machine_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "kit.key"
    first, again = signing_key(path), signing_key(path)
    assert signed(report(), first).signer == signed(report(), again).signer
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "short.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="32"):
        signing_key(tmp_path / "short.key")


# --- what is looked for in a log


@pytest.mark.parametrize(
    "written",
    [
        "read 张样例 999999195001010011".encode(),
        ascii("张样例").encode(),
        "张样例".encode("gb18030").hex().upper().encode(),
        repr("张样例".encode("gb18030")).encode(),
    ],
)
def test_a_secret_is_known_again_in_another_spelling(written: bytes) -> None:
    secret = "张样例".encode("gb18030")
    assert any(trace in written.lower() for trace in traces(secret))


def test_other_words_are_no_trace() -> None:
    log = b"INFO drivers: id_reader: here -> gone (device_gone: the serial port was unplugged)"
    assert not any(trace in log.lower() for trace in traces(b"999999195001010011"))
