from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Mode, Theme
from kiosk.shell import tokens

PANELS = tokens.panels()
TEXT_ON = (
    ("ink", "surface"),
    ("ink", "card"),
    ("ink", "header"),
    ("muted", "surface"),
    ("muted", "card"),
    ("muted", "header"),
    ("primary", "card"),
    ("on_primary", "primary"),
    ("speech_ink", "speech"),
    ("speech_ink", "surface"),
    ("good", "card"),
    ("attention", "card"),
    ("attention", "attention_soft"),
    ("ink", "attention_soft"),
    ("ink", "good_soft"),
    ("good", "good_soft"),
    ("leave", "card"),
    ("on_hero", "hero_top"),
    ("on_hero", "hero_bottom"),
    ("on_hero", "chip"),
    ("ink", "speech"),
)


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (b / 255 for b in bytes.fromhex(colour[1:7]))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("mode", Mode)
def test_contrast(theme: Theme, mode: Mode) -> None:
    colours = tokens.colours(theme, mode)
    floor = 7.0 if mode is Mode.ELDER or theme is Theme.HIGH_CONTRAST else 4.5
    weak = {
        pair: round(ratio, 2)
        for pair in TEXT_ON
        if (ratio := contrast(getattr(colours, pair[0]), getattr(colours, pair[1]))) < floor
    }
    assert not weak
    assert contrast(colours.disabled, colours.disabled_card) >= 4.5


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())
def test_millimetres_never_shrink_on_the_glass(mode: Mode, panel: Panel) -> None:
    wanted, got = tokens.millimetres(mode, panel), tokens.pixels(mode, panel)
    for group in ("ink", "length"):
        for name, mm in msgspec.structs.asdict(getattr(wanted, group)).items():
            px = getattr(getattr(got, group), name)
            assert px / (panel.px[0] / panel.mm[0]) >= mm - 1e-9, name
            assert px / (panel.px[1] / panel.mm[1]) >= mm - 1e-9, name


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())
def test_every_text_is_high_enough(panel: Panel) -> None:
    for mode, floor, title in ((Mode.STANDARD, 5.0, 5.0), (Mode.ELDER, 10.0, 12.0)):
        inks = tokens.millimetres(mode, panel).ink
        assert min(msgspec.structs.astuple(inks)) >= floor
        assert min(inks.title, inks.heading) >= title


def test_a_mistake_names_file_key_and_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sizes").mkdir()
    good = (tokens.folder() / "sizes" / "standard.toml").read_text("utf-8")
    (tmp_path / "sizes" / "standard.toml").write_text(good.replace("margin = 12.0", 'margin = "wide"'), "utf-8")
    monkeypatch.setattr(tokens, "folder", lambda: tmp_path)
    tokens.millimetres.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"standard\.toml.*length\.margin"):
            tokens.millimetres(Mode.STANDARD, PANELS["portrait_21"])
    finally:
        tokens.millimetres.cache_clear()
