"""A shell without glass, started by the tests in place of `kiosk.shell`: writes down what it is told, and misbehaves by plan.

KIOSK_FAKE_SHELL is a folder: `plan` holds one word a life (the last word stays), `told.jsonl` gets a line for each Show and Amend.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from drivers.contract.secret import SecretText
from drivers.link import memfd, wire
from drivers.link.channel import Channel, close_all
from drivers.link.parent import parent_channel
from kiosk.screens.protocol import Amend, Quit, Setup, Show, Started, Stirred, Tick, ToShell, Touched, TypingIs
from kiosk.screens.screen import Answer, Written

TICK_SECONDS = 0.05
DOZE_SECONDS = 0.8
LARGEST_PICTURE = 1_000_000


def plan_of_this_life(folder: Path) -> str:
    words = (folder / "plan").read_text("utf-8").split()
    lives = folder / "lives"
    life = int(lives.read_text()) if lives.exists() else 0
    lives.write_text(str(life + 1))
    return words[min(life, len(words) - 1)]


def note(folder: Path, line: dict[str, Any]) -> None:
    with (folder / "told.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def note_show(folder: Path, show: Show, fds: list[int]) -> None:
    line = {
        "pid": os.getpid(),
        "number": show.number,
        "screen": show.screen.name,
        "draft": show.draft,
        "written": show.written and show.written.reveal(),
        "pictures": [memfd.read(fd, limit=LARGEST_PICTURE).hex() for fd in fds],
    }
    note(folder, line)


def answer(link: Channel, number: int, action: str) -> None:
    link.send(wire.encode(Touched(number=number, answer=Answer(action=action))))


def write(link: Channel, number: int, text: str, letters: str) -> None:
    written = Written(field="name", text=SecretText(text), letters=SecretText(letters))
    link.send(wire.encode(TypingIs(number=number, written=written)))


def misbehave(word: str, link: Channel, show: Show) -> None:
    match word:
        case "dies":
            os._exit(1)
        case "hangs":
            time.sleep(60)
        case "dozes":
            if show.number == 1:
                time.sleep(DOZE_SECONDS)
        case "garbage":
            link.send(b"\xc1 no message")
        case "wrong_type":  # a typed secret that is no text: right msgpack, wrong value
            message = {"type": "touched", "number": show.number, "answer": {"action": "x", "typed": {"pin": 5}}}
            link.send(wire.encode(message))
        case "old_answer":
            answer(link, show.number - 1, "old")
            answer(link, show.number, "new")
        case "ticks_boxes_and_dies":
            link.send(wire.encode(Stirred(number=show.number, ticked=("b",))))
            link.send(wire.encode(Stirred(number=show.number - 1, ticked=("of an older screen",))))
            os._exit(1)
        case "types_and_dies":
            write(link, show.number, "张", "wei")
            write(link, show.number - 1, "of an older screen", "")
            os._exit(1)
        case "types":
            write(link, show.number, "李", "")
        case "answers":
            answer(link, show.number, "new")
        case "silent":
            return
        case _:
            raise SystemExit(f"the plan says {word!r}")


def main() -> int:
    folder = Path(os.environ["KIOSK_FAKE_SHELL"])
    word = plan_of_this_life(folder)
    if word == "ends_at_once":
        return 1
    link = parent_channel()
    if word == "never_ready":
        time.sleep(60)
    while True:
        packet = link.receive(timeout=TICK_SECONDS)
        link.send(wire.encode(Tick()))
        if packet is None:
            continue
        message = wire.decode(packet[0], ToShell)
        match message:
            case Setup():
                link.send(wire.encode(Started(gl="none")))
            case Show():
                note_show(folder, message, packet[1])
                misbehave(word, link, message)
            case Amend(number=number, screen=screen):
                note(folder, {"number": number, "amended": screen.title})
            case Quit():
                return 0
        close_all(packet[1])


if __name__ == "__main__":
    sys.exit(main())
