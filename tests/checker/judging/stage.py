"""The evidence of one run, read from its stage folder. What is not there is a finding, never a pass.

platform/people.json, platform/site/{operator-root,issuer-root,kiosk}.pem, platform/capture/exchange-NNNN.json
wire/id_reader/{tx.bin,tx.jsonl}           what the reader sent
wire/camera/shown.jsonl                    who stood before the camera: {"at", "who"}
wire/a4_printer/{job-N.pdf,job-N.json,paper.jsonl}
wire/receipt_printer/slip-N.{json,png}
idle.jsonl (optional)                      {"at", "secrets": {"made", "wiped", "dropped"}, "visits"}, one row at each idle
kiosk-files/ (optional)                    a copy of everything that the kiosk itself wrote
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from judging import platform, sdt
from judging.findings import Code, Finding
from judging.platform import Exchange
from judging.sdt import CardRead

T = TypeVar("T")


class Person(msgspec.Struct, frozen=True):
    """A row of people.json, as far as it is of use here."""

    id: str
    name: str
    number: str
    address: str
    portrait: str = ""
    pass_number: str = ""


class Shown(msgspec.Struct, frozen=True):
    """From `at` on, `who` stood before the camera: a portrait's id, "a+b", "nobody", "dark" or "image"."""

    at: float
    who: str


class Job(msgspec.Struct, frozen=True):
    """A row of job-N.json."""

    job_id: int
    name: str
    received_at: float


class Paper(msgspec.Struct, frozen=True):
    """A row of paper.jsonl: a sheet that came out, or the tray being emptied."""

    at: float
    event: str
    job_id: int = 0
    name: str = ""
    counter: int = 0
    sheets: int = 0


class Slip(msgspec.Struct, frozen=True):
    """A slip that was cut off; `file` names it."""

    at: float
    text: list[str]
    qr: list[str]
    file: str = ""
    picture: Path = Path()


class Idle(msgspec.Struct, frozen=True):
    """What the kiosk said of its secrets when it was idle."""

    at: float
    secrets: dict[str, int]
    visits: int = 0

    @property
    def alive(self) -> int:
        """Secrets that are in memory."""
        return self.secrets["made"] - self.secrets["wiped"] - self.secrets["dropped"]


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a visit was set up to end; see `expectation`. `by`: face, keeper, or empty where either will do."""

    person: str
    outcome: str
    by: str = ""


class Stage(msgspec.Struct, frozen=True):
    """Everything that was captured. Jobs by number, with their documents; the rest in the order of its happening."""

    folder: Path
    kiosk: str
    operator: tuple[x509.Certificate, ...]
    issuer: tuple[x509.Certificate, ...]
    people: tuple[Person, ...]
    exchanges: tuple[Exchange, ...]
    reads: tuple[CardRead, ...]
    shown: tuple[Shown, ...]
    jobs: dict[int, Job]
    documents: dict[int, bytes]
    papers: tuple[Paper, ...]
    slips: tuple[Slip, ...]
    idles: tuple[Idle, ...] | None
    kiosk_files: Path | None
    missing: tuple[Finding, ...]

    def person(self, number: str) -> Person | None:
        """Find a person by number."""
        return next((each for each in self.people if each.number == number), None)


def read(folder: Path) -> Stage:
    """Read a stage folder."""
    reader = _Reader(folder)
    wire = folder / "wire"
    site = folder / "platform" / "site"
    kiosk = reader.take(site / "kiosk.pem", _certificates)
    idle, files = folder / "idle.jsonl", folder / "kiosk-files"
    printer = wire / "a4_printer"
    return Stage(
        folder=folder,
        kiosk=_common_name(kiosk[0]) if kiosk else "",
        operator=reader.take(site / "operator-root.pem", _certificates) or (),
        issuer=reader.take(site / "issuer-root.pem", _certificates) or (),
        people=reader.take(folder / "platform" / "people.json", _people) or (),
        exchanges=reader.take(folder / "platform" / "capture", _exchanges) or (),
        reads=reader.take(wire / "id_reader", _reads) or (),
        shown=reader.take(wire / "camera" / "shown.jsonl", lambda path: _rows(path, Shown)) or (),
        jobs=reader.take(printer, _jobs) or {},
        documents=reader.take(printer, _documents) or {},
        papers=(reader.take(printer / "paper.jsonl", lambda path: _rows(path, Paper)) or ())
        if (printer / "paper.jsonl").exists()  # written with the first sheet
        else (),
        slips=reader.take(wire / "receipt_printer", _slips) or (),
        idles=(reader.take(idle, lambda path: _rows(path, Idle)) or ()) if idle.exists() else None,
        kiosk_files=files if files.is_dir() else None,
        missing=tuple(reader.missing),
    )


class _Reader:
    """Reads piece after piece and notes what cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.missing: list[Finding] = []

    def take(self, path: Path, how: Callable[[Path], T]) -> T | None:
        try:
            if not path.exists():
                raise FileNotFoundError("is not there")
            return how(path)
        except (OSError, ValueError, msgspec.DecodeError) as error:
            where = str(path.relative_to(self._folder))
            self.missing.append(Finding(Code.EVIDENCE, where, f"cannot be used as evidence: {error}"))
            return None


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(path.read_bytes()))


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _people(path: Path) -> tuple[Person, ...]:
    people = msgspec.json.decode(path.read_bytes(), type=tuple[Person, ...])
    if not people:
        raise ValueError("nobody is in it")
    return people


def _exchanges(path: Path) -> tuple[Exchange, ...]:
    return tuple(platform.read(path))


def _reads(path: Path) -> tuple[CardRead, ...]:
    if not (path / "tx.bin").exists():
        return ()  # written with the first byte: the reader was never asked anything
    return tuple(sdt.reads((path / "tx.bin").read_bytes(), _rows(path / "tx.jsonl", sdt.Stamp)))


def _rows(path: Path, kind: type[T]) -> tuple[T, ...]:
    return tuple(msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines())


def _jobs(path: Path) -> dict[int, Job]:
    jobs = [msgspec.json.decode(file.read_bytes(), type=Job) for file in path.glob("job-*.json")]
    return {job.job_id: job for job in sorted(jobs, key=lambda job: job.job_id)}


def _documents(path: Path) -> dict[int, bytes]:
    return {int(file.stem.rpartition("-")[2]): file.read_bytes() for file in path.glob("job-*.pdf")}


def _slips(path: Path) -> tuple[Slip, ...]:
    found = []
    for file in path.glob("slip-*.json"):
        slip = msgspec.json.decode(file.read_bytes(), type=Slip)
        found.append(msgspec.structs.replace(slip, file=file.stem, picture=file.with_suffix(".png")))
    return tuple(sorted(found, key=lambda slip: slip.at))
