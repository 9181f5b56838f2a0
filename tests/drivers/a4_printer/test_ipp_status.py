"""What the printer says, in the contract's words: a closed table, unknown stays unknown, nothing is "ok" by silence."""

from __future__ import annotations

import pytest

from drivers import registry
from drivers.a4_printer.ipp_codec import Attributes
from drivers.a4_printer.ipp_status import capabilities, meanings, understand
from drivers.a4_printer.ipp_trays import trays
from drivers.contract.a4_printer import Evidence
from drivers.contract.common import Cover, Presence, Readiness, Supply
from drivers.contract.faults import DeviceFault, FaultCode

from .conftest import Bench


def told(*reasons: str, state: int = 3, **more: list[object]) -> Attributes:
    """Attributes of a printer that says these reasons."""
    rows: dict[str, list[object]] = {"printer-state": [state], "printer-state-reasons": list(reasons)}
    rows.update({name.replace("_", "-"): values for name, values in more.items()})
    return Attributes(rows)  # type: ignore[arg-type]


def test_a_well_printer(bench: Bench):
    status = bench.driver.status()
    assert (status.readiness, status.paper, status.toner, status.cover, status.tray) == (
        Readiness.READY,
        Supply.OK,
        Supply.OK,
        Cover.CLOSED,
        Presence.ABSENT,
    )
    assert (status.sheets, status.impressions, status.reasons, status.faults) == (100, 1000, (), ())


@pytest.mark.parametrize(
    ("verb", "arguments", "field", "value", "code", "readiness"),
    [
        ("empty", {}, "paper", Supply.OUT, FaultCode.PAPER_OUT, Readiness.FAULT),
        ("cover", {"open": True}, "cover", Cover.OPEN, FaultCode.COVER_OPEN, Readiness.FAULT),
        ("toner", {"level": "low"}, "toner", Supply.LOW, FaultCode.TONER_LOW, Readiness.READY),
        ("toner", {"level": "empty"}, "toner", Supply.OUT, FaultCode.TONER_OUT, Readiness.FAULT),
    ],
)
def test_what_is_done_to_the_printer_is_seen(bench: Bench, verb, arguments, field, value, code, readiness):
    bench.printer.do(verb, **arguments)
    status = bench.driver.status()
    assert getattr(status, field) is value
    assert [fault.code for fault in status.faults] == [code]
    assert status.readiness is readiness
    assert status == bench.driver.status(), "a fault keeps its time, so that a lasting one is no news"


def test_the_toner_is_counted_where_the_printer_counts_it(make_bench):
    bench = make_bench()
    assert bench.driver.status().toner_percent == 80, "the bin of waste toner, 3 % full, is no toner that is left"
    bench.printer.do("toner_percent", percent=41)
    assert bench.driver.status().toner_percent == 41
    assert make_bench(markers=False).driver.status().toner_percent is None


@pytest.mark.parametrize(
    ("levels", "types", "percent"),
    [
        ([62], ["toner"], 62),
        ([62, 9, 40], ["toner-cartridge", "tonerCartridge", "waste-toner"], 9),
        ([62, 97], ["toner", "opc"], 62),
        ([-3, 55], ["toner", "toner"], 55),
        ([-2], ["toner"], None),
        ([255], ["toner"], None),
        ([70], [], 70),
        ([70, 3], [], None),
        ([70, 3], ["toner"], None),
        ([12], ["waste-toner"], None),
        ([], [], None),
    ],
)
def test_only_what_is_counted_as_toner_is_toner(levels, types, percent):
    snapshot = understand(told("none", marker_levels=levels, marker_types=types))
    assert snapshot.toner_percent == percent


def test_low_paper_is_low_and_counted(make_bench):
    status = make_bench(sheets=4).driver.status()
    assert (status.paper, status.sheets, status.readiness) == (Supply.LOW, 4, Readiness.READY)


def test_an_unknown_reason_is_kept_and_decides_nothing(bench: Bench):
    bench.printer.do("reason", keyword="acme-hopper-sad-error")
    status = bench.driver.status()
    assert status.reasons == ("acme-hopper-sad-error",)
    assert (status.toner, status.cover) == (Supply.UNKNOWN, Cover.UNKNOWN), "who knows what it is sad about"
    assert status.paper is Supply.OK, "the tray counts its sheets, whatever else is told"
    assert status.faults == ()
    assert status.readiness is Readiness.READY


def test_an_unknown_reason_of_a_printer_that_counts_nothing(make_bench):
    bench = make_bench(input_tray=False)
    bench.printer.do("reason", keyword="acme-hopper-sad")
    assert bench.driver.status().paper is Supply.UNKNOWN
    bench.printer.do("reason", keyword="acme-hopper-sad-report")
    status = bench.driver.status()
    assert (status.paper, status.reasons) == (Supply.OK, ("acme-hopper-sad-report",)), "a report changes nothing"


def test_a_printer_that_says_no_reasons_at_all_is_unknown():
    snapshot = understand(Attributes({"printer-state": [3]}))
    assert (snapshot.paper, snapshot.toner, snapshot.cover) == (Supply.UNKNOWN, Supply.UNKNOWN, Cover.UNKNOWN)
    assert snapshot.stopping is None


