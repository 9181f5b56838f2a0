"""Bounds within which a sealed file is taken, each with its origin."""

from __future__ import annotations

from datetime import timedelta, timezone

MAX_BYTES = 8 * 1024 * 1024
"""Sealed licences in public hands have 16 kB to 1.5 MB; ours stays below what the platform may send (12 MiB as base64)."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the issuer's clock may be ahead of ours; the same as for signed requests."""

LOCAL = timezone(timedelta(hours=8), "UTC+8")
"""Dates in licences are local dates; the country has one zone since 1949 and no summer time since 1991."""

FETCH_SECONDS = 60.0
"""For everything between the visitor's yes and the checked file. The platform's own limits (5 s a call with its repeats, 20 s for
the file) and two seconds of checking stay below it; a file that is made to be read for minutes (one number of 7 million
digits takes pyHanko two) does not. Nobody touches anything meanwhile, so no idle warning would end such a visit."""
