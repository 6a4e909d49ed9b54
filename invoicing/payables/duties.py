"""What recurs by itself: amounts that waited for a customer's money are owed once it came."""

from django.utils import timezone

from invoicing.payables.releasing import release_payables
from marketplace.core import periodic
from marketplace.core.actors import platform


def releases_of_today() -> int:
    """Returns how many payables changed."""
    return release_payables(on=timezone.localdate(), actor=platform("amounts due to providers")).count


periodic.every(600, "invoicing.payables", releases_of_today)
