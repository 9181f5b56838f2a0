"""The driver on libfprint's own virtual reader: enrolment, comparison, cancelling, a reader that comes and goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import Presence, Readiness, Supported
from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.fingerprint import Enroll, Enrolled, StageDone, TryAgain, Verified, Verify
from drivers.contract.secret import SecretBytes
from drivers.emulators.__main__ import create
from drivers.emulators.fingerprint import RETRIES, FprintEmulator
from drivers.fingerprint import fprint_reader
from drivers.fingerprint.fprint import Fprint
from drivers.fingerprint.fprint_template import pack, unpack

Make = Callable[..., Fprint]
READ_BADLY = TryAgain(FaultCode.FINGER_UNREADABLE)


def test_it_says_what_it_is_and_claims_no_more(make_driver: Make) -> None:
    told = make_driver().open()
    assert told.identity.model == "Virtual device for debugging"
    assert (told.stages, told.format) == (5, "KFP1/FP3 virtual_device")
    assert (told.presence, told.card_template) == (Supported.NO, Supported.NO)


def test_a_finger_is_enrolled_and_known_again(driver: Fprint, person: FprintEmulator, heard: Any) -> None:
    person.lay("index", times=6)
    enrolled = driver.perform(Enroll(), heard.call())
    assert isinstance(enrolled, Enrolled)
    assert heard == [StageDone(done, 5) for done in range(1, 6)]
    assert enrolled.format == driver.open().format
    assert driver.perform(Verify(template=enrolled.template), heard.call()) == Verified(True)
    person.lay("thumb")
    assert driver.perform(Verify(template=enrolled.template), heard.call()) == Verified(False)


@pytest.mark.parametrize("how", RETRIES)
def test_a_bad_reading_is_told_and_is_never_a_no(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes, how: str
) -> None:
    person.lay_badly(how, times=2)
    person.lay("index")
    assert driver.perform(Verify(template=index), heard.call()) == Verified(True)
    assert heard == [READ_BADLY, READ_BADLY]


def test_a_bad_reading_costs_no_stage_of_the_enrolment(driver: Fprint, person: FprintEmulator, heard: Any) -> None:
    person.lay("index", times=2)
    person.lay_badly()
    person.lay("index", times=3)
    driver.perform(Enroll(), heard.call())
    assert heard == [StageDone(1, 5), StageDone(2, 5), READ_BADLY, *(StageDone(done, 5) for done in (3, 4, 5))]


def test_another_finger_half_way_is_a_bad_reading(driver: Fprint, person: FprintEmulator, heard: Any) -> None:
    person.lay("index", times=2)
    person.lay("thumb")
    person.lay("index", times=3)
    driver.perform(Enroll(), heard.call())
    assert heard[2] == READ_BADLY
    assert len(heard) == 6


@pytest.mark.parametrize("enrolling", [True, False])
def test_a_cancel_is_heard_soon_and_the_next_command_works(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes, enrolling: bool
) -> None:
    canceled = threading.Event()
    person.lay_badly()
    call = Call(5.0, lambda event, fds: threading.Timer(0.05, canceled.set).start(), canceled=canceled)
    begun = time.monotonic()
    with pytest.raises(CommandCanceled):
        driver.perform(Enroll() if enrolling else Verify(template=index), call)
    assert time.monotonic() - begun < 1.0
    person.lay("index")
    assert driver.perform(Verify(template=index), heard.call()) == Verified(True)


def test_nobody_comes_until_the_deadline(driver: Fprint, heard: Any, index: SecretBytes) -> None:
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Verify(template=index), heard.call(0.3))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert time.monotonic() - begun < 0.8


def test_what_an_event_raises_ends_the_enrolment(driver: Fprint, person: FprintEmulator, heard: Any) -> None:
    """ctypes would only print it: the host would go on enrolling for a core that is gone."""

    def gone(event: object) -> None:
        raise BrokenPipeError

    person.lay("index", times=6)
    with pytest.raises(BrokenPipeError):
        driver.perform(Enroll(), heard.call(on_event=gone))


def test_a_template_of_another_readers_make_is_refused(driver: Fprint, heard: Any, index: SecretBytes) -> None:
    other = unpack(index).replace(b"virtual_device", b"another_device")
    with pytest.raises(DeviceFault, match="not made by virtual_device/0") as caught:
        driver.perform(Verify(template=pack(other)), heard.call())
    assert caught.value.fault.code is FaultCode.TEMPLATE_INVALID


def test_the_librarys_buffer_of_a_template_is_overwritten(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwritten = []
    real = fprint_reader.ctypes.memset
    monkeypatch.setattr(
        fprint_reader.ctypes,
        "memset",
        lambda address, byte, size: overwritten.append(size) or real(address, byte, size),
    )
    person.lay("index", times=6)
    template = driver.perform(Enroll(), heard.call()).template  # type: ignore[union-attr]  # Enroll gives Enrolled
    driver.perform(Verify(template=template), heard.call())
    assert overwritten == [len(template.reveal()) - 36] * 2


def test_an_unplugged_reader_is_noticed_and_opened_again(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes
) -> None:
    assert driver.status().finger is Presence.NOT_SUPPORTED
    person.unplug()
    for code in (FaultCode.DEVICE_GONE, FaultCode.PORT_ABSENT, FaultCode.PORT_ABSENT):
        with pytest.raises(DeviceFault) as caught:
            driver.status()
        assert caught.value.fault.code is code
    person.replug()
    assert driver.status().readiness is Readiness.READY
    person.lay("index")
    assert driver.perform(Verify(template=index), heard.call()) == Verified(True)


@pytest.mark.parametrize("enrolling", [True, False])
def test_a_reader_unplugged_in_the_middle_of_a_command_is_gone(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes, enrolling: bool
) -> None:
    person.fault("die_mid_command", times=1)
    person.lay("index")
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Enroll() if enrolling else Verify(template=index), heard.call())
    assert caught.value.fault.code is FaultCode.DEVICE_GONE
    person.replug()
    assert driver.status().readiness is Readiness.READY


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(0, FaultCode.READER_FAILED), (1, FaultCode.UNSUPPORTED), (4, FaultCode.DEVICE_BUSY), (5, FaultCode.LINK_GARBLED),
     (6, FaultCode.TEMPLATE_INVALID), (7, FaultCode.TEMPLATE_INVALID), (2, FaultCode.READER_FAILED)],
)  # fmt: skip
def test_errors_of_the_reader_are_faults(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes, code: int, meaning: FaultCode
) -> None:
    person.fault("error", code=code, times=1)
    person.lay("index")
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Verify(template=index), heard.call())
    assert caught.value.fault.code is meaning
    person.lay("index")
    assert driver.perform(Verify(template=index), heard.call()) == Verified(True)


@pytest.mark.parametrize(
    ("kind", "arguments", "result"),
    [("slow", {"seconds": 0.2}, Verified(True)), ("drop", {"every": 2}, Verified(True)),
     ("unreadable", {"times": 2}, Verified(True)),
     ("silent", {}, None)],
)  # fmt: skip
def test_faults_of_the_reader(
    driver: Fprint,
    person: FprintEmulator,
    heard: Any,
    index: SecretBytes,
    kind: str,
    arguments: dict[str, Any],
    result: Any,
) -> None:
    person.fault(kind, **arguments)
    person.lay("index", times=6)
    if result is not None:
        assert driver.perform(Verify(template=index), heard.call()) == result
        return
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Verify(template=index), heard.call(0.3))
    assert caught.value.fault.code is FaultCode.DEADLINE
    person.clear_faults()
    person.lay("index")
    assert driver.perform(Verify(template=index), heard.call()) == Verified(True)


def test_every_fault_verb_is_tried_here() -> None:
    assert set(FprintEmulator.FAULTS) == {"silent", "drop", "slow", "unreadable", "error", "die_mid_command"}


def test_a_real_reader_that_is_not_there_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with an environment that offers the virtual reader, which would let anybody in who reaches its socket."""
    monkeypatch.setenv("FP_VIRTUAL_DEVICE", str(tmp_path / "socket"))
    driver = registry.make("fprint", {"driver": "uru4000"}, production=True)
    with pytest.raises(DeviceFault, match="no reader uru4000/any") as caught:
        driver.open()
    assert caught.value.fault.code is FaultCode.PORT_ABSENT
    assert "virtual" not in caught.value.fault.detail
    driver.close()


