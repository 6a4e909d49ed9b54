"""What the catalogue does by itself."""

from django.utils import timezone

from catalogue.services.list_prices import work_out_list_prices
from marketplace.core.periodic import every


def work_out_due_list_prices() -> int:
    """The list prices of today, some at a time."""
    return work_out_list_prices(on=timezone.localdate())


every(60, "catalogue.list_prices", work_out_due_list_prices, until_idle=True)
