"""Writes readings.toml anew: `python -m kiosk.catalogue.search.make_readings FILE` (needs pypinyin, for development only).

FILE holds the 8,105 characters of 通用规范汉字表 (2013), in any order.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin

_MOST = 3
"""Readings of a character beyond these are of old books."""

_HEAD = """\
# How the 8,105 characters of 通用规范汉字表 (2013) are read, without tones; ü is v.
# From pypinyin {version} (MIT licence), written by
# kiosk/catalogue/search/make_readings.py. [first]: the commonest reading of each; [other]: further ones.
"""


def main(characters: Path) -> None:
    """Write the file beside this one."""
    from pypinyin import __version__

    first: defaultdict[str, str] = defaultdict(str)
    other: defaultdict[str, str] = defaultdict(str)
    for character in dict.fromkeys(characters.read_text("utf-8").replace("\n", "")):
        readings = pinyin(character, heteronym=True, style=Style.NORMAL)[0]
        if not readings[0].isascii():
            continue  # pypinyin does not know it
        first[readings[0]] += character
        for reading in filter(str.isascii, readings[1:_MOST]):
            other[reading] += character
    tables = (("first", first), ("other", other))
    text = _HEAD.format(version=__version__)
    for name, table in tables:
        text += f"\n[{name}]\n" + "".join(f'{reading} = "{table[reading]}"\n' for reading in sorted(table))
    Path(__file__).with_name("readings.toml").write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
