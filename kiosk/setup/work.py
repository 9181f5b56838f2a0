"""What the steps of a set-up share: the folder, what was answered, the machine around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.buses.messages import Sources
from drivers.contract.secret import SecretText
from kiosk.gateways.enrolment import Enrolled
from kiosk.setup import enrolling, written
from kiosk.setup.answers import Answers, Once, PlatformAnswers, keep, kept_answers, with_text
from kiosk.setup.detection import Buses, Tried
from kiosk.setup.display import Display
from kiosk.setup.folder import SetupFolder, put
from kiosk.sticks import sticks


def _now() -> datetime:
    return datetime.now(UTC)


def _stick_folders() -> tuple[Path, ...]:
    return tuple(each.folder for each in sticks())


@dataclass(frozen=True)
class Machine:
    """What a set-up stands on. `sources`: where the buses look; `level` is how far a driver was verified, in a word; `sticks`
    where USB sticks are mounted now."""

    sources: Sources | None = None
    level: Callable[[str], str] = str
    sticks: Callable[[], tuple[Path, ...]] = _stick_folders
    now: Callable[[], datetime] = _now


@dataclass
class Work:
    """A set-up under way. Whatever is answered is on the disk before the next question."""

    folder: SetupFolder
    machine: Machine
    answers: Answers
    once: Once = field(default_factory=Once)
    enrolled: Enrolled | None = None
    display: Display | None = None
    measured: bool = False
    """The panel's size was measured, or told by the monitor, and somebody has looked at it."""
    texts_later: bool = False
    """The texts of the place are left to the platform."""
    tried: dict[str, Tried] = field(default_factory=dict)
    buses: Buses | None = None

    @classmethod
    def taken_up(cls, folder: SetupFolder, machine: Machine) -> Work:
        """Where it was left, or at the beginning. Raise Mistake, OSError."""
        answers = kept_answers(folder)
        return cls(
            folder=folder,
            machine=machine,
            answers=answers,
            enrolled=enrolling.kept(folder),
            measured=answers.panel is not None,
        )

    def answer(self, **parts: Any) -> None:
        """Somebody has answered; it is written down. Raise OSError."""
        self.answers = self.answers.changed(**parts)
        keep(self.folder, self.answers)

    def adopt(self, answers: Answers, once: Once) -> None:
        """Take over a whole file of answers; the CA that it names comes along. Raise OSError."""
        self.once = once
        platform = answers.platform
        if platform is not None and platform.authority_file is not None:
            answers = answers.changed(platform=self.with_authority(platform.url, platform.authority_file))
        self.answers = answers
        self.measured = answers.panel is not None
        keep(self.folder, answers)

    def with_authority(self, url: str, authority: Path | None) -> PlatformAnswers:
        """The platform, with a copy of its CA in the folder. Raise OSError."""
        if authority is None:
            return PlatformAnswers(url=url)
        if authority != self.folder.authority:
            put(self.folder.authority, authority.read_bytes(), private=False)
        return PlatformAnswers(url=url, authority_file=self.folder.authority)

    @property
    def authority(self) -> Path | None:
        """The platform's private CA."""
        platform = self.answers.platform
        return None if platform is None else platform.authority_file

    def fill_in(self, texts: dict[str, str]) -> None:
        """Texts that the platform knows stand where nobody has written any. Raise OSError."""
        answers = self.answers
        for key, text in texts.items():
            section, _, name = key.partition(".")
            about = getattr(answers, section)
            if not getattr(about, name):
                answers = answers.changed(**{section: with_text(about, name, text)})
        self.answers = answers
        keep(self.folder, answers)

    async def claim(self, code: SecretText) -> Enrolled:
        """Claim the code at the platform that was answered. Raise as `enrolling.claim`."""
        platform = self.answers.platform
        assert platform is not None
        model, now = written.title_of(self.answers), self.machine.now()
        return await enrolling.claim(self.folder, platform.url, platform.authority_file, code, model=model, now=now)

    def enrol(self, enrolled: Enrolled) -> None:
        """The platform has taken this machine. Raise OSError."""
        self.enrolled = enrolled
        self.fill_in(enrolling.as_words(enrolled))

    def forget(self) -> None:
        """Wipe what counts once."""
        for secret in (self.once.code, self.once.pin):
            if isinstance(secret, SecretText):
                secret.wipe()
        self.once = Once()
