"""What the processes do that send at the same moment. Each e-mail becomes a file, so every sending is counted."""

from typing import Any


def send_together(folder: str, guarded: bool, barrier: Any) -> int:
    """Sends until nothing waits; without the guard the rows are read and not claimed."""
    from django.conf import settings
    from django.db import close_old_connections

    from marketplace.messaging.services import send_waiting, sending

    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folder
    if not guarded:
        sending._claim = _look_without_claiming
        sending._mark_sent = _mark_by_number
    barrier.wait(timeout=60)
    sent = 0
    while now := send_waiting(limit=10):
        sent += now
    close_old_connections()
    return sent


def _look_without_claiming(_: Any) -> Any:
    from django.utils import timezone

    from marketplace.messaging.models import Message

    return Message.objects.filter(state="waiting", next_at__lte=timezone.now()).order_by("next_at", "pk").first()


def _mark_by_number(message: Any, _: Any) -> int:
    from django.utils import timezone

    from marketplace.messaging.models import Message

    return Message.objects.filter(pk=message.pk).update(state="sent", sent_at=timezone.now())
