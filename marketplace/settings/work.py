"""How work outside a request is done: over Redis by Celery where there is one, else by ``manage.py work`` alone."""

from pathlib import Path
from typing import Any

BROKER_SECONDS = 2  # how long a request waits for a broker that does not answer; the job starts all the same


def wake_by(redis_url: str) -> str:
    """The function that wakes workers, as a dotted path; none without Redis, where workers look by themselves."""
    return "marketplace.celery.wake" if redis_url else ""


def celery_settings(redis_url: str, var_dir: Path) -> dict[str, Any]:
    """Celery's settings. Tasks only wake, so nothing is kept of them, and one that is lost is sent again by beat."""
    return {
        "CELERY_BROKER_URL": redis_url or "memory://",
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_DEFAULT_QUEUE": "duties",
        "CELERY_TASK_ROUTES": {"core.work_through": {"queue": "jobs"}},
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "visibility_timeout": 3600,
            "socket_connect_timeout": BROKER_SECONDS,
            "socket_timeout": 10 * BROKER_SECONDS,
        },
        "CELERY_BEAT_SCHEDULE_FILENAME": str(var_dir / "celerybeat-schedule"),
    }
