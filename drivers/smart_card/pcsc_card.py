"""A powered card: one line of its own, from power-up to reset. It never becomes another card."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from drivers.contract.faults import FaultCode, failing
from drivers.contract.smart_card import CardFamily
from drivers.smart_card import apdu, families
from drivers.smart_card.pcsc_line import PcscLine
from drivers.smart_card.pcsc_settings import PcscSettings
from drivers.smart_card.pcsc_watch import Placement

_MORE = 0x61
_OTHER_LE = 0x6C
_OK = 0x9000
_SHORT_NE = 256  # what a T=0 card may send back to a command that does not say how much it wants
_MOST_PARTS = (
    256  # of 256 bytes each: the longest answer of ISO/IEC 7816-3; a card that promises more for ever is not followed
)


class Answer(NamedTuple):
    """Data and status word; data are personal."""

    data: bytes
    sw: int


class PoweredCard:
    """Raises what its line raises, and apdu.BadAnswer for what is no answer; the caller decides what that means."""

    def __init__(self, settings: PcscSettings, placement: Placement) -> None:
        self._set = settings
        self._line = PcscLine()
        self._t0 = False
        self.placement = placement

    def power(self, reader: str, check: Callable[[], None]) -> tuple[CardFamily, bytes]:
        """Power the card; return its family and its ATR."""
        self._line.establish(self._set.service_seconds, check)
        atr, self._t0 = self._line.power(reader, self._set.power_seconds, check)

        def can_select(aid: bytes) -> bool:
            return self.exchange(apdu.select(aid), check, extended=False).sw == _OK

        return families.identify(atr, self._set.rules(), can_select), atr

    def exchange(self, command: bytes, check: Callable[[], None], *, extended: bool) -> Answer:
        """Send a command, follow `61xx` and `6Cxx`. Raise DeviceFault(UNSUPPORTED) for an extended one that cannot be sent."""
        form = apdu.shape(command)
        if form.extended and not extended:
            raise failing(FaultCode.UNSUPPORTED, "apdu: the reader is not known to take extended APDUs")
        if form.extended and self._t0:
            raise failing(FaultCode.UNSUPPORTED, "apdu: a T=0 card takes no extended APDU")
        if self._t0:
            command = apdu.for_t0(command)
        data, sw = self._once(command, form.ne or (_SHORT_NE if self._t0 else 0), check)
        if sw >> 8 == _OTHER_LE and not form.extended:
            data, sw = self._once(apdu.with_le(command, sw & 0xFF), (sw & 0xFF) or _SHORT_NE, check)
        gathered = bytearray(data)
        for _ in range(_MOST_PARTS):
            if sw >> 8 != _MORE:
                return Answer(bytes(gathered), sw)
            data, sw = self._once(apdu.get_response(command, sw & 0xFF), (sw & 0xFF) or _SHORT_NE, check)
            gathered += data
        raise apdu.BadAnswer("the card promises data without end")

    def let_go(self) -> None:
        """Reset the card and give it back; wait no longer than the service may take."""
        self._line.end(self._set.service_seconds / 2)

    def _once(self, command: bytes, most: int, check: Callable[[], None]) -> tuple[bytes, int]:
        return apdu.split(self._line.transmit(command, self._set.answer_seconds, check), most)
