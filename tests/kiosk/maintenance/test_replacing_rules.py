"""The rules of the wizard by themselves: what is new on the buses, who serves it, what is asked, what is good enough."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from drivers import registry
from drivers.buses.places import Place, find
from drivers.buses.table import Answer, BusState, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass, Identity
from kiosk.locales.staff import sentences
from kiosk.maintenance.replacing.address import at_address, may_be_typed
from kiosk.maintenance.replacing.asking import asked_list, questions, taken_over
from kiosk.maintenance.replacing.candidates import Blocked, blocked_list, candidates, why_blocked
from kiosk.maintenance.replacing.conformity import Finding, Mark, Trial
from kiosk.maintenance.replacing.limits import Kind, Limits, compared, limits_of, p95, patience
from kiosk.maintenance.replacing.sight import Thing, buses_of, new_things, place_for, things, where_is
from kiosk.settings.profile import DeviceSettings

READER = DeviceClass.ID_CARD_READER
PATH = "pci-0000:00:14.0-usb-0:"


def attached(bus: Bus, port: str, **more: str) -> Attached:
    return Attached(**{"bus": bus, "path": f"{PATH}{port}", "node": f"/dev/{bus}-{port}", **more})  # type: ignore[arg-type]


RAW = attached(Bus.USB, "2", vendor="10c4", product="0007", serial="A1", kind="device")
HID = attached(Bus.USB, "2:1.0", vendor="10c4", product="0007", serial="A1", kind="hid", maker="MIAXIS", model="MR-300")
PORT = attached(Bus.SERIAL, "1:1.0-port0", vendor="1a86", product="7523", kind="ch341-uart")
MOUSE = attached(Bus.USB, "3", vendor="046d", product="c077", kind="device", model="Mouse")


def table(*there: Attached) -> Table:
    buses = dict.fromkeys((Bus.USB, Bus.SERIAL, *(each.bus for each in there)))
    return Table(
        tuple(
            BusState(bus=bus, answer=Answer.LISTED, things=tuple(each for each in there if each.bus is bus))
            for bus in buses
        )
    )


def device(**more: Any) -> DeviceSettings:
    return DeviceSettings.model_validate({"class": "id_card_reader", "driver": "sdt_serial", **more})


# --- what is seen


def test_one_device_is_one_thing_however_many_parts_it_has() -> None:
    assert {thing.name for thing in things(table(RAW, HID, PORT)).values()} == {"MIAXIS MR-300", "ch341-uart"}


def test_new_is_what_was_not_there_and_a_late_part_is_not_new() -> None:
    assert [thing.name for thing in new_things({PORT}, table(PORT, RAW, HID))] == ["MIAXIS MR-300"]
    assert new_things({RAW, PORT}, table(RAW, HID, PORT)) == (), "the HID node of a device that was there came late"
    assert new_things({HID}, table(PORT)) == (Thing((PORT,)),), "another one, after the first was pulled out"


def test_an_old_device_is_found_by_its_place_or_by_the_node_in_its_settings() -> None:
    there = table(PORT, HID)
    assert where_is(device(place={"bus": "serial", "path": "*-usb-0:1:*"}), there) == PORT
    assert where_is(device(settings={"port": PORT.node}), there) == PORT
    assert where_is(device(settings={"port": "/dev/nowhere"}), there) is None
    assert where_is(device(place={"bus": "serial"}), table(HID)) is None


@pytest.mark.parametrize("thing", [HID, PORT])
def test_the_place_of_a_binding_means_this_device_and_no_other(thing: Attached) -> None:
    there = table(RAW, HID, PORT, MOUSE)
    place = place_for(thing, there)
    assert find(place, there) == thing
    assert (place.path == "*") is bool(thing.serial), "with a serial number the socket does not matter"


def test_of_twins_with_one_serial_number_the_socket_counts() -> None:
    twin = attached(Bus.USB, "4:1.0", vendor="10c4", product="0007", serial="A1", kind="hid")
    there = table(HID, twin)
    assert place_for(HID, there).path == HID.path
    assert find(place_for(HID, there), there) == HID


def test_brackets_in_a_name_are_no_pattern() -> None:
    reader = Attached(bus=Bus.PCSC, path="ACS ACR38 [CCID] 00 00", node="ACS ACR38 [CCID] 00 00")
    assert find(place_for(reader, table(reader)), table(reader)) == reader
    assert isinstance(place_for(reader, table(reader)), Place)


# --- who serves it


def test_drivers_come_best_first_each_once_and_of_the_class_only() -> None:
    found = candidates(Thing((RAW, HID)), READER, production=True)
    assert [(each.driver, each.generic) for each in found] == [("sdt_usb", False)]
    assert found[0].reaching()["connection"] == "hid"
    scanner = attached(Bus.SERIAL, "2:1.0", vendor="05e0", product="0600", kind="cdc_acm")
    assert [each.driver for each in candidates(Thing((scanner,)), DeviceClass.CODE_SCANNER, production=True)] == [
        "serial_scanner"
    ]
    for each in DeviceClass:
        drivers = candidates(Thing((RAW, HID, PORT)), each, production=True)
        assert all(registry.manifests()[one.driver].device_class is each for one in drivers)
        assert all(one.rule.priority >= two.rule.priority for one, two in pairwise(drivers))


def test_a_thing_that_nobody_knows_is_offered_to_generic_drivers_or_to_none() -> None:
    assert [each.generic for each in candidates(Thing((PORT,)), READER, production=True)] == [True]
    assert candidates(Thing((MOUSE,)), READER, production=True) == []


def test_firmware_on_the_list_is_refused_and_a_device_that_says_nothing_is_not() -> None:
    rows = (Blocked(device_class=READER, model="MR-300*", firmware="1.0.*", why="读两次"),)
    assert why_blocked(READER, Identity(model="MR-300B", firmware="1.0.7"), rows) == "读两次"
    assert why_blocked(READER, Identity(model="MR-300B", firmware="1.1.0"), rows) is None
    assert why_blocked(READER, Identity(model="MR-300B"), rows) is None
    assert why_blocked(DeviceClass.CAMERA, Identity(model="MR-300B", firmware="1.0.7"), rows) is None
    assert isinstance(blocked_list(), tuple)


@pytest.mark.parametrize("device_class", list(DeviceClass))
def test_every_class_is_looked_for_where_its_drivers_find_it(device_class: DeviceClass) -> None:
    buses = buses_of(device_class)
    assert Bus.USB in buses
    assert len(buses) == len(set(buses))


# --- what is asked


def test_what_the_device_before_had_is_taken_over_where_it_fits() -> None:
    before = device(settings={"port": "/dev/x", "baud": 9600, "photo_decoder": "vendor", "photo_library": "/opt/x.so"})
    kept = taken_over(before, "sdt_usb", {"device": "/dev/hidraw0", "connection": "hid"})
    assert kept == {"photo_decoder": "vendor", "photo_library": "/opt/x.so"}
    slips = DeviceSettings.model_validate(
        {
            "class": "receipt_printer",
            "driver": "escpos",
            "settings": {
                "connection": "network",
                "host": "192.0.2.7",
                "port": 9100,
                "fonts": ["a.otf"],
                "baud": 9600,
                "handshake": "xon_xoff",
            },
        }
    )
    assert taken_over(slips, "escpos", {"connection": "serial", "path": "/dev/x"}) == {"fonts": ["a.otf"]}


def test_a_stand_in_is_not_offered_in_production_nor_what_nobody_has_written() -> None:
    here = questions("sdt_usb", {"photo_decoder": "stand_in"}, production=False)
    assert [each.key for each in here] == ["photo_decoder"]
    offered = {each.value: each for each in here[0].choices}
    assert offered["stand_in"].suggested
    assert offered["vendor"].missing == ("photo_library", "photo_symbol")
    assert questions("sdt_usb", {}, production=True) == (), "one choice is no question"
    with_library = {"photo_library": "/opt/x.so", "photo_symbol": "f"}
    asked = questions("sdt_usb", with_library, production=True)
    assert {each.value for each in asked[0].choices} == {"none", "vendor"}


def test_the_speed_is_asked_where_there_is_a_serial_line_and_nowhere_else() -> None:
    for driver in ("escpos", "modbus_io"):
        assert "baud" in {each.key for each in questions(driver, {}, production=True)}
        for bus in (Bus.USB, Bus.NETWORK):
            asked = {each.key for each in questions(driver, {}, production=True, bus=bus)}
            assert not {"baud", "parity", "handshake"} & asked
    assert "handshake" in {each.key for each in questions("escpos", {}, production=True)}


def test_how_wide_the_roll_is_is_asked_and_brings_the_columns_along() -> None:
    (asked,) = questions("escpos", {"dots": 384, "columns": 32}, production=True, bus=Bus.USB)
    assert {each.value: (each.suggested, each.along) for each in asked.choices} == {
        576: (False, {"columns": 48}),
        384: (True, {"columns": 32}),
    }
    assert asked.worded


def test_the_speed_is_asked_with_the_drivers_default() -> None:
    asked = next(each for each in questions("sdt_serial", {}, production=True) if each.key == "baud")
    assert [each.value for each in asked.choices if each.suggested] == [115200]


def test_every_setting_and_value_that_is_asked_has_words() -> None:
    told = sentences()["replace"]
    for driver in registry.manifests():
        for question in questions(driver, {}, production=False):
            assert f"ask_{question.key}" in told
            assert f"why_{question.key}" in told
            for choice in question.choices:
                by_itself = isinstance(choice.value, int) and not question.worded
                assert by_itself or f"value_{question.key}_{choice.value}" in told, (
                    driver,
                    question.key,
                )
    assert len({each.key for each in asked_list()}) == len(asked_list())


# --- on the network


@pytest.mark.parametrize(
    ("device_class", "typed", "nodes"),
    [
        (DeviceClass.A4_PRINTER, "192.0.2.7", ["ipp://192.0.2.7:631/ipp/print"]),
        (DeviceClass.A4_PRINTER, " printer.example:8631 ", ["ipp://printer.example:8631/ipp/print"]),
        (DeviceClass.RECEIPT_PRINTER, "192.0.2.7", ["192.0.2.7:9100"]),
        (DeviceClass.RECEIPT_PRINTER, "2001:db8::7", ["[2001:db8::7]:9100"]),
        (DeviceClass.INPUTS_OUTPUTS, "192.0.2.7:1502", ["192.0.2.7:1502"]),
        (DeviceClass.POWER_SUPPLY, "192.0.2.7", ["192.0.2.7:3493"]),
    ],
)
def test_an_address_is_all_that_a_network_device_needs(device_class: DeviceClass, typed: str, nodes: list[str]) -> None:
    thing = at_address(device_class, typed)
    assert thing is not None
    assert [part.node for part in thing.parts] == nodes
    assert not thing.seen
    found = candidates(thing, device_class, production=True)
    assert found
    assert found[0].reaching()


@pytest.mark.parametrize(
    "typed", ["", "192.0.2", "192.0.2.300", "a b", "http://192.0.2.7/", "192.0.2.7:", "192.0.2.7:0x", "-x", "x:70000"]
)
def test_what_is_no_address_is_none(typed: str) -> None:
    assert at_address(DeviceClass.A4_PRINTER, typed) is None


def test_a_reader_has_no_address() -> None:
    assert not may_be_typed(READER)
    assert may_be_typed(DeviceClass.A4_PRINTER)


# --- what is good enough


def trial(*, conforms: bool = True, failed: int = 0, done: int = 20, took: tuple[float, ...] = (1.0,) * 20) -> Trial:
    mark = Mark.PASSED if conforms else Mark.FAILED
    found = (Finding(id="common.work", title="", mark=mark),)
    return Trial(conforms=conforms, findings=found, done=done, failed=failed, took=took, report={})


LIMITS = Limits(times=20, failures=0, median=2.0, p95=3.0)


@pytest.mark.parametrize(
    ("found", "bad"),
    [
        (trial(), None),
        (trial(conforms=False), Kind.CHECKS),
        (trial(failed=1), Kind.FAILURES),
        (trial(done=7), Kind.FAILURES),
        (trial(took=(2.5,) * 20), Kind.MEDIAN),
        (trial(took=(1.0,) * 18 + (4.0,) * 2), Kind.P95),
        (trial(took=(1.0,) * 19 + (9.0,)), None),
        (trial(took=()), None),
    ],
)
def test_a_test_is_held_against_the_limits(found: Trial, bad: Kind | None) -> None:
    rows = compared(found, LIMITS)
    assert [each.kind for each in rows if not each.within] == ([] if bad is None else [bad])


def test_a_skipped_check_that_must_not_be_is_a_failure() -> None:
    skipped = Trial(
        conforms=False,
        findings=(Finding(id="common.work", title="", mark=Mark.SKIPPED),),
        done=20,
        failed=0,
        took=(),
        report={},
    )
    assert not compared(skipped, LIMITS)[0].within


def test_of_twenty_the_nineteenth_is_the_ninety_fifth_of_a_hundred() -> None:
    assert p95(tuple(float(number) for number in range(1, 21))) == 19.0
    assert p95((5.0,)) == 5.0


@pytest.mark.parametrize("device_class", list(DeviceClass))
def test_every_class_has_limits_and_words_for_what_is_needed(device_class: DeviceClass) -> None:
    assert limits_of(device_class).times >= 1
    assert f"needs_{device_class.value}" in sentences()["replace"]
    assert patience().hands > patience().serves
