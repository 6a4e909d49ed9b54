"""Words for VAT on finance pages: on a line, and for a rate's total."""

from decimal import Decimal

from frontend.school.vat import vat_label
from invoicing.vat.treatment import CATEGORIES

__all__ = ["rate_name", "vat_label"]


def rate_name(category: str, rate: Decimal) -> str:
    """ "Standard rate 20%", "Exempt"."""
    return f"{CATEGORIES[category]} {vat_label(category, rate)}" if rate else CATEGORIES[category]
