"""marker-levels and marker-types (an extension of CUPS that printers for driverless printing tell too, after prtMarkerSupplies of
RFC 3805): how much toner is left."""

from __future__ import annotations

from collections.abc import Sequence

_COLORANTS = ("toner", "ink", "ribbon")
"""How the kinds begin that put colour on the page (PrtMarkerSuppliesTypeTC of RFC 3805)."""

_WHOLE = 100


def toner_percent(levels: Sequence[int], types: Sequence[str]) -> int | None:
    """Return what is left of the emptiest toner, 0 to 100 per cent; None where no toner tells.

    -1, -2 and -3 are "other", "unknown" and "some, not counted" (RFC 3805 prtMarkerSuppliesLevel): no count. A waste bin counts
    the other way round and is left out. The emptiest decides, because it is the one that stops the printer. A printer that does
    not name the kinds has to have a single marker, else nobody knows which of them is toner.
    """
    if not types:
        told = [level for level in levels if 0 <= level <= _WHOLE]
        return told[0] if len(levels) == 1 and told else None
    if len(types) != len(levels):
        return None
    told = [level for level, kind in zip(levels, types, strict=True) if _is_colorant(kind) and 0 <= level <= _WHOLE]
    return min(told, default=None)


def _is_colorant(kind: str) -> bool:
    """Whether "toner", "toner-cartridge", "tonerCartridge", "ink-ribbon" is meant; not "waste-toner"."""
    name = kind.lower().replace("-", "")
    return name.startswith(_COLORANTS)
