"""What befalls a visit, by its ending: tricks on the screens where it happens. Each says what it caused, for the accounts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.soak.guest import Guest, Trick
from tests.soak.plan import HOST_FALLS_AT, Ending, Plan

SLOW_PAGE_S, QUICK_PAGE_S = 1.5, 0.2
"""Seconds a page: slow enough that a host can be killed while it prints, and the bench's usual pace."""

SLOW_ANSWER_S = 3.0
"""A slow platform: longer than the screen keeps silent (kiosk/policies/visit.toml), shorter than it is waited for."""


def tricks(plan: Plan, killed: list[str]) -> dict[str, Trick]:
    """Return the tricks of a plan; the names of processes that they kill are added to `killed` as it happens."""
    make = _MAKERS.get(plan.ending)
    return make(plan, killed) if make is not None else {}


def _leaves(plan: Plan, _: list[str]) -> dict[str, Trick]:
    async def leave(guest: Guest) -> None:
        await guest.touch("bar.home" if plan.at == "choose" else "bar.leave")

    return {plan.at: leave}


def _silence(plan: Plan, _: list[str]) -> dict[str, Trick]:
    async def fall_silent(guest: Guest) -> None:
        guest.silent = True

    return {plan.at: fall_silent}


def _no_face(then: str) -> Callable[[Plan, list[str]], dict[str, Trick]]:
    def make(_: Plan, __: list[str]) -> dict[str, Trick]:
        async def nobody(guest: Guest) -> None:
            guest.face = "nobody"

        async def give_up(guest: Guest) -> None:
            if then == "leave":
                await guest.touch("bar.leave")
            else:
                guest.by = then

        return {"face_consent": nobody, "face_not_matched": give_up}

    return make


def _other_face(_: Plan, __: list[str]) -> dict[str, Trick]:
    async def another(guest: Guest) -> None:
        guest.face = next(each.portrait for each in guest.house.people if each.portrait not in ("", guest.face))

    return {"face_consent": another}


def _card(kind: str, **arguments: object) -> Callable[[Plan, list[str]], dict[str, Trick]]:
    def make(_: Plan, __: list[str]) -> dict[str, Trick]:
        async def spoil(guest: Guest) -> None:
            await guest.break_("id_reader", "fault", kind=kind, **arguments)
            await guest.glass.do("visitor", "place", person=guest.plan.person)  # not to be read: no row of `cards`
            guest.wait()

        return {"card": spoil}

    return make


def _jam(plan: Plan, _: list[str]) -> dict[str, Trick]:
    async def jam(guest: Guest) -> None:
        await guest.break_("a4_printer", "jam", at_page=plan.page)

    return {"review": jam}


def _empty_before(_: Plan, __: list[str]) -> dict[str, Trick]:
    async def empty(guest: Guest) -> None:
        await guest.break_("a4_printer", "empty")
        await guest.house.device("a4_printer", paper="out")

    return {"guide": empty}


def _empty_during(_: Plan, __: list[str]) -> dict[str, Trick]:
    async def empty(guest: Guest) -> None:
        await guest.break_("a4_printer", "empty")

    async def fill(guest: Guest) -> None:
        await guest.break_("a4_printer", "load", sheets=100)
        guest.print_again = True

    return {"review": empty, "print_failed": fill}


def _printer_dies(_: Plan, __: list[str]) -> dict[str, Trick]:
    async def die(guest: Guest) -> None:
        await guest.break_("a4_printer", "die_mid_job")

    return {"review": die}


_AT_PRECHECK = ("maintenance", "department_down")
"""Platform faults that are noticed before the card is asked for."""


def _platform(plan: Plan, _: list[str]) -> dict[str, Trick]:
    async def fault(guest: Guest) -> None:
        seconds = SLOW_ANSWER_S if plan.at == "slow" else 0.0
        await guest.break_("platform", "fault", verb=plan.at, endpoint=plan.endpoint, seconds=seconds)

    return {"guide" if plan.at in _AT_PRECHECK else "licence_consent": fault}


def _shell(number: signal.Signals) -> Callable[[Plan, list[str]], dict[str, Trick]]:
    def make(plan: Plan, killed: list[str]) -> dict[str, Trick]:
        async def strike(guest: Guest) -> None:
            pid = (await guest.glass.state())["shell"]["pid"]
            killed.append("shell")
            os.kill(pid, number)
            await guest.house.until(lambda state: state["shell"]["pid"] not in (pid, None))
            guest.look_again()

        return {plan.at: strike}

    return make


def _host(plan: Plan, killed: list[str]) -> dict[str, Trick]:
    async def slow(guest: Guest) -> None:
        await guest.break_("a4_printer", "slow", seconds_per_page=SLOW_PAGE_S)

    async def strike(guest: Guest) -> None:
        rows = (await guest.glass.state())["devices"]
        pid = next(each["pid"] for each in rows if each["name"] == plan.at)
        if pid is not None:
            killed.append(plan.at)
            os.kill(pid, signal.SIGKILL)
        if plan.at == "id_reader":
            guest.wait()  # the card is in the hand still: a card that lay there may or may not have been read
        await guest.break_("a4_printer", "slow", seconds_per_page=QUICK_PAGE_S)

    found: dict[str, Trick] = {HOST_FALLS_AT[plan.at]: strike}
    return {**found, "review": slow} if plan.at == "a4_printer" else found


def _face_worker(_: Plan, killed: list[str]) -> dict[str, Trick]:
    async def strike(guest: Guest) -> None:
        pid = (await guest.glass.state())["face_pid"]
        if pid is not None:
            killed.append("face")
            os.kill(pid, signal.SIGKILL)

    return {"face": strike}


_MAKERS: dict[Ending, Callable[[Plan, list[str]], dict[str, Trick]]] = {
    Ending.LEAVES: _leaves,
    Ending.SILENCE: _silence,
    Ending.NO_FACE_LEAVES: _no_face("leave"),
    Ending.NO_FACE_KEEPER: _no_face("keeper"),
    Ending.OTHER_FACE: _other_face,
    Ending.CARD_EARLY: _card("lift_early", times=1),
    Ending.CARD_GARBLED: _card("garble", every=100),
    Ending.JAM: _jam,
    Ending.EMPTY_BEFORE: _empty_before,
    Ending.EMPTY_DURING: _empty_during,
    Ending.PRINTER_DIES: _printer_dies,
    Ending.PLATFORM: _platform,
    Ending.SHELL_KILLED: _shell(signal.SIGKILL),
    Ending.SHELL_STOPPED: _shell(signal.SIGSTOP),
    Ending.HOST_KILLED: _host,
    Ending.FACE_KILLED: _face_worker,
}
