"""Readers of smart cards that PC/SC serves: contact and contactless, whatever brand has a driver in pcscd.

Two connections to the service: one watches the reader (is it there, is a card in it) and never waits for a card; the other
is made when a card is powered and ends with it. So a silent card holds up nothing but its own command, and a command never
reaches another card than the one that `WaitCard` told of: the service refuses a handle whose card was taken out, and counts
the placements besides.

The social-security card (LD/T 32 and its forerunner): the application `sx1.sh.社会保障` in GBK holds EF05 (issuer: 01 card
identifier, 02 class, 03 version, 04 issuer, 05 issued, 06 valid to, 07 card number) and EF06 (holder: 08 number, 09 name, 0A
sex, 0B nation, 0C place of birth, 0D birth) as records of tag, length, value; READ RECORD asks by tag (P1 = tag, P2 = 00) or by
place (P2 = 04). Early cards give both files to anybody (csdn zz_bubble 106245384); later ones ask for a PSAM first, which is
the issuer's secret and no part of this driver. `Transmit` carries whatever a journey knows to ask.
"""

from __future__ import annotations

import time
from typing import ClassVar

from drivers.contract.common import DeviceClass, Done, Identity, Presence, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, Domain, FaultCode, failing
from drivers.contract.secret import SecretBytes
from drivers.contract.smart_card import (
    Capabilities,
    CardIn,
    CardSeen,
    Command,
    Release,
    Response,
    Select,
    Status,
    Transmit,
    TryAgain,
    WaitCard,
    WaitRemoval,
)
from drivers.smart_card import apdu, families
from drivers.smart_card.pcsc_card import PoweredCard
from drivers.smart_card.pcsc_codes import SERVICE_LOST, PcscError, as_fault
from drivers.smart_card.pcsc_line import Stuck, use_socket
from drivers.smart_card.pcsc_settings import PcscSettings
from drivers.smart_card.pcsc_watch import Look, PcscWatch, Placement

_SLICE = 0.2  # seconds: the longest wait for a change of the reader between two looks at cancel and deadline
_APPLICATION_ABSENT = 0x6A82  # ISO/IEC 7816-4 clause 5.6: file or application not found


def _no_check() -> None:
    """Nobody can cancel `open` and `status`; their waits have limits of their own."""


