"""What a movement does to the fund that it names: pure, no database, no clock.

A fund stands on exactly one side of a movement: on income, on an expense, or on the account of funds set aside. A credit
there adds to it, a debit takes from it.

| movement | the fund |
|---|---|
| receivable from grants | gets it |
| professional fees from accruals | spends it |
| funds set aside from accumulated surplus | gives it back to the general reserve |
| bank from receivable | is not named |
"""

from collections.abc import Mapping

FUNDS_SET_ASIDE = "3100"
_OF_FUNDS = {"income", "expense"}


def of_a_fund(account: str, types: Mapping[str, str]) -> bool:
    """Whether an account may stand for a fund; ``types`` is the type of each account of the chart."""
    return account == FUNDS_SET_ASIDE or types.get(account) in _OF_FUNDS


def effect(*, debit: str, credit: str, pence: int, types: Mapping[str, str]) -> int | None:
    """By how many pence the fund grows (or falls, below nought); None where not exactly one side is a fund's."""
    spends, gets = of_a_fund(debit, types), of_a_fund(credit, types)
    if spends == gets:
        return None
    return pence if gets else -pence
