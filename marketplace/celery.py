"""The Celery application: worker and beat over Redis. It wakes; the database says what there is to do.

    celery -A marketplace worker --queues jobs,duties
    celery -A marketplace beat

Web processes import it only to send a wake-up (``JOBS_WAKE``).
"""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_shutting_down
from django.apps import apps
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
if not apps.ready:
    django.setup()  # beat's schedule is made from the duties that the packages have registered

from marketplace.core import jobs, periodic
from marketplace.core.tasks import work_through

WAKE_SECONDS = 5

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["marketplace.core"])
# What waited in the queue while no worker ran is worth nothing: it expires before the next is sent.
app.conf.beat_schedule = {
    "jobs": {
        "task": "core.work_through", "schedule": WAKE_SECONDS, "options": {"queue": "jobs", "expires": WAKE_SECONDS},
    },
    **{
        name: {
            "task": "core.duty", "args": (name,), "schedule": duty.seconds,
            "options": {"queue": "duties", "expires": max(duty.seconds, 1)},
        }
        for name, duty in periodic.registered().items()
    },
}  # fmt: skip
app.set_default()


def wake() -> None:
    """Sends one wake-up to the workers of jobs. Does not wait for a broker that is away: it raises at once."""
    work_through.apply_async(queue="jobs", expires=settings.JOB_TAKEOVER_SECONDS, retry=False, ignore_result=True)


@celeryd_init.connect
@beat_init.connect
def _needs_redis(**_: Any) -> None:
    """A worker or beat without a broker would wait for ever and say nothing."""
    if not settings.REDIS_URL:
        raise SystemExit("REDIS_URL is not set, so Celery has no broker. Set it, or run manage.py work instead.")


@worker_shutting_down.connect
def _put_back(**_: Any) -> None:
    """With the pools of one process (threads, solo) a job stops behind its chunk; prefork lets it end first."""
    jobs.stopping.set()
