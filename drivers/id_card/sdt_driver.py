"""Readers that speak the SDT packet protocol, whatever line carries it: what they are asked, when, and what an answer means.

**Is the card still there?** The protocol has no question for it. After a good read the card does not answer `find` again
until it was lifted (waitingsong/node-idcard-reader, README), so "find fails" tells nothing. What still answers while the
card lies there is a short read of the same card: a reader maker's own sample (c786909486/JingLunReader, `ReaderTask.java`,
Routon) polls the newest address (`30 03`) on standard USB readers, or the chip's number (its SDT_ReadIINSNDN, taken here to
be `30 05`) on others, and calls the card removed when that fails. No real reader was tried yet. So one look is:

    30 03 answers       -> the card that was read lies there        SAME
    else 20 01 answers  -> another placement, not read yet          NEW
    else                -> nothing there; only the third in a row counts, since a look can miss a card that lies badly

Before the first read of a placement nothing is sensed without a command: `status()` then says UNKNOWN, never ABSENT.
"""

from __future__ import annotations

import struct
from abc import abstractmethod
from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar

from drivers.contract.common import DeviceClass, Done, Identity, Presence, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, Domain, FaultCode, failing
from drivers.contract.id_card import (
    Capabilities,
    Card,
    CardKind,
    CardSeen,
    IdCard,
    Status,
    TryAgain,
    WaitCard,
    WaitLift,
)
from drivers.contract.secret import SecretBytes, SecretText, wipe_all
from drivers.id_card import card_text, photo
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_link import Line, Timing
from drivers.id_card.sdt_reader import PROBE_SECONDS, SdtReader, no_check
from drivers.id_card.sdt_settings import SdtSettings

_BASE_HEAD = 4  # the two lengths before the text: 01 00 04 00
_LENGTHS = struct.pack(">HH", card_text.TEXT_SIZE, photo.BLOB_SIZE)


class _Look(Enum):
    SAME = "same"
    NEW = "new"
    NOTHING = "nothing"


