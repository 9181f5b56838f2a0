"""Each port over the real wire: what it does once, what it does twice, what it refuses."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from drivers.contract.secret import SecretText
from kiosk.gateways.back_office import Task, TaskKind
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.keeper import KeeperRequest
from kiosk.gateways.licence import LicenceState
from kiosk.gateways.rating import Level, Rating
from kiosk.gateways.serials import IssueRequest, ReplaceRequest, SerialState, SuspendReason
from kiosk.licences.sealed import open_sealed, read_roots


def refusal(talk, call) -> GatewayCode:
    with pytest.raises(GatewayFault) as caught:
        talk(call)
    assert not caught.value.unsettled
    return caught.value.code


async def licence_of(platform, consent, sandbox, kind, person):
    grant = (await platform.grant(consent(person)))[0]
    raw = (await platform.fetch(grant.grant)).file.reveal()
    roots = read_roots(sandbox.folder.issuer_roots)
    return await asyncio.to_thread(open_sealed, raw, roots=roots, now=datetime.now(UTC), licence_type=kind)


def order(licence, operation=None, **changes):
    values = {
        "operation": operation or uuid.uuid4().hex,
        "licence": licence.identifier,
        "sha256": licence.sha256,
        "pages": licence.pages,
        "item": "KX-RS-001",
    }
    return IssueRequest(**{**values, **changes})


def test_health(talk):
    found = talk(lambda platform: platform.health())
    assert found.up
    assert abs(found.time - datetime.now(UTC)) < timedelta(seconds=5)
    department = found.department("hrss")
    assert department is not None
    assert department.up
    assert found.department("nobody") is None


def test_a_department_that_is_down_is_told_before_and_refused_after(talk, sandbox, consent):
    sandbox.break_("department_down", count=None)
    department = talk(lambda platform: platform.health()).department("hrss")
    assert not department.up
    assert department.notice
    person = sandbox.people()[0]
    assert refusal(talk, lambda platform: platform.grant(consent(person))) is GatewayCode.DEPARTMENT_CLOSED


def test_maintenance_is_a_state_of_health_and_a_fault_elsewhere(talk, sandbox):
    sandbox.break_("maintenance", count=None)
    assert not talk(lambda platform: platform.health()).up
    assert refusal(talk, lambda platform: platform.lookup("x")) is GatewayCode.MAINTENANCE


def test_a_grant_is_fetched_once(talk, sandbox, consent):
    request = consent(sandbox.people()[0])

    async def visit(platform):
        first = await platform.grant(request)
        assert await platform.grant(request) == first  # the same key: one effect
        file = await platform.fetch(first[0].grant)
        assert file.file.reveal().startswith(b"%PDF")
        return first[0].grant

    used = talk(visit)
    assert refusal(talk, lambda platform: platform.fetch(used)) is GatewayCode.GRANT_USED
    assert refusal(talk, lambda platform: platform.fetch("no such grant")) is GatewayCode.NOT_FOUND


def test_what_a_grant_is_refused_for(talk, sandbox, consent):
    people = sandbox.people()
    without_record = next(each for each in people if each.record is None)
    key = consent(people[0])
    talk(lambda platform: platform.grant(key))
    cases = {
        GatewayCode.NO_RECORD: [consent(without_record), consent(people[0], holder_name=SecretText("另一人"))],
        GatewayCode.REFUSED: [
            consent(people[0], licence_types=("0" * 21,)),
            consent(people[0], holder_type="099"),
            consent(people[0], purpose=""),
        ],
        GatewayCode.CONFLICT: [consent(people[1], key=key.key)],
    }
    for code, requests in cases.items():
        for request in requests:
            assert refusal(talk, lambda platform, request=request: platform.grant(request)) is code


def test_serials_from_issue_to_replacement(talk, sandbox, consent, kind):
    person = sandbox.people()[1]

    async def visit(platform):
        licence = await licence_of(platform, consent, sandbox, kind, person)
        request = order(licence)
        assert await platform.lookup(request.operation) is None
        first = await platform.issue(request)
        assert first.state is SerialState.ACTIVE
        assert first.expires - first.issued == timedelta(days=kind.print.valid_days)
        assert await platform.issue(request) == first
        assert await platform.lookup(request.operation) == first
        suspended = await platform.suspend(first.serial, SuspendReason.DOUBTFUL_PRINT)
        assert (suspended.state, suspended.reason) == (SerialState.SUSPENDED, "doubtful_print")
        assert await platform.suspend(first.serial, SuspendReason.SPOILED) == suspended  # the first reason stays
        assert await platform.issue(request) == suspended  # asked again: how it stands now, nothing new

        again = await licence_of(platform, consent, sandbox, kind, person)
        wish = ReplaceRequest(voids=first.serial, **order_values(again))
        second = await platform.replace(wish)
        assert (second.state, second.replaces) == (SerialState.ACTIVE, first.serial)
        assert await platform.replace(wish) == second
        old = await platform.serial_state(first.serial)
        assert (old.state, old.replaced_by) == (SerialState.REPLACED, second.serial)
        assert (await platform.suspend(first.serial, SuspendReason.KEEPER)).state is SerialState.REPLACED
        public = await platform.public_state(first.serial)
        assert (public.state, public.replaced_by) == (SerialState.REPLACED, second.serial)
        assert await platform.public_state("NOSUCHSERIAL0") is None
        with pytest.raises(GatewayFault) as caught:
            await platform.replace(ReplaceRequest(voids=first.serial, **order_values(again, "another")))
        assert caught.value.code is GatewayCode.CONFLICT
        with pytest.raises(GatewayFault) as caught:
            await platform.issue(order(again, request.operation))
        assert caught.value.code is GatewayCode.CONFLICT

    talk(visit)


def order_values(licence, operation=None):
    request = order(licence, operation)
    return {name: getattr(request, name) for name in request.__struct_fields__}


def test_a_serial_is_not_replaced_for_another_person(talk, sandbox, consent, kind):
    async def visit(platform):
        mine = await licence_of(platform, consent, sandbox, kind, sandbox.people()[0])
        theirs = await licence_of(platform, consent, sandbox, kind, sandbox.people()[1])
        serial = await platform.issue(order(mine))
        await platform.replace(ReplaceRequest(voids=serial.serial, **order_values(theirs)))

    assert refusal(talk, visit) is GatewayCode.WRONG_PERSON


def test_no_serial_for_a_revoked_licence_nor_for_another_file(talk, sandbox, consent, kind):
    person = sandbox.people()[0]

    async def revoked(platform):
        sandbox.break_("revoked")
        licence = await licence_of(platform, consent, sandbox, kind, person)
        assert (await platform.licence_status(licence.identifier)).state is LicenceState.REVOKED
        await platform.issue(order(licence))

    async def another_file(platform):
        licence = await licence_of(platform, consent, sandbox, kind, person)
        await platform.issue(order(licence, sha256=hashlib.sha256(b"another").hexdigest()))

    assert refusal(talk, revoked) is GatewayCode.REFUSED
    assert refusal(talk, another_file) is GatewayCode.REFUSED


def test_the_status_of_a_licence(talk, sandbox, consent, kind):
    async def visit(platform):
        for verb, state in (("suspended", LicenceState.SUSPENDED), (None, LicenceState.ACTIVE)):
            if verb:
                sandbox.break_(verb)
            licence = await licence_of(platform, consent, sandbox, kind, sandbox.people()[0])
            assert (await platform.licence_status(licence.identifier)).state is state
        await platform.licence_status("1.2.3")

    assert refusal(talk, visit) is GatewayCode.NOT_FOUND


def test_tasks_are_put_once_and_closed_with_a_reason(talk):
    task = Task(key=uuid.uuid4().hex, kind=TaskKind.DOUBTFUL_PRINT, at=datetime.now(UTC), evidence={"pages_out": "1"})

    async def visit(platform):
        first = await platform.put_task(task)
        assert await platform.put_task(task) == first
        assert [each.task.key for each in await platform.tasks()].count(task.key) == 1
        with pytest.raises(GatewayFault) as caught:
            await platform.close_task(task.key, "  ", "S01")
        assert caught.value.code is GatewayCode.REFUSED
        closed = await platform.close_task(task.key, "出纸口已核对,作废一张", "S01")
        assert closed.closed is not None
        assert await platform.close_task(task.key, closed.reason, closed.by) == closed
        assert task.key not in [each.task.key for each in await platform.tasks()]
        assert task.key in [each.task.key for each in await platform.tasks(open_only=False)]
        await platform.put_task(Task(key=task.key, kind=TaskKind.CARD_LEFT, at=task.at))

    assert refusal(talk, visit) is GatewayCode.CONFLICT


def test_a_task_with_a_citizen_number_is_refused(talk, sandbox):
    number = sandbox.people()[0].number
    task = Task(key="leak", kind=TaskKind.CARD_LEFT, at=datetime.now(UTC), evidence={"note": f"卡号 {number}"})
    assert refusal(talk, lambda platform: platform.put_task(task)) is GatewayCode.REFUSED


def test_a_visit_is_rated_once(talk):
    rating = Rating(visit=uuid.uuid4().hex, item="KX-RS-001", level=Level.SATISFIED, at=datetime.now(UTC))
    other = Rating(visit=rating.visit, item="KX-RS-001", level=Level.VERY_DISSATISFIED, at=rating.at)

    async def visit(platform):
        assert await platform.rate(rating) == await platform.rate(rating)
        await platform.rate(other)

    assert refusal(talk, visit) is GatewayCode.CONFLICT


def test_a_keeper_confirms_and_is_locked_after_five_wrong_pins(talk, sandbox):
    good, other = sandbox.keepers()

    def request(pin, code=good.code):
        return KeeperRequest(keeper=code, pin=SecretText(pin), visit=uuid.uuid4().hex, item="KX-RS-001")

    async def visit(platform):
        first = await platform.confirm(request(good.pin))
        second = await platform.confirm(request(good.pin))
        assert first.keeper == good.code
        assert first.confirmation != second.confirmation

    talk(visit)
    wrong = "000000" if good.pin != "000000" else "111111"
    codes = [refusal(talk, lambda platform: platform.confirm(request(wrong))) for _ in range(5)]
    assert codes == [GatewayCode.WRONG_PIN] * 4 + [GatewayCode.KEEPER_LOCKED]
    assert refusal(talk, lambda platform: platform.confirm(request(good.pin))) is GatewayCode.KEEPER_LOCKED
    assert refusal(talk, lambda platform: platform.confirm(request("1", "K999"))) is GatewayCode.WRONG_PIN
    assert talk(lambda platform: platform.confirm(request(other.pin, other.code))).keeper == other.code
