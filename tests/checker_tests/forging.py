"""A copy of good evidence that can be changed in one place: what a kiosk with one defect would have left at the far ends."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.contract.secret import SecretBytes, SecretText
from drivers.emulators import id_card_text
from kiosk.demo.stage import card_of
from kiosk.documents import issued, overlay
from kiosk.documents.policy import PaperPolicy
from kiosk.documents.signer import KeyFile
from kiosk.sandbox.provision import read_people
from tests.checker_tests.good_evidence import ITEM, KIND, PLACE

Row = dict[str, Any]


@dataclass
class Copy:
    """A stage folder of one's own. `serials` by the name of the visit (see good_evidence)."""

    folder: Path
    serials: dict[str, str]

    @classmethod
    def of(cls, stage: Path, serials: dict[str, str], folder: Path) -> Copy:
        return cls(Path(shutil.copytree(stage, folder)), serials)

    # --- exchanges

    def exchanges(self, path: str) -> list[Path]:
        """The captured exchanges with an endpoint, in order."""
        found = sorted((self.folder / "platform" / "capture").glob("exchange-*.json"))
        return [file for file in found if json.loads(file.read_text())["path"] == path]

    def about(self, path: str, visit: str) -> Path:
        """The exchange with an endpoint that names the serial of a visit."""
        serial = self.serials[visit]
        return next(file for file in self.exchanges(path) if serial in str((self.asked(file), self.answered(file))))

    def asked(self, file: Path) -> Row:
        return json.loads(base64.b64decode(json.loads(file.read_text())["request_base64"]))  # type: ignore[no-any-return]

    def answered(self, file: Path) -> Row:
        return json.loads(base64.b64decode(json.loads(file.read_text())["response_base64"]))  # type: ignore[no-any-return]

    def answer(self, file: Path, *, name: str = "", status: int | None = 0, **data: Any) -> None:
        """Let the platform have answered otherwise (None: the answer was cut); with `name`, in an exchange added to it."""
        kept = json.loads(file.read_text())
        envelope = self.answered(file)
        envelope["status"] = status
        envelope["data"] = {**envelope.get("data", {}), **data}
        sent = b"" if status is None else json.dumps(envelope).encode()
        kept["response_base64"] = base64.b64encode(sent).decode()
        kept["status"] = 0 if status is None else 200
        (file.with_name(name) if name else file).write_text(json.dumps(kept))

    def ask(self, file: Path, **changes: Any) -> None:
        """Let the kiosk have asked otherwise."""
        kept = json.loads(file.read_text())
        kept["request_base64"] = base64.b64encode(json.dumps({**self.asked(file), **changes}).encode()).decode()
        file.write_text(json.dumps(kept))

    # --- rows of JSON lines

    def rows(self, name: str, change: Callable[[list[Row]], list[Row]]) -> None:
        """Change the rows of a .jsonl file."""
        file = self.folder / name
        kept = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        file.write_text("".join(json.dumps(row) + "\n" for row in change(kept)), "utf-8")

    def papers(self, change: Callable[[list[Row]], list[Row]]) -> None:
        self.rows("wire/a4_printer/paper.jsonl", change)

    # --- paper

    def job(self, visit: str, page: int) -> Path:
        """The document of a page."""
        for file in (self.folder / "wire" / "a4_printer").glob("job-*.json"):
            if json.loads(file.read_text())["name"].startswith(f"{self.serials[visit]}/{page}-"):
                return file.with_suffix(".pdf")
        raise LookupError((visit, page))

    def file(self, visit: str) -> bytes:
        """The issuer's file of a visit."""
        wanted = self.answered(self.about("/v1/serials/issue", visit))["data"]["sha256"]
        for each in self.exchanges("/v1/licences/fetch"):
            pdf = base64.b64decode(self.answered(each)["data"]["file"])
            if issued.accept(SecretBytes(pdf), licence="x", subject="x").sha256 == wanted:
                return pdf
        raise LookupError(visit)

    def recompose(
        self,
        visit: str,
        page: int,
        *,
        picture: tuple[bytes, int] | None = None,
        policy: PaperPolicy | None = None,
        **changes: Any,
    ) -> None:
        """Compose a page again: over the picture of a page of another file, by another policy, with another imprint."""
        job = self.job(visit, page)
        serial = self.answered(self.about("/v1/serials/issue", visit))["data"]
        document = issued.accept(SecretBytes(self.file(visit)), licence=serial["licence"], subject="token")
        number = {"by_face": "p1", "by_keeper": "p3", "jammed": "p2"}[visit]
        values: Row = {
            "serial": serial["serial"],
            "kiosk": "DEMO-0001",
            "place": PLACE,
            "issuer": KIND.issuer,
            "purpose": ITEM.purpose,
            "printed_at": int(json.loads(job.with_suffix(".json").read_text())["received_at"]),
            "expires_at": int(datetime.fromisoformat(serial["expires"]).timestamp()),
            "licence_type": KIND.code,
            "holder": SecretText(self.person(number).number),
        }
        imprint = overlay.Imprint(**{**values, **changes})
        with pytest.MonkeyPatch.context() as patch:
            if picture is not None:
                other = issued.accept(SecretBytes(picture[0]), licence="x", subject="x")
                shown = issued.render_page(other, picture[1])
                patch.setattr(issued, "render_page", lambda *args, **more: msgspec.structs.replace(shown, number=page))
            made = overlay.compose_page(document, page, imprint, owner="token", signer=self.signer(), policy=policy)
        job.write_bytes(made.pdf.reveal())

    def signer(self) -> KeyFile:
        site = self.folder / "platform" / "site"
        return KeyFile(site / "kiosk.key", site / "kiosk.pem")

    # --- people

    def person(self, key: str) -> Any:
        return next(each for each in read_people(self.folder / "platform" / "people.json") if each.id == key)

    def lay_other_card(self, there: str, other: str) -> None:
        """Let the reader have sent another person's text wherever it sent this one's."""
        file = self.folder / "wire" / "id_reader" / "tx.bin"
        line = bytearray(file.read_bytes())
        before, after = (id_card_text.compose(card_of(self.person(key))) for key in (there, other))
        at = -1
        while (at := line.find(before, at + 1)) >= 0:
            line[at : at + len(after)] = after
            end = at + len(after) + 1024
            line[end] ^= _xor(before) ^ _xor(after)
        file.write_bytes(bytes(line))


def _xor(data: bytes) -> int:
    result = 0
    for byte in data:
        result ^= byte
    return result
