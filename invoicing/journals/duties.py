"""What recurs by itself: journals that reverse on their day."""

from django.utils import timezone

from invoicing.journals.services import reverse_due_journals
from marketplace.core import periodic
from marketplace.core.actors import platform


def reversals_of_today() -> int:
    """Journals whose day to reverse has come, or was missed. Returns how many."""
    return reverse_due_journals(on=timezone.localdate(), actor=platform("journals that reverse"))


periodic.every(3600, "invoicing.journals", reversals_of_today)
