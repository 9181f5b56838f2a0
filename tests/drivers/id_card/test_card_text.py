"""The four layouts of the card's text, against the emulator's own composer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import CardKind
from drivers.contract.secret import Secret
from drivers.emulators import id_card_people, id_card_text
from drivers.id_card import card_text

Cards = dict[str, dict[str, str]]


def shown(text: card_text.CardText) -> dict[str, str]:
    """Every field in clear; what the card has not is "" here."""
    return {key: value.reveal() if isinstance(value, Secret) else value or "" for key, value in text._asdict().items()}


def expected(card: dict[str, str], **other: str) -> dict[str, str]:
    fields = card_text.CardText._fields
    return {field: card.get(field, "") for field in fields} | {"kind": CardKind(card["kind"])} | other


def test_citizen(citizen: dict[str, str]) -> None:
    assert shown(card_text.parse(id_card_text.compose(citizen))) == expected(citizen, nation="哈尼")


def test_hong_kong_macau_and_taiwan_permit(cards: Cards) -> None:
    text = shown(card_text.parse(id_card_text.compose(cards["hmt_permit"])))
    assert text == expected(cards["hmt_permit"], nation="")
    assert (text["pass_number"], text["issue_count"]) == ("H00000000", "01")


def test_foreigners_permit_of_2017(cards: Cards) -> None:
    card = cards["foreigner_2017"]
    text = shown(card_text.parse(id_card_text.compose(card)))
    assert text == expected(card, name="桑普尔", nation="XXA", english_name=card["name"])
    assert (text["version"], text["issuer"]) == ("01", "1500")
    assert shown(card_text.parse(id_card_text.compose(card | {"chinese_name": ""})))["name"] == card["name"]


def test_foreigners_permit_of_2023_joins_a_long_english_name(cards: Cards) -> None:
    card = cards["foreigner_2023"]
    text = shown(card_text.parse(id_card_text.compose(card)))
    assert text == expected(card, nation="XXB", english_name=card["name"])
    assert (text["renewals"], text["old_permit"], len(text["english_name"])) == ("00", "15A", 45)


@pytest.mark.parametrize("kind", id_card_people.KINDS)
@pytest.mark.parametrize("which", [0, 1, 3, 58, 1234])
def test_every_field_of_invented_people_comes_back(kind: str, which: int) -> None:
    card = id_card_people.person(kind, which)
    text = shown(card_text.parse(id_card_text.compose(card)))
    nation = {"citizen": card_text.nations()[card.get("nation", "01")], "hmt_permit": ""}.get(kind, "XXA")
    lost = {"foreigner_2017": {"address": ""}, "foreigner_2023": {"address": "", "issuer": ""}}.get(kind, {})
    assert text == expected(card, nation=nation, **lost)
    assert text["number"].startswith(("999999", "819999", "XXA9999"))


def test_layouts_leave_out_nothing_but_what_is_called_reserved() -> None:
    """All 256 bytes but the reserved ones, the kind's letter, and the nation of a permit that has none."""
    free = {"citizen": 36, "hmt_permit": 4 + 6 + 2 + 6, "foreigner_2017": 2 + 6, "foreigner_2023": 30 + 2}
    for kind, layout in card_text.LAYOUTS.items():
        used = [at for field in layout.values() for at in range(field.at, field.at + field.size)]
        used += [at for field in layout.values() for at in range(field.more_at, field.more_at + field.more_size)]
        assert len(used) == len(set(used)) == 256 - free[kind]


def test_check_digits_of_published_numbers() -> None:
    assert card_text.check_digit("11010519491231002") == "X"  # the example in GB 11643
    assert card_text.check_digit("93158619800101002") == "8"  # the sample of the 2023 foreigner's card


