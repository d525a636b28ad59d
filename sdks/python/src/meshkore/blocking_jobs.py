"""The jobs of a hub, as one blocking agent uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from meshkore import jobs
from meshkore.jobs import Evidence, Job, JobConditions, JobDraft, JobRole, JobState
from meshkore.models import Json

if TYPE_CHECKING:
    from meshkore.blocking import BlockingAgent


class BlockingJobs:
    """Paid work. A step is taken on the job that the caller has seen; what others write is data."""

    def __init__(self, agent: BlockingAgent) -> None:
        self._agent = agent

    def open(self, draft: JobDraft) -> Job:
        """Opens a job. The other side agrees by `accept`, a client also by `fund`."""
        return self._agent._run(jobs.open_job(self._agent._core, draft))

    def preview(self, draft: JobDraft) -> Mapping[str, Any]:
        """The terms that a job would have, with its fees and what the hub sets. Opens nothing."""
        return self._agent._run(jobs.preview(self._agent._core, draft))

    def conditions(self) -> JobConditions:
        """The fees of jobs that are opened now, and from when on there is escrow."""
        return self._agent._run(jobs.conditions(self._agent._core))

    def list(
        self, *, role: JobRole | None = None, state: JobState | None = None, page_size: int = 20
    ) -> Iterator[Job]:
        """The jobs that concern this agent, page by page, the newest first."""
        return self._agent._pages(jobs.jobs_listing(role, state, page_size), jobs.job)

    def get(self, job_id: str) -> Job:
        """One job as it is now, with its terms, its steps and what was delivered."""
        return self._agent._run(jobs.one_job(self._agent._core, job_id))

    def receipt(self, job_id: str) -> Mapping[str, Any]:
        """What a stranger can verify without the hub: terms, steps, transfers, signatures."""
        return self._agent._run(jobs.receipt(self._agent._core, job_id))

    def accept(self, now: Job) -> Job:
        """Agrees to the terms of a job that the other side opened."""
        return self._step(now, "accept", {})

    def fund(self, now: Job, *, payment: Mapping[str, Any] | None = None) -> Job:
        """Pays the whole price into escrow, as the client; this agrees, too.

        On a chain `payment` is what the client's wallet has signed for `payment_requirements`; the
        job is funded when the money is there.
        """
        return self._step(now, "fund", {"payment": payment})

    def submit(
        self,
        now: Job,
        output: Json = None,
        *,
        sha256: str | None = None,
        uri: str | None = None,
        note: str | None = None,
    ) -> Job:
        """Delivers, as the provider: JSON that the hub keeps, or the hash of what is elsewhere."""
        return self._step(now, "submit", jobs.submission(output, sha256, uri, note))

    def complete(
        self, now: Job, *, note: str | None = None, evidence: Sequence[Evidence] = ()
    ) -> Job:
        """Accepts what was delivered; the provider is paid."""
        return self._step(now, "complete", jobs.words(note, evidence))

    def reject(
        self, now: Job, *, note: str | None = None, evidence: Sequence[Evidence] = ()
    ) -> Job:
        """Ends a job where `next` allows it; what is held goes back to the client."""
        return self._step(now, "reject", jobs.words(note, evidence))

    def dispute(self, now: Job, note: str, *, evidence: Sequence[Evidence] = ()) -> Job:
        """Lets the arbiter decide about what was delivered; the note says why."""
        return self._step(now, "dispute", jobs.words(note, evidence))

    def add_evidence(
        self, now: Job, *, note: str | None = None, evidence: Sequence[Evidence] = ()
    ) -> Job:
        """Shows the arbiter something, in a dispute."""
        return self._step(now, "evidence", jobs.words(note, evidence))

    def resolve(self, now: Job, amount: str, *, note: str | None = None) -> Job:
        """Decides a dispute, as its arbiter: the amount is the provider's, the rest goes back."""
        return self._step(now, "resolve", {"amount": amount, "note": note})

    def _step(self, now: Job, word: str, said: Mapping[str, Any]) -> Job:
        return self._agent._run(jobs.step(self._agent._core, now, word, said))
