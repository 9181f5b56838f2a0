"""What a person reads for the English words of a report or of a standing. The words in the files stay as they were signed."""

from __future__ import annotations

import re
from functools import cache

from drivers.conformance.titles import hands_table, words_table
from drivers.contract.faults import FaultCode, catalogue

_VALUE = "{}"


def spoken(words: str) -> str:
    """Return Chinese for words of the kit, half width as the catalogues; the words themselves where nobody translated them."""
    return hands_table().get(words) or _spoken(words)


def _spoken(words: str) -> str:
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(words):
            return chinese.format(*map(_spoken, found.groups()))
    code, _, detail = words.partition(": ")
    if code not in set(FaultCode):
        return words
    cause = catalogue()[FaultCode(code)].cause
    return f"{cause}({detail})" if detail else cause


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Those with more words of their own come first: what "{} s" fits may be meant by a longer one."""
    table = sorted(words_table().items(), key=lambda row: (_VALUE in row[0], -len(row[0].replace(_VALUE, ""))))
    return [(re.compile("(.+?)".join(map(re.escape, english.split(_VALUE)))), chinese) for english, chinese in table]
