"""The gates on pixels: contrast as it is on the glass, and pictures against their references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kiosk import fonts
from kiosk.shell import matrix, ruler
from kiosk.shell.marks import Box, Glyphs, Part
from kiosk.shell.studio import lay, letters
from tests.kiosk.shell import references
from tests.kiosk.shell.gates import floors
from tests.kiosk.shell.test_shell_tokens import contrast

pytestmark = pytest.mark.screen

ALL = [*matrix.pairwise(), *matrix.pilots()]
FEW = [*matrix.each_screen(matrix.pairwise()), *matrix.pilots()[:1]]
LETTERS = letters()


@pytest.fixture(scope="module")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery of what this run looks at: the whole sample when slow tests run too."""
    out: Path = tmp_path_factory.mktemp("gallery")
    params = [
        item.callspec.params
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
    ]
    wanted = {case for each in params if isinstance(case := each.get("case"), matrix.Case)}
    references.take([case for case in ALL if case in wanted], out)
    return out


CASES = [pytest.param(case, id=case.name, marks=() if case in FEW else pytest.mark.slow) for case in ALL]


@pytest.mark.parametrize("case", CASES)
def test_it_looks_as_it_did(case: matrix.Case, pictures: Path) -> None:
    kept = references.FOLDER / f"{case.name}.webp"
    assert kept.exists(), "a new screen or look: run `make reference`, look at the pictures, commit them"
    was, now = references.small(kept), references.small(pictures / f"{case.name}.webp")
    if references.difference(was, now) > references.MOST:
        path = references.leave(case.name, was, now)
        pytest.fail(f"{case.name} looks different: {path} (was, is, difference). If it should, run `make reference`")


def hexed(colour: tuple[int, ...]) -> str:
    return "#" + bytes(colour).hex()


def seen(picture: Image.Image, box: Box) -> float:
    """Contrast of a text's ink with its ground, as measured on the glass: the commonest colour is the ground, the ink is what
    of the others is furthest from it; colours of a few pixels are edges of letters."""
    area = picture.crop((box.x, box.y, box.right, box.bottom))
    counts = Counter({colour: count for count, colour in area.getcolors(area.width * area.height)})
    ground = hexed(counts.most_common(1)[0][0])
    ink = [colour for colour, count in counts.items() if count >= LEAST_INK * area.width * area.height]
    return max(contrast(hexed(colour), ground) for colour in ink)


LEAST_INK = 0.002
"""Share of the pixels of a line of text."""


def texts(part: Part) -> Iterator[tuple[str, Box]]:
    """Each stretch of letters of a part, and where its ink is."""
    for mark in part.marks:
        if isinstance(mark, Glyphs) and mark.text.strip():
            wide = ruler.measure(mark.font, mark.px, mark.text)
            yield mark.text, Box(mark.x, mark.baseline - round(mark.px * 0.8), wide, round(mark.px * 0.9))


@pytest.mark.parametrize("case", CASES)
def test_every_text_can_be_told_from_its_ground(case: matrix.Case, pictures: Path) -> None:
    laid, _ = lay(case.sample(), case.look(), case.shape(), LETTERS)
    strong = max(floors()[case.mode]["contrast"], floors().get(case.theme, {}).get("contrast", 0.0))
    weak = {}
    with Image.open(pictures / f"{case.name}.png") as opened:
        picture = opened.convert("RGB")
    for part in laid.all():
        floor = strong if part.node.enabled else floors()["disabled"]
        for text, box in texts(part):
            found = seen(picture, box)
            if found < floor:
                weak[f"{part.key} {text}"] = round(found, 2)
    assert not weak


# --- the measures themselves


def kept(screen: str) -> Image.Image:
    return references.small(next(references.FOLDER.glob(f"{screen}-*-portrait_21.webp")))


def spoilt(how: str) -> Image.Image:
    picture = kept("guide")
    if how == "a word is gone":
        picture.paste(picture.getpixel((135, 470)), (20, 40, 80, 52))
    elif how == "a button has moved":
        button = picture.crop((0, 380, 270, 440))
        picture.paste(picture.getpixel((2, 380)), (0, 380, 270, 440))
        picture.paste(button, (0, 374))
    elif how == "a colour is wrong":
        return Image.merge(
            "RGB",
            [
                band if name != "B" else band.point(lambda v: v * 9 // 10)
                for name, band in zip("RGB", picture.split(), strict=True)
            ],
        )
    elif how == "it lies":
        return picture.rotate(90, expand=True)
    return picture


@pytest.mark.parametrize("how", ["a word is gone", "a button has moved", "a colour is wrong", "it lies"])
def test_a_picture_that_has_changed_is_noticed(how: str) -> None:
    assert references.difference(kept("guide"), spoilt(how)) > references.MOST


@pytest.mark.parametrize("screen", ["guide", "choose", "card", "review"])
def test_letters_that_are_drawn_a_little_otherwise_are_not(screen: str) -> None:
    """Softer edges and a quarter of a pixel to the side: what another FreeType or Mesa does to a picture of this size."""
    was = kept(screen)
    softer = was.filter(ImageFilter.GaussianBlur(0.5))
    aside = was.transform(was.size, Image.Transform.AFFINE, (1, 0, 0.25, 0, 1, 0.25), Image.Resampling.BILINEAR)
    assert references.difference(was, softer) < references.MOST
    assert references.difference(was, aside) < references.MOST


def test_pale_letters_are_noticed() -> None:
    picture = Image.new("RGB", (200, 60), "#F3F6FA")
    ImageDraw.Draw(picture).text(
        (10, 10), "国" * 4, "#9AA7B8", ImageFont.truetype(str(fonts.screen_regular().path), 36)
    )
    assert seen(picture, Box(0, 0, 200, 60)) < 3.0
