"""What a visit knows is wiped and forgotten, secrets as deep as they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.visit.question import Question
from tests.support.questions import QUESTION, quick_visit


class Papers(msgspec.Struct, frozen=True):
    """Secrets as deep as the contract allows."""

    name: SecretText
    pages: tuple[SecretBytes, ...]
    more: dict[str, list[SecretText]]
    inner: Any = None


@dataclass
class Document:
    """Has a wipe of its own, as documents and pictures do."""

    pdf: SecretBytes

    def wipe(self) -> None:
        self.pdf.wipe()


def papers() -> tuple[Papers, list[Any]]:
    secrets = [
        SecretText("某某"),
        SecretBytes(b"1"),
        SecretBytes(b"2"),
        SecretText("号"),
        SecretText("深"),
        SecretBytes(b""),
    ]
    inner = Papers(name=secrets[4], pages=(secrets[5],), more={})  # type: ignore[arg-type]
    return Papers(name=secrets[0], pages=(secrets[1], secrets[2]), more={"k": [secrets[3]]}, inner=inner), secrets  # type: ignore[arg-type]


def test_wipe_reaches_every_secret_and_forgets_everything() -> None:
    visit, _ = quick_visit()
    given, secrets = papers()
    document = Document(SecretBytes(b"%PDF"))
    visit.give(given)
    visit.give(document)
    visit.put(Question(QUESTION))
    visit.wipe()
    assert all(secret.wiped for secret in secrets)
    assert document.pdf.wiped
    assert visit.known == {}
    assert visit.question is None, "a screen may hold masked names"
    visit.show(QUESTION)
    assert visit.question is None, "whoever still works for a visit that is wiped brings nothing back"
    visit.wipe()


def test_a_value_that_is_replaced_or_discarded_is_wiped_and_others_are_not() -> None:
    visit, _ = quick_visit()
    first, first_secrets = papers()
    second, second_secrets = papers()
    document = Document(SecretBytes(b"%PDF"))
    visit.give(document)
    visit.give(first)
    visit.give(second)
    assert all(secret.wiped for secret in first_secrets)
    assert not any(secret.wiped for secret in second_secrets)
    assert visit.take(Papers) is second
    visit.discard(Papers)
    assert all(secret.wiped for secret in second_secrets)
    assert not document.pdf.wiped
    with pytest.raises(LookupError, match="no step has given a Papers"):
        visit.take(Papers)
    visit.discard(Papers)
