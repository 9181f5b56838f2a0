"""Evidence of a kiosk that behaves, from the real far ends: sandbox, reader, camera and printers, each asked over its wire.

No kiosk runs here: a few lines play one, because a checker has to be tested with the order of things under control.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2

from drivers import registry
from drivers.contract.a4_printer import Print, Printed
from drivers.contract.driver import Call, Driver
from drivers.contract.id_card import WaitCard
from drivers.contract.receipt_printer import PrintSlip
from drivers.contract.secret import SecretText, counts, wipe_all
from drivers.emulators.a4_printer import IppEmulator
from drivers.emulators.camera import NOBODY, CameraEmulator
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.emulators.receipt_printer import EscposEmulator
from drivers.link import memfd
from kiosk.catalogue.item import items
from kiosk.demo.stage import card_of
from kiosk.documents import overlay, slip
from kiosk.documents.code import Kind, write
from kiosk.documents.issued import IssuedDocument, accept
from kiosk.documents.signer import KeyFile
from kiosk.gateways import signing
from kiosk.gateways.back_office import Task, TaskKind
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.keeper import KeeperRequest
from kiosk.gateways.licence import GrantRequest, SealedFile
from kiosk.gateways.serials import IssueRequest, Serial, SuspendReason
from kiosk.gateways.transport import HttpSettings
from kiosk.licences.types import licence_types
from kiosk.sandbox import launch
from kiosk.sandbox.fault_desk import Verb
from kiosk.sandbox.people import Person

KIND = licence_types()["social_insurance_record"]
ITEM = items()["KX-RS-001"]
PLACE = "示例区24小时政务超市"


@dataclass
class Stage:
    """The far ends, and the near ends that reach them."""

    folder: Path
    sandbox: launch.Sandbox
    platform: HttpPlatform
    signer: KeyFile
    reader: SdtEmulator
    camera: CameraEmulator
    a4: IppEmulator
    receipts: EscposEmulator
    drivers: dict[str, Driver]

    @property
    def kiosk(self) -> str:
        return self.sandbox.folder.kiosk_id.read_text("ascii")

    def person(self, key: str) -> Person:
        return next(each for each in self.sandbox.people() if each.id == key)

    # --- what the visitor does

    def read_card(self, person: Person) -> Any:
        """Lay the card down and read it; return the card as the driver gives it."""
        self.reader.place(card_of(person))
        return self.drivers["reader"].perform(WaitCard(newest_address=False), _call()).card

    def face(self, who: str) -> None:
        self.camera.show(who)
        time.sleep(0.02)

    # --- what the kiosk does

    async def fetch(self, card: Any) -> tuple[SealedFile, str]:
        """Grant and fetch; return the file and its licence's identifier, as sealed in it."""
        wanted = GrantRequest(
            key=secrets.token_hex(8),
            holder_name=card.name,
            holder_number=card.number,
            licence_types=(KIND.code,),
            item=ITEM.code,
            purpose=ITEM.purpose,
        )
        grant = (await self.platform.grant(wanted))[0].grant
        sealed = await self.platform.fetch(grant)
        return sealed, _identifier(sealed.file.reveal())

    async def confirm_by_keeper(self) -> None:
        keeper = self.sandbox.keepers()[0]
        request = KeeperRequest(keeper=keeper.code, pin=SecretText(keeper.pin), visit="visit", item=ITEM.code)
        await self.platform.confirm(request)
        request.pin.wipe()

    async def issue(self, card: Any) -> tuple[Serial, IssuedDocument]:
        """From the consent to a serial."""
        sealed, identifier = await self.fetch(card)
        await self.platform.licence_status(identifier)
        document = accept(sealed.file, licence=identifier, subject="token")
        wanted = IssueRequest(
            operation=secrets.token_hex(8),
            licence=identifier,
            sha256=document.sha256,
            pages=document.pages,
            item=ITEM.code,
        )
        return await self.platform.issue(wanted), document

    def imprint(self, serial: Serial, number: str, **changes: Any) -> overlay.Imprint:
        values: dict[str, Any] = {
            "serial": serial.serial,
            "kiosk": self.kiosk,
            "place": PLACE,
            "issuer": KIND.issuer,
            "purpose": ITEM.purpose,
            "printed_at": int(time.time()),
            "expires_at": int(serial.expires.timestamp()),
            "licence_type": KIND.code,
            "holder": SecretText(number),
        }
        return overlay.Imprint(**{**values, **changes})

    def print(self, serial: Serial, document: IssuedDocument, number: str) -> Printed:
        """Compose the pages and print them through the driver."""
        pages = list(overlay.compose(document, self.imprint(serial, number), owner="token", signer=self.signer))
        fds = [memfd.seal(page.pdf.reveal()) for page in pages]
        command = Print(serial=serial.serial, owner="token", fence=1, digests=tuple(page.digest for page in pages))
        try:
            printed: Printed = self.drivers["a4"].perform(command, _call(fds))
            return printed
        finally:
            for fd, page in zip(fds, pages, strict=True):
                os.close(fd)
                page.pdf.wipe()

    def slip(self, kind: Kind, serial: Serial, document: IssuedDocument, person: Person) -> None:
        """Print a receipt, or the right to a replacement."""
        at = slip.At(place=PLACE, kiosk=self.kiosk, printed_at=time.time())
        text = write(overlay.claim(document, self.imprint(serial, person.number), kind=kind), self.signer)
        holder = SecretText(person.name)
        if kind is Kind.RECEIPT:
            parts = slip.receipt(
                at,
                item=ITEM.name,
                holder=holder,
                serial=serial.serial,
                pages=document.pages,
                expires_at=serial.expires.timestamp(),
                code=text,
            )
        else:
            parts = slip.replacement(
                at, item=ITEM.name, holder=holder, serial=serial.serial, why="纸卡在打印机里", code=text
            )
        self.drivers["receipts"].perform(PrintSlip(parts=parts), _call())

    def note_idle(self, visits: int) -> None:
        with (self.folder / "idle.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": time.time(), "secrets": counts(), "visits": visits}) + "\n")


