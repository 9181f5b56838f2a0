"""Letters to characters, by Rime.

Each question is answered from nothing: the letters are typed into an empty composition and the guesses taken again. That costs some
milliseconds and keeps no state that a crash could lose or a next visitor could find.
"""

from __future__ import annotations

import ctypes
from typing import Any

from drivers.contract.secret import SecretText
from kiosk.input import dictionary, rime_library
from kiosk.input.messages import Compose, Guesses

_PAGE_DOWN = 0xFF56
_PAGE = 9
"""Guesses on a page of Rime's own, as in schema.yaml; the keys 1 to 9 take them."""
_NOWHERE = "/proc/self/nowhere"
"""Where Rime would keep a user's habits: nothing can be made there, by anybody."""


class Pinyin:
    """One session of Rime, without a user's habits: it has no folder to keep them in."""

    def __init__(self, guesses: int) -> None:
        """Raise OSError when the library, FileNotFoundError when the dictionary is not there."""
        prebuilt = dictionary.built()
        self._most = guesses
        self._rime = rime_library.load(_NOWHERE, str(prebuilt))
        self._rime.RimeInitialize(None)
        self._session = ctypes.c_size_t(self._rime.RimeCreateSession())
        if not self._rime.RimeSelectSchema(self._session, dictionary.SCHEMA.encode()):
            raise FileNotFoundError(f"{prebuilt} does not suit this librime; run `python -m kiosk.input.dictionary`")
        self._rime.RimeSetOption(self._session, b"_auto_commit", 1)

    def answer(self, question: Compose) -> Guesses:
        """Say what the letters may mean. Letters outside a-z are left out; a guess that is not there is not taken."""
        rime, session = self._rime, self._session
        rime.RimeClearComposition(session)
        for letter in question.letters.reveal():
            if "a" <= letter <= "z":
                rime.RimeProcessKey(session, ord(letter), 0)
        for number in question.taken:
            self._take(number)
        finished = self._commit()
        head, rest = (finished, "") if finished else self._composition()
        guesses = tuple(self._guesses())
        rime.RimeClearComposition(session)
        return Guesses(serial=question.serial, guesses=guesses, head=SecretText(head), rest=SecretText(rest))

    def _take(self, number: int) -> None:
        for _ in range(number // _PAGE):
            self._rime.RimeProcessKey(self._session, _PAGE_DOWN, 0)
        self._rime.RimeProcessKey(self._session, ord("1") + number % _PAGE, 0)

    def _commit(self) -> str:
        commit = rime_library.sized(rime_library.Commit())
        if not self._rime.RimeGetCommit(self._session, ctypes.byref(commit)):
            return ""
        text = str(commit.text.decode())
        self._rime.RimeFreeCommit(ctypes.byref(commit))
        return text

    def _composition(self) -> tuple[str, str]:
        """What is taken already, and the letters behind it."""
        context = rime_library.sized(rime_library.Context())
        if not self._rime.RimeGetContext(self._session, ctypes.byref(context)):
            return "", ""
        raw: bytes = context.composition.preedit or b""
        at = context.composition.sel_start
        self._rime.RimeFreeContext(ctypes.byref(context))
        return raw[:at].decode(), raw[at:].decode()

    def _guesses(self) -> list[str]:
        found: list[str] = []
        each: Any = rime_library.CandidateList()
        if self._rime.RimeCandidateListBegin(self._session, ctypes.byref(each)):
            while len(found) < self._most and self._rime.RimeCandidateListNext(ctypes.byref(each)):
                found.append(each.candidate.text.decode())
            self._rime.RimeCandidateListEnd(ctypes.byref(each))
        return found
