"""What comes out on the paper: Chinese, rare characters as real glyphs, codes that can be scanned."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.receipt_printer import Feed, Line, QrCode, Rule
from drivers.emulators.receipt_paper import HEAD_TO_CUTTER, SIDE, find_font

RARE = "㐀𠮷䶮"
CODE = "K1." + "eyJhbGciOiJTTTIifQ" * 10


def test_a_slip_comes_out_as_it_was_given(bench: Any) -> None:
    bench.print(
        Line(text="办件凭条", wide=True, centre=True),
        Rule(),
        Line(text="事项:个人参保证明打印 No.0042", bold=True),
        Line(text="迪丽热巴·买买提——喆镕堃"),
        Feed(lines=2),
        QrCode(text=CODE),
    )
    slip = bench.slip()
    assert slip["text"][:3] == ["办件凭条", "-" * 48, "事项:个人参保证明打印 No.0042"]
    assert slip["qr"] == [CODE]
    assert slip["boxes"] == 0
    assert bench.printer.state()["unknown"] == {}
    assert [found.text for found in zxingcpp.read_barcodes(Image.open(bench.picture()))] == [CODE]


@pytest.mark.parametrize("how", [{"qr": "native"}, {"qr": "raster"}, {"qr": "raster", "raster": "graphics"}])
@pytest.mark.parametrize("text", ["https://example.test/核验?c=1", "a" * 1000])
def test_codes_scan(make_bench: Callable[..., Any], how: dict[str, object], text: str) -> None:
    bench = make_bench("tcp", **how)
    bench.print(QrCode(text=text))
    bench.slip()
    assert [found.text for found in zxingcpp.read_barcodes(Image.open(bench.picture()))] == [text]


@pytest.mark.parametrize("raster", ["bitImageRaster", "graphics"])
def test_rare_characters_are_drawn_not_boxed(make_bench: Callable[..., Any], raster: str) -> None:
    bench = make_bench("tcp", raster=raster)
    bench.print(Line(text="姓名 " + RARE))
    slip = bench.slip()
    assert (slip["rare"], slip["boxes"], slip["text"]) == (1, 0, [])
    paper = np.asarray(Image.open(bench.picture()))[HEAD_TO_CUTTER:, SIDE:] < 128
    for index, character in enumerate(RARE):
        cell = paper[0:24, 60 + 24 * index : 84 + 24 * index]
        likeness = {other: overlap(cell, glyph(other)) for other in RARE + "口国"}
        assert max(likeness, key=lambda other: likeness[other]) == character
        assert likeness[character] > 0.8


def test_the_emulator_would_show_boxes(make_bench: Callable[..., Any]) -> None:
    """A printer that is sent what its font lacks prints boxes; the emulator counts them, so the tests above mean something."""
    bench = make_bench("tcp", own_font="gb2312")
    bench.driver.open()
    bench.driver._line().write(b"\x1b@\x1c&" + "镕喆".encode("gb18030") + b"\n\x1dV\x00")
    assert bench.slip()["boxes"] == 2
    bench.print(Line(text="镕喆"))
    assert (bench.slip(2)["boxes"], bench.slip(2)["rare"]) == (0, 1)


@pytest.mark.parametrize(("charset", "pictures"), [("gb2312", 1), ("gbk", 0)])
def test_what_the_printers_own_font_has_is_not_drawn(
    make_bench: Callable[..., Any], charset: str, pictures: int
) -> None:
    bench = make_bench("tcp", own_font="gbk", charset=charset)
    bench.print(Line(text="镕喆"))
    assert (bench.slip()["rare"], bench.slip()["boxes"]) == (pictures, 0)


@pytest.mark.parametrize("wide", [False, True])
def test_long_lines_are_wrapped_alike_as_text_and_as_dots(make_bench: Callable[..., Any], wide: bool) -> None:
    bench = make_bench("tcp")
    bench.print(Line(text="国" * 50, wide=wide))
    bench.print(Line(text="国" * 49 + "㐀", wide=wide))
    columns = 12 if wide else 24
    assert [len(line) for line in bench.slip(1)["text"]] == [columns] * (50 // columns) + [50 % columns]
    heights = [Image.open(bench.picture(number)).height for number in (1, 2)]
    assert abs(heights[0] - heights[1]) <= 12 * (50 // columns + 1)
    assert bench.slip(2)["rare"] == 1, "only the line that holds the rare character is a picture"


def test_no_font_no_paper(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp", fonts=[])
    with pytest.raises(DeviceFault) as caught:
        bench.print(Line(text="凭条"), Line(text="张㐀"))
    assert caught.value.fault.code is FaultCode.GLYPH_MISSING
    assert caught.value.fault.detail == "part 2, character 2"
    assert not (bench.capture / "rx.bin").exists(), "not one byte was sent"


@pytest.mark.parametrize("text", ["\x1b@", "a\nb", "a\x1dV\x00"])
def test_a_name_cannot_give_orders_to_the_printer(make_bench: Callable[..., Any], text: str) -> None:
    bench = make_bench("tcp")
    with pytest.raises(DeviceFault) as caught:
        bench.print(Line(text=text))
    assert caught.value.fault.code is FaultCode.UNSUPPORTED
    assert not (bench.capture / "rx.bin").exists()


def test_faults_never_quote_the_slip(make_bench: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    bench = make_bench("tcp", fonts=[])
    secrets = ["张㐀三", "999999199001011236"]
    with pytest.raises(DeviceFault) as caught:
        bench.print(Line(text=secrets[0]), Line(text=secrets[1]))
    bench.printer.fault("drop")
    with pytest.raises(DeviceFault) as later:
        bench.print(Line(text=secrets[1] * 40))
    for said in (str(caught.value), repr(caught.value.fault), str(later.value), repr(later.value.fault), caplog.text):
        assert not any(secret in said for secret in [*secrets, "㐀", "3400"])


def test_too_much_for_a_code(make_bench: Callable[..., Any]) -> None:
    bench = make_bench("tcp")
    for text in ("a" * 1001, "证" * 1000):
        with pytest.raises(DeviceFault) as caught:
            bench.print(QrCode(text=text))
        assert caught.value.fault.code is FaultCode.UNSUPPORTED


def glyph(character: str) -> np.ndarray[Any, Any]:
    """The character by the font alone, without any code of the driver."""
    path, face = find_font()
    picture = Image.new("L", (24, 24), 255)
    pen = ImageDraw.Draw(picture)
    pen.text((0, 24 * 0.86), character, fill=0, font=ImageFont.truetype(str(path), 24, index=face), anchor="ls")
    return np.asarray(picture) < 128


def overlap(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def test_the_library_leaves_no_folder_behind(tmp_path: Path) -> None:
    """python-escpos makes a temporary folder at each import; the driver's import of it takes care of that."""
    command = [sys.executable, "-c", "import drivers.receipt_printer.library"]
    subprocess.run(command, check=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_the_library_knows_its_printers_without_reading_yaml() -> None:
    """Its table is JSON; read as YAML it would keep every start of the printer's host waiting for 0.12 s."""
    told = "import drivers.receipt_printer.library, escpos.capabilities as c; print(len(c.CAPABILITIES['profiles']), c.full_load)"
    run = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    printers, read_as_yaml = run.stdout.split()
    assert int(printers) > 20
    assert read_as_yaml == "False"