class SdtDriver(Driver):
    """One reader on one line, which the subclass opens. A line that was lost is opened again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.ID_CARD_READER

    def __init__(self, settings: SdtSettings) -> None:
        super().__init__(settings)
        self._set = settings
        settings.check()
        self._reader = SdtReader(self._open_line, self._timing(), settings)
        self._decoder: photo.PhotoDecoder = photo.NoDecoder()
        self._known = False
        """A card was selected since it was laid down, so that a look can recognise it."""
        self._misses = 0
        self._address = Supported.UNKNOWN
        self._presence = Supported.NO

    def stand_ins(self) -> tuple[str, ...]:
        """The emulator's photo decoder is a stand-in."""
        return ("photo_decoder=stand_in",) if self._set.photo_decoder == "stand_in" else ()

    @abstractmethod
    def _open_line(self) -> Line:
        """Open the line to the reader. Raise DeviceFault: PORT_ABSENT, PORT_DENIED, SETTING_INVALID."""

    @abstractmethod
    def _timing(self) -> Timing:
        """Say how fast the line is, and how long its pauses are."""

    # --- the driver's duties

    def open(self) -> Capabilities:
        """Ask the SAM for its health and its number, and whether the reader knows the question used to sense the card."""
        self._decoder = self._make_decoder()
        sam_id = self._reader.connect()
        self._known = False
        self._address = self._knows(sdt.NEWEST_ADDRESS)
        if self._set.presence_by == "newest_address":
            self._presence = self._address
        elif self._set.presence_by == "chip_number":
            self._presence = self._knows(sdt.CHIP_NUMBER)
        return Capabilities(
            identity=Identity(serial=sam_id),
            kinds=tuple(CardKind),
            photo=Supported.NO if self._set.photo_decoder == "none" else Supported.YES,
            newest_address=self._address,
            presence=self._presence,
            lift_needed=Supported.YES,
            stand_in_decoder=self._set.photo_decoder == "stand_in",
        )

    def status(self) -> Status:
        """Ask the SAM for its health; where a card was read, ask whether it still lies there."""
        if not self._reconnected():
            self._reader.demand(sdt.SAM_STATUS, no_check, attempts=1, seconds=PROBE_SECONDS)
        return Status(readiness=Readiness.READY, card=self._presence_now())

    def perform(self, command: WaitCard | WaitLift, call: Call) -> Card | Done:
        """Wait for a card and read it, or wait until none lies there."""
        self._reconnected()
        return self._wait_card(command, call) if isinstance(command, WaitCard) else self._wait_lift(call)

    def close(self) -> None:
        """Close the line."""
        self._reader.close()

    def _reconnected(self) -> bool:
        """Open a line again that was lost; the reader starts afresh, and knows of no card. False: there was no need to."""
        if self._reader.connected:
            return False
        self._reader.connect()
        self._known = False
        return True

    # --- waiting

    def _wait_card(self, command: WaitCard, call: Call) -> Card:
        told = False
        while True:
            look = self._look(call.check)
            if look is _Look.NEW:
                try:
                    return Card(self._read(command, call))
                except DeviceFault as error:
                    call.emit(TryAgain(self._mendable(error, call)))
                    told = True
            elif look is _Look.SAME and not told:
                call.emit(TryAgain(FaultCode.CARD_NOT_LIFTED))
                told = True
            elif self._misses >= self._set.gone_misses:
                told = False
            call.sleep(self._set.poll_ms / 1000)

    def _mendable(self, error: DeviceFault, call: Call) -> FaultCode:
        """Return the code to tell the visitor, or raise again what laying the card down once more cannot mend."""
        code = error.fault.code
        if error.fault.domain is not Domain.CARD or code is FaultCode.CARD_TEXT_INVALID:
            raise error
        if code not in (FaultCode.CARD_UNREADABLE, FaultCode.CARD_ABSENT):
            return code
        # The reader says "read failed" of a lifted card, too. A card that still answers in some way lies badly.
        answers = self._reader.ask(sdt.FIND, call.check).status is sdt.Status.FOUND or self._look_for_known(call.check)
        return FaultCode.CARD_UNREADABLE if answers else FaultCode.CARD_LIFTED

    def _wait_lift(self, call: Call) -> Done:
        if self._presence is not Supported.YES:
            raise failing(FaultCode.UNSUPPORTED, "this reader cannot sense whether a card lies on it")
        self._misses = 0
        while True:
            look = self._look(call.check)
            if look is _Look.NEW:
                self._select_unread(call)
            elif look is _Look.NOTHING and self._misses >= self._set.gone_misses:
                return Done()
            call.sleep(self._set.poll_ms / 1000)

    def _select_unread(self, call: Call) -> None:
        """Select a card that nobody read, so that the next look finds it; a card that lies badly is found again anyway."""
        if self._reader.ask(sdt.SELECT, call.check).status is sdt.Status.OK:
            self._known = True

    # --- sensing

    def _look(self, check: Callable[[], None]) -> _Look:
        if self._known and self._look_for_known(check):
            self._misses = 0
            return _Look.SAME
        if self._reader.ask(sdt.FIND, check).status is sdt.Status.FOUND:
            self._known = False
            self._misses = 0
            return _Look.NEW
        self._miss()
        return _Look.NOTHING

    def _look_for_known(self, check: Callable[[], None], *, probing: bool = False) -> bool:
        """Ask the card that was selected last for something short; only a card that never left the field answers."""
        if self._presence is not Supported.YES:
            return False
        probe = sdt.NEWEST_ADDRESS if self._set.presence_by == "newest_address" else sdt.CHIP_NUMBER
        limits: dict[str, Any] = {"attempts": 1, "seconds": PROBE_SECONDS} if probing else {}
        reply = self._reader.ask(probe, check, **limits)
        reply.wipe()  # an address may be in it
        answered = reply.status in probe.answers
        self._known = self._known or answered
        return answered

    def _knows(self, probe: sdt.Command) -> Supported:
        """Whether the reader knows a command that asks the card for something; a card from before a restart may answer."""
        reply = self._reader.ask(probe, no_check, attempts=1)
        reply.wipe()
        self._known = self._known or reply.status in probe.answers
        return Supported.NO if reply.status in (sdt.Status.BAD_COMMAND, sdt.Status.NOT_ALLOWED) else Supported.YES

    def _miss(self) -> None:
        self._misses += 1
        if self._misses >= self._set.gone_misses:
            self._known = False

    def _presence_now(self) -> Presence:
        """What `status()` can say without disturbing a card that is about to be read: a find would use up its answer."""
        if self._presence is not Supported.YES:
            return Presence.NOT_SUPPORTED
        if not self._known:
            return Presence.UNKNOWN
        if self._look_for_known(no_check, probing=True):
            self._misses = 0
        else:
            self._miss()
        return Presence.PRESENT if self._known else Presence.ABSENT

    # --- reading

    def _read(self, command: WaitCard, call: Call) -> IdCard:
        selected = self._reader.demand(sdt.SELECT, call.check)
        call.emit(CardSeen())
        base = self._reader.demand(sdt.READ_BASE, call.check, seconds=self._set.read_seconds)
        self._known = True
        newest: SecretText | None = None
        try:
            newest = self._newest_address(call) if command.newest_address else None
            return self._card(base.data, newest, selected.data)
        except BaseException:
            wipe_all(newest)
            raise
        finally:
            base.wipe()
            selected.wipe()

    def _newest_address(self, call: Call) -> SecretText | None:
        if self._address is Supported.NO:
            return None  # this reader has no such command, and `Capabilities.newest_address` says so
        reply = self._reader.demand(sdt.NEWEST_ADDRESS, call.check)
        try:
            return card_text.newest_address(reply.data)
        finally:
            reply.wipe()

    def _card(self, base: bytearray, newest: SecretText | None, serial: bytearray) -> IdCard:
        if base[:_BASE_HEAD] != _LENGTHS:
            raise failing(FaultCode.LINK_GARBLED, "text and photo have other lengths than 256 and 1024 bytes")
        with memoryview(base) as view:
            text = card_text.parse(view[_BASE_HEAD : _BASE_HEAD + card_text.TEXT_SIZE])
            picture, problem = self._photo(view[_BASE_HEAD + card_text.TEXT_SIZE :])
        return IdCard(
            **text._asdict(),
            newest_address=newest,
            photo=picture,
            photo_problem=problem,
            card_serial=SecretBytes(bytes(serial)),
        )

    def _photo(self, blob: memoryview) -> tuple[SecretBytes | None, str]:
        try:
            return SecretBytes(self._decoder.decode(blob)), ""
        except photo.PhotoUndecodable as error:
            return None, str(error)

    def _make_decoder(self) -> photo.PhotoDecoder:
        match self._set.photo_decoder:
            case "none":
                return photo.NoDecoder()
            case "stand_in":
                return photo.StandInDecoder()
            case "vendor":
                return photo.VendorDecoder(self._set.photo_library, self._set.photo_symbol, self._set.photo_mode)
