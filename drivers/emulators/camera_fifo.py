"""A local camera without a kernel driver: motion JPEG in AVI, written into a FIFO that stands where /dev/video* would.

The pictures are those of the camera at an HTTP address (`CameraEmulator`), which is never started here: the same people, the same
light. The container is written by ourselves (`camera_avi`); no ffmpeg is needed on the bench.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators import camera_avi
from drivers.emulators.base import Emulator, verb
from drivers.emulators.camera import NOBODY, SOMEBODY, CameraEmulator

_SLOW_SECONDS = 0.8
_DROP_EVERY = 2
_NOISE_BYTES = 500

_READER_LOOK = 0.02
"""Seconds between two looks whether somebody has opened the FIFO."""
_STUCK_SECONDS = 0.5
"""A reader that takes nothing for so long loses the picture: a camera does not wait."""

Arguments = dict[str, float]


class CameraFifoEmulator(Emulator):
    """`who` stands there at first. The path stays the same from `start` to `stop`; pulled out, the node is gone.

    Captures shown.jsonl as `CameraEmulator` does.
    """

    kind = "v4l2"
    FAULTS: ClassVar[dict[str, str]] = {
        "silent": "开着,但不再送画面",
        "slow": "每 seconds 秒才送一幅",
        "drop": "每 every 幅丢一幅",
        "garble": "画面数据损坏",
        "short": "每幅画面只有前一半",
        "duplicate": "每幅画面送两次",
        "noise": "两幅画面之间夹进杂乱字节",
        "freeze": "总是同一幅画面",
        "dark": "大厅没有灯光",
        "die_mid_command": "一幅画面送到一半就被拔掉,要 replug 才回来",
    }
    _DEFAULTS: ClassVar[dict[str, Arguments]] = {"slow": {"seconds": _SLOW_SECONDS}, "drop": {"every": _DROP_EVERY}}

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
        self._view = CameraEmulator(capture, who=who, width=width, height=height, fps=fps)
        self._width, self._height, self._fps = width, height, fps
        self._lock = threading.Lock()
        self._faults: dict[str, Arguments] = {}
        self._random = random.Random(1)  # noqa: S311  noise, no secret
        self._folder: Path | None = None
        self._plugged = threading.Event()
        self._accepting: threading.Thread | None = None
        self._watching = 0
        self._sent = 0

    # --- life

    def start(self) -> dict[str, object]:
        """Plug in; return the settings that reach it."""
        self._view.jpeg()  # drawn before anybody waits for it
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="kiosk-camera-"))
        self.replug()
        return {"path": str(self._path), "width": self._width, "height": self._height, "fps": self._fps}

    def stop(self) -> None:
        """Unplug for good."""
        self.unplug()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def state(self) -> dict[str, Any]:
        """`watching`: how many have it open. `frames`: pictures sent since the start."""
        view = self._view.state()
        with self._lock:
            wrong = {*self._faults, *(word for word, on in (("dark", view["dark"]), ("freeze", view["frozen"])) if on)}
        return {
            "plugged": self._plugged.is_set(),
            "who": view["who"],
            "watching": self._watching,
            "frames": self._sent,
            "faults": sorted(wrong),
        }

    @property
    def _path(self) -> Path:
        assert self._folder is not None, "start() comes first"
        return self._folder / "camera"

    # --- verbs

    @verb
    def show(self, who: str) -> None:
        """Let a person stand before the camera, by portrait id, or nobody. Raise ValueError for an unknown id."""
        self._view.show(who)

    @verb
    def image(self, source: str) -> None:
        """Hold a photograph before the camera: a path, or the file itself in base64. Raise ValueError when it is no picture."""
        self._view.image(source)

    @verb
    def present(self, who: str = SOMEBODY) -> bool:
        """Let a person stand before the camera. Raise ValueError for an unknown id."""
        return self._view.present(who)

    @verb
    def withdraw(self) -> bool:
        """Let the person go."""
        return self._view.withdraw()

    @verb
    def fault(self, kind: str, **arguments: float) -> None:
        """Misbehave from now on. Raise LookupError for an unknown kind, TypeError for a wrong argument."""
        if kind not in self.FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(self.FAULTS)}")
        defaults = self._DEFAULTS.get(kind, {})
        if set(arguments) - set(defaults):
            raise TypeError(f"{kind} takes {', '.join(defaults) or 'no arguments'}")
        if kind == "freeze":
            self._view.freeze()
        elif kind == "dark":
            self._view.dark()
        else:
            with self._lock:
                self._faults[kind] = {**defaults, **arguments}

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        self._view.clear_faults()
        with self._lock:
            self._faults.clear()

    @verb
    def unplug(self) -> None:
        """Vanish: the node is gone, and whoever reads gets no more."""
        with self._lock:
            self._plugged.clear()
            if self._folder is not None:
                self._path.unlink(missing_ok=True)
        if self._accepting is not None:
            self._accepting.join()
            self._accepting = None

    @verb
    def replug(self) -> None:
        """Come back at the same path."""
        if self._plugged.is_set():
            return
        os.mkfifo(self._path, 0o600)
        self._plugged = threading.Event()  # whoever still reads from before the cable was pulled gets nothing of this
        self._plugged.set()
        self._accepting = threading.Thread(
            target=self._accept, args=(self._path, self._plugged), name="camera-fifo", daemon=True
        )
        self._accepting.start()

    # --- the far end

    def _accept(self, path: Path, plugged: threading.Event) -> None:
        """Wait for readers; each gets a stream of its own, since a second one would take bytes from the first."""
        while plugged.is_set():
            try:
                pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # nobody reads (ENXIO), or it was pulled out just now (ENOENT)
                time.sleep(_READER_LOOK)
                continue
            self._renew(path)
            threading.Thread(target=self._serve, args=(pipe, plugged), name="camera-viewer", daemon=True).start()

    def _renew(self, path: Path) -> None:
        """Put a new FIFO in the place of the one that has its reader; nobody finds the path empty."""
        fresh = path.with_suffix(".next")
        os.mkfifo(fresh, 0o600)
        with self._lock:
            if self._plugged.is_set():
                fresh.rename(path)
            else:
                fresh.unlink()

    def _serve(self, pipe: int, plugged: threading.Event) -> None:
        with self._lock:
            self._watching += 1
        try:
            with contextlib.suppress(BrokenPipeError):
                self._send(pipe, plugged)
        finally:
            os.close(pipe)
            with self._lock:
                self._watching -= 1

    def _send(self, pipe: int, plugged: threading.Event) -> None:
        """Send header and pictures at the camera's pace. Raise BrokenPipeError when the reader has left."""
        self._put(pipe, camera_avi.header(self._width, self._height, self._fps), plugged)
        count, due = 0, time.monotonic()
        while plugged.is_set():
            with self._lock:
                faults = dict(self._faults)
            count += 1
            if "silent" not in faults and not ("drop" in faults and count % int(faults["drop"]["every"]) == 0):
                for piece in self._pieces(faults):
                    self._put(pipe, piece, plugged)
                self._sent += 1
            due = max(due + (faults["slow"]["seconds"] if "slow" in faults else 1 / self._fps), time.monotonic())
            self._rest(pipe, due, plugged)

    def _pieces(self, faults: dict[str, Arguments]) -> Iterator[bytes]:
        """What goes over the line for one picture."""
        jpeg = self._view.jpeg()
        if "die_mid_command" in faults:
            with self._lock:
                self._faults.pop("die_mid_command", None)
            yield camera_avi.chunk(jpeg)[: len(jpeg) // 2]
            self.unplug()
            return
        if "noise" in faults:
            yield self._random.randbytes(_NOISE_BYTES)
        if "short" in faults:
            jpeg = jpeg[: len(jpeg) // 2]
        if "garble" in faults:
            # Without its first marker no decoder takes it for a picture.
            jpeg = self._random.randbytes(len(jpeg) // 2).replace(b"\xff\xd8", b"\xff\x00")
        yield camera_avi.chunk(jpeg)
        if "duplicate" in faults:
            yield camera_avi.chunk(jpeg)

    def _put(self, pipe: int, data: bytes, plugged: threading.Event) -> None:
        """Write all of it, or, when the reader takes nothing at all, none: half a picture would spoil the next."""
        rest = memoryview(data)
        give_up = time.monotonic() + _STUCK_SECONDS
        while rest and plugged.is_set():
            try:
                rest = rest[os.write(pipe, rest) :]
            except BlockingIOError:
                if len(rest) == len(data) and time.monotonic() > give_up:
                    return
                select.select([], [pipe], [], _READER_LOOK)

    def _rest(self, pipe: int, due: float, plugged: threading.Event) -> None:
        """Wait for the next picture's time. Raise BrokenPipeError as soon as nobody reads any more."""
        watch = select.poll()
        watch.register(pipe, 0)
        while plugged.is_set() and (rest := due - time.monotonic()) > 0:
            if watch.poll(1000 * min(rest, 10 * _READER_LOOK)):
                raise BrokenPipeError
