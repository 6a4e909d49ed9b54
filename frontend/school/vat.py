"""The words for a VAT treatment in a table."""

from decimal import Decimal

_WORDS = {"Z": "0%, zero rated", "E": "Exempt", "O": "Outside the scope", "AE": "Reverse charge"}


def vat_label(category: str, rate: Decimal) -> str:
    """ "20%", "Exempt", "0%, zero rated"."""
    return f"{(rate * 100).normalize():f}%" if category == "S" else _WORDS[category]
