"""The device that comes: seen, recognised, opened, tested, held against the limits, signed for."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from drivers.client import Link, Snapshot
from drivers.contract.common import Identity
from drivers.contract.faults import DeviceFault, Fault, FaultCode, catalogue, fault
from kiosk.binding import settings_of
from kiosk.maintenance.replacing import proving_screens, screens
from kiosk.maintenance.replacing.address import at_address, may_be_typed
from kiosk.maintenance.replacing.asking import questions, taken_over
from kiosk.maintenance.replacing.binding import write_report
from kiosk.maintenance.replacing.candidates import Candidate, candidates, why_blocked
from kiosk.maintenance.replacing.conformity import Conformity, Mark, Trial
from kiosk.maintenance.replacing.limits import compared, limits_of, patience
from kiosk.maintenance.replacing.proving_screens import Refusal
from kiosk.maintenance.replacing.sight import Sight, Thing, place_for
from kiosk.maintenance.replacing.testing import Stopped, Testing
from kiosk.maintenance.replacing.trying import identity_of, tried
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.signature import Proof
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.screen import Answer
from kiosk.settings.profile import DeviceSettings, PlaceSettings
from kiosk.visit import Backed


class Newcomer(msgspec.Struct, frozen=True):
    """A device that passed and was signed for: how it is bound, the name of its report, and how its signer proved to be that."""

    device: DeviceSettings
    report: str
    proof: Proof


class _Again(Exception):
    """Another driver, or another device: from the beginning."""


async def found_and_signed(shift: Shift, tools: Toolbox, sight: Sight, name: str, before: DeviceSettings) -> Newcomer:
    """Through steps 3 to 6, as often as it takes. Raise Backed when it is given up, DoorShut, VisitEnds."""
    search = _Search(shift, tools, sight, name, before)
    while True:
        try:
            return await search.once()
        except _Again:
            continue


class _Search:
    """One device is looked for. What was plugged in at its beginning is none of them."""

    def __init__(self, shift: Shift, tools: Toolbox, sight: Sight, name: str, before: DeviceSettings) -> None:
        assert tools.conformity is not None
        self.shift, self.tools, self.sight, self.name, self.before = shift, tools, sight, name, before
        self.kit: Conformity = tools.conformity
        self.device_class = before.device_class
        self.at_first = sight.table
        self.typed: Thing | None = None

    async def once(self) -> Newcomer:
        """From plugging in to the signature."""
        thing = await self._plugged()
        chosen = await self._driver(thing)
        device = await self._settings(thing, chosen)
        identity = await self._opened(thing, device)
        while True:
            times = limits_of(self.device_class).times
            await self._ask(proving_screens.ready_screen, self.device_class, _called(thing, identity), identity, times)
            newcomer = await self._tested(thing, device, identity)
            if newcomer is not None:
                return newcomer

    # --- step 3: it is plugged in

    async def _plugged(self) -> Thing:
        if self.typed is not None:
            return self.typed
        screen = partial(screens.plug_screen, self.shift, self.device_class, by_address=may_be_typed(self.device_class))
        while True:
            found = await self.shift.ask_while(screen, self.sight.new(self.at_first, patience().hands))
            if isinstance(found, Answer):
                if found.action == "give_up":
                    raise Backed
                self.typed = await self._address()
                return self.typed
            if len(found) == 1:
                return found[0]
            if found:
                answer = await self._ask(screens.which_screen, found)
                return found[int(answer.action)]
            answer = await self._ask(screens.nothing_came_screen, self.device_class, unplugging=False)
            if answer.action == "give_up":
                raise Backed

    async def _address(self) -> Thing:
        wrong = False
        while True:
            answer = await self._ask(screens.address_screen, wrong=wrong)
            thing = at_address(self.device_class, answer.typed["address"].reveal() if "address" in answer.typed else "")
            if thing is not None:
                return thing
            wrong = True

    # --- step 4: who serves it, with what settings, and does it open

    async def _driver(self, thing: Thing) -> Candidate:
        found = candidates(thing, self.device_class, production=self.tools.profile.production)
        if not found:
            self._act("unknown", numbers=thing.numbers)
            answer = await self._ask(screens.unknown_screen, thing, self.device_class)
        else:
            answer = await self._ask(screens.driver_screen, thing, found)
        match answer.action:
            case "give_up":
                raise Backed
            case "again":
                await self._other_device(thing)
                raise _Again
        return next(each for each in found if each.driver == answer.action)

    async def _other_device(self, thing: Thing) -> None:
        """This one is not meant: what is plugged in now is no newcomer any more, but the next thing is."""
        self.typed = None
        self.at_first = self.sight.table

    async def _settings(self, thing: Thing, chosen: Candidate) -> DeviceSettings:
        try:
            reaching = chosen.reaching()
        except ValueError:
            await self._refused(Refusal.SILENT, "", fault(FaultCode.SETTING_INVALID))
            raise _Again from None
        kept = taken_over(self.before, chosen.driver, reaching)
        values: dict[str, Any] = dict(kept)
        production, bus = self.tools.profile.production, chosen.attached.bus
        for question in questions(chosen.driver, {**reaching, **kept}, production=production, bus=bus):
            answer = await self._ask(screens.setting_screen, question)
            choice = question.choices[int(answer.action)]
            values |= {question.key: choice.value, **choice.along}
        place = None
        if not thing.typed:
            meant = place_for(chosen.attached, self.sight.table)
            place = PlaceSettings(**msgspec.structs.asdict(meant))
        self._act("chosen", driver=chosen.driver, generic=chosen.generic)
        return self.before.model_copy(
            update={
                "driver": chosen.driver,
                "place": place,
                # Where the place finds it, its rule gives the way to it; a typed address is all there is.
                "settings": values if place is not None else {**reaching, **values},
            }
        )

    def _where(self, device: DeviceSettings) -> dict[str, Any]:
        return settings_of(device, self.sight.table)

    async def _opened(self, thing: Thing, device: DeviceSettings) -> Identity:
        """Who it says it is. Raise _Again when it does not open or must not be used and something else shall be tried."""
        while True:
            work = tried(
                self.name,
                self.device_class,
                device.driver,
                partial(self._where, device),
                production=self.tools.profile.production,
                seconds=patience().opens,
            )
            seen = await self.shift.ask_while(partial(screens.opening_screen, self.shift, device.driver), work)
            assert isinstance(seen, Snapshot)
            identity = identity_of(seen)
            if seen.link is not Link.HERE:
                found = seen.fault or fault(FaultCode.DEVICE_GONE)
                self._act("silent", driver=device.driver, fault=found.code.value)
                await self._refused(Refusal.SILENT, catalogue()[found.code].cause, found)
            elif (why := why_blocked(self.device_class, identity)) is not None:
                self._act("blocked", driver=device.driver, firmware=identity.firmware)
                await self._refused(Refusal.BLOCKED, why)
            else:
                return identity

    async def _refused(self, why: Refusal, words: str, fault_: Fault | None = None) -> None:
        """Once more (returns), or something else (raises)."""
        answer = await self._ask(proving_screens.refused_screen, why, words, fault_)
        match answer.action:
            case "other":
                raise _Again
            case "give_up":
                raise Backed

    # --- steps 5 and 6: tested, compared, signed

    async def _tested(self, thing: Thing, device: DeviceSettings, identity: Identity) -> Newcomer | None:
        """None: test it once more."""
        limits = limits_of(self.device_class)
        testing = Testing(self.shift, self.kit, self.sight, thing, self.device_class, limits)
        try:
            trial = await testing.run(device.driver, partial(self._where, device))
        except Stopped:
            self._act("test_stopped", driver=device.driver)
            return None
        except DeviceFault as error:
            await self._refused(Refusal.SILENT, catalogue()[error.fault.code].cause, error.fault)
            return None
        rows = compared(trial, limits)
        passed = all(each.within for each in rows)
        report = self._written(device, identity, trial, rows, passed=passed)
        self._act("tested", driver=device.driver, passed=passed, report=report)
        failed = [(each.title, each.words) for each in trial.findings if each.mark is Mark.FAILED]
        while True:
            answer = await self._ask(proving_screens.result_screen, passed, rows, failed, report)
            match answer.action:
                case "sign" if passed and report:
                    proof = await self._signed(device, _called(thing, identity), report)
                    if proof is not None:
                        return Newcomer(device, report, proof)
                case "again":
                    return None
                case "other":
                    raise _Again
                case _:
                    raise Backed

    def _written(self, device: DeviceSettings, identity: Identity, trial: Trial, rows: Any, *, passed: bool) -> str:
        """The report's name; "" where it cannot be written: then nothing can be signed for either."""
        try:
            return write_report(
                self.tools,
                self.shift.who,
                self.name,
                self.before,
                device,
                identity,
                trial,
                rows,
                passed=passed,
                at=self.tools.now(),
            )
        except OSError as error:
            self._act("not_written", error=type(error).__name__)
            return ""

    async def _signed(self, device: DeviceSettings, called: str, report: str) -> Proof | None:
        """Whoever works here reads what it is, and stands for it with their PIN. 返回 leads to the result again (None).

        Raise DoorShut.
        """
        assert self.tools.signs is not None
        try:
            await self._ask(proving_screens.sign_screen, self.device_class, called, device.driver, report)
            proof = await self.tools.signs(self.shift, proving_screens.signed_for(self.device_class, called))
        except Backed:
            return None
        self._act("signed", report=report, proof=proof.value)
        return proof

    # ---

    async def _ask(self, screen: Any, *given: Any, **named: Any) -> Answer:
        return await self.shift.ask(partial(screen, self.shift, *given, **named))

    def _act(self, what: str, **facts: object) -> None:
        self.shift.act(f"replace.{what}", device=self.name, **facts)


def _called(thing: Thing, identity: Identity) -> str:
    """What it calls itself over its own protocol, or else on the bus."""
    return " ".join(filter(None, (identity.maker, identity.model))) or screens.named(thing)
