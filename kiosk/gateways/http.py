"""The adapter: all ports of this package over the interface described in `interface`, for sandbox and real platform alike."""

from __future__ import annotations

from kiosk.gateways import interface as at
from kiosk.gateways.back_office import CloseRequest, ListRequest, Task, TaskList, TaskState
from kiosk.gateways.enrolment import ClaimRequest, Enrolled, Hello, HelloRequest
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.health import Health, HealthRequest
from kiosk.gateways.keeper import Confirmation, KeeperRequest
from kiosk.gateways.licence import (
    FetchRequest,
    Grant,
    GrantRequest,
    Grants,
    LicenceStatus,
    LicenceStatusRequest,
    SealedFile,
)
from kiosk.gateways.rating import Rating, RatingKept
from kiosk.gateways.serials import (
    IssueRequest,
    OperationRequest,
    PublicSerial,
    ReplaceRequest,
    Serial,
    SerialRequest,
    SuspendReason,
    SuspendRequest,
)
from kiosk.gateways.transport import HttpSettings, Transport


class HttpPlatform:
    """Serves the ports Licences, Serials, PublicSerials, BackOffice, Ratings, Keepers, HealthPort and Enrolment.

    Every call raises `GatewayFault` and nothing else. A reply that speaks of something else than was asked is `torn`.
    """

    def __init__(self, settings: HttpSettings) -> None:
        self._transport = Transport(settings)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def health(self) -> Health:
        """See `health.HealthPort`."""
        return await self._transport.call(at.HEALTH, HealthRequest(), Health)

    async def grant(self, request: GrantRequest) -> tuple[Grant, ...]:
        """See `licence.Licences`."""
        grants = (await self._transport.call(at.LICENCE_GRANT, request, Grants)).grants
        _same(at.LICENCE_GRANT, request.licence_types, tuple(each.licence_type for each in grants))
        return grants

    async def fetch(self, grant: str) -> SealedFile:
        """See `licence.Licences`."""
        return await self._transport.call(at.LICENCE_FETCH, FetchRequest(grant=grant), SealedFile)

    async def licence_status(self, identifier: str) -> LicenceStatus:
        """See `licence.Licences`."""
        request = LicenceStatusRequest(identifier=identifier)
        found = await self._transport.call(at.LICENCE_STATUS, request, LicenceStatus)
        _same(at.LICENCE_STATUS, identifier, found.identifier)
        return found

    async def issue(self, request: IssueRequest) -> Serial:
        """See `serials.Serials`."""
        found = await self._transport.call(at.SERIAL_ISSUE, request, Serial)
        _same(at.SERIAL_ISSUE, (request.operation, request.sha256), (found.operation, found.sha256))
        return found

    async def replace(self, request: ReplaceRequest) -> Serial:
        """See `serials.Serials`."""
        found = await self._transport.call(at.SERIAL_REPLACE, request, Serial)
        _same(
            at.SERIAL_REPLACE,
            (request.operation, request.sha256, request.voids),
            (found.operation, found.sha256, found.replaces),
        )
        return found

    async def suspend(self, serial: str, reason: SuspendReason) -> Serial:
        """See `serials.Serials`."""
        found = await self._transport.call(at.SERIAL_SUSPEND, SuspendRequest(serial=serial, reason=reason), Serial)
        _same(at.SERIAL_SUSPEND, serial, found.serial)
        return found

    async def serial_state(self, serial: str) -> Serial:
        """See `serials.Serials`."""
        found = await self._transport.call(at.SERIAL_STATE, SerialRequest(serial=serial), Serial)
        _same(at.SERIAL_STATE, serial, found.serial)
        return found

    async def lookup(self, operation: str) -> Serial | None:
        """See `serials.Serials`."""
        try:
            found = await self._transport.call(at.SERIAL_LOOKUP, OperationRequest(operation=operation), Serial)
        except GatewayFault as fault:
            if fault.code is GatewayCode.NOT_FOUND:
                return None
            raise
        _same(at.SERIAL_LOOKUP, operation, found.operation)
        return found

    async def public_state(self, serial: str) -> PublicSerial | None:
        """See `serials.PublicSerials`."""
        try:
            found = await self._transport.call(at.PUBLIC_SERIAL, SerialRequest(serial=serial), PublicSerial)
        except GatewayFault as fault:
            if fault.code is GatewayCode.NOT_FOUND:
                return None
            raise
        _same(at.PUBLIC_SERIAL, serial, found.serial)
        return found

    async def put_task(self, task: Task) -> TaskState:
        """See `back_office.BackOffice`."""
        found = await self._transport.call(at.TASK_PUT, task, TaskState)
        _same(at.TASK_PUT, task.key, found.task.key)
        return found

    async def close_task(self, key: str, reason: str, by: str) -> TaskState:
        """See `back_office.BackOffice`."""
        return await self._transport.call(at.TASK_CLOSE, CloseRequest(key=key, reason=reason, by=by), TaskState)

    async def tasks(self, *, open_only: bool = True) -> tuple[TaskState, ...]:
        """See `back_office.BackOffice`."""
        return (await self._transport.call(at.TASK_LIST, ListRequest(open_only=open_only), TaskList)).tasks

    async def rate(self, rating: Rating) -> RatingKept:
        """See `rating.Ratings`."""
        return await self._transport.call(at.RATING_PUT, rating, RatingKept)

    async def confirm(self, request: KeeperRequest) -> Confirmation:
        """See `keeper.Keepers`."""
        found = await self._transport.call(at.KEEPER_CONFIRM, request, Confirmation)
        _same(at.KEEPER_CONFIRM, request.keeper, found.keeper)
        return found

    async def hello(self) -> Hello:
        """See `enrolment.Enrolment`."""
        return await self._transport.call(at.ENROL_HELLO, HelloRequest(), Hello)

    async def claim(self, request: ClaimRequest) -> Enrolled:
        """See `enrolment.Enrolment`."""
        return await self._transport.call(at.ENROL_CLAIM, request, Enrolled)


def _same(endpoint: at.Endpoint, asked: object, answered: object) -> None:
    if asked != answered:
        raise GatewayFault(
            GatewayCode.TORN, endpoint.path, "the reply answers another request", unsettled=endpoint.effect
        )
