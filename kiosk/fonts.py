"""Which letters this machine can draw, and with what. `python -m kiosk.fonts` prepares it once (part of `make setup`).

Screen: Noto Sans CJK, the Simplified Chinese face taken out of the collection (Kivy reads face 0, whose 骨 and 令 are
Japanese), and the Traditional Chinese one for that language. Paper: LXGW WenKai, because reportlab needs TrueType outlines.
Rare characters of names (GB 18030-2022 level 3): Hanazono. Uyghur, Tibetan, Mongolian and Yi, on the screen only: Noto; the
first three must be shaped (kiosk.shell.ruler does). For each font a coverage bitmap is written, so that no process has to
parse a font to know whether it can draw a name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SYSTEM = Path("/usr/share/fonts")
_NOTO = _SYSTEM / "opentype/noto"
_FACES = {
    "NotoSansCJKsc-Regular.otf": (_NOTO / "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    "NotoSansCJKsc-Bold.otf": (_NOTO / "NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
    "NotoSansCJKtc-Regular.otf": (_NOTO / "NotoSansCJK-Regular.ttc", "Noto Sans CJK TC"),
    "NotoSansCJKtc-Bold.otf": (_NOTO / "NotoSansCJK-Bold.ttc", "Noto Sans CJK TC"),
}
"""Collection, and the beginning of the face's name in it."""
_SINGLE = {
    "LXGWWenKai-Regular.ttf": _SYSTEM / "truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
    "HanaMinA.ttf": _SYSTEM / "truetype/hanazono/HanaMinA.ttf",
    "HanaMinB.ttf": _SYSTEM / "truetype/hanazono/HanaMinB.ttf",
    "NotoSansArabic-Regular.ttf": _SYSTEM / "truetype/noto/NotoSansArabic-Regular.ttf",
    "NotoSansArabic-Bold.ttf": _SYSTEM / "truetype/noto/NotoSansArabic-Bold.ttf",
    "NotoSerifTibetan-Regular.ttf": _SYSTEM / "truetype/noto/NotoSerifTibetan-Regular.ttf",
    "NotoSerifTibetan-Bold.ttf": _SYSTEM / "truetype/noto/NotoSerifTibetan-Bold.ttf",
    "NotoSansMongolian-Regular.ttf": _SYSTEM / "truetype/noto/NotoSansMongolian-Regular.ttf",
    "NotoSansYi-Regular.ttf": _SYSTEM / "truetype/noto/NotoSansYi-Regular.ttf",
}
_SHAPED = frozenset(
    name for name in _SINGLE if name.startswith(("NotoSansArabic", "NotoSerifTibetan", "NotoSansMongolian"))
)
_LAST_CODE_POINT = 0x323AF


@dataclass(frozen=True)
class Font:
    """A font file and the code points it draws."""

    path: Path
    coverage: bytes
    shaped: bool = False
    """Its letters change with their neighbours: it must be set by a shaping engine, a word at a time."""

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for this character."""
        point = ord(character)
        return point <= _LAST_CODE_POINT and bool(self.coverage[point >> 3] & (1 << (point & 7)))


@dataclass(frozen=True)
class Run:
    """A stretch of text for one font; `font` is None when no font has these characters."""

    text: str
    font: Font | None


def folder() -> Path:
    """Where the prepared fonts lie."""
    return Path(sys.prefix) / "share" / "kiosk" / "fonts"


@cache
def font(name: str) -> Font:
    """Return a prepared font by file name. Raise FileNotFoundError that says what to run."""
    path = folder() / name
    try:
        return Font(path, path.with_suffix(".coverage").read_bytes(), is_shaped(name))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path} is not there; run `python -m kiosk.fonts`") from error


def is_shaped(name: str) -> bool:
    """Whether the prepared font of this file name must be shaped."""
    return name in _SHAPED


def screen_regular() -> Font:
    """The screen's letters."""
    return font("NotoSansCJKsc-Regular.otf")


def screen_bold() -> Font:
    """The screen's headings."""
    return font("NotoSansCJKsc-Bold.otf")


def traditional(*, bold: bool = False) -> Font:
    """The screen's letters for Traditional Chinese: the forms of Taiwan's Ministry of Education (骨 令 角 as readers there know
    them)."""
    return font(f"NotoSansCJKtc-{'Bold' if bold else 'Regular'}.otf")


def paper() -> Font:
    """The paper's letters (TrueType outlines)."""
    return font("LXGWWenKai-Regular.ttf")


def rare() -> tuple[Font, ...]:
    """Fallbacks for rare characters, in the order in which they are tried."""
    return font("HanaMinA.ttf"), font("HanaMinB.ttf")


def scripts(*, bold: bool = False) -> tuple[Font, ...]:
    """The screen's fonts of other writing systems; Mongolian and Yi have one weight."""
    weight = "Bold" if bold else "Regular"
    return (
        font(f"NotoSansArabic-{weight}.ttf"),
        font(f"NotoSerifTibetan-{weight}.ttf"),
        font("NotoSansMongolian-Regular.ttf"),
        font("NotoSansYi-Regular.ttf"),
    )


def runs(text: str, first: Font, others: tuple[Font, ...] | None = None) -> list[Run]:
    """Split text into runs: `first` where it can, else one of `others` (default: those for rare characters), else a run
    without a font. What joins or parts words of a shaped font (marks, spaces) stays with the word before it."""
    fonts = (first, *(rare() if others is None else others))
    found: list[Run] = []
    for character in text:
        before = found[-1].font if found else None
        if before and before.shaped and not character.isalnum() and before.has(character):
            found[-1] = Run(found[-1].text + character, before)
            continue
        chosen = next((each for each in fonts if each.has(character)), None)
        if found and found[-1].font is chosen:
            found[-1] = Run(found[-1].text + character, chosen)
        else:
            found.append(Run(character, chosen))
    return found


def missing(text: str, first: Font) -> str:
    """Return the characters of `text` that neither `first` nor a fallback can draw; empty when all can be drawn."""
    return "".join(run.text for run in runs(text, first) if run.font is None)


def prepare() -> Path:
    """Write the prepared fonts and their coverage. Raise FileNotFoundError naming the missing distribution package's file."""
    from fontTools.ttLib import TTCollection, TTFont

    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    for name, (source, face_name) in _FACES.items():
        collection = TTCollection(str(source))
        face = next(each for each in collection.fonts if (each["name"].getDebugName(4) or "").startswith(face_name))
        new = target / f"{name}.new"
        face.save(str(new))
        new.replace(target / name)  # a process that has the old file mapped keeps it
        _write_coverage(target / name, face.getBestCmap())
    for name, source in _SINGLE.items():
        link = target / name
        link.unlink(missing_ok=True)
        link.symlink_to(source)
        _write_coverage(link, TTFont(str(source)).getBestCmap())
    return target


def _write_coverage(path: Path, points: Iterable[int]) -> None:
    bits = bytearray((_LAST_CODE_POINT >> 3) + 1)
    for point in points:
        if point <= _LAST_CODE_POINT:
            bits[point >> 3] |= 1 << (point & 7)
    path.with_suffix(".coverage").write_bytes(bits)


if __name__ == "__main__":
    prepare()
