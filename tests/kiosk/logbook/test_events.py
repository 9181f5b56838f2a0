"""The program's log as events: where, how often, which exception; of its values only what is the program's own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract.faults import FaultCode, failing
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.logbook import events
from kiosk.logbook.events import BROKE, EVENT, EventLog, listening
from kiosk.logbook.store import Logbook
from kiosk.opening.pauses import Kind, NotKept, Pause, Pauses, Why

NAME, NUMBER, PIN = "欧阳测试", "99999919480312002X", "840317"


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[Logbook]:
    book = Logbook(tmp_path / "logbook.sqlite")
    yield book
    book.close()


@pytest.fixture
def heard(logbook: Logbook) -> Iterator[EventLog]:
    made = listening(logbook, {"id_reader", *GatewayCode})
    logging.getLogger("kiosk").setLevel(logging.INFO)
    yield made
    made.ended(None, None, None)
    logging.getLogger("kiosk").setLevel(logging.NOTSET)


def written(heard: EventLog, logbook: Logbook) -> list[dict[str, object]]:
    heard.write()
    return [{"logger": each.subject, **each.body} for each in logbook.entries(EVENT)]


def test_the_same_event_is_one_entry_with_its_place_and_how_often(heard: EventLog, logbook: Logbook, tmp_path: Path):
    pauses = Pauses(tmp_path / "nowhere" / "pauses.json")
    for _ in range(3):
        with pytest.raises(NotKept):
            pauses.begin(Pause(kind=Kind.KIOSK, why=Why.OWN, words=NAME, since=0.0, until=9e9))
    (found,) = written(heard, logbook)
    assert (found["logger"], found["level"], found["times"]) == ("kiosk.opening", "ERROR", 3)
    assert (found["errors"], found["function"]) == (["FileNotFoundError"], "_keep")
    assert str(found["place"]).startswith("kiosk/opening/pauses.py:")
    assert written(heard, logbook) == [found], "written once"


def test_of_values_only_what_the_program_knows_beforehand_is_kept(heard: EventLog, logbook: Logbook):
    log = logging.getLogger("kiosk.somewhere")
    try:
        raise OSError(28, f"{NAME}: {NUMBER}")
    except OSError as caught:
        error = caught
    log.error("%s: %s of %s (%s)", "id_reader", error, NAME, PIN)
    log.error("%d %d %.1f %s", 3, int(PIN), 2.5, FaultCode.PAPER_OUT)
    log.error("%(who)s gone", {"who": f"{NAME} {NUMBER} KeyError ENOSPC 840317"})
    log.error("a device: %s", failing(FaultCode.LINK_SILENT, NAME))
    log.error("a platform: %s", GatewayFault(GatewayCode.TIMEOUT, NAME))
    log.error(f"{NAME} {PIN}", extra={BROKE: error})
    kept = written(heard, logbook)
    assert all(word not in str(kept) for word in (NAME, NUMBER, PIN, NUMBER[:6]))
    assert [(each["words"], each["errors"], each["numbers"]) for each in kept] == [
        (["id_reader"], ["OSError", "ENOSPC"], []),
        (["paper_out"], [], [3, 2.5]),
        (["ENOSPC"], ["KeyError"], []),
        ([], ["DeviceFault", "link_silent"], []),
        ([], ["GatewayFault", "timeout"], []),
        ([], ["OSError", "ENOSPC"], []),
    ]


def test_a_hosts_traceback_is_kept_by_its_places(heard: EventLog, logbook: Logbook):
    output = logging.getLogger("drivers.output")
    output.warning("%s: %s", "id_reader", f'  File "/opt/kiosk/drivers/host.py", line 120, in {NAME}')
    output.warning("%s: %s", "id_reader", '  File "/opt/kiosk/drivers/wang_li.py", line 84031, in read')
    output.warning("%s: %s", "id_reader", f"ValueError: {NAME}")
    found = written(heard, logbook)
    assert [(each["places"], each["errors"]) for each in found] == [
        (["drivers/host.py:120"], []),
        ([], []),
        ([], ["ValueError"]),
    ]


def test_libraries_are_heard_from_warnings_on(heard: EventLog, logbook: Logbook):
    library = logging.getLogger("httpx")
    library.setLevel(logging.INFO)
    library.info("GET %s", "https://platform.example/v1?number=…")
    library.warning("slow")
    library.setLevel(logging.NOTSET)
    assert [(each["logger"], each["place"]) for each in written(heard, logbook)] == [("httpx", "")]


def test_more_kinds_than_are_remembered_are_counted(heard: EventLog, logbook: Logbook, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(events, "_MOST_KINDS", 2)
    for number in range(5):
        logging.getLogger(f"kiosk.part{number}").error("broken")
    assert [each.get("lost") for each in written(heard, logbook)] == [None, None, 3]


def test_the_exception_that_ends_it_is_the_last_entry_and_nothing_is_heard_after(logbook: Logbook):
    heard = listening(logbook)
    try:
        Pauses.begin(None, None)  # type: ignore[arg-type]
    except AttributeError as error:
        heard.ended(type(error), error, error.__traceback__)
    logging.getLogger("kiosk").error("later")
    (found,) = written(heard, logbook)
    assert (found["level"], found["errors"]) == ("CRITICAL", ["AttributeError"])
    assert str(found["places"]).startswith("['kiosk/opening/pauses.py:")


def test_a_logbook_that_cannot_be_written_stops_nobody(heard: EventLog, logbook: Logbook):
    logging.getLogger("kiosk.part").error("broken")
    logbook.close()
    heard.write()
