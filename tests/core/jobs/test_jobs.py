"""A job is started once, done by one worker, cancelled between chunks, and gone on with where it stopped."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.core import jobs
from marketplace.core.actors import ANONYMOUS, Actor, Grant, Role, platform
from marketplace.core.errors import NotAllowed
from marketplace.core.jobs.running import Running
from marketplace.core.jobs.working import _claim, _claimable
from marketplace.core.models import Event, Job
from tests.core.jobs.kinds import count_job, steps_done

pytestmark = pytest.mark.django_db

PRIYA = Actor(person_id=7, user_id=None, name="Priya", grants=frozenset({Grant(Role.FINANCE_OFFICER, 1)}))
SAM = Actor(person_id=8, user_id=None, name="Sam", grants=frozenset({Grant(Role.BUYER, 2)}))
BEA = Actor(person_id=9, user_id=None, name="Bea", grants=frozenset({Grant(Role.ADMINISTRATOR, 1)}))


def left_alone(job: Job, *, seconds: float) -> None:
    """The job's worker was last heard of so long ago."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def claimed() -> Running:
    running = _claim(_claimable())
    assert running is not None
    return running


def told(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind=kind).order_by("pk").values_list("payload", flat=True))


def test_a_job_waits_is_done_and_both_are_told() -> None:
    job = count_job(actor=SAM, organisation_id=2)
    assert (job.state, job.starter_person_id, job.done) == ("queued", 8, 0)
    assert jobs.work_one() is True
    assert jobs.work_one() is False
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.accepted, job.result) == ("done", 35, 35, 35, {"steps": 35})
    assert (job.claim, job.attempts) == (None, 1)
    assert set(steps_done().values()) == {1} and len(steps_done()) == 35
    assert told("job.started") == [{"kind": "test_count", "starter_person_id": 8}]
    [finished] = told("job.finished")
    assert (finished["state"], finished["done"], finished["accepted"], finished["refused"]) == ("done", 35, 35, 0)
    assert Event.objects.get(kind="job.finished").organisation_ids == [2]


def test_the_same_work_is_not_started_twice_and_the_refusal_names_the_other() -> None:
    first = count_job(unique_key="once")
    with pytest.raises(jobs.JobAlreadyRuns) as refused:
        count_job(unique_key="once")
    assert refused.value.facts["number"] == str(first.number)
    assert Job.objects.count() == 1 and len(told("job.started")) == 1
    jobs.work_one()
    count_job(unique_key="once")
    assert Job.objects.count() == 2


def test_who_holds_no_role_of_the_kind_starts_nothing() -> None:
    with pytest.raises(NotAllowed):
        jobs.start(kind="test_refuse", label="Refuse", arguments={}, actor=SAM)
    with pytest.raises(LookupError):
        jobs.start(kind="unheard_of", label="What", arguments={}, actor=SAM)
    assert not Job.objects.exists()


def test_a_worker_believed_dead_can_write_nothing_more() -> None:
    job = count_job()
    slow = claimed()
    left_alone(job, seconds=31)
    assert jobs.work_one() is True
    with pytest.raises(jobs.JobLost), transaction.atomic():
        Event.objects.filter(kind="test.step").count()
        slow.progress(done=1, cursor={"at": 1})
    with pytest.raises(jobs.JobLost):
        slow.finish({"steps": 0})
    assert slow.beat() is False and slow.put_back() is False and slow.stop(state="failed", error="x") is False
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts) == ("done", 35, 2)
    assert len(told("job.finished")) == 1


def test_a_job_whose_worker_lives_is_left_to_it() -> None:
    job = count_job()
    claimed()
    left_alone(job, seconds=29)
    assert jobs.work_one() is False
    job.refresh_from_db()
    assert job.state == "running" and job.attempts == 1


def test_a_job_taken_over_goes_on_behind_the_last_whole_chunk() -> None:
    job = count_job()
    dies = claimed()
    with transaction.atomic():
        dies.progress(done=20, total=35, accepted=20, cursor={"at": 20})
    left_alone(job, seconds=31)
    jobs.work_one()
    assert sorted(int(subject.partition(":")[2]) for subject in steps_done()) == list(range(20, 35))


def test_a_job_that_stops_every_worker_is_given_up() -> None:
    job = count_job()
    for takeover in range(4):
        claimed()
        left_alone(job, seconds=31)
        job.refresh_from_db()
        assert job.attempts == takeover + 1
    assert jobs.work_one() is False
    job.refresh_from_db()
    assert job.state == "failed" and "stopped without a word 4 times" in job.error and job.claim is None
    assert [event["state"] for event in told("job.finished")] == ["failed"]
    jobs.go_on(job=job, actor=platform("test"))
    assert jobs.work_one() is True and len(steps_done()) == 35


def test_a_waiting_job_is_cancelled_at_once_and_never_begun() -> None:
    job = count_job(actor=SAM)
    assert jobs.ask_to_cancel(job=job, actor=SAM).state == "cancelled"
    assert jobs.work_one() is False and not steps_done()
    assert [event["state"] for event in told("job.finished")] == ["cancelled"]
    with pytest.raises(jobs.JobHasEnded):
        jobs.ask_to_cancel(job=job, actor=SAM)


