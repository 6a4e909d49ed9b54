"""Long work as rows: started by a person, claimed by any worker, resumed by another when the first is killed.

registry (kinds) < starting (the person's verbs) < running (progress under a claim) < working (the worker's loop).
"""

from marketplace.core.jobs.queries import FILES, GIVEN, MADE, file_made, jobs_for
from marketplace.core.jobs.registry import Kind, kind, kind_of
from marketplace.core.jobs.running import JobCancelled, JobLost, JobPutBack, Running, stopping
from marketplace.core.jobs.starting import (
    JobAlreadyRuns,
    JobHasEnded,
    JobNotStopped,
    ask_to_cancel,
    go_on,
    may_go_on,
    may_have_file,
    start,
)
from marketplace.core.jobs.working import TAKEOVERS, work_now, work_one

__all__ = [
    "FILES",
    "GIVEN",
    "MADE",
    "TAKEOVERS",
    "JobAlreadyRuns",
    "JobCancelled",
    "JobHasEnded",
    "JobLost",
    "JobNotStopped",
    "JobPutBack",
    "Kind",
    "Running",
    "ask_to_cancel",
    "file_made",
    "go_on",
    "jobs_for",
    "kind",
    "kind_of",
    "may_go_on",
    "may_have_file",
    "start",
    "stopping",
    "work_now",
    "work_one",
]
