"""The ASGI application: signature, fault verbs, desk, capture, in this order for each request; beside it the control surface."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.gateways import back_office, body, enrolment, health, keeper, licence, rating, serials, signing
from kiosk.gateways import interface as at
from kiosk.gateways.interface import Endpoint, Envelope, Status
from kiosk.sandbox import enrol_desk, licence_desk, office_desk, serial_desk
from kiosk.sandbox.capture import Capture
from kiosk.sandbox.fault_desk import DEPARTMENT_PATHS, Applied, Rule, Verb
from kiosk.sandbox.folder import SandboxFolder
from kiosk.sandbox.platform import Platform, Refuse, open_platform
from kiosk.sandbox.wire import CutReply

Desk = Callable[[Platform, str, Any, Applied], Awaitable[object]]

REQUEST_LIMIT = 64 * 1024
"""Bytes; the largest request is a grant with a long name."""
HUGE_REPLY = 32 * 1024 * 1024
CONTROL_HEADER = "x-control-token"

DESKS: dict[Endpoint, tuple[type, Desk]] = {
    at.HEALTH: (health.HealthRequest, office_desk.health),
    at.LICENCE_GRANT: (licence.GrantRequest, licence_desk.grant),
    at.LICENCE_FETCH: (licence.FetchRequest, licence_desk.fetch),
    at.LICENCE_STATUS: (licence.LicenceStatusRequest, licence_desk.status),
    at.SERIAL_ISSUE: (serials.IssueRequest, serial_desk.issue),
    at.SERIAL_REPLACE: (serials.ReplaceRequest, serial_desk.replace),
    at.SERIAL_SUSPEND: (serials.SuspendRequest, serial_desk.suspend),
    at.SERIAL_STATE: (serials.SerialRequest, serial_desk.state),
    at.SERIAL_LOOKUP: (serials.OperationRequest, serial_desk.lookup),
    at.PUBLIC_SERIAL: (serials.SerialRequest, serial_desk.public_state),
    at.TASK_PUT: (back_office.Task, office_desk.put_task),
    at.TASK_CLOSE: (back_office.CloseRequest, office_desk.close_task),
    at.TASK_LIST: (back_office.ListRequest, office_desk.list_tasks),
    at.RATING_PUT: (rating.Rating, office_desk.rate),
    at.KEEPER_CONFIRM: (keeper.KeeperRequest, office_desk.confirm),
    at.ENROL_HELLO: (enrolment.HelloRequest, enrol_desk.hello),
    at.ENROL_CLAIM: (enrolment.ClaimRequest, enrol_desk.claim),
}


def make_app(folder: SandboxFolder) -> Starlette:
    """Return the application over a provisioned folder."""
    platform, capture = open_platform(folder), Capture(folder.capture)
    routes = [
        Route("/control/faults", _control(platform, _add_fault), methods=["POST"]),
        Route("/control/clear", _control(platform, _clear), methods=["POST"]),
        Route("/control/codes", _control(platform, _new_code), methods=["POST"]),
        Route("/control/state", _control(platform, _state), methods=["POST"]),
        Route("/{path:path}", _exchange(platform, capture), methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    ]
    return Starlette(routes=routes)


def _exchange(platform: Platform, capture: Capture) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        path = request.url.path
        raw = await _read(request)
        faults = platform.faults.take(path)
        reply = await _answer(platform, request, path, raw, faults)
        sent = b"" if not isinstance(reply, CutReply) else reply.sent
        response = sent if isinstance(reply, CutReply) else bytes(reply.body)
        status = reply.status_code if response or not isinstance(reply, CutReply) else 0
        capture.write(request.method, path, raw, status, response, faults.text)
        return reply

    return serve


async def _answer(platform: Platform, request: Request, path: str, raw: bytes, faults: Applied) -> Response:
    if Verb.SLOW in faults:
        await asyncio.sleep(faults.verbs[Verb.SLOW])
    if Verb.CUT_BEFORE in faults:
        return CutReply(b"", 0)
    if Verb.HTTP500 in faults:
        return Response(b"internal error", 500)
    content = body.encode(await _envelope(platform, request, path, raw, faults))
    if Verb.CUT_AFTER in faults:
        return CutReply(content, 0)
    if Verb.TORN in faults:
        return CutReply(content, len(content) // 2)
    if Verb.GARBLED in faults:
        content = content[: len(content) // 2] + b"\xff\xfe" + content[len(content) // 2 :]
    if Verb.HUGE in faults:
        content = b'{"status":0,"data":"' + b"0" * HUGE_REPLY + b'"}'
    return Response(content, 200, media_type="application/json")


async def _envelope(platform: Platform, request: Request, path: str, raw: bytes, faults: Applied) -> Envelope:
    try:
        endpoint = at.ENDPOINTS.get(path)
        if endpoint is None or request.method != "POST" or request.url.query:
            raise Refuse(Status.NO_SUCH_SERVICE, "no such service; see the interface")
        caller = _caller(platform, endpoint, request, raw)
        if Verb.MAINTENANCE in faults and endpoint is not at.HEALTH:
            raise Refuse(Status.MAINTENANCE, "maintenance")
        if Verb.DEPARTMENT_DOWN in faults and endpoint is not at.HEALTH and path in DEPARTMENT_PATHS:
            raise Refuse(Status.DEPARTMENT_CLOSED, "the department's system is down")
        kind, desk = DESKS[endpoint]
        reply = await desk(platform, caller, _decode(raw, kind), faults)
        return Envelope(Status.OK, "", msgspec.Raw(body.encode(reply)))
    except Refuse as refusal:
        return Envelope(refusal.status, refusal.message)


def _caller(platform: Platform, endpoint: Endpoint, request: Request, raw: bytes) -> str:
    """The kiosk that signed; where nobody signs, the address that asks."""
    if not endpoint.signed:
        return request.client.host if request.client is not None else ""
    kiosk = request.headers.get(signing.KIOSK_HEADER, "")
    secret = platform.kiosks.get(kiosk)
    wrong = "unknown kiosk" if secret is None else signing.fault_in(endpoint.path, raw, request.headers, secret=secret)
    if wrong:
        raise Refuse(Status.AUTH_FAILED, wrong)
    return kiosk


def _decode(raw: bytes, kind: type) -> object:
    try:
        return body.decode(raw, kind)
    except (body.NotThisShape, ValueError):
        raise Refuse(Status.BAD_REQUEST, f"not a {kind.__name__}") from None


async def _read(request: Request) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > REQUEST_LIMIT:
            return b""  # too long for anything that is asked here: answered as an empty request
    return bytes(found)


def _control(
    platform: Platform, action: Callable[[Platform, bytes], object]
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        token = request.headers.get(CONTROL_HEADER, "")
        if not hmac.compare_digest(token.encode(), platform.control_token.encode()):
            return Response("the control token is in the folder, file control-token", 403)
        try:
            answer = action(platform, await _read(request))
        except (msgspec.DecodeError, ValueError) as error:
            return Response(str(error), 422)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    return serve


def _add_fault(platform: Platform, raw: bytes) -> object:
    platform.faults.add(msgspec.json.decode(raw, type=Rule))
    return platform.faults.rules


def _clear(platform: Platform, raw: bytes) -> object:
    platform.faults.clear()
    return platform.faults.rules


def _new_code(platform: Platform, raw: bytes) -> object:
    """Give out a code for a new machine, as an operator's desk would."""
    return {"code": enrol_desk.give_out(platform, msgspec.json.decode(raw, type=enrol_desk.Order))}


def _state(platform: Platform, raw: bytes) -> object:
    """Count what is there; no personal data, for the dock."""
    tables = ("grants", "licences", "serials", "tasks", "ratings", "confirmations")
    counted = {name: platform.database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608
    states = platform.database.execute("SELECT state, count(*) FROM serials GROUP BY state").fetchall()
    return {"counts": counted, "serials": {row[0]: row[1] for row in states}, "faults": platform.faults.rules}
