"""What a queue needs from time to time: nothing of ours left in it, and a start after it has stopped itself.

A queue that met an error stops and stays stopped, long after there is paper again (pibooth #484, #371, #296). And a job that was
in it when it stopped comes out when it is started. So the order is: call off what is ours, look whether the printer still has
a reason to stand still, then start the queue.
"""

from __future__ import annotations

import logging
import time

from drivers.a4_printer.cups_queue import MESSAGE, STOPPED, QueueClient
from drivers.a4_printer.cups_settings import CupsSettings
from drivers.a4_printer.ipp_client import IppRefusal, JobState
from drivers.a4_printer.ipp_codec import Attributes
from drivers.a4_printer.ipp_status import understand
from drivers.contract.faults import DeviceFault, FaultCode

_log = logging.getLogger("drivers.cups")

_BY_HAND = "Paused"
"""printer-state-message after Pause-Printer or `cupsdisable` without a reason."""

_PURGE_SECONDS = 0.3
"""How long the end of a print waits for a job's backend; the rest is purged at the next status."""

_POLL_SECONDS = 0.05


class Upkeep:
    """Looks after one queue, between commands and around them."""

    def __init__(self, settings: CupsSettings) -> None:
        self._settings = settings
        self._tried = float("-inf")
        self._to_purge: set[str] = set()
        self.kept = False
        """The scheduler does not let us delete what was printed."""

    def look_after(self, client: QueueClient, attributes: Attributes) -> bool:
        """Call off what is left over, delete what is done, start the queue. Return whether it was started.

        Raise DeviceFault when the scheduler cannot be asked.
        """
        clean = self.withdraw(client)
        self.purge(client)
        if not clean or not self._may_resume(attributes):
            return False
        self._tried = time.monotonic()
        try:
            client.resume()
        except (DeviceFault, IppRefusal) as error:
            _log.warning(
                "queue %s has stopped and cannot be started (%s). Cure: let the kiosk's account be in the group lpadmin "
                "and server be the Unix socket; until then: cupsenable %s",
                self._settings.name, error, self._settings.name,
            )  # fmt: skip
            return False
        _log.info("queue %s had stopped and was started again", self._settings.name)
        return True

    def withdraw(self, client: QueueClient) -> bool:
        """Call off the jobs that an earlier print left in the queue. Return whether none is left.

        They are deleted with the next print only: until then `Trace` may ask what became of them.
        """
        try:
            for job in client.left_over():
                client.cancel_job(job.id)
                _log.info("job %s was left over in queue %s and is called off", job.name, self._settings.name)
            return not client.left_over()
        except IppRefusal as refusal:
            _log.warning("queue %s: %s", self._settings.name, refusal)
            return False

    def forget(self, client: QueueClient, names: list[str]) -> None:
        """Delete the jobs of these names with their documents, as soon as each is over."""
        self._to_purge |= set(names)
        until = time.monotonic() + _PURGE_SECONDS
        try:
            while not self.purge(client) and time.monotonic() < until:
                time.sleep(_POLL_SECONDS)
        except DeviceFault as error:
            _log.info("queue %s: what was printed is deleted later (%s)", self._settings.name, error.fault.code)

    def clear_out(self, client: QueueClient) -> None:
        """Have all jobs of ours deleted that are over: before a print, when everything before it is settled. Raise DeviceFault."""
        try:
            self._to_purge |= {job.name for job in client.finished()}
        except IppRefusal as refusal:
            _log.warning("queue %s: %s", self._settings.name, refusal)

    def purge(self, client: QueueClient) -> bool:
        """Delete what is over. Return whether nothing is left to delete. Raise DeviceFault."""
        if not self._to_purge:
            return True
        try:
            # Purging a cancelled job at once would kill its backend before that has called the job off at the printer.
            backend_may_run = client.busy()
            for job in client.spooled(frozenset(self._to_purge)):
                if job.state is JobState.COMPLETED or (job.state.final and not backend_may_run):
                    client.purge(job.id)
            self._to_purge = {job.name for job in client.spooled(frozenset(self._to_purge))}
        except IppRefusal as refusal:
            _log.warning("queue %s does not delete what was printed: %s", self._settings.name, refusal)
            self._to_purge.clear()
            self.kept = True
        return not self._to_purge

    def _may_resume(self, attributes: Attributes) -> bool:
        if STOPPED not in attributes.texts("printer-state-reasons") or self._settings.resume == "never":
            return False
        by_hand = attributes.text(MESSAGE).startswith(_BY_HAND)
        if (by_hand and self._settings.resume != "always") or self._too_soon():
            return False
        # The cause must be gone first, as far as the printer tells; with paper out the queue would stop again.
        causes = [meaning for meaning in understand(attributes).known if meaning.stops]
        return all(meaning.fault is FaultCode.QUEUE_STOPPED for meaning in causes)

    def _too_soon(self) -> bool:
        return time.monotonic() - self._tried < self._settings.resume_seconds
