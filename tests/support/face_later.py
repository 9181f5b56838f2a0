"""The face worker comes when a visit first asks for it: most tests never do, and its models take a second of a core.

That it stands ready beforehand is held by tests/kiosk/identity/face/test_face_worker.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from kiosk.identity.face.match import FaceWorker


@contextmanager
def face_later() -> Iterator[None]:
    """While it lasts, kiosks start without their face worker; `enrol` starts what is not there."""
    with mock.patch.object(FaceWorker, "start", _when_asked):
        yield


async def _when_asked(worker: FaceWorker) -> None:
    """Instead of `FaceWorker.start`: nothing is kept ready."""