def test_a_running_job_stops_between_chunks_and_goes_on_from_there() -> None:
    job = count_job(actor=SAM)
    running = claimed()
    with running.in_transaction():
        running.progress(done=10, total=35, cursor={"at": 10})
    assert jobs.ask_to_cancel(job=job, actor=BEA).state == "running"
    with pytest.raises(jobs.JobCancelled):
        running.check()
    with pytest.raises(jobs.JobCancelled), running.in_transaction():
        pytest.fail("no chunk begins")
    left_alone(job, seconds=31)
    jobs.work_one()  # whoever takes it over does not begin either
    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 10) and not steps_done()
    assert jobs.go_on(job=job, actor=SAM).state == "queued"
    jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts) == ("done", 35, 1) and len(steps_done()) == 25


@pytest.mark.django_db(transaction=True)
def test_progress_outside_a_transaction_hears_of_a_cancellation() -> None:
    job = count_job()
    running = claimed()
    jobs.ask_to_cancel(job=job, actor=platform("test"))
    with pytest.raises(jobs.JobCancelled):
        running.progress(done=1, total=2)
    with pytest.raises(jobs.JobCancelled), transaction.atomic():
        running.progress(done=2, total=2)
    job.refresh_from_db()
    assert job.done == 2  # the chunk in hand was kept


def test_a_refusal_is_said_in_its_own_words_and_keeps_what_was_done() -> None:
    job = jobs.start(kind="test_refuse", label="Print", arguments={}, actor=PRIYA)
    jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.done, job.error) == ("failed", 1, "There is no paper left. Put some in and go on.")
    assert len(steps_done()) == 1


def test_a_fault_is_said_readably_logged_and_keeps_no_half_chunk(caplog: pytest.LogCaptureFixture) -> None:
    job = jobs.start(kind="test_break", label="Break", arguments={}, actor=SAM)
    jobs.work_one()
    job.refresh_from_db()
    assert job.state == "failed" and "A fault of the platform stopped it (ZeroDivisionError)" in job.error
    assert "secret" not in job.error and "a secret of the server" in caplog.text
    assert not steps_done()


def test_a_kind_that_nobody_registers_fails_readably() -> None:
    job = count_job()
    Job.objects.filter(pk=job.pk).update(kind="of_an_older_version")
    jobs.work_one()
    job.refresh_from_db()
    assert job.state == "failed" and "LookupError" in job.error


def test_a_worker_that_is_asked_to_end_puts_its_job_back() -> None:
    job = count_job()
    jobs.stopping.set()
    assert jobs.work_one() is True
    job.refresh_from_db()
    assert (job.state, job.attempts, job.claim) == ("queued", 0, None) and not steps_done()
    assert told("job.finished") == []
    jobs.stopping.clear()
    jobs.work_one()
    assert len(steps_done()) == 35


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_only_what_stopped_can_go_on(state: str) -> None:
    job = count_job()
    Job.objects.filter(pk=job.pk).update(state=state, claim=uuid.uuid4() if state == "running" else None)
    with pytest.raises(jobs.JobNotStopped):
        jobs.go_on(job=job, actor=platform("test"))
    assert not told("job.continued")


def test_going_on_is_refused_while_the_same_work_runs() -> None:
    stopped = count_job(unique_key="once")
    jobs.ask_to_cancel(job=stopped, actor=platform("test"))
    other = count_job(unique_key="once")
    with pytest.raises(jobs.JobAlreadyRuns) as refused:
        jobs.go_on(job=stopped, actor=platform("test"))
    assert refused.value.facts["number"] == str(other.number)


def test_strangers_neither_see_nor_cancel_nor_go_on() -> None:
    job = jobs.start(kind="test_refuse", label="Print", arguments={}, actor=PRIYA)
    edith = Actor(person_id=10, user_id=None, name="Edith", grants=frozenset({Grant(Role.AUDITOR, 1)}))
    for stranger in (SAM, edith):
        with pytest.raises(NotAllowed):
            jobs.ask_to_cancel(job=job, actor=stranger)
        with pytest.raises(NotAllowed):
            jobs.go_on(job=job, actor=stranger)
    with pytest.raises(NotAllowed):
        jobs.go_on(job=job, actor=BEA)  # may cancel, but not act for finance
    assert Job.objects.get().cancel_asked is False and Job.objects.get().state == "queued"


def test_one_sees_ones_own_jobs_and_finance_auditor_and_administrator_all() -> None:
    count_job(actor=SAM)
    count_job(actor=PRIYA)
    count_job()
    edith = Actor(person_id=10, user_id=None, name="Edith", grants=frozenset({Grant(Role.AUDITOR, 1)}))
    counts = [jobs.jobs_for(actor).count() for actor in (SAM, PRIYA, BEA, edith, ANONYMOUS)]
    assert counts == [1, 3, 3, 3, 0]


def test_small_work_is_done_at_once_unless_a_worker_was_quicker() -> None:
    job = count_job()
    assert jobs.work_now(job).state == "done"
    other = count_job()
    claimed()
    assert jobs.work_now(other).state == "running"
    assert len(steps_done()) == 35
