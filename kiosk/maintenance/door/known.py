"""What a door knows: the roster, the key of its cards, the secret of the time codes, read from their files each time. A file that
cannot be used closes its own way in and no other."""

from __future__ import annotations

import logging
from pathlib import Path

from kiosk.maintenance.door.private import read_key
from kiosk.maintenance.door.roster import Roster, load_roster
from kiosk.maintenance.door.tokens import token_key
from kiosk.settings.reading import Mistake

_log = logging.getLogger("kiosk.maintenance")


class Known:
    """The files of one door."""

    def __init__(self, roster: Path | None, time_code_file: Path | None) -> None:
        self._roster_file, self._time_code_file = roster, time_code_file

    @property
    def has_roster_file(self) -> bool:
        """Whether this site names a roster."""
        return self._roster_file is not None

    def roster(self) -> Roster | None:
        """The staff as they are now; None where there is no roster that can be read."""
        if self._roster_file is None:
            return None
        try:
            return load_roster(self._roster_file)
        except Mistake as mistake:
            _log.error("the roster cannot be used: %s", "; ".join(mistake.lines))
            return None

    def card_key(self, roster: Roster) -> bytes | None:
        """The key of the cards' tokens; None where nobody has a card."""
        if self._roster_file is None or not any(each.cards for each in roster.member):
            return None
        try:
            return token_key(self._roster_file)
        except Mistake as mistake:
            _log.error("cards cannot be used: %s", "; ".join(mistake.lines))
            return None

    def time_code_secret(self) -> bytes | None:
        """The secret of the time codes; None where there are none."""
        if self._time_code_file is None:
            return None
        try:
            return read_key(self._time_code_file)
        except Mistake as mistake:
            _log.error("time codes cannot be used: %s", "; ".join(mistake.lines))
            return None
