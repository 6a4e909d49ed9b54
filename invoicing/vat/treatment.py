"""VAT treatment of a line: category, rate and the reason for it (EN 16931 category codes)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period

CATEGORIES = {
    "S": "Standard rate",
    "Z": "Zero rated",
    "E": "Exempt",
    "O": "Outside the scope of VAT",
    "AE": "Reverse charge",
}

# Standard rate of the United Kingdom by date (VAT Act 1994 s2 and Finance Acts; HMRC, "VAT rates").
_STANDARD = [
    (Period(date(1991, 4, 1), date(2008, 12, 1)), Decimal("0.175")),
    (Period(date(2008, 12, 1), date(2010, 1, 1)), Decimal("0.15")),
    (Period(date(2010, 1, 1), date(2011, 1, 4)), Decimal("0.175")),
    (Period(date(2011, 1, 4), date(9999, 1, 1)), Decimal("0.20")),
]


@dataclass(frozen=True)
class VatTreatment:
    """Category, rate as a fraction (0.20) and, for all but the standard rate, the reason printed on the line."""

    category: str
    rate: Decimal
    reason: str = ""

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES:
            raise WrongInput(f"VAT category must be one of {', '.join(CATEGORIES)}, not {self.category}")
        if (self.rate > 0) != (self.category == "S"):
            raise WrongInput(f"VAT category {self.category} does not go with a rate of {self.rate:%}")
        if self.category != "S" and not self.reason:
            raise WrongInput(f"VAT category {self.category} ({CATEGORIES[self.category]}) needs a reason")

    @property
    def words(self) -> str:
        """``VAT at 20%``, ``VAT exempt: training by an eligible body``."""
        if self.category == "S":
            return f"VAT at {(self.rate * 100).normalize():f}%"
        return f"{_WORDS[self.category]}: {self.reason}"


_WORDS = {
    "Z": "VAT zero rated",
    "E": "VAT exempt",
    "O": "Outside the scope of VAT",
    "AE": "VAT reverse charge",
}


def vat_rate_on(category: str, on: date) -> Decimal:
    """The rate of a category on a day as a fraction. Only the standard rate is not nought."""
    if category not in CATEGORIES:
        raise WrongInput(f"VAT category must be one of {', '.join(CATEGORIES)}, not {category}")
    if category != "S":
        return Decimal(0)
    for period, rate in _STANDARD:
        if on in period:
            return rate
    raise WrongInput(f"No standard rate of VAT is known on {on:%-d %B %Y}")
