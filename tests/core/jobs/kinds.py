"""Kinds of job for tests: each writes one event per step, so that what was done twice or never shows."""

from collections import Counter
from typing import Any

from marketplace.core import events, jobs
from marketplace.core.actors import Role, platform
from marketplace.core.errors import DomainError
from marketplace.core.jobs.registry import Kind
from marketplace.core.models import Event, Job

CHUNK = 10


class OutOfPaper(DomainError):
    """What a job's service might refuse with."""

    code = "out_of_paper"


def step(number: int, key: str) -> None:
    """The effect of one step. Nothing else keeps it from being done again."""
    events.record(
        kind="test.step", subject_kind="test", subject=f"{key}:{number}", organisation_ids=[], payload={},
        actor=platform("test"),
    )  # fmt: skip


def count_up(running: jobs.Running) -> None:
    """``steps`` steps in chunks of ten, each written with its place in one transaction. As a job ought to be."""
    total, key = int(running.arguments["steps"]), str(running.arguments.get("key", "test"))
    running.progress(total=total)
    for start in range(int(running.cursor.get("at", 0)), total, CHUNK):
        with running.in_transaction():
            end = min(start + CHUNK, total)
            for number in range(start, end):
                step(number, key)
            running.progress(done=end, accepted=end, cursor={"at": end})
    running.finish({"steps": total})


def refuse(running: jobs.Running) -> None:
    """Does one chunk, then is refused by a rule."""
    with running.in_transaction():
        step(0, "refused")
        running.progress(done=1, total=2, cursor={"at": 1})
    raise OutOfPaper("There is no paper left. Put some in and go on.")


def break_down(running: jobs.Running) -> None:
    """Fails in the middle of a chunk, as no job ought to."""
    with running.in_transaction():
        step(0, "broken")
        raise ZeroDivisionError("a secret of the server")


def count_forgetfully(running: jobs.Running) -> None:
    """The control: as ``count_up``, but it begins anew whenever it is taken over."""
    running.cursor = {}
    count_up(running)


FINANCE_ONLY = frozenset({Role.FINANCE_OFFICER})
KINDS = {
    "test_count": Kind("test_count", count_up, frozenset(), "step", "taken", "left"),
    "test_forgetful": Kind("test_forgetful", count_forgetfully, frozenset(), "step", "taken", "left"),
    "test_refuse": Kind("test_refuse", refuse, FINANCE_ONLY, "step", "taken", "left"),
    "test_break": Kind("test_break", break_down, frozenset(), "step", "taken", "left"),
}


def count_job(**more: Any) -> Job:
    """A waiting job of 35 steps."""
    given: dict[str, Any] = {"arguments": {"steps": 35}, "actor": platform("test"), "label": "Count to 35"}
    return jobs.start(kind="test_count", **{**given, **more})


def steps_done() -> Counter[str]:
    """How often each step was done."""
    return Counter(Event.objects.filter(kind="test.step").values_list("subject", flat=True))
