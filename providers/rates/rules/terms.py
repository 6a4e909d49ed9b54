"""What one side proposes of a consultant's rates, and the prices of all units that follow from it."""

from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.errors import WrongInput
from marketplace.core.money import round_half_up
from providers.rates.rules.brokerage import Brokerage, Terms, split

UNITS = ("day", "half_day", "twilight", "hour")
AUDIENCES = ("member", "other")
MOST_PENCE = 5_000_00


@dataclass(frozen=True)
class RateTerms:
    """A day's figure and how the rest follows from it.

    ``day_pence`` is the school's price where brokerage is a share of the price, else the provider's fee, before VAT, for
    members; ``other_day_pence`` the same for other schools. The shorter units are a percentage of the day, nought where
    they are not offered; a fixed brokerage shrinks with them.
    """

    day_pence: int
    other_day_pence: int
    brokerage: str
    share: Decimal = Decimal(0)
    fixed_pence: int = 0
    half_day_percent: int = 0
    twilight_percent: int = 0
    hour_percent: int = 0
    by_mile: bool = False

    def percent_of(self, unit: str) -> int:
        return {
            "day": 100,
            "half_day": self.half_day_percent,
            "twilight": self.twilight_percent,
            "hour": self.hour_percent,
        }[unit]


@dataclass(frozen=True)
class UnitPrice:
    """One line of the price list: a unit for members or for others."""

    unit: str
    audience: str
    terms: Terms


def check_terms(terms: RateTerms) -> None:
    """Refuses what cannot be a price list, in a sentence for whoever typed it."""
    if not (0 < terms.day_pence <= MOST_PENCE and 0 < terms.other_day_pence <= MOST_PENCE):
        raise WrongInput(f"A day must cost more than £0.00 and at most £{MOST_PENCE // 100:,}.00")
    if any(not 0 <= terms.percent_of(unit) <= 100 for unit in UNITS):
        raise WrongInput("A shorter unit must be from 0% to 100% of the day")
    if terms.brokerage not in set(Brokerage):
        raise WrongInput("Choose how brokerage is worked out")
    if (terms.brokerage == Brokerage.FIXED and terms.share) or (
        terms.brokerage != Brokerage.FIXED and terms.fixed_pence
    ):
        raise WrongInput("Brokerage must be either a percentage or a sum, not both")


def price_list(terms: RateTerms) -> list[UnitPrice]:
    """Every unit that is offered, for members and for others, each rounded once, half up.

    At £450.00 a day, 15% of the price and a half day of 55%: a half day is £247.50, of which the provider earns £210.37.
    """
    check_terms(terms)
    found = []
    for unit in UNITS:
        percent = terms.percent_of(unit)
        if not percent:
            continue
        for audience in AUDIENCES:
            day = terms.day_pence if audience == "member" else terms.other_day_pence
            found.append(UnitPrice(unit, audience, _priced(terms, day, percent)))
    return found


def _priced(terms: RateTerms, day_pence: int, percent: int) -> Terms:
    stated = round_half_up(Decimal(day_pence * percent) / 100)
    fixed = round_half_up(Decimal(terms.fixed_pence * percent) / 100)
    inclusive = terms.brokerage == Brokerage.INCLUSIVE
    return split(
        brokerage=terms.brokerage,
        share=terms.share,
        fixed_pence=fixed,
        sell_pence=stated if inclusive else None,
        buy_pence=None if inclusive else stated,
    )
