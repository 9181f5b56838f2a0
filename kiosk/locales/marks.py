"""Chinese punctuation: what is typed half width beside Chinese characters is set full width (GB/T 15834-2011).

The window sets every text this way as it draws; the command line sets what it takes from catalogues that are written half width.
Values that people or machines gave (paths, names) are never set: they are quoted as they are.
"""

from __future__ import annotations

import re

_HALF = str.maketrans(",;:!?()", "，；：！？（）")
_BESIDE_CHINESE = re.compile(r"(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])[,;:!?()]+ ?|[,;:!?()](?=[\u3000-\u9fff])")
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PAIR = re.compile(rf"(?<=[{_CHINESE}])\(([^()]*)\)|\(([^()]*)\)(?=[{_CHINESE}])")
"""A pair of brackets stays a pair, whatever stands inside; a comma inside goes with it, unless it stands in a number."""
_LISTING = re.compile(r"(?<!\d), ?|, ?(?!\d)")


def chinese_marks(text: str) -> str:
    """Return the text with the marks beside Chinese characters full width, however they were typed."""
    text = _PAIR.sub(lambda found: f"（{_LISTING.sub('，', found[1] or found[2] or '')}）", text)
    return _BESIDE_CHINESE.sub(lambda found: found[0].rstrip(" ").translate(_HALF), text)