class PcscReader(Driver):
    """One reader. A service that was restarted, a reader that came back: the next probe or command connects again."""

    device_class: ClassVar[DeviceClass] = DeviceClass.SMART_CARD_READER
    Settings = PcscSettings

    def __init__(self, settings: PcscSettings) -> None:
        super().__init__(settings)
        settings.check()
        self._set = settings
        self._watch = PcscWatch(settings)
        self._card: PoweredCard | None = None
        self._extended = settings.extended_apdu == "yes"

    # --- the driver's duties

    def open(self) -> Capabilities:
        """Find the service and the reader, ask the reader about itself."""
        use_socket(self._set.socket)
        self._watch.look(_no_check)
        says = self._watch.describe(_no_check)
        extended = {"yes": True, "no": False, "ask": says.extended}[self._set.extended_apdu]
        self._extended = extended is True
        return Capabilities(
            identity=Identity(maker=says.maker, model=says.model or self._watch.reader, serial=says.serial),
            families=families.known(self._set.rules()),
            presence=Supported.YES,
            extended_apdu=Supported.UNKNOWN if extended is None else Supported.YES if extended else Supported.NO,
        )

    def status(self) -> Status:
        """Ask the service about the reader; the card is not disturbed."""
        try:
            now = self._watch.look(_no_check)
        except DeviceFault:
            self._let_go()
            raise
        if self._card is not None and self._card.placement != now.placement:
            self._let_go()
        card = Presence.PRESENT if now.card else Presence.ABSENT
        return Status(readiness=Readiness.READY, card=card, powered=self._card is not None)

    def perform(self, command: Command, call: Call) -> CardIn | Response | Done:
        """Do one command. Raise DeviceFault(INTERNAL) for one that no card can be asked: a defect of the caller."""
        try:
            match command:
                case WaitCard():
                    return self._wait_card(call)
                case WaitRemoval():
                    return self._wait_removal(call)
                case Select(aid=aid):
                    return self._select(aid, call)
                case Transmit(apdu=secret):
                    return self._exchange(secret.reveal(), call)
                case Release():
                    self._let_go()
                    return Done()
        except apdu.BadCommand as error:
            raise failing(FaultCode.INTERNAL, str(error)) from None

    def close(self) -> None:
        """Reset a card that is still powered, let go of the service."""
        self._let_go()
        self._watch.close()

    # --- waiting

    def _wait_card(self, call: Call) -> CardIn:
        self._let_go()  # whoever asks for a card gets it fresh from a reset
        refused: Placement | None = None
        now = self._watch.look(call.check)
        while True:
            call.check()
            if now.card and now.placement != refused:
                refused = now.placement
                try:
                    return self._power(now, call)
                except DeviceFault as error:
                    call.emit(TryAgain(_mendable(error)))
            now = self._watch.look(call.check, now, _SLICE)

    def _wait_removal(self, call: Call) -> Done:
        now = self._watch.look(call.check)
        while now.card:
            call.check()
            now = self._watch.look(call.check, now, _SLICE)
        self._let_go()
        return Done()

    def _power(self, now: Look, call: Call) -> CardIn:
        if now.mute:
            raise failing(FaultCode.CHIP_UNREADABLE, "the card gives no answer to reset")
        call.emit(CardSeen())
        self._card = PoweredCard(self._set, now.placement)
        try:
            family, atr = self._card.power(self._watch.reader, call.check)
            if self._watch.look(call.check).placement != now.placement:
                raise failing(FaultCode.CHIP_PULLED, "another card came while this one was powered")
        except (PcscError, Stuck, apdu.BadAnswer) as error:
            reason = self._why(error, call)
            self._let_go()
            raise reason from None
        except BaseException:
            self._let_go()
            raise
        return CardIn(family=family, atr=SecretBytes(atr))

    # --- the powered card

    def _select(self, aid: bytes, call: Call) -> Response:
        answer = self._exchange(apdu.select(aid), call)
        if answer.sw == _APPLICATION_ABSENT:
            raise failing(FaultCode.APPLICATION_ABSENT, f"the card has no application {aid.hex().upper()}")
        return answer

    def _exchange(self, command: bytes, call: Call) -> Response:
        apdu.shape(command)  # a wrong one is refused before anything is asked of the card
        if self._card is None:
            raise failing(FaultCode.CHIP_ABSENT, "no card is powered; WaitCard comes first")
        try:
            answer = self._card.exchange(command, call.check, extended=self._extended)
        except (PcscError, Stuck, apdu.BadAnswer) as error:
            raise self._why(error, call) from None
        except DeviceFault as error:
            if error.fault.code is not FaultCode.UNSUPPORTED:
                self._let_go()  # the deadline struck in the middle of an answer
            raise
        except BaseException:
            self._let_go()  # cancelled in the middle of an answer
            raise
        return Response(sw=answer.sw, data=SecretBytes(answer.data))

    def _why(self, error: Exception, call: Call) -> DeviceFault:
        """Say what a failed exchange means. Whoever pulls a card leaves the daemon with a torn answer, or with none."""
        assert self._card is not None
        placement = self._card.placement
        if isinstance(error, apdu.BadAnswer) and not isinstance(error, apdu.NoAnswer):
            return failing(FaultCode.LINK_GARBLED, str(error))  # the card is there, and powered still
        self._let_go()
        if isinstance(error, PcscError) and error.code in SERVICE_LOST:
            return as_fault(error)
        try:
            gone = self._leaves(placement, call)
        except DeviceFault as fault:
            return fault
        if gone:
            return failing(FaultCode.CHIP_PULLED, "the card was taken out while it was asked")
        if isinstance(error, Stuck):
            return failing(FaultCode.LINK_SILENT, f"no answer from the card in {self._set.answer_seconds:g} s")
        return as_fault(error) if isinstance(error, PcscError) else failing(FaultCode.LINK_GARBLED, str(error))

    def _leaves(self, placement: Placement, call: Call) -> bool:
        """Whether the card goes, or is gone, by the time that the service needs to notice it."""
        until = time.monotonic() + self._set.settle_seconds
        now = self._watch.look(call.check)
        while now.card and now.placement == placement and time.monotonic() < until:
            call.check()
            now = self._watch.look(call.check, now, _SLICE)
        return not now.card or now.placement != placement

    def _let_go(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.let_go()


def _mendable(error: DeviceFault) -> FaultCode:
    """Return the code to tell the visitor, or raise again what putting the card in once more cannot mend."""
    if error.fault.code in (FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT):
        return FaultCode.CHIP_UNREADABLE
    if error.fault.domain is not Domain.CARD:
        raise error
    return error.fault.code
