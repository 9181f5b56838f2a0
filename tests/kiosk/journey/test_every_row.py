"""Every row of the certificate's table is walked, on a real stage: each refusal, each way back, each other way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from drivers.contract.common import DeviceClass, Presence, Supply
from kiosk.catalogue.item import Item
from kiosk.documents.issued import IssuedDocument
from kiosk.journey.certificate import CERTIFICATE
from kiosk.journey.consent import FaceConsent, LicenceConsent
from kiosk.journey.identify import Holder
from kiosk.journey.other_way import Confirmed
from kiosk.journey.precheck import Possible
from kiosk.licences.sealed import SealedLicence
from kiosk.sandbox.fault_desk import Verb
from kiosk.screens.parts import Note
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Visit
from tests.support.bench import Run, on_stage
from tests.support.scripted import Act, typing
from tests.support.scripts import base_script

Row = tuple[str, str]
Way = Callable[[Run], Awaitable[list[Row]]]

TO_CARD: list[Row] = [("guide", "done"), ("precheck", "done")]
TO_CONSENT: list[Row] = [
    *TO_CARD,
    ("identify", "done"),
    ("face_consent", "other_way"),
    ("other_way", "done"),
    ("keeper", "done"),
]
TO_PRINT: list[Row] = [*TO_CONSENT, ("licence_consent", "done"), ("fetch", "done"), ("review", "done")]
TO_END: list[Row] = [("print", "done"), ("take", "done"), ("rate", "done")]


def rows_walked(run: Run, since: int) -> list[Row]:
    rows = [row for row in run.kiosk.journal.audit_rows() if row.event == "outcome"]
    return [(row.payload["step"], row.payload["outcome"]) for row in rows[since:]]


def the_visit(run: Run) -> Visit:
    assert run.kiosk.lobby.visit is not None
    return run.kiosk.lobby.visit


def notes(screen: Screen) -> list[str]:
    return [block.text for block in screen.blocks if isinstance(block, Note)]


async def go(run: Run, ending: str = "done", **script: Any) -> None:
    """One visit by the base script with these changes. What was left of the visit before is cleared away."""
    run.window.shown.clear()
    run.window._number = 0
    run.window.script = base_script(run, "p1") | script
    assert await run.visit() == ending, run.window.names
    await run.bench.do("visitor", "lift", {})
    await printer_is(run, tray=Presence.ABSENT)


async def printer_is(run: Run, **wanted: object) -> None:
    """Wait until the printer's status says so: it is asked only every second, and the next visit begins sooner than in life."""
    client = run.kiosk.devices.of(DeviceClass.A4_PRINTER)
    assert client is not None
    for _ in range(500):
        status = client.snapshot.status
        if status is not None and all(getattr(status, name) == value for name, value in wanted.items()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(client.snapshot.status)


# --- the ways


async def straight(run: Run) -> list[Row]:
    await go(run)
    return [*TO_PRINT, *TO_END]


async def back_at_every_step(run: Run) -> list[Row]:
    """Each way back forgets what the steps that were left gave; what it wipes is really gone."""
    keeper = run.bench.sandbox.keepers()[0]
    confirm = typing("confirm", keeper=keeper.code, pin=keeper.pin)
    holders: list[Holder] = []
    documents: list[IssuedDocument] = []

    async def lay_again(_: Screen) -> None:
        """Before the card: nothing is known of anybody, and everybody who was known is wiped."""
        assert set(the_visit(run).known) <= {Item, Possible}
        assert all(holder.card.name.wiped and holder.card.number.wiped for holder in holders)
        await run.bench.do("visitor", "lift", {})
        await run.bench.place("p1")

    async def card(screen: Screen) -> str | Answer | None:
        """Go on with the row of acts; a card that the reader asks for again, on a busy machine, uses none of them up."""
        act = lay_again if notes(screen) else asked.pop(0)
        return act if isinstance(act, str) else await act(screen)

    asked: list[Act] = ["back", lay_again, lay_again, lay_again, lay_again, "no_card"]

    def with_holder(answer: str) -> Callable[[Screen], Awaitable[str]]:
        async def act(_: Screen) -> str:
            known = the_visit(run).known
            assert not {FaceConsent, Confirmed, LicenceConsent} & set(known)
            holders.append(known[Holder])
            return answer

        return act

    def before_the_fetch(answer: str) -> Callable[[Screen], Awaitable[str]]:
        async def act(_: Screen) -> str:
            assert not {LicenceConsent, SealedLicence, IssuedDocument} & set(the_visit(run).known)
            assert all(document.pdf.wiped for document in documents)
            assert not the_visit(run).take(Holder).card.name.wiped, "what came before is kept"
            return answer

        return act

    async def look_and_go_back(_: Screen) -> str:
        documents.append(the_visit(run).take(IssuedDocument))
        return "back"

    await go(
        run,
        guide=["back", "start"],
        precheck=["back", None],
        card=card,
        card_reading=None,
        face_consent=[with_holder(each) for each in ("back", "agree", "agree", "other_way", "other_way")],
        face=["back", "other_way"],
        other_way=["back", "keeper"],
        keeper=["back", confirm],
        licence_consent=["back", *(before_the_fetch("agree") for _ in range(3))],
        fetch=["back", None],
        review=[look_and_go_back, "wrong"],
        referral=["back", "done"],
    )
    first, last = (screen for screen in run.window.shown if screen.name == "referral")
    assert first.title == the_visit_says("review.wrong_title")
    assert last.title == the_visit_says("referral.title"), (
        "what was wrong with the paper is no reason for the next item"
    )
    assert run.sheets_out() == 1, "nothing was printed on the way"
    return [
        ("guide", "back"), ("guide", "done"), ("precheck", "back"), *TO_CARD,
        ("identify", "back"), *TO_CARD,
        ("identify", "done"), ("face_consent", "back"),
        ("identify", "done"), ("face_consent", "done"), ("face", "back"),
        ("face_consent", "done"), ("face", "other_way"), ("other_way", "back"),
        ("identify", "done"), ("face_consent", "other_way"), ("other_way", "done"), ("keeper", "back"),
        ("other_way", "done"), ("keeper", "done"), ("licence_consent", "back"),
        ("identify", "done"), ("face_consent", "other_way"), ("other_way", "done"), ("keeper", "done"),
        ("licence_consent", "done"), ("fetch", "back"),
        ("licence_consent", "done"), ("fetch", "done"), ("review", "back"),
        ("licence_consent", "done"), ("fetch", "done"), ("review", "refused"), ("referral", "back"),
        *TO_CARD, ("identify", "other_way"), ("referral", "done"),
    ]  # fmt: skip


def the_visit_says(key: str) -> str:
    from kiosk.locales import Phrasebook

    return Phrasebook()(key)


async def the_face_passes_and_the_licences_are_refused(run: Run) -> list[Row]:
    await run.bench.do("visitor", "face", {"who": run_person(run)})
    await go(run, face_consent="agree", face=None, licence_consent="other_way", referral="done")
    assert "fetch" not in run.window.names
    return [
        *TO_CARD, ("identify", "done"), ("face_consent", "done"), ("face", "done"),
        ("licence_consent", "refused"), ("referral", "done"),
    ]  # fmt: skip


def run_person(run: Run) -> str:
    return next(person.portrait for person in run.bench.sandbox.people() if person.id == "p1")


async def the_camera_goes_and_no_keeper_is_wanted(run: Run) -> list[Row]:
    async def pull_the_plug(_: Screen) -> None:
        await run.bench.do("camera", "unplug", {})

    await go(run, face_consent="agree", face=pull_the_plug, other_way="referral", referral=["slip", "done"])
    await run.bench.do("camera", "replug", {})
    await run.devices_ready()
    assert notes(run.window.last("referral")) == [the_visit_says("referral.printed")]
    return [
        *TO_CARD, ("identify", "done"), ("face_consent", "done"), ("face", "failed"),
        ("other_way", "refused"), ("referral", "done"),
    ]  # fmt: skip


async def the_keeper_mistypes_twice(run: Run) -> list[Row]:
    keeper = run.bench.sandbox.keepers()[0]
    wrong = typing("confirm", keeper=keeper.code, pin="000000")
    await go(run, keeper=[wrong, wrong, typing("confirm", keeper=keeper.code, pin=keeper.pin)])
    pads = [screen for screen in run.window.shown if screen.name == "keeper"]
    said = [the_visit_says("keeper.sentence"), *[the_visit_says("keeper.wrong")] * 2]
    assert [pad.sentence for pad in pads] == said
    return [*TO_PRINT, *TO_END]


async def the_keeper_cannot_be_asked(run: Run) -> list[Row]:
    keeper = run.bench.sandbox.keepers()[0]
    typed = Answer(action="confirm", typed={})

    async def cut_the_line(screen: Screen) -> Answer:
        nonlocal typed
        run.bench.stop_platform()
        typed = await typing("confirm", keeper=keeper.code, pin=keeper.pin)(screen)
        return typed

    await go(run, keeper=cut_the_line, referral="done")
    run.bench.start_platform()
    assert run.window.last("referral").sentence == the_visit_says("keeper.offline")
    assert all(secret.wiped for secret in typed.typed.values()), "code and PIN do not outlive the question"
    return [*TO_CONSENT[:-1], ("keeper", "failed"), ("referral", "done")]


async def an_unticked_box_is_not_an_agreement(run: Run) -> list[Row]:
    async def untick(_: Screen) -> Answer:
        return Answer(action="agree", ticked=())

    async def tick(_: Screen) -> Answer:  # what was cleared stays cleared: only the visitor ticks it again
        return Answer(action="agree", ticked=("social_insurance_record",))

    await go(run, licence_consent=[untick, tick])
    asked = [screen for screen in run.window.shown if screen.name == "licence_consent"]
    assert [notes(screen) for screen in asked] == [[], [the_visit_says("licence_consent.none_ticked")]]
    return [*TO_PRINT, *TO_END]


async def no_record_is_found(run: Run) -> list[Row]:
    run.bench.sandbox.break_(Verb.NO_RECORD)
    await go(run, referral="done")
    run.bench.sandbox.mend()
    return [*TO_CONSENT, ("licence_consent", "done"), ("fetch", "refused"), ("referral", "done")]


async def take_the_paper_out(run: Run) -> str:
    await run.bench.do("a4_printer", "empty", {})
    return "print"


async def the_paper_runs_out_and_is_filled(run: Run) -> list[Row]:
    async def fill(screen: Screen) -> str | None:
        if any(action.id == "again" for action in screen.actions):
            return "again"
        await run.bench.do("a4_printer", "load", {"sheets": 100})
        return None

    async def empty(_: Screen) -> str:
        return await take_the_paper_out(run)

    await go(run, review=empty, print_failed=fill)
    return [*TO_PRINT, ("print", "failed"), ("print_failed", "again"), *TO_END]


async def the_paper_runs_out_and_nobody_comes(run: Run) -> list[Row]:
    async def empty(_: Screen) -> str:
        return await take_the_paper_out(run)

    await go(run, review=empty, print_failed="done")
    return [*TO_PRINT, ("print", "failed"), ("print_failed", "done")]


async def the_printer_goes_away_over_the_paper(run: Run) -> list[Row]:
    async def kill_its_host(_: Screen) -> None:
        client = run.kiosk.devices.of(DeviceClass.A4_PRINTER)
        assert client is not None
        assert client.snapshot.pid is not None
        os.kill(client.snapshot.pid, signal.SIGKILL)

    async def take_it(_: Screen) -> str:
        await run.bench.do("visitor", "take_paper", {})
        return "done"

    before = run.bench.sandbox.state()["serials"].get("active")
    await go(run, take_paper=kill_its_host, print_failed=take_it)
    await run.delivered()
    assert run.bench.sandbox.state()["serials"].get("active") == before, "what nobody saw taken does not count"
    return [*TO_PRINT, ("print", "done"), ("take", "failed"), ("print_failed", "done")]


async def nothing_is_asked_of_whom_it_cannot_serve(run: Run) -> list[Row]:
    """The printer is still empty from the way before."""
    await printer_is(run, paper=Supply.OUT)
    await go(run, ending="left", cannot="other_item", choose=["KX-RS-001", "back"])
    assert "card" not in run.window.names
    await run.bench.do("a4_printer", "load", {"sheets": 100})
    await printer_is(run, paper=Supply.OK)
    return [("guide", "done"), ("precheck", "missing")]


async def the_keeper_is_locked_out(run: Run) -> list[Row]:
    """Last: the platform keeps a locked keeper locked."""
    keeper = run.bench.sandbox.keepers()[0]
    await go(run, keeper=typing("confirm", keeper=keeper.code, pin="000000"), referral="done")
    assert run.window.last("referral").sentence == the_visit_says("keeper.locked")
    return [*TO_CONSENT[:-1], ("keeper", "failed"), ("referral", "done")]


WAYS: list[Way] = [
    straight,
    back_at_every_step,
    the_face_passes_and_the_licences_are_refused,
    the_camera_goes_and_no_keeper_is_wanted,
    the_keeper_mistypes_twice,
    the_keeper_cannot_be_asked,
    an_unticked_box_is_not_an_agreement,
    no_record_is_found,
    the_printer_goes_away_over_the_paper,
    the_paper_runs_out_and_is_filled,
    the_paper_runs_out_and_nobody_comes,
    nothing_is_asked_of_whom_it_cannot_serve,
    the_keeper_is_locked_out,
]


def test_every_row_of_the_table_is_walked(tmp_path: Path) -> None:
    async def walk_all() -> set[Row]:
        walked: set[Row] = set()
        count = 0
        async with on_stage(tmp_path, {}) as run:
            for way in WAYS:
                wanted = await way(run)
                rows = rows_walked(run, count)
                assert rows == wanted, way.__name__
                count += len(rows)
                walked |= set(rows)
            await run.delivered()
            assert run.bench.sandbox.state()["serials"].get("active") == run.sheets_out() - 1, "one was not seen taken"
        return walked

    table = {(name, outcome.value) for name, outcome in CERTIFICATE.table}
    assert table - asyncio.run(walk_all()) == set()
