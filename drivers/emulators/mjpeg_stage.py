"""What emulators share that stand behind a camera: a scene that is drawn when it changes, sent as MJPEG, with a sensor's noise."""

from __future__ import annotations

import random
import threading
import time
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np

from drivers.emulators.base import Emulator, verb
from drivers.emulators.camera_server import PATH, MjpegServer, part

_SHOTS = 4
"""Pictures of one scene that differ by their noise, and by what moves; they are sent in turn."""
_NOISE_SIGMA = 2.0
_QUALITY = 88

Arguments = dict[str, float]


class MjpegStage(Emulator):
    """A camera over a stage. `draw` makes the pictures, of `width` × `height`; all else is here."""

    FAULTS: ClassVar = {
        "silent": "sends no picture",
        "slow": "sends one picture every `seconds`",
        "drop": "loses each `every`th picture",
        "garble": "damages each picture",
        "short": "sends the first half of each picture",
        "duplicate": "sends each picture twice",
        "noise": "sends random bytes between the pictures",
        "standstill": "sends one and the same picture",
        "die_mid_command": "is unplugged in the middle of the next picture; `replug` brings it back",
    }
    _DEFAULTS: ClassVar[dict[str, Arguments]] = {"slow": {"seconds": 0.7}, "drop": {"every": 2}}

    def __init__(self, capture: Path | None, *, width: int, height: int, fps: float) -> None:
        super().__init__(capture)
        self.width, self.height = width, height
        self._period = 1.0 / fps
        self._server = MjpegServer(self._pictures)
        self._lock = threading.RLock()
        self._faults: dict[str, Arguments] = {}
        self._shots: dict[int, bytes] = {}
        self._plugged = False
        self._random = random.Random(1)  # noqa: S311  noise, no secret
        self._noise: Any = np.random.default_rng(1).normal(0, _NOISE_SIGMA, (height, width)).astype(np.int8)

    # --- life

    def start(self) -> dict[str, object]:
        """Begin to serve; return the settings of the driver."""
        self.jpeg()  # drawn before anybody waits for it
        port = self._server.plug()
        self._plugged = True
        return {"url": f"http://127.0.0.1:{port}{PATH}", "fps": 1 / self._period}

    def stop(self) -> None:
        """Stop serving."""
        self._plugged = False
        self._server.unplug()

    def state(self) -> dict[str, Any]:
        """Whether it is there, who looks, and what is wrong."""
        with self._lock:
            return {"plugged": self._plugged, "viewers": self._server.viewers, "faults": sorted(self._faults)}

    # --- verbs

    @verb
    def fault(self, kind: str, **arguments: float) -> None:
        """Misbehave on the wire from now on. Raise LookupError for an unknown kind, TypeError for a wrong argument."""
        if kind not in self.FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(self.FAULTS)}")
        defaults = self._DEFAULTS.get(kind, {})
        if set(arguments) - set(defaults):
            raise TypeError(f"{kind} takes {', '.join(defaults) or 'no arguments'}")
        with self._lock:
            self._faults[kind] = {**defaults, **arguments}

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()

    @verb
    def unplug(self) -> None:
        """Vanish from the network."""
        self.stop()

    @verb
    def replug(self) -> None:
        """Come back at the same address."""
        if not self._plugged:
            self.start()

    # --- pictures

    @abstractmethod
    def draw(self, shot: int) -> Any:
        """Return picture number `shot` of the scene: height × width (grey) or × 3 (BGR), uint8. Called with the lock held."""

    def changed(self) -> None:
        """Say that the scene is another one now."""
        with self._lock:
            self._shots = {}

    def jpeg(self) -> bytes:
        """The picture of this moment."""
        with self._lock:
            at = 0 if "standstill" in self._faults else int(time.monotonic() / self._period) % _SHOTS
            if at not in self._shots:
                self._shots[at] = self._encoded(self.draw(at), at)
            return self._shots[at]

    def _encoded(self, picture: Any, shot: int) -> bytes:
        noise = np.roll(self._noise, (shot * 37, shot * 53), (0, 1)).astype(np.int16)
        noisy = cv2.add(picture, noise if picture.ndim == 2 else cv2.merge([noise] * 3), dtype=cv2.CV_8U)
        return bytes(cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes())

    def _pictures(self) -> Iterator[bytes | None]:
        """What one viewer is sent, at the camera's pace."""
        due, count = time.monotonic(), 0
        while self._plugged:
            with self._lock:
                faults = dict(self._faults)
            count += 1
            if "silent" not in faults and not ("drop" in faults and count % int(faults["drop"]["every"]) == 0):
                yield from self._sent(part(self.jpeg()), faults)
            period = faults["slow"]["seconds"] if "slow" in faults else self._period
            due = max(due + period, time.monotonic())
            while (rest := due - time.monotonic()) > 0:
                time.sleep(min(rest, self._period))
        yield None

    def _sent(self, data: bytes, faults: dict[str, Arguments]) -> Iterator[bytes | None]:
        if "die_mid_command" in faults:
            with self._lock:
                self._faults.pop("die_mid_command", None)
            yield data[: len(data) // 2]
            self.stop()
            yield None
        if "noise" in faults:
            yield self._random.randbytes(500)
        if "short" in faults:
            yield data[: len(data) // 2]
            return
        if "garble" in faults:
            middle = len(data) // 2
            data = data[:60] + self._random.randbytes(middle) + data[60 + middle :]
            data = data.replace(b"\xff\xd8\xff", b"\xff\xd7\xff")
        yield data
        if "duplicate" in faults:
            yield data
