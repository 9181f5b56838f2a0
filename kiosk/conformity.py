"""The conformance kit behind the port that the replace wizard knows. For whoever starts a kiosk: the command line, the demo."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from drivers import registry
from kiosk.locales.marks import chinese_marks
from kiosk.maintenance.replacing.conformity import Doing, Finding, Mark, Trial, Want, Where

LEFT_OUT = "common.short_soak"
"""The repeated work is the same with more turns, and counts."""


class Kit:
    """See `Conformity`. The kit is imported when a technician needs it, not before visitors are served."""

    def checks(self, driver: str) -> int:
        """See `Conformity`."""
        return len(_ids(driver))

    async def test(
        self,
        driver: str,
        where: Where,
        *,
        times: int,
        failures: int,
        ask: Callable[[Want], Awaitable[None]],
        told: Callable[[Doing], None],
    ) -> Trial:
        """See `Conformity`."""
        from drivers.conformance import suite
        from drivers.conformance.hands import PersonHands
        from drivers.conformance.repeated import REPEATED, Repeated
        from drivers.conformance.report import Outcome
        from drivers.conformance.titles import prompts, title

        manifest = registry.manifests()[driver]
        found: list[Finding] = []
        current = REPEATED
        repeated = Repeated(times, failures)

        def tell() -> None:
            told(
                Doing(title=chinese_marks(title(current)), over=len(found), repeated=repeated.done, found=tuple(found))
            )

        def begun(check: str) -> None:
            nonlocal current
            current = check
            tell()

        def ended(outcome: Outcome) -> None:
            found.append(_finding(outcome))
            tell()

        async def asked(verb: str, words: str) -> None:
            tell()
            await ask(Want(verb=verb, words=chinese_marks(words)))

        hands = PersonHands(manifest.device_class, {}, prompts(manifest.device_class), asked)
        with _written_down() as log:
            report = await suite.run(
                manifest,
                dict(where()),
                hands,
                log,
                only=_ids(driver),
                told=ended,
                begun=begun,
                enough=_hopeless,
                where=where,
                also=(repeated.check(),),
            )
        return Trial(
            conforms=report.conforms,
            findings=tuple(found),
            done=repeated.done,
            failed=repeated.failed,
            took=repeated.took,
            report=msgspec.to_builtins(report),
        )


def _hopeless(outcome: object) -> bool:
    """What cannot do its work at all need not be tried any further: a technician with a card in the hand waits each time."""
    from drivers.conformance.check import Level, Verdict
    from drivers.conformance.report import Outcome

    return isinstance(outcome, Outcome) and outcome.level is Level.BRONZE and outcome.verdict is Verdict.FAILED


def _ids(driver: str) -> tuple[str, ...]:
    from drivers.conformance import suite
    from drivers.conformance.repeated import REPEATED

    *checks, last = suite.ids(registry.manifests()[driver].device_class)
    return (*(each for each in checks if each != LEFT_OUT), REPEATED, last)


def _finding(outcome: object) -> Finding:
    from drivers.conformance.report import Outcome
    from drivers.conformance.spoken import spoken
    from drivers.conformance.titles import title

    assert isinstance(outcome, Outcome)
    return Finding(
        id=outcome.id,
        title=chinese_marks(title(outcome.id)),
        mark=Mark(outcome.verdict.value),
        words=chinese_marks(spoken(outcome.words)),
        seconds=outcome.seconds,
    )


@contextmanager
def _written_down() -> Iterator[Path]:
    """What the drivers log meanwhile, in a file of its own, for the check that looks for personal data in it; it is gone then.

    The kiosk's own log goes on as ever (the command line's `captured_stderr` takes it away from everybody for as long).
    """
    with tempfile.NamedTemporaryFile(prefix="conformity-", suffix=".log") as file:
        handler = logging.FileHandler(file.name, encoding="utf-8")
        logger = logging.getLogger("drivers")
        logger.addHandler(handler)
        try:
            yield Path(file.name)
        finally:
            logger.removeHandler(handler)
            handler.close()
