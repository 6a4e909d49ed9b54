"""Celery's tasks. They only wake: what there is to do stands in the database, and a task that is lost loses nothing."""

from celery import shared_task

from marketplace.core import periodic
from marketplace.core.jobs import work_one


@shared_task(name="core.work_through", ignore_result=True)
def work_through() -> int:
    """Runs jobs until none waits; returns how many this call ran."""
    count = 0
    while work_one():
        count += 1
    return count


@shared_task(name="core.duty", ignore_result=True)
def duty(name: str) -> bool:
    """Does one recurring duty."""
    return periodic.perform(name)
