"""Engines: find the faces in a picture, describe one as 128 numbers, measure how far two descriptions lie apart."""

from __future__ import annotations

import contextlib
import ctypes
import io
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from PIL import ImageFile

from kiosk.identity.face import picture
from kiosk.identity.face.limits import EngineName

Descriptor = npt.NDArray[np.float64]


class Box(NamedTuple):
    """Where a face lies, in pixels of the picture; bottom and right are the first row and column outside."""

    top: int
    right: int
    bottom: int
    left: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top


class EngineMissing(Exception):
    """The engine cannot run on this machine; the text says in Chinese what to install."""


class Engine(Protocol):
    """What the match needs of an engine. One that is made holds its models; a call never loads anything."""

    def find(self, rgb: picture.Rgb, *, height: int, far: bool = False) -> list[Box]:
        """Return every face, looking at no more than `height` rows of pixels; `far` also finds faces half as big."""

    def describe(self, rgb: picture.Rgb, box: Box) -> Descriptor:
        """Return the description of the face in this box."""

    def distance(self, one: Descriptor, other: Descriptor) -> float:
        """Return how far two descriptions lie apart, in the measure of the policy's thresholds."""

    def forget(self) -> None:
        """Overwrite what the engine itself still holds of the faces that it has seen."""


class FaceRecognitionEngine:
    """`face_recognition` 1.3 (dlib: HOG detector, 5 landmarks, ResNet descriptor of 128 numbers)."""

    def __init__(self) -> None:
        """Load the models, once. Raise EngineMissing."""
        self._api = _load_face_recognition()

    def find(self, rgb: picture.Rgb, *, height: int, far: bool = False) -> list[Box]:
        """See `Engine`. Without `far` a face has at least about 80 pixels in what is looked at (HOG's own window)."""
        small, factor = picture.at_most_height(rgb, height)
        found = self._api.face_locations(small, number_of_times_to_upsample=int(far), model="hog")
        return [_scaled(Box(*each), factor, rgb) for each in found]

    def describe(self, rgb: picture.Rgb, box: Box) -> Descriptor:
        """See `Engine`. Always in the picture's own pixels: a description of a shrunken face is a worse one."""
        (descriptor,) = self._api.face_encodings(rgb, [tuple(box)], num_jitters=1, model="small")
        return np.asarray(descriptor, dtype=np.float64)

    def distance(self, one: Descriptor, other: Descriptor) -> float:
        """Euclid, as `face_recognition.face_distance`."""
        return float(self._api.face_distance([one], other)[0])

    def forget(self) -> None:
        """The network keeps its last results until the next face; the next one is a grey square."""
        self._api.face_encoder.compute_face_descriptor(np.full((_CHIP_PX, _CHIP_PX, 3), 127, dtype=np.uint8))


_CHIP_PX = 150
"""The size of a face as dlib's network takes it."""

_ENGINES: dict[EngineName, Callable[[], Engine]] = {EngineName.FACE_RECOGNITION: FaceRecognitionEngine}


def make(name: EngineName) -> Engine:
    """Make the engine of this name, with its models loaded. Raise EngineMissing."""
    return _ENGINES[name]()


def _scaled(box: Box, factor: float, rgb: picture.Rgb) -> Box:
    height, width = rgb.shape[:2]
    top, right, bottom, left = (round(edge * factor) for edge in box)
    return Box(max(0, top), min(width, right), min(height, bottom), max(0, left))


def _load_face_recognition() -> Any:
    """Import the library and keep what the kiosk uses of it.

    Its import prints and calls quit() when the models (or the pkg_resources that they need) are missing, makes Pillow
    accept torn image files in the whole process, and loads a landmark model and a CNN detector that nothing here calls.
    """
    accepts_torn_files = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
            from face_recognition import api
    except ImportError as error:
        raise EngineMissing(f"没有安装人脸比对程序({error.name})→ 请运行 make setup") from error
    except SystemExit as error:
        raise EngineMissing(
            "人脸模型 face_recognition_models 读不出来(没有安装,或 setuptools 是 82 以上的版本)→ 请运行 make setup"
        ) from error
    except RuntimeError as error:
        raise EngineMissing("人脸模型文件损坏或不完整 → 请重新安装 face_recognition_models(make setup)") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = accepts_torn_files
    api.pose_predictor_68_point = api.cnn_face_detector = None
    # 70 MB in many small pieces: without the trim the C library keeps them.
    ctypes.CDLL(None).malloc_trim(0)
    return api
