"""A reader on a pseudo-terminal, and the driver at the near end of it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw

from drivers import registry
from drivers.contract.driver import Call
from drivers.emulators.id_card_reader import SdtEmulator, stand_in_photo
from drivers.id_card.sdt_serial import SdtSerial

QUICK = {"poll_ms": 200, "gone_misses": 2, "answer_seconds": 0.25, "read_seconds": 0.4, "gap_seconds": 0.05}
"""Limits that keep the tests short; the emulated radio takes 20 ms instead of 950."""


def _with_check_digit(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first_17 + "10X98765432"[sum(int(a) * b for a, b in zip(first_17, weights, strict=True)) % 11]


def _portrait() -> str:
    image = Image.new("RGB", (102, 126), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((25, 20, 77, 90), fill=(224, 180, 150))
    draw.rectangle((15, 95, 87, 126), fill=(40, 60, 120))
    return base64.b64encode(stand_in_photo(image)).decode()


CARDS: dict[str, dict[str, str]] = {
    "citizen": {
        "kind": "citizen", "name": "吉𠮷䶮", "sex": "女", "nation": "16", "birth": "1990-03-07",
        "address": "虚构省试验市样例区甲乙街道1号楼2单元303室", "number": _with_check_digit("99999919900307124"),
        "issuer": "试验市公安局样例分局", "valid_from": "2020-01-01", "valid_to": "",
    },
    "hmt_permit": {
        "kind": "hmt_permit", "name": "林试验", "sex": "男", "birth": "1985-12-31", "address": "虚构省试验市样例区丙街9号",
        "number": _with_check_digit("81000019851231005"), "issuer": "试验市公安局", "valid_from": "2021-05-06",
        "valid_to": "2026-05-06", "pass_number": "H00000000", "issue_count": "01",
    },
    "foreigner_2017": {
        "kind": "foreigner_2017", "name": "SAMPLE, PERSON TESTING", "chinese_name": "桑普尔", "sex": "男",
        "birth": "1979-02-28", "number": "XXA999999790228", "nationality": "XXA", "issuer": "1500", "version": "01",
        "valid_from": "2018-01-02", "valid_to": "2028-01-02",
    },
    "foreigner_2023": {
        "kind": "foreigner_2023", "name": "SAMPLE, WITH A NAME THAT IS LONGER THAN 35 CH", "sex": "女",
        "birth": "1998-01-01", "number": _with_check_digit("93158619980101002"), "nationality": "XXB",
        "valid_from": "2024-01-01", "valid_to": "2034-01-01", "old_permit": "15A", "renewals": "00",
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def portrait() -> str:
    """A drawn face in the stand-in format, Base64."""
    return _portrait()


@pytest.fixture
def quick() -> dict[str, Any]:
    """Settings with short limits."""
    return dict(QUICK)


@pytest.fixture
def cards() -> dict[str, dict[str, str]]:
    """One invented person for each layout."""
    return {kind: dict(card) for kind, card in CARDS.items()}


@pytest.fixture
def citizen(cards: dict[str, dict[str, str]]) -> dict[str, str]:
    return cards["citizen"]


@pytest.fixture
def reader() -> Iterator[SdtEmulator]:
    emulator = SdtEmulator(radio_seconds=0.02)
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def make_driver(reader: SdtEmulator) -> Iterator[Callable[..., SdtSerial]]:
    """Make an opened driver at the near end; keyword arguments are settings."""
    made: list[SdtSerial] = []

    def make(**settings: Any) -> SdtSerial:
        driver = registry.make("sdt_serial", {"port": _port(reader), **QUICK, **settings}, production=False)
        assert isinstance(driver, SdtSerial)
        made.append(driver)
        driver.open()
        return driver

    yield make
    for driver in made:
        driver.close()


def _port(reader: SdtEmulator) -> str:
    return str(reader._wire.port)


@pytest.fixture
def driver(make_driver: Callable[..., SdtSerial]) -> SdtSerial:
    return make_driver()


class Heard(list[Any]):
    """The events of a command, and the call that collects them."""

    def call(self, seconds: float = 5.0, on_event: Callable[[Any], None] | None = None) -> Call:
        def emit(event: object, fds: object) -> None:
            self.append(event)
            if on_event is not None:
                on_event(event)

        return Call(seconds, emit)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """Call something after so many seconds."""
    timers: list[threading.Timer] = []

    def start(seconds: float, function: Callable[..., Any], *arguments: Any) -> None:
        timers.append(threading.Timer(seconds, function, arguments))
        timers[-1].start()

    yield start
    for timer in timers:
        timer.cancel()
        timer.join()
