"""Workers that look for jobs at once: each job is done by one of them, and one that was overtaken writes nothing."""

from functools import partial

import pytest

from marketplace.core import jobs
from marketplace.core.models import Job
from tests.core.jobs.kinds import count_job, steps_done
from tests.core.jobs.races.workers import sleep_inside_a_chunk, work_through, work_without_claiming
from tests.invoicing.races.processes import CONTEXT, run_all, start, wait_until_alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
JOBS, WORKERS = 100, 4


def _make() -> None:
    for number in range(JOBS):
        count_job(arguments={"steps": 5, "key": f"job {number}"}, label=f"Job {number}")


def test_four_workers_do_a_hundred_jobs_once_each() -> None:
    _make()
    barrier = CONTEXT.Barrier(WORKERS)
    shares = run_all(work_through, [(barrier,)] * WORKERS)
    done = steps_done()
    twice = sum(times > 1 for times in done.values())
    print(f"{JOBS} jobs, {WORKERS} workers: done {shares}, steps {len(done)} of {5 * JOBS}, done twice {twice}")
    assert sum(shares) == JOBS and len(done) == 5 * JOBS and twice == 0
    assert sum(share > 0 for share in shares) > 1, "one worker alone is no race"
    assert set(Job.objects.values_list("state", "attempts", "done")) == {("done", 1, 5)}


def test_control_workers_that_do_not_claim_do_jobs_twice() -> None:
    _make()
    barrier = CONTEXT.Barrier(WORKERS)
    shares = run_all(work_without_claiming, [(barrier,)] * WORKERS)
    twice = sum(times > 1 for times in steps_done().values())
    print(f"control without a claim: jobs begun {sum(shares)} of {JOBS}, steps done twice {twice}")
    assert sum(shares) > JOBS


def _overtaken(*, with_token: bool) -> tuple[str, int, int]:
    """A worker sleeps in its first chunk until another has taken the job over and done it: (its end, steps, twice)."""
    job = count_job(arguments={"steps": 30, "key": "slow"})
    here, there = CONTEXT.Pipe()
    out, back = CONTEXT.Pipe(duplex=False)
    process = start(partial(_tell, sleep_inside_a_chunk), there, back, with_token)
    assert here.poll(30) and here.recv() == "claimed"
    Job.objects.filter(pk=job.pk).update(heartbeat_at="2020-01-01T00:00Z")
    assert jobs.work_one() is True
    here.send("go on")
    assert out.poll(30)
    end = out.recv()
    process.join(timeout=30)
    wait_until_alone()
    done = steps_done()
    job.refresh_from_db()
    assert job.state == "done"
    return end, len(done), sum(times > 1 for times in done.values())


def _tell(target, there, back, with_token):  # type: ignore[no-untyped-def]
    back.send(target(there, with_token=with_token))


def test_a_worker_that_slept_through_its_takeover_writes_nothing() -> None:
    end, steps, twice = _overtaken(with_token=True)
    print(f"a worker overtaken in its chunk: {end}, steps {steps} of 30, done twice {twice}")
    assert (end, steps, twice) == ("lost", 30, 0)


def test_control_without_the_claim_s_token_its_chunk_is_there_twice() -> None:
    end, steps, twice = _overtaken(with_token=False)
    print(f"control without the token: {end}, steps {steps} of 30, done twice {twice}")
    assert (end, twice) == ("wrote", 10)