@pytest.mark.parametrize(
    ("reason", "level", "paper", "stopping"),
    [
        ("media-empty-warning", None, Supply.OUT, FaultCode.PAPER_OUT),  # as CUPS says it
        ("media-empty-warning", 80, Supply.OK, None),  # another tray's; this one counts 80 sheets of A4
        ("media-empty-error", 80, Supply.OUT, FaultCode.PAPER_OUT),
        ("media-empty", 80, Supply.OUT, FaultCode.PAPER_OUT),  # no suffix is an error (RFC 8011 5.4.12)
        ("media-empty-report", None, Supply.OK, None),
        ("none", 0, Supply.OUT, FaultCode.PAPER_OUT),  # it says nothing, and counts no sheet
        ("media-jam", 80, Supply.JAMMED, FaultCode.PAPER_JAM),
        ("media-low-report", 80, Supply.OK, None),
    ],
)
def test_paper_by_reason_and_by_count(reason, level, paper, stopping):
    more = {} if level is None else {"printer_input_tray": [f"type=other;level={level};".encode()]}
    snapshot = understand(told(reason, **more))
    assert (snapshot.paper, snapshot.stopping) == (paper, stopping)


def test_a_stopped_printer_without_a_reason_is_stopped():
    assert understand(told("none", state=5)).stopping is FaultCode.PRINTER_STOPPED


def test_the_table_names_only_what_the_contract_has():
    known = {"paper": {"out", "low", "jammed"}, "toner": {"out", "low"}, "cover": {"open"}, "tray": {"full"}}
    for keyword, meaning in meanings().items():
        assert not meaning.means or meaning.means in known[meaning.about], keyword
        assert not meaning.stops or meaning.fault, f"{keyword} stops a page without a fault to show"


# --- trays


def test_only_a4_is_counted():
    a4 = "type=sheetFeedAutoRemovableTray;mediafeed=29700;mediaxfeed=21000;maxcapacity=250;level=80;status=0;name=main;"
    turned = a4.replace("29700", "21000").replace("mediaxfeed=21000", "mediaxfeed=29700")
    letter = a4.replace("29700", "27940").replace("21000", "21590")
    micrometres = a4.replace("29700", "297000").replace("21000", "210000")
    assert trays([a4, letter], []).sheets == 80
    assert trays([turned], []).sheets == 80
    assert trays([micrometres], []).sheets == 80
    assert trays([letter], []).sheets is None


def test_trays_that_do_not_count_say_none():
    assert trays(["type=other;level=-2;", "type=other;level=-3;"], []).sheets is None
    assert trays(["type=other;level=-2;", "type=other;level=7;"], []).sheets == 7
    assert trays([], ["maxcapacity=100;remaining=98;"]).in_exit == 2
    assert trays([], ["maxcapacity=100;remaining=-3;"]).in_exit is None
    assert trays([], ["maxcapacity=-2;remaining=-2;"]).in_exit is None
    assert trays([], ["maxcapacity=100;remaining=100;", "maxcapacity=20;"]).in_exit is None, (
        "an exit that does not count"
    )


# --- who it is


def test_capabilities_claim_what_was_reported(bench: Bench):
    told_of = bench.driver.open()
    assert told_of.evidence == tuple(Evidence)
    assert (told_of.identity.maker, told_of.identity.model, told_of.identity.serial) == (
        "Kiosk",
        "Emulated A4",
        "EMU-0001",
    )
    assert told_of.formats == ("application/pdf",)


def test_other_counters_will_do_and_an_unknown_one_will_not():
    sheets = told("none", printer_media_sheets_completed=[12])
    assert Evidence.PAGE_COUNTER in capabilities(sheets).evidence
    assert Evidence.PAGE_COUNTER not in capabilities(told("none", printer_impressions_completed=[-2])).evidence


# --- settings


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"uri": "http://127.0.0.1/ipp"}, "uri: write ipp://HOST:PORT/PATH"),
        ({"uri": "ipp://[::1/print"}, "uri: Invalid IPv6 URL"),
        ({"uri": "ipp:///ipp/print"}, "uri: write ipp://HOST:PORT/PATH"),
        ({"uri": "ipp://127.0.0.1:99999/x"}, "uri: Port out of range"),
        ({"uri": "ipp://user:letmein@127.0.0.1/x"}, "uri: a user name or password does not belong here"),
        ({"uri": "http://user:letmein@127.0.0.1/x"}, "uri: a user name or password does not belong here"),
        ({"uri": "ipp://127.0.0.1/x", "stop_seconds": 0}, r"stop_seconds"),
        ({"uri": "ipp://127.0.0.1/x", "cancel_seconds": 5}, r"cancel_seconds"),
        ({"uri": "ipp://127.0.0.1/x", "sheets": 5}, "sheets"),
        ({}, "uri"),
    ],
)
def test_a_wrong_setting_is_named(wrong, says):
    with pytest.raises(DeviceFault, match=f"setting_invalid: ipp: .*{says}") as error:
        registry.make("ipp", wrong, production=True)
    assert "user:letmein" not in str(error.value)
