"""The living face against the card's photo: frames go from the camera's host to the face worker; nothing is kept.

Three tries, then another way; the score is never shown, and nobody is told 「不是本人」.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from functools import partial
from typing import Any

from drivers.contract.camera import Frame, Stream
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault
from kiosk.identity.face.limits import PhotoSource
from kiosk.identity.face.match import Decision, FaceSearch, FaceWorkerGone, Hint
from kiosk.identity.face.search import search_seconds
from kiosk.journey.consent import FaceConsent
from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.journey.other_way import Confirmed
from kiosk.journey.step import Outcome, Step
from kiosk.screens.parts import Action, ActionKind, Live
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Visit

_SPARE_SECONDS = 5.0
"""That the camera goes on beyond the longest try, so that it is the try that ends."""


def looking(visit: Visit) -> Screen:
    """The camera's picture with the oval."""
    say = visit.say
    return visit.composer.screen(
        say,
        "face",
        title=say("face.title"),
        sentence=say("face.sentence"),
        spoken=say("face.spoken"),
        step="face",
        blocks=(Live(hint=say("face.hint_no_face")),),
        actions=(Action(id="other_way", label=say("face.other"), kind=ActionKind.SECONDARY),),
    )


def not_matched(visit: Visit, *, again: bool) -> Screen:
    """It did not work this time: try again, or another way; after the last try only the other way."""
    say = visit.say
    key = "again" if again else "failed"
    other = Action(id="other_way", label=say("face.other"), kind=ActionKind.SECONDARY if again else ActionKind.PRIMARY)
    retry = (Action(id="retry", label=say("face.retry")),) if again else ()
    return visit.composer.notice(
        say,
        "face_not_matched",
        title=say(f"face.{key}_title"),
        sentence=say(f"face.{key}_sentence"),
        step="face",
        actions=(*retry, other),
    )


class _NoFaceOnCard(Exception):
    """The card's photo cannot be compared with; another try would not change that."""


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Try as often as the policy allows; only an agreement of several frames passes."""
    tries = desk.face.policy.tries
    try:
        for attempt in range(1, tries + 1):
            decision = await _try_once(visit, desk)
            if isinstance(decision, Answer):
                return Outcome.OTHER_WAY
            visit.record("face", visit=visit.token, attempt=attempt, decision=decision.value)
            if decision is Decision.PASS:
                visit.give(Confirmed(means="face"))
                return Outcome.DONE
            answer = await visit.ask(partial(not_matched, visit, again=attempt < tries))
            if answer.action == "other_way":
                return Outcome.OTHER_WAY
    except (DeviceFault, FaceWorkerGone, _NoFaceOnCard) as error:
        visit.record("face", visit=visit.token, decision="unavailable", why=type(error).__name__)
        return Outcome.FAILED
    finally:
        await desk.face.forget()
    return Outcome.OTHER_WAY


async def _try_once(visit: Visit, desk: Desk) -> Decision | Answer:
    photo = visit.take(Holder).card.photo
    camera = desk.devices.of(DeviceClass.CAMERA)
    if photo is None or camera is None:
        return Decision.NO
    policy = desk.face.policy
    pictures = _Newest()

    def frame_came(event: Any, fds: list[int]) -> None:
        if isinstance(event, Frame) and len(fds) == 1:
            visit.window.live_frame(event.width, event.height, fds[0])
            pictures.put(event, fds[0])
        else:
            for fd in fds:
                os.close(fd)

    async def search_until_decided() -> Decision:
        longest = policy.worker.start_seconds + search_seconds(policy, patient=visit.elder) + _SPARE_SECONDS
        stream = asyncio.ensure_future(camera.call(Stream(), seconds=longest, on_event=frame_came))
        try:
            if not await desk.face.enrol(photo, _source(desk)):
                raise _NoFaceOnCard
            # The visitor's time begins when somebody can look: the card's photo may wait for a worker that starts again.
            search = FaceSearch(policy, started=time.monotonic(), patient=visit.elder)
            return await _decide(visit, desk, search, pictures, stream)
        finally:
            stream.cancel()
            with contextlib.suppress(asyncio.CancelledError, DeviceFault):
                await stream
            pictures.close()

    return await visit.ask_while(partial(looking, visit), search_until_decided())


def _source(desk: Desk) -> PhotoSource:
    """Which thresholds apply: those of the card's real photo, or of the emulator's stand-in."""
    reader = desk.devices.of(DeviceClass.ID_CARD_READER)
    stand_in = reader is not None and reader.snapshot.capabilities.stand_in_decoder
    return PhotoSource.CHIP_STAND_IN if stand_in else PhotoSource.CHIP_WLT


async def _decide(
    visit: Visit, desk: Desk, search: FaceSearch, pictures: _Newest, stream: asyncio.Future[Any]
) -> Decision:
    """Look at the newest picture, again and again; a camera that dies ends the try with its fault."""
    shown: Hint | None = None
    while True:
        await pictures.wait(stream, search.remaining(time.monotonic()))
        held = pictures.take()
        if held is None:
            if stream.done():
                stream.result()
            return search.tick(time.monotonic()) or Decision.NO
        event, fd = held
        try:
            seen = await desk.face.look(event.width, event.height, fd)
        finally:
            os.close(fd)
        search.saw(seen.outcome, time.monotonic())
        if search.decision is not None:
            return search.decision
        if search.hint is not shown:
            shown = search.hint
            visit.window.live_hint(visit.say(f"face.hint_{search.hint.value}"))


class _Newest:
    """Holds the newest picture only; an older one that nobody looked at is dropped."""

    def __init__(self) -> None:
        self._held: tuple[Frame, int] | None = None
        self._came = asyncio.Event()

    def put(self, event: Frame, fd: int) -> None:
        self.close()
        self._held = (event, fd)
        self._came.set()

    async def wait(self, stream: asyncio.Future[Any], seconds: float) -> None:
        """Wait for a picture, the stream's end, or `seconds`; nothing is taken, so that a cancel here loses nothing."""
        came = asyncio.ensure_future(self._came.wait())
        try:
            await asyncio.wait({came, stream}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            came.cancel()

    def take(self) -> tuple[Frame, int] | None:
        """Return the picture, if there is one; its descriptor becomes the caller's."""
        held, self._held = self._held, None
        self._came.clear()
        return held

    def close(self) -> None:
        """Drop what is held."""
        if self._held is not None:
            os.close(self._held[1])
            self._held = None
            self._came.clear()


STEP = Step(
    name="face",
    run=run,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.OTHER_WAY, Outcome.FAILED}),
    needs=(Holder, FaceConsent),
    gives=(Confirmed,),
)
