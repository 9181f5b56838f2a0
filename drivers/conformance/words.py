"""Nothing that came out of the device as a secret stands in a log or in a fault's words, in whatever spelling."""

from __future__ import annotations

import base64
import re

from drivers.conformance.bench import Bench
from drivers.conformance.check import NotApplicable, demand

_PRINTABLE = re.compile(rb"[\x20-\x7e]{8,}")
"""A piece of a code that is telling by itself. Of a photograph's bytes none of that length stands in a log by chance."""

_TEXTS = ("utf-8", "gb18030", "latin-1", "utf-16-le")
"""How a log's author may have taken bytes for text."""


async def log_is_silent(bench: Bench) -> str | None:
    """Look for every secret of this run in everything that was written."""
    if not bench.secrets:
        raise NotApplicable("no secret comes out of this device")
    logged = bench.logged().lower()
    # What the capabilities say aloud (the name of a template's format, which stands in the template too) is no secret.
    aloud = repr(bench.capabilities).lower().encode()
    found = sum(1 for secret in bench.secrets if any(trace in logged for trace in traces(secret) if trace not in aloud))
    demand(found == 0, f"{found} of {len(bench.secrets)} secrets stand in the log or in a fault's words")
    return f"{len(bench.secrets)} secrets looked for"


def traces(secret: bytes) -> set[bytes]:
    """The bytes by which a secret would be known again in a log, in lower case: as it is, as text, quoted, in hex, in base64."""
    found = {
        secret,
        secret.hex().encode(),
        secret.hex(" ").encode(),
        base64.b64encode(secret),
        repr(secret)[2:-1].encode(),
    }
    found.update(_PRINTABLE.findall(secret))
    for encoding in _TEXTS:
        try:
            text = secret.decode(encoding)
        except UnicodeDecodeError:
            continue
        found |= {text.encode(), repr(text)[1:-1].encode(), ascii(text)[1:-1].encode()}
    return {trace.lower() for trace in found}
