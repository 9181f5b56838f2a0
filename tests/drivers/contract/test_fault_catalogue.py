"""Every fault can be explained: a cause and a cure for who mends it, and a sentence that tells the visitor what to do next."""

from __future__ import annotations

import pickle
import re
import tomllib
from importlib.resources import files

import pytest

from drivers.contract.faults import Action, DeviceFault, Domain, FaultCode, catalogue, failing, fault

HAN = re.compile(r"[\u4e00-\u9fff]")
NEVER = ("系统错误", "不是本人", "未知错误", "程序错误", "异常", "error", "Error")
"""Words that help nobody, or accuse somebody."""

LONGEST = 48
"""Characters that a visitor reads standing (the longest that ships has 38)."""


def test_every_code_has_its_row_and_every_row_its_code() -> None:
    rows = tomllib.loads(files("drivers.contract").joinpath("faults.toml").read_text("utf-8"))
    assert set(rows) == {code.value for code in FaultCode}
    assert set(catalogue()) == set(FaultCode)


@pytest.mark.parametrize("code", FaultCode)
def test_its_texts_are_there_in_chinese_and_short(code: FaultCode) -> None:
    entry = catalogue()[code]
    for text in (entry.cause, entry.cure, entry.visitor):
        assert HAN.search(text)
        assert text == text.strip()
    assert len(entry.visitor) <= LONGEST
    assert entry.visitor.endswith("。")
    assert len({entry.cause, entry.cure, entry.visitor}) == 3


@pytest.mark.parametrize("code", FaultCode)
def test_no_sentence_helps_nobody_or_accuses_somebody(code: FaultCode) -> None:
    entry = catalogue()[code]
    for word in NEVER:
        assert word not in entry.visitor
    assert code.value not in entry.visitor, "codes are for technicians"


@pytest.mark.parametrize("code", FaultCode)
def test_the_visitor_is_told_what_to_do_or_that_there_is_nothing_to_do(code: FaultCode) -> None:
    assert re.search(r"请|不受影响|可免费重打|可凭凭条", catalogue()[code].visitor), catalogue()[code].visitor


def test_a_visitors_fault_can_be_mended_by_a_visitor() -> None:
    theirs = {code for code, entry in catalogue().items() if entry.action is Action.VISITOR}
    assert theirs
    machines = {code for code in theirs if catalogue()[code].domain is not Domain.CARD}
    assert machines == {FaultCode.TRAY_FULL}, "nobody is asked to mend a machine; paper that lies there can be taken"


def test_a_fault_takes_domain_and_action_from_the_catalogue_and_travels_whole() -> None:
    made = fault(FaultCode.PAPER_JAM, "tray 1", since=5.0)
    assert (made.domain, made.action) == (catalogue()[made.code].domain, catalogue()[made.code].action)
    raised = failing(FaultCode.PAPER_JAM, "tray 1")
    assert str(raised) == "paper_jam: tray 1"
    back = pickle.loads(pickle.dumps(raised))
    assert isinstance(back, DeviceFault)
    assert back.fault == raised.fault
