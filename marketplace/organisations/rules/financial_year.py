"""The financial year of a customer: April to March for what a council maintains, September to August for academies.

Source: the Consistent Financial Reporting framework (maintained schools, 31 March) and the Academies Accounts Direction
(31 August). Nothing is assumed of other kinds of customer: their year is their own affair.
"""

from datetime import date

from marketplace.core.periods import Period
from marketplace.organisations.models.schools import BillingClass

_FIRST_MONTH = {BillingClass.MAINTAINED: 4, BillingClass.ACADEMY: 9}
COUNCIL_FIRST_MONTH, TRUST_FIRST_MONTH = 4, 9


def first_month_of(billing_class: str) -> int | None:
    """The month in which a school's financial year begins, or None where its kind does not tell."""
    return {str(known): month for known, month in _FIRST_MONTH.items()}.get(billing_class)


def financial_year(day: date, first_month: int) -> Period:
    """The twelve months from the first of ``first_month`` in which the day lies, half-open."""
    start = date(day.year if day.month >= first_month else day.year - 1, first_month, 1)
    return Period.months_from(start, 12)
