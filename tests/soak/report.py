"""The verdict on a run, and its dated report."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.soak import growth
from tests.soak.growth import Trend
from tests.soak.log import Log, Walked
from tests.soak.plan import Ending


class Judged(msgspec.Struct, frozen=True):
    """Every reason to reject a run, and the lines through its figures, by leg."""

    findings: list[str]
    trends: dict[int, list[Trend]]


def judge(log: Log) -> Judged:
    """Judge all visits that count."""
    walked = log.walked()
    findings = [f"visit {each.plan.number}: {finding}" for each in walked for finding in each.findings]
    findings += [f"checker, leg {each.leg}: {finding}" for each in log.checks for finding in each.findings]
    trends: dict[int, list[Trend]] = {}
    for leg in dict.fromkeys(each.leg for each in walked):
        samples = [(each.plan.number, each.sample) for each in walked if each.leg == leg]
        trends[leg] = growth.trends(samples)
        findings += [f"leg {leg}: {sentence}" for sentence in growth.wrong(samples)]
    if not walked:
        findings.append("not one visit was walked")
    unjudged = {each.leg for each in walked} - {each.leg for each in log.checks}
    findings += [f"leg {leg} was not judged by the checker" for leg in sorted(unjudged)]
    return Judged(findings, trends)


def write(folder: Path, log: Log, judged: Judged) -> Path:
    """Write soak-DATE.md; return its path."""
    begun, walked = log.begun, log.walked()
    assert begun is not None
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    minutes = sum(each.spent for each in walked) / 60
    papers = sum(each.papers for each in log.checks)
    worst = max(walked, key=lambda each: each.seconds, default=None)
    lines = [
        f"# One visitor after another, {today}",
        "",
        f'`make soak ARGS="--minutes {begun.minutes:g} --seed {begun.seed}"`: {len(walked)} visits in {minutes:.0f} minutes and '
        f"{log.legs} {'leg' if log.legs == 1 else 'legs'}, {papers} papers judged by the independent checker, "
        f"{len(judged.findings)} findings.",
        "",
        "A production core (`kiosk run`) with its shell, face worker and device hosts under Xvfb with software GL; emulators and "
        "platform in other processes. Figures are taken at the idle screen after each visit.",
        "",
        "## Findings",
        "",
        *([f"- {each}" for each in judged.findings] or ["None."]),
        "",
        *_endings(walked),
        "",
        f"Worst visit: {worst.seconds:.1f} s, number {worst.plan.number}, {worst.plan.ending} ({worst.plan.at or '-'})."
        if worst
        else "",
        "",
        *_restarts(walked),
        "",
    ]
    for leg, trends in judged.trends.items():
        lines += _growth(leg, trends)
    lines += _levels(walked)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"soak-{today}.md"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _endings(walked: list[Walked]) -> list[str]:
    lines = ["## Endings", "", "| ending | visits | printed | longest, s |", "|---|---|---|---|"]
    for ending in Ending:
        of = [each for each in walked if each.plan.ending is ending]
        if of:
            printed = sum(any(card.outcome == "printed" for card in each.cards) for each in of)
            lines.append(f"| {ending} | {len(of)} | {printed} | {max(each.seconds for each in of):.1f} |")
    return lines


def _restarts(walked: list[Walked]) -> list[str]:
    killed = Counter(name for each in walked for name in each.killed)
    started: Counter[str] = Counter()
    for each in walked:
        started.update(each.restarts)
    lines = ["## Restarts", "", "| process | killed on purpose | started again |", "|---|---|---|"]
    lines += [f"| {name} | {killed[name]} | {started[name]} |" for name in sorted({*killed, *started})]
    remarks = [f"- visit {each.plan.number}: {remark}" for each in walked for remark in each.remarks]
    if remarks:
        lines += ["", "While the machine was overloaded by others, which is no finding:", "", *remarks]
    repeated = sum(each.touches_repeated for each in walked)
    loads = sorted(each.load for each in walked)
    middle = f"{loads[len(loads) // 2]:.1f}, at most {loads[-1]:.1f}" if loads else "unknown"
    return [
        *lines,
        "",
        f"Touches that had to be repeated: {repeated}. Load for each processor: in the middle {middle}.",
    ]


def _growth(leg: int, trends: list[Trend]) -> list[str]:
    lines = [
        f"## Growth with each visit, leg {leg}",
        "",
        f"A line by least squares after {growth.WARM_UP} visits; processes that were killed begin a new life. A slope fails when "
        f"it is over its limit and over {growth.CERTAIN:g} standard errors; "
        "where it says 「not certain」, more visits are needed to tell.",
        "",
        "| figure | visits | first fifth | last fifth | per visit | ± | limit | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in trends:
        word = "**grows**" if each.grows else "not certain" if each.vague else "ok" if each.known else "too few visits"
        lines.append(
            f"| {each.name} | {each.points} | {each.begins:.2f} | {each.ends:.2f} | {each.per_visit:+.4f} | "
            f"{each.error:.4f} | {each.limit:g} | {word} |"
        )
    why = [f"- {each.figure}: {each.per_visit:g}, {each.why}" for each in growth.LIMITS]
    why.append(f"- journal_kb: {growth.JOURNAL_KB_PER_VISIT:g}, it keeps every visit's rows on purpose")
    return [*lines, "", "Limits:", "", *why, ""]


def _levels(walked: list[Walked]) -> list[str]:
    if not walked:
        return []
    first, last = walked[0].sample, walked[-1].sample
    lines = ["## Levels", "", "| process | PSS, MB | private, MB | descriptors | threads |", "|---|---|---|---|---|"]
    begun = {each.role: each for each in first.processes}
    for each in last.processes:
        then = begun.get(each.role, each)
        lines.append(
            f"| {each.role} | {then.pss_mb:.1f} → {each.pss_mb:.1f} | {then.private_mb:.1f} → {each.private_mb:.1f} | "
            f"{then.fds} → {each.fds} | {then.threads} → {each.threads} |"
        )
    total = [sum(each.pss_mb for each in look.processes) for look in (first, last)]
    lines.append(f"| sum | {total[0]:.1f} → {total[1]:.1f} | | | |")
    return [*lines, "", "After the first visit → after the last."]