def test_a_finger_is_held_ready_until_it_is_wanted_or_taken_away(
    driver: Fprint, person: FprintEmulator, heard: Any, index: SecretBytes
) -> None:
    assert person.present()
    driver.status()
    assert person.state()["waiting"] == 1
    assert driver.perform(Verify(template=index), heard.call()) == Verified(True)
    assert not person.withdraw()
    person.lay()
    assert person.withdraw()
    with pytest.raises(DeviceFault):
        driver.perform(Verify(template=index), heard.call(0.2))


def test_production_refuses_the_virtual_reader(tmp_path: Path) -> None:
    with pytest.raises(DeviceFault, match="virtual_socket") as caught:
        registry.make("fprint", {"virtual_socket": str(tmp_path / "socket")}, production=True)
    assert caught.value.fault.code is FaultCode.EMULATOR_REFUSED


def test_the_desk_reader_is_claimed_and_the_emulator_is_found_by_its_id() -> None:
    reader = Attached(
        bus=Bus.USB, path="1-2", node="/dev/bus/usb/001/004", vendor="05ba", product="000a", kind="device"
    )
    claim = next(each for each in registry.claims(reader) if each.driver == "fprint")
    assert claim.rule.settings_for(reader) == {"driver": "uru4000", "found_at": "/dev/bus/usb/001/004"}
    emulator = create("fprint")
    try:
        assert list(emulator.start()) == ["virtual_socket"]
        with pytest.raises(LookupError):
            emulator.do("fault", kind="sings")
        with pytest.raises(TypeError):
            emulator.do("fault", kind="slow", colour=1)
        for name, arguments in (
            ("lay", {"finger": "a b"}),
            ("lay_badly", {"how": "?"}),
            ("fault", {"kind": "unreadable", "retry": "?"}),
        ):
            with pytest.raises(ValueError, match=r"letters|one of"):
                emulator.do(name, **arguments)
    finally:
        emulator.stop()
