"""`kiosk signs check`, and `kiosk check` of a site with clips: what is missing, stale or no film is told with its file and cure."""

from __future__ import annotations

from pathlib import Path

from kiosk.locales import Phrasebook
from tests.support.command import kiosk_here
from tests.support.signing import clip, manifest

SAY = Phrasebook()


def test_without_a_folder_everything_is_listed_that_there_is_to_film(tmp_path: Path) -> None:
    done = kiosk_here("signs", "check", "--json", folder=tmp_path)
    assert done.code == 0
    assert {"key": "card.spoken", "says": SAY("card.spoken")} in done.json["missing"]
    assert len(done.json["missing"]) == done.json["captions"]
    assert done.json["signed"] == 0


def test_a_good_folder_has_no_mistakes_and_says_who_signs(tmp_path: Path) -> None:
    clip(tmp_path / "card.mp4")
    manifest(tmp_path, card=SAY("card.spoken"))
    done = kiosk_here("signs", "check", tmp_path, folder=tmp_path)
    assert done.code == 0
    assert "有片段的 1 句；测试，Apache-2.0" in done.out


def test_what_is_wrong_is_told_with_file_and_cure(tmp_path: Path) -> None:
    clip(tmp_path / "old.mp4")
    (tmp_path / "torn.mp4").write_bytes(b"no film")
    clip(tmp_path / "large.mp4", seconds=0.1, size=(2000, 200))
    says = {
        "old": "早就改了的话。",
        "torn": SAY("card.spoken"),
        "large": SAY("choose.spoken"),
        "gone": SAY("keeper.spoken"),
    }
    manifest(tmp_path, **says)
    found = kiosk_here("signs", "check", tmp_path, "--json", folder=tmp_path).json["mistakes"]
    assert [(line.split(": ")[1], line.split("→")[0].split("：")[0].split(": ")[2].strip()) for line in found] == [
        ("old.mp4", "字幕已经改了，这个片段不会再放"),
        ("torn.mp4", "放不了"),
        ("large.mp4", "2000 × 200 像素，太大"),
        ("gone.mp4", "没有这个文件"),
    ]
    assert all("manifest.toml" in line for line in found)
