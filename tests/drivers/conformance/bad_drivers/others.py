"""Drivers as `kiosk drivers new` writes them, with one defect each. What is not written here is as in the good ones."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec
from good_modules.driver import GoodModules
from good_printer.driver import GoodPrinter
from good_reader.driver import GoodReader

from drivers.contract.common import Done, Presence, Readiness, Supply
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import Status as CardStatus
from drivers.contract.inputs_outputs import Status as WireStatus
from drivers.contract.inputs_outputs import Switch
from drivers.contract.receipt_printer import Cut
from drivers.contract.receipt_printer import Status as PaperStatus


class LiesAboutPresence(GoodReader):
    """Says that it senses a card, and never does."""

    def status(self) -> CardStatus:
        return msgspec.structs.replace(super().status(), card=Presence.ABSENT)


class TakesSilenceForPaper(GoodPrinter):
    """No answer is a good answer."""

    def status(self) -> PaperStatus:
        try:
            return super().status()
        except DeviceFault as error:
            if error.fault.code is not FaultCode.LINK_SILENT:
                raise
            return PaperStatus(readiness=Readiness.READY, paper=Supply.OK)


class BlindToPaper(GoodPrinter):
    """Does not look whether there is any."""

    def status(self) -> PaperStatus:
        super().status()
        return PaperStatus(readiness=Readiness.READY, paper=Supply.OK)

    def perform(self, command: Any, call: Call) -> Any:
        with contextlib.suppress(DeviceFault):
            super().perform(command, call)
        return Done()


class PrintsAgainWhenPaperIsLow(GoodPrinter):
    """Takes the warning for a refusal: the visitor gets two slips."""

    def perform(self, command: Any, call: Call) -> Any:
        again = self.status().paper is Supply.LOW
        result = super().perform(command, call)
        return super().perform(command, call) if again else result


class NeverTellsTheCut(GoodPrinter):
    """Prints, and says nothing of the cut."""

    def perform(self, command: Any, call: Call) -> Any:
        told = call.emit

        def emit(event: object, fds: Sequence[int] = ()) -> None:
            if not isinstance(event, Cut):
                told(event, fds)

        call.emit = emit  # type: ignore[method-assign]
        return super().perform(command, call)


class LeavesTheLockOpen(GoodModules):
    """Switches a lock like a lamp."""

    def perform(self, command: Any, call: Call) -> Any:
        if isinstance(command, Switch):
            self._put(command.output, command.on, call.check)
            return Done()
        return super().perform(command, call)


class ForgetsTheLock(GoodModules):
    """A pulse that is cancelled leaves the lock on, and no status looks."""

    call: Call

    def perform(self, command: Any, call: Call) -> Any:
        self.call = call
        return super().perform(command, call)

    def _release(self, output: Any) -> None:
        if not self.call.canceled:
            super()._release(output)

    def status(self) -> WireStatus:
        locks, self._locks = self._locks, ()
        try:
            return super().status()
        finally:
            self._locks = locks
