"""Clips are known by their wording: a changed sentence has none, and half a message is not signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.locales import Phrasebook
from kiosk.settings.reading import Mistake
from kiosk.sign_language.captions import captions, standing
from kiosk.sign_language.clips import Clips
from kiosk.voice.grammar import sentences
from kiosk.voice.inventory import templates
from tests.support.signing import manifest

SAY = Phrasebook()


def planned(folder: Path, caption: str) -> list[str]:
    return [path.stem for path in Clips(folder).plan(caption)]


def test_a_caption_is_signed_by_the_clip_of_its_words_and_a_changed_one_by_none(tmp_path: Path) -> None:
    manifest(tmp_path, card=SAY("card.spoken"))
    assert planned(tmp_path, SAY("card.spoken")) == ["card"]
    assert planned(tmp_path, SAY("card.spoken").replace("放在", "搁在")) == []


def test_a_sentence_with_values_is_signed_whatever_they_are(tmp_path: Path) -> None:
    manifest(tmp_path, printing="正在打印，请不要离开。共{pages}页。", any="{pages}页。")
    spoken = SAY("printing.spoken", pages=7)
    assert planned(tmp_path, spoken) == ["printing"]
    assert planned(tmp_path, "12页。") == ["any"]


def test_clips_of_sentences_follow_one_another_and_one_of_both_is_better(tmp_path: Path) -> None:
    both = SAY("idle.spoken") + SAY("card.spoken")
    first, *rest = sentences("您好。请选择大字语音版，或者标准版。")
    manifest(tmp_path, hello=first, choose="".join(rest), card=SAY("card.spoken"))
    assert planned(tmp_path, both) == ["hello", "choose", "card"]
    manifest(tmp_path, hello=first, idle=SAY("idle.spoken"), card=SAY("card.spoken"))
    assert planned(tmp_path, both) == ["idle", "card"]


def test_half_a_message_is_not_signed(tmp_path: Path) -> None:
    manifest(tmp_path, card=SAY("card.spoken"))
    assert planned(tmp_path, SAY("card.spoken") + "还有一句。") == []
    assert planned(tmp_path, "") == []


def test_how_far_the_clips_go_and_which_sign_what_nobody_says_any_more(tmp_path: Path) -> None:
    manifest(tmp_path, card=SAY("card.spoken"), old="这句话早就改了。")
    found = standing(Clips(tmp_path))
    assert [each.key for each in found.signed] == ["card.spoken"]
    assert found.stale == ("old.mp4",)
    assert len(found.signed) + len(found.unsigned) == len(captions()) == len(standing(None).unsigned)


def test_every_caption_can_have_a_clip_that_is_not_stale(tmp_path: Path) -> None:
    """What is listed to be filmed is what the screens say: a clip of each is found again, with its slots."""
    there = set(templates())
    for number, each in enumerate(captions()):
        manifest(tmp_path, clip=each.text)
        assert planned(tmp_path, each.text) == ["clip"], each
        assert standing(Clips(tmp_path)).stale == (), each
        assert number < len(there)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('licence = "x"\nclips = []', "signer"),
        ('signer = ""\nlicence = "x"\nclips = []', "signer"),
        ('signer = "x"\nlicence = "x"\n[[clips]]\nfile = "../a.mp4"\nsays = "x"', "file"),
        ('signer = "x"\nlicence = "x"\n[[clips]]\nfile = "a.avi"\nsays = "x"', "file"),
        ('signer = "x"\nlicence = "x"\n[[clips]]\nfile = "a.mp4"', "says"),
        (
            'signer = "x"\nlicence = "x"\n[[clips]]\nfile = "a.mp4"\nsays = "好。"\n[[clips]]\nfile = "b.mp4"\nsays = "好。 "',
            "b.mp4",
        ),
        ("no toml", "manifest.toml"),
    ],
)
def test_a_mistake_in_the_manifest_is_told_with_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "manifest.toml").write_text(text, "utf-8")
    with pytest.raises(Mistake, match=key) as told:
        Clips(tmp_path)
    assert all("manifest.toml" in line and "→" in line for line in told.value.lines)
