"""A real sandbox process for the whole file, and the adapter that speaks to it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from drivers.contract.secret import SecretText
from kiosk.gateways import signing
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.licence import GrantRequest
from kiosk.gateways.transport import HttpSettings
from kiosk.licences.types import LicenceType, licence_types
from kiosk.sandbox import launch
from kiosk.sandbox.launch import Sandbox
from kiosk.sandbox.people import Person

T = TypeVar("T")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    found = launch.start(tmp_path_factory.mktemp("sandbox") / "platform")
    yield found
    found.stop()


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    running.mend()
    yield running
    running.mend()


@pytest.fixture
def settings(sandbox: Sandbox) -> HttpSettings:
    return HttpSettings(
        address=sandbox.address,
        kiosk="DEMO-0001",
        secret=signing.read_secret(sandbox.folder.kiosk_secret),
        repeat_pause_s=0.01,
    )


@pytest.fixture
def talk(settings: HttpSettings) -> Callable[[Callable[[HttpPlatform], Awaitable[Any]]], Any]:
    """Run one coroutine with an adapter."""

    def run(visit: Callable[[HttpPlatform], Awaitable[T]], used: HttpSettings = settings) -> T:
        async def main() -> T:
            platform = HttpPlatform(used)
            try:
                return await visit(platform)
            finally:
                await platform.aclose()

        return asyncio.run(main())

    return run


@pytest.fixture
def kind() -> LicenceType:
    return licence_types()["social_insurance_record"]


@pytest.fixture
def consent(kind: LicenceType) -> Callable[..., GrantRequest]:
    def make(person: Person, **changes: Any) -> GrantRequest:
        values: dict[str, Any] = {
            "key": uuid.uuid4().hex,
            "holder_name": SecretText(person.name),
            "holder_number": SecretText(person.number),
            "licence_types": (kind.code,),
            "item": "KX-RS-001",
            "purpose": "个人参保证明打印",
        }
        return GrantRequest(**{**values, **changes})

    return make
