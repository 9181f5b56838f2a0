"""The photo decoder's slot."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.id_card_photo import stand_in_photo
from drivers.id_card import photo


def blob(data: bytes) -> bytearray:
    return bytearray(data + bytes(1024 - len(data)))


def test_the_stand_in_comes_back_as_png_of_the_cards_size(portrait: str) -> None:
    png = photo.StandInDecoder().decode(blob(base64.b64decode(portrait)))
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (102, 126), "RGB")
        red, green, blue = image.getpixel((51, 60))  # type: ignore[misc]
        assert red > green > blue  # the face's own colour, not a blank picture


def test_stand_in_photo_fits_and_uses_the_room() -> None:
    gradient = Image.radial_gradient("L").resize((102, 126))
    busy = Image.merge("RGB", (gradient, gradient.rotate(90), gradient.rotate(180)))
    assert 300 < len(stand_in_photo(busy)) <= 1024


def test_noise_does_not_fit_and_is_refused() -> None:
    noise = Image.effect_noise((102, 126), 200).convert("RGB")
    with pytest.raises(ValueError, match="1024 bytes"):
        stand_in_photo(noise)


def _webp(size: tuple[int, int], **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "grey").save(out, "WEBP", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"WLT" * 300, b"RIFF", b"\xff" * 1024, _webp((102, 126), lossless=True), _webp((102, 126)) + b"more",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ", _webp((102, 126))[:40],
    ],
)  # fmt: skip
def test_what_is_not_the_stand_in_is_refused(data: bytes) -> None:
    with pytest.raises(photo.PhotoUndecodable, match="照片数据不"):
        photo.StandInDecoder().decode(blob(data))


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(photo.PhotoUndecodable, match="102×126"):
        photo.StandInDecoder().decode(blob(_webp((126, 102), quality=1)))


def test_without_a_decoder_the_text_says_what_to_install() -> None:
    with pytest.raises(photo.PhotoUndecodable, match="photo_library"):
        photo.NoDecoder().decode(blob(b""))


def _rle_bmp() -> bytes:
    """A whole 102 × 126 BMP in less than 1,024 bytes: 8 bits with run lengths, each row 102 times colour 1."""
    palette = bytes((0, 0, 0, 0, 10, 200, 30, 0))
    rows = bytes((102, 1, 0, 0)) * 126
    offset = 54 + len(palette)
    info = b"".join(
        number.to_bytes(size, "little")
        for number, size in (
            (40, 4),
            (102, 4),
            (126, 4),
            (1, 2),
            (8, 2),
            (1, 4),
            (len(rows), 4),
            (0, 4),
            (0, 4),
            (2, 4),
            (2, 4),
        )
    )
    head = b"BM" + (offset + len(rows)).to_bytes(4, "little") + bytes(4) + offset.to_bytes(4, "little")
    return head + info + palette + rows


def test_a_vendors_library_is_called_with_input_output_and_mode() -> None:
    """`swab(3)` has the very shape: it writes its input to its output, each pair of bytes swapped, `mode` bytes long."""
    swapped = bytearray(blob(_rle_bmp()))
    swapped[0::2], swapped[1::2] = swapped[1::2], swapped[0::2]
    png = photo.VendorDecoder("libc.so.6", "swab", 1024).decode(swapped)
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (102, 126)
        assert image.getpixel((50, 60)) == (30, 200, 10)
    with pytest.raises(photo.PhotoUndecodable, match="photo_symbol"):
        photo.VendorDecoder("libc.so.6", "swab", 1024).decode(blob(b"something else"))


@pytest.mark.parametrize(
    ("library", "symbol", "key"),
    [("no-such-library.so", "unpack", "photo_library"), ("libc.so.6", "no_such_symbol", "photo_symbol")],
)
def test_a_library_that_cannot_be_used_names_the_setting(library: str, symbol: str, key: str) -> None:
    with pytest.raises(DeviceFault, match=key) as caught:
        photo.VendorDecoder(library, symbol, 0)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
