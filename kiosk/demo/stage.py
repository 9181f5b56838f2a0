"""The stage: sandbox platform, emulated devices, a site file, and the bench that the dock page and the visitor touch."""

from __future__ import annotations

import asyncio
import base64
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from drivers.buses.messages import Sources
from drivers.emulators.camera_portraits import id_photo
from drivers.emulators.id_card_photo import stand_in_photo
from kiosk.demo.emulators import Emulators
from kiosk.demo.roster import demo_profile
from kiosk.demo.sockets import Sockets, plug_of
from kiosk.demo.staff import BenchStaff, DemoStaff
from kiosk.demo.staff import provision as provision_staff
from kiosk.sandbox.fault_desk import Verb
from kiosk.sandbox.launch import Sandbox
from kiosk.sandbox.launch import start as start_sandbox
from kiosk.sandbox.people import Person
from kiosk.settings.profile import Profile

CARD_READER = "card_reader"
"""The smart card reader, where one has joined (`roster.EXTRAS`)."""


class CannotSet(RuntimeError):
    """An emulated device cannot be started; says in Chinese which, why, and what to do."""


@dataclass
class Stage:
    """Everything around the kiosk. `site_file` and `overrides` are what a kiosk needs to stand on it."""

    folder: Path
    site_file: Path
    overrides: dict[str, Any]
    emulators: Emulators
    bench: StageBench
    staff: DemoStaff
    sources: Sources | None = None
    """Where the kiosk's buses look, on a stage with sockets; None: on the machine itself."""
    spares: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The settings that reach each spare, for one whose address is typed."""


@asynccontextmanager
async def set_stage(
    folder: Path,
    *,
    seed: int,
    options: dict[str, dict[str, Any]] | None = None,
    capture: bool = True,
    profile: Profile | None = None,
    spares: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """Set the stage in an empty folder; strike it at the end. Raise CannotSet.

    `profile` says which devices stand there (see `roster.demo_profile`), each at its driver's emulator. `options` are constructor
    options of emulators by device name. With `spares` (drivers by name) the machine has sockets: devices that come by a cable are
    found on its bus, and the spares lie beside it, not plugged in, for whoever replaces one.
    """
    cast = (profile or demo_profile()).devices
    async with AsyncExitStack() as stack:
        # Started from this thread, not a worker: the kernel ends it with the thread that started it.
        sandbox = start_sandbox(folder / "platform", seed=seed, kiosk=f"DEMO-{seed % 10_000:04d}")
        emulators = Emulators()
        await emulators.start()
        stack.push_async_callback(emulators.stop)
        overrides: dict[str, Any] = {}
        beside: dict[str, dict[str, Any]] = {}
        sockets = None if spares is None else Sockets(folder / "machine")
        for name, driver in {**{name: device.driver for name, device in cast.items()}, **(spares or {})}.items():
            kept = folder / "wire" / name if capture else None
            try:
                settings = await emulators.create(name, driver, kept, **(options or {}).get(name, {}))
            except ValueError as error:
                raise CannotSet(f"{name}：模拟设备起不来（{error}）→ 按括号里说的装上或改正，或不带这台设备") from None
            reached = _reached(sockets, driver, settings)
            if name in cast:
                overrides[f"devices.{name}.place"] = place = reached.pop("place", None)
                written = cast[name].settings
                plug = plug_of(driver, settings)
                if place is not None and plug is not None:
                    written = {key: value for key, value in written.items() if key != plug.setting}
                overrides[f"devices.{name}.settings"] = {**written, **reached}
            else:
                beside[name] = settings
                await emulators.do(name, "unplug")
        site_file = folder / "site.toml"
        staff = provision_staff(folder.resolve() / "staff")
        site_file.write_text(_site_text(sandbox, staff), "utf-8")
        bench = StageBench(emulators, sandbox, (*cast, *(spares or {})), staff)
        stack.callback(bench.stop_platform)
        sources = None if sockets is None else sockets.sources
        yield Stage(folder, site_file, overrides, emulators, bench, staff, sources, beside)


def _reached(sockets: Sockets | None, driver: str, settings: dict[str, Any]) -> dict[str, Any]:
    """How the profile reaches an emulator: by its address, or by its socket where it comes by a cable."""
    plug = plug_of(driver, settings)
    if sockets is None or plug is None:
        return dict(settings)
    place = sockets.add(plug, Path(settings[plug.setting]))
    return {"place": place, **{key: value for key, value in settings.items() if key != plug.setting}}


def _site_text(sandbox: Sandbox, staff: DemoStaff) -> str:
    given = sandbox.folder
    text = files("kiosk.demo").joinpath("site.toml").read_text("utf-8")
    values = {
        "kiosk_id": given.kiosk_id.read_text().strip(),
        "platform_url": sandbox.address,
        "secret_file": given.kiosk_secret,
        "issuer_roots": given.issuer_roots,
        "kiosk_key": given.kiosk_key,
        "kiosk_certificate": given.kiosk_certificate,
        "operator_roots": given.operator_roots,
        "roster": staff.roster,
        "time_codes": staff.time_codes,
    }
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", str(value))
    return text


class StageBench:
    """The bench of the demo: emulators by name, "visitor" for what a person does, "platform" for the sandbox."""

    def __init__(self, emulators: Emulators, sandbox: Sandbox, devices: tuple[str, ...], staff: DemoStaff) -> None:
        self.sandbox = sandbox
        self._staff = staff
        self._devices = devices
        self._emulators = emulators
        self._people = {person.id: person for person in sandbox.people()}
        self._platform_up = True

    async def people(self) -> list[dict[str, Any]]:
        """See `kiosk.dock.bench.Bench`."""
        visitors = [{"id": each.id, "name": each.name, "portrait": each.portrait} for each in self._people.values()]
        return visitors + [{"id": each.id, "name": each.told, "portrait": ""} for each in self._staff.people]

    async def state(self) -> dict[str, Any]:
        """See `kiosk.dock.bench.Bench`."""
        states = {name: await self._emulators.state(name) for name in self._devices}
        return {**states, "platform": await self._platform()}

    async def device_state(self, device: str) -> dict[str, Any]:
        """Return the state of one emulated device, or of the "platform". Raise LookupError."""
        if device == "platform":
            return await self._platform()
        if device not in self._devices:
            raise LookupError(f"the bench has no {device}; there are {', '.join((*self._devices, 'platform'))}")
        return await self._emulators.state(device)

    async def describe(self) -> dict[str, dict[str, Any]]:
        """See `kiosk.dock.bench.Bench`."""
        return {name: await self._emulators.describe(name) for name in self._devices}

    async def _platform(self) -> dict[str, Any]:
        known = await asyncio.to_thread(self.sandbox.state) if self._platform_up else {}
        return {"up": self._platform_up, **known}

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        """See `kiosk.dock.bench.Bench`."""
        if device in self._devices:
            return await self._emulators.do(device, verb, **arguments)
        match device, verb:
            case "visitor", "place":
                return await self.place(**arguments)
            case "visitor", "lift":
                return await self._emulators.do("id_reader", "lift")
            case "visitor", "face":
                return await self._emulators.do("camera", "show", who=arguments["who"])
            case "visitor", "take_paper":
                return await self._emulators.do("a4_printer", "take_paper")
            case "platform", "fault":
                kind = Verb(arguments.pop("verb"))
                return await asyncio.to_thread(lambda: self.sandbox.break_(kind, **arguments))
            case "platform", "code":
                return await asyncio.to_thread(lambda: self.sandbox.new_code(**arguments))
            case "platform", "clear":
                return await asyncio.to_thread(self.sandbox.mend)
            case "platform", "stop":
                return self.stop_platform()
            case "platform", "start":
                return self.start_platform()
        raise LookupError(f"the bench has no {device}/{verb}")

    def stop_platform(self) -> None:
        """Take the platform away; calling it again does nothing."""
        self._platform_up = False
        self.sandbox.stop()

    def start_platform(self) -> None:
        """Bring the platform back at the same address, with everything that it knew."""
        if not self._platform_up:
            port = int(self.sandbox.address.rpartition(":")[2])
            self.sandbox = start_sandbox(self.sandbox.folder.root, port=port)
            self._platform_up = True

    async def place(self, person: str) -> None:
        """Lay a person's card on the reader, or a member of staff's on the reader that takes it. Raise LookupError for an unknown
        id, and for a card that there is no reader for."""
        staff = next((each for each in self._staff.people if each.id == person), None)
        if staff is not None:
            await self._place_staff(staff)
        elif person in self._people:
            await self._emulators.do("id_reader", "place", card=card_of(self._people[person]))
        else:
            raise LookupError(f"no person {person!r}; there are {', '.join(self._people)}")

    async def _place_staff(self, staff: BenchStaff) -> None:
        if staff.card == "id_card":
            await self._emulators.do("id_reader", "place", card=card_of(self._staff.keeper_card))
        elif staff.card == "piv" and CARD_READER in self._devices:
            await self._emulators.do(CARD_READER, "place", card={"kind": "piv", "name": staff.code})
        else:
            raise LookupError(f"{staff.told}：没有卡，或没有读这种卡的设备（kiosk demo --with smart_card_reader）")


def card_of(person: Person) -> dict[str, str]:
    """Return the card that the reader emulator takes; its photo is the stand-in made from the person's portrait."""
    card = {
        "kind": person.kind,
        "name": person.name,
        "sex": person.sex,
        "nation": _nation_code(person.nation),
        "birth": person.birth,
        "address": person.address,
        "number": person.number,
        "issuer": person.issuer,
        "valid_from": person.valid_from,
        "valid_to": person.valid_to or "长期",
    }
    if person.pass_number:
        card["pass_number"] = person.pass_number
    if person.portrait:
        card["photo_base64"] = base64.b64encode(stand_in_photo(id_photo(person.portrait))).decode()
    return card


def _nation_code(name: str) -> str:
    codes = tomllib.loads(files("drivers.id_card").joinpath("nations.toml").read_text("utf-8"))
    return next((code for code, each in codes.items() if each == name), "01")
