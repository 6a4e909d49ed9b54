"""What recurs in the books by itself: each finds what is due today and does it once."""

from datetime import UTC

from django.utils import timezone

from invoicing.documents.tax_points import reach_tax_points
from invoicing.ledger.telling import tell_days
from marketplace.core import periodic
from marketplace.core.actors import platform


def tax_points_of_today() -> int:
    """VAT of the instalments that have fallen due. Returns how many."""
    return reach_tax_points(on=timezone.localdate(), actor=platform("tax points")).count


periodic.every(3600, "invoicing.tax_points", tax_points_of_today)


def days_that_are_over() -> int:
    """The entries of the days that are over, told to the event log. Returns how many days."""
    return tell_days(today=timezone.now().astimezone(UTC).date(), actor=platform("the ledger's days"))


periodic.every(3600, "invoicing.days_told", days_that_are_over)
