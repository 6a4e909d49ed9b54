"""Which lines of an order may be paid in monthly instalments: pure. The limits are data of the partnership."""

from dataclasses import dataclass

CONSULTANCY = "consultancy"


@dataclass(frozen=True)
class InstalmentRule:
    """``payments`` a month apart for a service of at least ``least_months`` and ``least_pence`` before VAT.

    One invoice lists at most twelve payments (VAT Regulations 1995, SI 1995/2518, reg. 90(2)).
    """

    payments: int
    least_months: int
    least_pence: int

    def __post_init__(self) -> None:
        if not 2 <= self.payments <= 12:
            raise ValueError(f"An invoice lists 2 to 12 payments, not {self.payments}")

    def allows(self, *, is_course: bool, supply_kind: str, term_months: int | None, net_pence: int) -> bool:
        """Whether a line may be paid so: a service over time that is dear enough; never a course or consultancy."""
        if is_course or supply_kind == CONSULTANCY or term_months is None:
            return False
        return term_months >= self.least_months and net_pence >= self.least_pence
