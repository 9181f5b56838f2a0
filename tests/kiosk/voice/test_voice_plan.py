"""A caption becomes recordings in their order, whole phrases where there are, or nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.locales import Phrasebook
from kiosk.screens.screen import Mode
from kiosk.voice.grammar import counted, fill, grammar, pattern, phrases, plain, sentences, slots_in
from kiosk.voice.inventory import labels, recordings, slotted
from kiosk.voice.pack import Recording
from kiosk.voice.plan import Pause, Planner
from kiosk.voice.reading import Kind

SAY = Phrasebook()
BARE = Planner(slotted(), {spoken: Recording(file="", ms=0) for spoken in recordings()})
"""With no more than there must be."""
ALL = Planner(slotted(), {spoken: Recording(file="", ms=0) for spoken in (*recordings(), *labels())})


def heard(caption: str) -> str:
    return "|".join(piece.spoken for piece in ALL.plan(caption))


def test_a_sentence_without_values_is_one_recording() -> None:
    assert heard(SAY("card.spoken")) == "请把身份证放在亮灯的地方。"
    assert [piece.pause for piece in ALL.plan(SAY("idle.spoken"))] == [Pause.SENTENCE] * 2


def test_sentences_that_were_put_together_are_said_one_after_the_other() -> None:
    assert (
        heard(SAY("idle.spoken") + SAY("card.spoken"))
        == "您好。|请选择大字语音版，或者标准版。|请把身份证放在亮灯的地方。"
    )


def test_usual_values_have_a_recording_of_the_whole_and_others_are_joined() -> None:
    assert heard(SAY("printing.spoken", pages=2)).endswith("|共两页。")
    assert heard(SAY("printing.spoken", pages=126)).endswith("|共|一百|二十六|页。")
    joined = [
        piece for piece in ALL.plan(SAY("printing.spoken", pages=126)) if piece.spoken in ("共", "一百", "二十六")
    ]
    assert {piece.pause for piece in joined} == {Pause.JOINT}
    assert heard(SAY("idle_warning.spoken", seconds=30)).endswith("|不点，|三十秒后回到首页。")
    assert heard(SAY("idle_warning.spoken", seconds=47)).endswith("|不点，|四十七|秒后回到首页。")


def test_with_few_recordings_the_same_is_said_in_smaller_pieces() -> None:
    few = BARE.plan(SAY("printing.spoken", pages=126))
    assert "".join(piece.spoken for piece in few) == heard(SAY("printing.spoken", pages=126)).replace("|", "")
    assert "|".join(piece.spoken for piece in few).endswith("|共|一|百|二|十|六|页。")


def test_two_is_liang_before_what_is_counted_and_er_in_an_order() -> None:
    assert "两" in heard(SAY("printing.spoken", pages=2))
    assert counted("2", "共", "页") == ("两",)
    assert counted("2", "第", "页") == counted("2", "", "") == ("二",)


@settings(deadline=None)
@given(
    st.text(st.characters(categories=("Lo",), max_codepoint=0x9FFF, exclude_characters="的"), min_size=1, max_size=6)
)
def test_a_name_is_never_said_and_the_sentence_does_without(name: str) -> None:
    told = heard(SAY("review.spoken", name=name, document="社会保险个人参保证明", pages=1))
    assert told == "请看一看，|是您的社会保险个人参保证明，|共一页。|对的话，请点打印。"


def test_a_name_that_blurs_the_sentence_costs_the_document_s_name_only() -> None:
    """Where the name ends is not known for sure if 的 is in it."""
    told = heard(SAY("review.spoken", name="之的", document="社会保险个人参保证明", pages=1))
    assert told == "请看一看，|是您的证明，|共一页。|对的话，请点打印。"


def test_a_word_that_has_no_recording_is_replaced_by_the_sentence_that_does_without() -> None:
    told = heard(SAY("guide.spoken", needs="户口簿（原件,复印件）、结婚证", minutes=91, fee="12.50元"))
    assert told.startswith("办这件事，|需要带的东西，屏幕上写着。|大约|九十一|分钟，|十二元|五角|")


def test_a_telephone_number_is_told_digit_by_digit_with_rests() -> None:
    told = ALL.plan(plain("请交给工作人员，或拨打13800138000。"))
    assert [piece.spoken for piece in told][2:] == ["幺三", "八", "零零", "幺三", "八零", "零零"]
    rests = [number for number, piece in enumerate(told[2:]) if piece.pause is not Pause.JOINT]
    assert rests == [1, 3, 5]


def test_a_hotline_that_is_written_out_in_a_text_is_told_so_in_a_slot_too() -> None:
    assert heard(SAY("left_card.sentence", phone="12345")).endswith("或拨打|幺二三四五")
    assert heard(SAY("left_card.sentence", phone="12320")).endswith("或拨打|幺二|三二|零")


@pytest.mark.parametrize("caption", ["这句话没有录音。", "您好。这句话没有录音。", "张三", "", "Hello."])
def test_half_a_message_is_never_said(caption: str) -> None:
    assert ALL.plan(caption) == ()


def test_a_changed_text_is_a_caption_only() -> None:
    before = SAY("card.spoken")
    assert ALL.plan(before)
    assert ALL.plan(before.replace("放在", "搁在")) == ()


def test_what_has_the_focus_is_said_word_for_word() -> None:
    assert heard("打印，按钮") == "打印|按钮"


def test_every_slot_has_a_rule_and_a_name_always_has_another_wording() -> None:
    for template in slotted():
        for phrase in phrases(template):
            for name in slots_in(phrase):
                assert name in grammar().slots, f"grammar.toml [slots]: no rule for {name} of {template}"
                if grammar().slots[name].kind is Kind.NEVER:
                    assert phrase in grammar().instead, f"grammar.toml [instead]: {phrase}"


def test_no_rule_speaks_of_a_phrase_that_is_not_there_any_more() -> None:
    there = {phrase for template in slotted() for phrase in phrases(template)}
    assert set(grammar().instead) <= there
    text = "".join(recordings())
    for written in grammar().pronounced:
        assert written in text, f"grammar.toml [pronounced]: nothing is written {written}"


@pytest.mark.parametrize("mode", Mode)
def test_whatever_stands_in_the_slots_of_a_spoken_sentence_something_is_said(mode: Mode) -> None:
    """A word nobody has recorded, a number nobody thought of: the sentence still has a way to be said."""
    say = Phrasebook(mode=mode)
    strange = {
        "licence_consent.spoken": {"item": "没听过的事", "licence": "没听过的证"},
        "review.spoken": {"name": "张*英", "document": "没听过的证明", "pages": 1},
        "guide.spoken": {"needs": "没听过的东西", "minutes": 999, "fee": "按面积算"},
        "printing.spoken": {"pages": 77},
        "idle_warning.spoken": {"seconds": 59},
        "left_card.sentence": {"phone": "没有"},
    }
    for key, values in strange.items():
        assert ALL.plan(say(key, **values)), key


@settings(deadline=None)
@given(st.sampled_from(slotted()), st.data())
def test_a_template_recognises_what_was_made_from_it(template: str, data: st.DataObject) -> None:
    values = tuple(data.draw(st.text("一二三四五六七八九", min_size=1, max_size=4)) for _ in slots_in(template))
    made = fill(template, values)
    assert pattern(template).fullmatch(made)
    assert sentences(made) == (made,)
