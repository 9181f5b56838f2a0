"""A camera at an HTTP address: whoever was told to stand before it, alive enough for a face match, and all that can go wrong."""

from __future__ import annotations

import base64
import binascii
import io
import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import cv2
from PIL import Image

from drivers.emulators.base import Emulator, verb
from drivers.emulators.camera_portraits import Portrait, portrait
from drivers.emulators.camera_scene import Scene
from drivers.emulators.camera_server import PATH, MjpegServer, part

_QUALITY = 85
_SLOW_SECONDS = 1.0
"""Between two pictures of a slow camera, unless the fault says otherwise."""
_DROP_AFTER = 5
"""Pictures after which a camera with the fault "drop" hangs up in the middle of the next."""
_MOST_PIXELS = 40_000_000

NOBODY = "nobody"
SOMEBODY = "hopper"
NONE = "none"


class CameraEmulator(Emulator):
    """`who` stands there at first; the picture is drawn only while somebody looks.

    Captures shown.jsonl, a line for each change: {"at": Unix time, "who": portrait id, "a+b", "nobody", "dark" or "image"}.
    """

    kind = "frames"
    FAULTS: ClassVar[dict[str, str]] = {
        "silent": "连着,但不再送画面",
        "slow": "每 seconds 秒才送一幅",
        "drop": "送几幅后断开,可以重连",
        "garble": "画面数据损坏",
        "short": "每幅画面只有前一半",
        "duplicate": "每幅画面送两次",
        "freeze": "总是同一幅画面",
        "dark": "大厅没有灯光",
        "die_mid_command": "一幅画面送到一半就消失,要 replug 才回来",
    }

    def __init__(
        self,
        capture: Path | None = None,
        *,
        who: str = NOBODY,
        width: int = 640,
        height: int = 480,
        fps: float = 15.0,
    ) -> None:
        super().__init__(capture)
        self._scene = Scene(width, height)
        self._period = 1.0 / fps
        self._server = MjpegServer(self._pictures)
        self._lock = threading.Lock()
        self._random = random.Random(1)  # noqa: S311  noise, no secret
        self._began = time.monotonic()
        self._who = NOBODY
        self._people: tuple[Portrait, ...] = ()
        self._photo: Image.Image | None = None
        self._dark = False
        self._frozen = False
        self._fault = NONE
        self._slow_seconds = _SLOW_SECONDS
        self._plugged = False
        self._drawn: tuple[float, bytes] = (0.0, b"")
        self._count = 0
        self.show(who)

    # --- life

    def start(self) -> dict[str, object]:
        """Begin to serve; return the settings of the driver."""
        port = self._server.plug()
        self._plugged = True
        return {
            "url": f"http://127.0.0.1:{port}{PATH}",
            "width": self._scene.width,
            "height": self._scene.height,
            "fps": 1 / self._period,
        }

    def stop(self) -> None:
        """Stop serving."""
        self._plugged = False
        self._server.unplug()

    def state(self) -> dict[str, Any]:
        """Return who stands there and what is wrong."""
        with self._lock:
            return {
                "who": self._who,
                "dark": self._dark,
                "frozen": self._frozen,
                "fault": self._fault,
                "plugged": self._plugged,
                "viewers": self._server.viewers,
                "frames": self._count,
            }

    # --- verbs

    @verb
    def show(self, who: str) -> None:
        """Let a person stand before the camera, by portrait id, or nobody. Raise ValueError for an unknown id."""
        self._change(who, () if who == NOBODY else (portrait(who),), None)

    @verb
    def show_two(self, a: str, b: str) -> None:
        """Let two people stand there. Raise ValueError for an unknown id."""
        self._change(f"{a}+{b}", (portrait(a), portrait(b)), None)

    @verb
    def image(self, source: str) -> None:
        """Hold a photograph before the camera: a path, or the file itself in base64. Raise ValueError when it is no picture."""
        self._change("image", (), _read_photo(source))

    @verb
    def dark(self) -> None:
        """Switch off the light in the hall; `show` switches it on again."""
        with self._lock:
            self._dark = True
        self._note("dark")

    @verb
    def freeze(self) -> None:
        """Send one and the same picture from now on; `show` or `clear` ends it."""
        with self._lock:
            self._frozen = True

    @verb
    def present(self, who: str = SOMEBODY) -> bool:
        """Let a person stand before the camera. Raise ValueError for an unknown id."""
        self.show(who)
        return True

    @verb
    def withdraw(self) -> bool:
        """Let the person go."""
        self.show(NOBODY)
        return True

    @verb
    def fault(self, kind: str, seconds: float = _SLOW_SECONDS) -> None:
        """Misbehave: one of `FAULTS`, or "none"; `seconds` is for "slow". Raise ValueError for an unknown kind."""
        if kind not in (NONE, *self.FAULTS):
            raise ValueError(f"kind is one of {NONE}, {', '.join(self.FAULTS)}, not {kind!r}")
        match kind:
            case "freeze":
                self.freeze()
            case "dark":
                self.dark()
            case _:
                with self._lock:
                    self._fault, self._slow_seconds = kind, seconds

    @verb
    def clear_faults(self) -> None:
        """End every fault, darkness and freezing."""
        with self._lock:
            self._fault, self._dark, self._frozen = NONE, False, False

    @verb
    def clear(self) -> None:
        """As `clear_faults`."""
        self.clear_faults()

    @verb
    def unplug(self) -> None:
        """Vanish from the network."""
        self.stop()

    @verb
    def replug(self) -> None:
        """Come back at the same address."""
        if not self._plugged:
            self.start()

    def _change(self, who: str, people: tuple[Portrait, ...], photo: Image.Image | None) -> None:
        with self._lock:
            self._who, self._people, self._photo = who, people, photo
            self._dark = self._frozen = False
            self._drawn = (0.0, b"")
        self._note(who)

    def _note(self, who: str) -> None:
        if self.capture is not None:
            with (self.capture / "shown.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"at": time.time(), "who": who}) + "\n")

    # --- pictures

    def jpeg(self) -> bytes:
        """Return the picture of this moment; all viewers of one frame time get the same."""
        with self._lock:
            now = time.monotonic()
            drawn_at, jpeg = self._drawn
            if jpeg and (self._frozen or now - drawn_at < 0.5 * self._period):
                return jpeg
            at = now - self._began
            if self._photo is not None:
                picture = self._scene.draw_photo(at, self._photo)
            else:
                picture = self._scene.draw(at, self._people, dark=self._dark)
            jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
            self._drawn = (now, jpeg)
            self._count += 1
            return jpeg

    def _pictures(self) -> Iterator[bytes | None]:
        """What one viewer is sent, at the camera's pace."""
        due = time.monotonic()
        since_drop = 0
        while self._plugged:
            with self._lock:
                fault, period = self._fault, self._slow_seconds if self._fault == "slow" else self._period
            if fault == "silent":
                time.sleep(self._period)
                continue
            data = part(self.jpeg())
            since_drop = since_drop + 1 if fault == "drop" else 0
            if since_drop > _DROP_AFTER or fault == "die_mid_command":
                yield data[: len(data) // 2]
                if fault == "die_mid_command":
                    self.unplug()
                yield None
            yield self._spoilt(fault, data)
            due = max(due + period, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
        yield None

    def _spoilt(self, fault: str, data: bytes) -> bytes:
        match fault:
            case "garble":
                return self._garble(data)
            case "short":
                return data[: len(data) // 2]
            case "duplicate":
                return data + data
        return data

    def _garble(self, data: bytes) -> bytes:
        """Damage a part in one of the ways of bad lines and worse firmware; no picture of it can be trusted."""
        middle = len(data) // 2
        match self._random.randrange(4):
            case 0:  # torn
                return data[:middle]
            case 1:  # a length that lies
                return data.replace(b"Content-Length: ", b"Content-Length: 9", 1)[:-3]
            case 2:  # no picture at all
                return self._random.randbytes(middle)
            case _:  # the beginning lost
                return data[:60] + data[middle:]


def _read_photo(source: str) -> Image.Image:
    path = Path(source) if len(source) < 1024 else None
    try:
        raw = path.read_bytes() if path is not None and path.is_file() else base64.b64decode(source, validate=True)
        photo = Image.open(io.BytesIO(raw))
        if photo.width * photo.height > _MOST_PIXELS:
            raise ValueError(f"image: {photo.width}x{photo.height} is too large")
        return photo.convert("RGB")
    except (OSError, binascii.Error) as error:
        raise ValueError("image: neither the path of a picture nor one in base64") from error
