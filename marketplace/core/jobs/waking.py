"""Telling workers that there is work. Only a hint: the row is the truth, and workers look by themselves as well."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


def wake_on_commit() -> None:
    """Wakes the workers when the open transaction commits, where the settings say how (``JOBS_WAKE``).

    A broker that does not answer never fails the request: the job waits for a worker that looks by itself.
    """
    if settings.JOBS_WAKE:
        transaction.on_commit(_wake)


def _wake() -> None:
    try:
        import_string(settings.JOBS_WAKE)()
    except Exception:
        logger.warning("no worker could be woken; the job waits for one that looks by itself", exc_info=True)
