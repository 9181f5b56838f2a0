"""The stand-in for the card's photograph: the format is described in `drivers.id_card.photo`."""

from __future__ import annotations

import io

from PIL import Image

SIZE = (102, 126)
LIMIT = 1024


def stand_in_photo(image: Image.Image) -> bytes:
    """Return a portrait as lossy WebP of at most 1,024 bytes, in the best quality that fits; the crop is the caller's.

    The picture is scaled to 102 × 126 pixels. Raise ValueError when it is too busy for 1,024 bytes in any quality.
    """
    small = image.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    best = b""
    lowest, highest = 0, 100
    while lowest <= highest:
        quality = (lowest + highest) // 2
        data = _webp(small, quality)
        if len(data) <= LIMIT:
            best, lowest = data, quality + 1
        else:
            highest = quality - 1
    if not best:
        raise ValueError(f"the picture does not fit into {LIMIT} bytes; crop it to the face or blur its background")
    return best


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()
