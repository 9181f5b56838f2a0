"""Strokes to characters, by PP-OCRv6 (small, recognition).

The ink is drawn as a picture and read as a line of one character: neither the order of the strokes nor whether two were written
without lifting the finger matters, as it does to engines that compare strokes (docs/decisions/013). The model is part of the
package rapidocr (PyPI; model by PaddleOCR, Baidu; Apache-2.0); nothing is downloaded and no code of that package runs.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from kiosk.input.messages import SIDE, Guesses, Recognise, Stroke

_MODEL = "models/PP-OCRv6_rec_small.onnx"
_HEIGHT, _WIDTH = 48, 96
"""Pixels. The height is the model's; a character with white on both sides is read a little better than a tight one."""
_INK = 3.0
_EDGE = 5
"""Pixels: width of the line, and white above and below the character."""
_FINER = 4
"""The ink is drawn so many times larger and made smaller, for soft edges."""
_THREADS = 2


class Handwriting:
    """One loaded model."""

    def __init__(self, guesses: int) -> None:
        """Raise OSError naming the package that is missing."""
        try:
            import onnxruntime
        except ImportError as error:
            raise OSError("onnxruntime is not installed; install it with pip") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _THREADS
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the shell draws on the same cores
        self._most = guesses
        self._model: Any = onnxruntime.InferenceSession(str(model()), options, providers=["CPUExecutionProvider"])
        self._input = self._model.get_inputs()[0].name
        # Class 0 is CTC's blank; the list of characters is in the model's own metadata, one a line.
        listed = self._model.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ("", *listed)
        self._chinese = np.array([_is_chinese(each) for each in self._characters])

    def known(self) -> list[str]:
        """Every character that may be guessed."""
        return [each for each, chinese in zip(self._characters, self._chinese, strict=True) if chinese]

    def answer(self, question: Recognise) -> Guesses:
        """Say which Chinese characters the strokes may be; none for no ink."""
        if not any(question.strokes):
            return Guesses(serial=question.serial, guesses=())
        shades = np.asarray(draw(question.strokes), np.float32) / 127.5 - 1
        picture: NDArray[np.float32] = np.repeat(shades[None, None], 3, axis=1)
        (places,) = self._model.run(None, {self._input: picture})
        # One column a class, one row a place along the line: a character counts where it is seen best.
        likely = places[0].max(axis=0)[: len(self._characters)]
        likely = np.where(self._chinese[: len(likely)], likely, 0)
        best = np.argsort(-likely)[: self._most]
        return Guesses(serial=question.serial, guesses=tuple(self._characters[int(each)] for each in best))


def _is_chinese(text: str) -> bool:
    """Unified ideographs, those of rare names among them (𬱖 is in extension E): what GB 18030-2022 level 3 asks for."""
    return len(text) == 1 and ("\u3400" <= text <= "\u9fff" or "\U00020000" <= text <= "\U000323af")


def model() -> Path:
    """Where the model lies. Raise OSError naming the package that is missing."""
    spec = importlib.util.find_spec("rapidocr")
    found = [Path(place) / _MODEL for place in (spec.submodule_search_locations or ())] if spec else []
    if not found or not found[0].exists():
        raise OSError(f"rapidocr with {_MODEL} is not installed; install it with pip")
    return found[0]


def draw(strokes: tuple[Stroke, ...]) -> Image.Image:
    """Draw the ink in the middle of a picture of the model's size, black on white, as large as fits."""
    xs = [x for stroke in strokes for x, _ in stroke]
    ys = [y for stroke in strokes for _, y in stroke]
    span = max(max(xs) - min(xs), max(ys) - min(ys), SIDE // 20)
    scale = (_HEIGHT - 2 * _EDGE) * _FINER / span
    left = _WIDTH * _FINER / 2 - (max(xs) + min(xs)) / 2 * scale
    top = _HEIGHT * _FINER / 2 - (max(ys) + min(ys)) / 2 * scale
    picture = Image.new("L", (_WIDTH * _FINER, _HEIGHT * _FINER), 255)
    pen = ImageDraw.Draw(picture)
    radius = _INK * _FINER / 2
    for stroke in strokes:
        points = [(x * scale + left, y * scale + top) for x, y in stroke]
        if len(points) > 1:
            pen.line(points, fill=0, width=round(2 * radius), joint="curve")
        for x, y in (*points[:1], *points[-1:]):
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return picture.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)