def test_nations_are_56_and_two_more() -> None:
    nations = card_text.nations()
    assert list(nations) == [f"{code:02d}" for code in range(1, 57)] + ["97", "98"]
    assert len(set(nations.values())) == 58
    assert (nations["01"], nations["20"], nations["56"]) == ("汉", "傈僳", "基诺")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("sex", "3"), ("nation", "57"), ("nation", ""), ("birth", "19900230"), ("birth", "1990"),
        ("birth", "９９９９０１０１"), ("address", ""), ("number", "999999199003071249"), ("number", "99999919900307124"),
        ("issuer", ""), ("valid_from", "20201301"), ("valid_to", "2020010"), ("valid_to", "20190101"), ("name", "a\nb"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_the_fields_name_alone(citizen: dict[str, str], field: str, value: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        card_text.parse(id_card_text.compose(citizen | {field: value}))
    assert caught.value.fault.code is FaultCode.CARD_TEXT_INVALID
    assert caught.value.fault.detail.startswith(f"{field}: ")
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("unseen", ["\u0085", "\u200b", "\u202e", "\u2066", "\u2028", "\ufeff", "\u00ad"])
@pytest.mark.parametrize("field", ["name", "address", "issuer"])
def test_letters_that_nobody_sees_are_refused(citizen: dict[str, str], field: str, unseen: str) -> None:
    """What is read on the screen must be what is compared: 「王\u202e五一」 is shown as another name."""
    with pytest.raises(DeviceFault, match=f"{field}: control characters") as caught:
        card_text.parse(id_card_text.compose(citizen | {field: citizen[field][:2] + unseen + citizen[field][2:-1]}))
    assert caught.value.fault.code is FaultCode.CARD_TEXT_INVALID


def test_private_letters_of_older_cards_are_kept(citizen: dict[str, str]) -> None:
    assert shown(card_text.parse(id_card_text.compose(citizen | {"name": "甲\ue00c"})))["name"] == "甲\ue00c"


def test_half_a_surrogate_pair_is_refused_and_its_bytes_are_not_in_the_error(citizen: dict[str, str]) -> None:
    raw = bytearray(id_card_text.compose(citizen))
    raw[2:4] = b"A\0"
    with pytest.raises(DeviceFault, match="name: not UTF-16LE") as caught:
        card_text.parse(raw)
    assert caught.value.__context__ is None


def test_an_unknown_type_letter_is_another_kind_of_card(citizen: dict[str, str]) -> None:
    raw = bytearray(id_card_text.compose(citizen))
    raw[248:250] = "Q".encode("utf-16-le")
    with pytest.raises(DeviceFault) as caught:
        card_text.parse(raw)
    assert caught.value.fault.code is FaultCode.CARD_UNKNOWN_TYPE


def test_the_last_appended_address_that_says_something_is_the_newest() -> None:
    blank = " ".encode("utf-16-le") * 35
    first, second = id_card_text.compose_address("甲路1号"), id_card_text.compose_address("乙路2号")
    newest = card_text.newest_address(first + second + blank + blank)
    assert newest is not None
    assert newest.reveal() == "乙路2号"
    assert card_text.newest_address(blank) is None


MUTATION = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["citizen", "hmt_permit", "foreigner_2017", "foreigner_2023"]), MUTATION)
def test_mutated_text_is_refused_or_changes_only_the_mutated_field(kind: str, changes: list[tuple[int, int]]) -> None:
    raw = bytearray(id_card_text.compose(_CARDS[kind]))
    before = shown(card_text.parse(raw))
    places = set()
    for at, value in changes:
        raw[at] = value
        places.add(at)
    try:
        after = shown(card_text.parse(raw))
    except DeviceFault as error:
        problem = str(error)
    else:
        problem = ""
    if problem:
        assert not any(value in problem for value in before.values() if len(value) >= 6 and value != kind)
        return
    if after["kind"] != before["kind"]:
        return  # the type letter itself was hit: another layout applies to every field
    layout = card_text.LAYOUTS[CardKind(kind)]
    names = {"chinese_name": "name", "english_name": "name", "nationality": "nation"}
    hit = {
        names.get(name, name)
        for name, field in layout.items()
        for at in places
        if field.at <= at < field.at + field.size or field.more_at <= at < field.more_at + field.more_size
    }
    hit |= {"english_name"} if "name" in hit else set()
    assert {key for key in after if after[key] != before[key]} <= hit


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=0, max_size=300) | st.binary(min_size=256, max_size=256))
def test_any_bytes_at_all_are_refused_with_a_device_fault_or_read(raw: bytes) -> None:
    code = None
    try:
        card_text.parse(raw)
    except DeviceFault as error:
        code = error.fault.code
    assert code in (None, FaultCode.CARD_TEXT_INVALID, FaultCode.CARD_UNKNOWN_TYPE)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=280))
def test_any_appended_bytes_are_refused_with_a_device_fault_or_read(raw: bytes) -> None:
    detail = "newest_address: "
    try:
        card_text.newest_address(raw)
    except DeviceFault as error:
        detail = error.fault.detail
    assert detail.startswith("newest_address: ")


@pytest.fixture(autouse=True)
def _keep_cards(cards: Cards) -> None:
    _CARDS.update(cards)


_CARDS: Cards = {}

EVERY_FIELD = [(kind, name) for kind, layout in card_text.LAYOUTS.items() for name in layout]
MEANT = {"chinese_name": {"name"}, "english_name": {"name", "english_name"}, "nationality": {"nation"}}
ALSO_TOLD = {"valid_from": {"valid_to"}, "chinese_name": {"name"}, "english_name": {"name"}}


def _written(kind: CardKind, name: str, raw: bytes) -> bytearray:
    """A good card with these bytes in one field, blanks behind them."""
    text, field = bytearray(id_card_text.compose(id_card_people.person(kind, 9))), card_text.LAYOUTS[kind][name]
    padded = raw[: field.size + field.more_size].ljust(field.size + field.more_size, b" ").replace(b"  ", b" \0")
    text[field.at : field.at + field.size] = padded[: field.size]
    text[field.more_at : field.more_at + field.more_size] = padded[field.size :]
    return text


@pytest.mark.parametrize(("kind", "name"), EVERY_FIELD, ids=lambda value: str(value))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_each_field_changed_at_will_is_refused_by_its_name_or_changes_alone(
    kind: CardKind, name: str, data: st.DataObject
) -> None:
    letters = st.text(max_size=20).map(lambda text: text.encode("utf-16-le", "replace"))
    digits = st.text("0123456789X长期", max_size=20).map(lambda text: text.encode("utf-16-le"))
    raw = _written(kind, name, data.draw(letters | digits | st.binary(max_size=140)))
    before = shown(card_text.parse(id_card_text.compose(id_card_people.person(kind, 9))))
    detail, after = "", before
    try:
        after = shown(card_text.parse(raw))
    except DeviceFault as error:
        detail = error.fault.detail
    assert not detail or detail.partition(":")[0] in {name, *ALSO_TOLD.get(name, ())}
    assert {key for key in after if after[key] != before[key]} <= MEANT.get(name, {name})
