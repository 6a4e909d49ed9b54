"""What recurs in the books by itself: each finds what is due today and does it once."""

from django.utils import timezone

from invoicing.documents.tax_points import reach_tax_points
from marketplace.core import periodic
from marketplace.core.actors import platform


def tax_points_of_today() -> int:
    """VAT of the instalments that have fallen due. Returns how many."""
    return reach_tax_points(on=timezone.localdate(), actor=platform("tax points")).count


periodic.every(3600, "invoicing.tax_points", tax_points_of_today)