def _call(fds: list[int] | None = None) -> Call:
    return Call(30.0, lambda event, passed: None, fds or [])


def _identifier(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        attached = bytes(document.get_attachment(0).get_data())
    finally:
        document.close()
    return str(json.loads(attached)["certificateIdentifier"])


def make(folder: Path, *, seed: int) -> dict[str, str]:
    """Fill an empty folder with the evidence of five visits; return the serials by the visit's name."""
    with ExitStack() as stack:
        return asyncio.run(_visits(set_up(folder, seed, stack)))


def set_up(folder: Path, seed: int, stack: ExitStack) -> Stage:
    """Start the far ends and open the near ends; all of it ends with `stack`."""
    sandbox = launch.start(folder / "platform", seed=seed)
    stack.callback(sandbox.stop)
    given = sandbox.folder
    wire = folder / "wire"
    reader = SdtEmulator(wire / "id_reader", radio_seconds=0.0)
    camera = CameraEmulator(wire / "camera")
    a4 = IppEmulator(wire / "a4_printer", seconds_per_page=0.02)
    receipts = EscposEmulator(wire / "receipt_printer", speed=0.0)
    reach = {
        "reader": ("sdt_serial", {**reader.start(), "photo_decoder": "stand_in", "poll_ms": 200}),
        "a4": ("ipp", {**a4.start(), "poll_seconds": 0.02, "stop_seconds": 0.2, "exit_seconds": 0.2}),
        "receipts": ("escpos", receipts.start()),
    }
    for emulator in (reader, a4, receipts):
        stack.callback(emulator.stop)
    drivers = {name: registry.make(kind, settings, production=False) for name, (kind, settings) in reach.items()}
    for driver in drivers.values():
        driver.open()
        stack.callback(driver.close)
    settings = HttpSettings(
        address=sandbox.address, kiosk="DEMO-0001", secret=signing.read_secret(given.kiosk_secret), repeat_pause_s=0.01
    )
    signer = KeyFile(given.kiosk_key, given.kiosk_certificate)
    return Stage(folder, sandbox, HttpPlatform(settings), signer, reader, camera, a4, receipts, drivers)


async def _visits(stage: Stage) -> dict[str, str]:
    serials = {}
    visits = (_by_face, _by_keeper, _refused_face, _refused_file, _jammed)
    stage.note_idle(0)
    for count, visit in enumerate(visits, start=1):
        serials[visit.__name__.strip("_")] = await visit(stage)
        stage.reader.lift()
        stage.camera.show(NOBODY)
        stage.note_idle(count)
    await stage.platform.aclose()
    rows = [
        {"person": "p1", "outcome": "printed", "by": "face"},
        {"person": "p3", "outcome": "printed", "by": "keeper"},
        {"person": "p1", "outcome": "nothing"},
        {"person": "p2", "outcome": "nothing"},
        {"person": "p2", "outcome": "void", "by": "face"},
    ]
    (stage.folder / "expect.json").write_text(json.dumps(rows), "utf-8")
    kept = stage.folder / "kiosk-files" / "state"
    kept.mkdir(parents=True)
    (kept / "kiosk.log").write_text("a visit began\na visit ended\n", "utf-8")
    (kept / "journal.sqlite").write_bytes(b"SQLite format 3\0" + bytes(4096))
    return serials


async def _by_face(stage: Stage) -> str:
    """The usual visit: card, face, paper, receipt."""
    person = stage.person("p1")
    card = stage.read_card(person)
    stage.face(person.portrait)
    serial, document = await stage.issue(card)
    stage.print(serial, document, person.number)
    stage.a4.take_paper()
    stage.slip(Kind.RECEIPT, serial, document, person)
    wipe_all(card)
    document.pdf.wipe()
    return serial.serial


async def _by_keeper(stage: Stage) -> str:
    """Without a face: the keeper confirms. A certificate of several pages."""
    person = stage.person("p3")
    card = stage.read_card(person)
    await stage.confirm_by_keeper()
    serial, document = await stage.issue(card)
    stage.print(serial, document, person.number)
    stage.a4.take_paper()
    wipe_all(card)
    document.pdf.wipe()
    return serial.serial


async def _refused_face(stage: Stage) -> str:
    """Another's face before a card: nothing follows."""
    card = stage.read_card(stage.person("p1"))
    stage.face(stage.person("p2").portrait)
    wipe_all(card)
    return ""


async def _refused_file(stage: Stage) -> str:
    """The platform hands out another person's file: nothing follows but a task."""
    person = stage.person("p2")
    card = stage.read_card(person)
    stage.face(person.portrait)
    stage.sandbox.break_(Verb.ANOTHER_PERSON)
    sealed, _ = await stage.fetch(card)
    await stage.platform.put_task(Task(key="visit-4-wrong_person", kind=TaskKind.OWNER_MISMATCH, at=datetime.now(UTC)))
    wipe_all((card, sealed))
    return ""


async def _jammed(stage: Stage) -> str:
    """The paper jams at the last page: suspended, a task, the right to a replacement."""
    person = stage.person("p2")
    card = stage.read_card(person)
    stage.face(person.portrait)
    serial, document = await stage.issue(card)
    stage.a4.jam(document.pages)
    printed = stage.print(serial, document, person.number)
    assert printed.fault_code
    await stage.platform.suspend(serial.serial, SuspendReason.DOUBTFUL_PRINT)
    task = Task(key=serial.operation, kind=TaskKind.DOUBTFUL_PRINT, at=datetime.now(UTC), serial=serial.serial)
    await stage.platform.put_task(task)
    stage.slip(Kind.REPLACEMENT, serial, document, person)
    stage.a4.clear_jam()
    stage.a4.take_paper()
    wipe_all(card)
    document.pdf.wipe()
    return serial.serial
