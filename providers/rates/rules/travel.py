"""What travel costs: nothing more where it is included, else so many pence a mile as they hold on the day."""

from decimal import Decimal

from marketplace.core.errors import WrongInput
from marketplace.core.money import round_half_up

# HM Revenue & Customs' approved mileage allowance for a car, tax year 2011 to 2012 on. It seeds the dated rate only.
FIRST_PENCE_A_MILE = 45
MOST_MILES = 2_000


def mileage(miles: Decimal | int, pence_a_mile: int) -> int:
    """Pence for the miles of one visit, rounded once, half up. Nought pence a mile: travel is included.

    Raises WrongInput for fewer than no miles or more than one visit can take.
    """
    if not 0 <= miles <= MOST_MILES:
        raise WrongInput(f"Miles must be from 0 to {MOST_MILES:,}")
    return round_half_up(Decimal(miles) * pence_a_mile)
