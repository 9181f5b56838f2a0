"""The decoder slot for the card's photograph: 1,024 bytes of "WLT" that become 102 × 126 pixels.

WLT is proprietary and no open decoder is known, so which decoder runs is a setting (`photo_decoder`):

- `none`      the card is read without its photograph, and says so;
- `vendor`    a library that came with the reader, given by path and symbol, called as public wrappers of such libraries call
              it (`int f(const uint8_t wlt[1024], uint8_t *out, int mode)`; hxgc's `unpack` and `wlt2bmp`);
- `stand_in`  what our emulator sends instead of WLT. Production profiles refuse it.

The stand-in format: one lossy WebP file (RIFF container, first chunk "VP8 ") of 102 × 126 pixels and at most 1,024 bytes,
followed by zeros up to 1,024. It was chosen because JPEG 2000 and JPEG of that size lose the face.
"""

from __future__ import annotations

import ctypes
import io
from contextlib import suppress
from typing import Protocol

from PIL import Image

from drivers.contract.faults import FaultCode, failing

BLOB_SIZE = 1024
WIDTH, HEIGHT = 102, 126
_BMP_SIZE = 54 + HEIGHT * 308  # 24 bits a pixel, rows padded to 4 bytes: 38,862 bytes
_RAW_SIZE = WIDTH * HEIGHT * 3

Blob = bytearray | memoryview
_UNREADABLE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


class PhotoUndecodable(Exception):
    """The text says in Chinese, to a keeper or technician, what is missing."""


class PhotoDecoder(Protocol):
    """Turns the card's 1,024 bytes into a PNG file of 102 × 126 pixels."""

    def decode(self, blob: Blob) -> bytes:
        """Return the PNG. Raise PhotoUndecodable."""


class NoDecoder:
    """No decoder is installed."""

    def decode(self, blob: Blob) -> bytes:
        """Always say so."""
        raise PhotoUndecodable(
            "没有安装照片解码器。请安装读卡器厂家的解码库,并在设备配置里写 photo_decoder 和 photo_library。"
        )


class StandInDecoder:
    """Decodes the emulator's stand-in, and nothing else."""

    def decode(self, blob: Blob) -> bytes:
        """See the module's text for the format."""
        size = int.from_bytes(blob[4:8], "little") + 8
        is_stand_in = bytes(blob[:4]) == b"RIFF" and bytes(blob[8:16]) == b"WEBPVP8 " and size <= len(blob) <= BLOB_SIZE
        if not is_stand_in or any(blob[size:]):
            raise PhotoUndecodable("照片数据不是模拟器的替身格式。真实证件请安装读卡器厂家的解码库。")
        return _as_png(bytes(blob[:size]), "WEBP", "照片数据不完整,替身解码器读不出来。请再放一次证件。")


class VendorDecoder:
    """Calls a vendor's library in this process; if it crashes, the device host dies and is started again."""

    def __init__(self, library: str, symbol: str, mode: int) -> None:
        """Load it. Raise DeviceFault(SETTING_INVALID) naming the setting that does not fit."""
        try:
            self._function = getattr(ctypes.CDLL(library), symbol)
        except OSError as error:
            raise failing(FaultCode.SETTING_INVALID, f"photo_library: cannot be loaded ({error})") from error
        except AttributeError as error:
            raise failing(FaultCode.SETTING_INVALID, f"photo_symbol: the library has no {symbol!r}") from error
        self._function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]
        self._function.restype = ctypes.c_int
        self._mode = mode

    def decode(self, blob: Blob) -> bytes:
        """Judge by what was written, not by the return value: vendors disagree whether 0 or 1 means good."""
        given = ctypes.create_string_buffer(bytes(blob), BLOB_SIZE)
        taken = ctypes.create_string_buffer(
            2 * _BMP_SIZE
        )  # room to spare: a library that writes more has no public record
        try:
            self._function(given, taken, self._mode)
            if taken.raw[:2] != b"BM":
                raise PhotoUndecodable("厂家解码库没有给出 BMP 图片。请核对 photo_symbol 和 photo_mode。")
            return _as_png(taken.raw[:_BMP_SIZE], "BMP", "厂家解码库给出的图片读不出来。请核对解码库与读卡器是否配套。")
        finally:
            ctypes.memset(given, 0, ctypes.sizeof(given))
            ctypes.memset(taken, 0, ctypes.sizeof(taken))


def _as_png(data: bytes, kind: str, problem: str) -> bytes:
    # Pillow's own errors may quote bytes of the picture, so they are left behind here.
    with suppress(*_UNREADABLE), Image.open(io.BytesIO(data), formats=[kind]) as image:
        if image.size != (WIDTH, HEIGHT):
            raise PhotoUndecodable(f"照片尺寸不是 {WIDTH}×{HEIGHT}。")
        out = io.BytesIO()
        image.convert("RGB").save(out, "PNG", compress_level=1)
        return out.getvalue()
    raise PhotoUndecodable(problem)
