"""Recurring duties: each in its turn, none stopped by another's failure."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.core import duties, jobs, periodic
from marketplace.core.models import StoredFile
from tests.core.jobs.kinds import count_job, steps_done


@pytest.fixture(autouse=True)
def no_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "_duties", {})


def test_a_duty_recurs_after_its_seconds_and_one_that_fails_disturbs_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, done = threading.Event(), {"often": 0, "seldom": 0, "broken": 0}

    def do(name: str) -> None:
        done[name] += 1
        if done["often"] >= 5:
            stop.set()
        if name == "broken":
            raise ValueError("not today")

    periodic.every(0.02, "often", lambda: do("often"))
    periodic.every(600, "seldom", lambda: do("seldom"))
    periodic.every(0.02, "broken", lambda: do("broken"))
    periodic.keep_performing(stop, tick=0.01)
    assert done["often"] >= 5 and done["seldom"] == 1 and done["broken"] >= 2
    assert "the duty broken failed" in caplog.text


def test_a_duty_that_asks_for_it_is_repeated_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [3, 2, 1, 0]
    periodic.every(1, "drain", lambda: left.pop(0), until_idle=True)
    assert periodic.perform("drain") is True and left == []
    periodic.every(1, "endless", lambda: left.append(1) or 1, until_idle=True)
    monkeypatch.setattr(periodic, "TURN_SECONDS", 0.05)
    assert periodic.perform("endless") is True and len(left) > 1
    left, stop = [], threading.Event()
    stop.set()
    assert periodic.perform("endless", stop=stop) is True and len(left) == 1
    with pytest.raises(ValueError, match="some seconds"):
        periodic.every(0, "always", lambda: None)


@pytest.mark.django_db
def test_work_once_runs_what_waits_and_tells_of_a_duty_that_failed() -> None:
    count_job()
    count_job()
    out = StringIO()
    call_command("work", "--once", stdout=out)
    assert out.getvalue() == "Jobs run: 2. Duties done: 0, failed: 0.\n" and sum(steps_done().values()) == 70
    periodic.every(1, "broken", lambda: 1 / 0)
    with pytest.raises(CommandError, match="Some duties failed"):
        call_command("work", "--once", stdout=out)


@pytest.mark.django_db
def test_only_old_files_of_jobs_are_cleared() -> None:
    def file(owner_kind: str, days: int) -> int:
        made = StoredFile.objects.create(
            sha256="0" * 64, name="a.csv", content_type="text/csv", size=1, content=b"x", owner_kind=owner_kind, owner="1"
        )  # fmt: skip
        StoredFile.objects.filter(pk=made.pk).update(added_at=timezone.now() - timedelta(days=days))
        return made.pk

    kept = [file(jobs.MADE, 89), file("order", 400)]
    file(jobs.GIVEN, 91), file(jobs.MADE, 91)
    assert duties.clear_files_of_jobs() == 2
    assert list(StoredFile.objects.order_by("pk").values_list("pk", flat=True)) == kept
