"""Draws driver-list.md from the manifests, the drivers' settings and the conformance reports that lie beside them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from drivers import registry
from drivers.conformance.check import Verdict
from drivers.conformance.report import Report
from drivers.conformance.standing import Standing, standing
from drivers.manifest import Manifest

_LEVELS = {"bronze": "bronze", "silver": "silver", "gold": "gold", "platinum": "platinum"}
_MARKS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.SKIPPED: "skipped", Verdict.NOT_APPLICABLE: "–"}


def page(notice: str) -> str:
    """Return the whole page."""
    found = {manifest.id: (manifest, standing(manifest.id)) for manifest in _bundled()}
    text = f"""# The bundled drivers

{notice}
The level is computed from the conformance report that lies beside each manifest (`<id>.report.json`: from its emulator;
`<id>.hardware.report.json`: from a real device), as `kiosk drivers lint` does it. What each level promises stands in
[drivers.md](drivers.md). **No driver has met the real device yet**: none can be more than gold, and what is wanted is named.

| driver | class | level | report of |
|---|---|---|---|
"""
    for manifest, stands in found.values():
        level = _LEVELS[stands.level] if stands.level else "**unverified**"
        text += (
            f"| [`{manifest.id}`](#{manifest.id}) | `{manifest.device_class}` | {level} | {_when(stands.emulated)} |\n"
        )
    for manifest, stands in found.values():
        text += "\n" + "\n".join(_driver(manifest, stands)) + "\n"
    return text


def _bundled() -> list[Manifest]:
    """Ours only: what else is installed on a machine is no part of the page."""
    ours = [each for each in registry.manifests().values() if each.entry.startswith("drivers.")]
    return sorted(ours, key=lambda each: (each.device_class, each.id))


def _when(report: Report | None) -> str:
    return f"{report.at[:10]}, emulator" if report is not None else "–"


def _driver(manifest: Manifest, stands: Standing) -> Iterator[str]:
    yield f'<a id="{manifest.id}"></a>\n## {manifest.id}\n'
    yield f"{manifest.title}. {manifest.protocol}.\n"
    if manifest.match:
        claims = ", ".join(f"`{rule.bus}`" + _ids(rule.vendor, rule.product, rule.kind) for rule in manifest.match)
        yield f"Claims, by bus: {claims}.\n"
    yield "| setting | default |\n|---|---|"
    for field in msgspec.structs.fields(registry.load(manifest.id).Settings):
        yield f"| `{field.encode_name}` | {'**must be given**' if field.required else _default(field)} |"
    yield ""
    yield from _list("Written from", manifest.sources)
    yield from _list("Run against", manifest.tested)
    yield from _list("Wanted", manifest.wanted)
    if stands.emulated is not None:
        words = ", ".join(
            f"{each.id.partition('.')[2]} {_MARKS[each.verdict]}"
            for each in sorted(stands.emulated.outcomes, key=lambda each: each.id)
        )
        yield f"Checks: {words}.\n"


def _ids(vendor: str, product: str, kind: str) -> str:
    said = [each for each in (f"{vendor}:{product}" if vendor != "*" else "", kind if kind != "*" else "") if each]
    return f" ({', '.join(said)})" if said else ""


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
        return "empty" if not value else "see the code"
    text = str(field.default) if isinstance(field.default, (int, float)) else repr(field.default)
    return f"`{text}`" if text not in ("''", "b''") else "empty"


def _list(heading: str, lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield f"{heading}:\n"
        yield from (f"- {line}" for line in lines)
        yield ""
