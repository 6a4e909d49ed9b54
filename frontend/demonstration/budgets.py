"""What some schools mean to spend: those of the named sign-ins, this year and last year, and one order under an own code."""

from datetime import date

from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from marketplace.core.actors import BUYING
from marketplace.trading.budget_queries import code_scheme_of, years_around
from marketplace.trading.models import OrderLine
from marketplace.trading.rules.budgets import AAR
from marketplace.trading.services import set_budget, set_line_codes

_BUYERS = ("buyer", "approver", "head", "small_limit", "trust_finance")
# Pence by the code of maintained schools and its like in the academies' return.
_BUDGET = [
    ("E09", "BAE090", 400_000),
    ("E19", "BAE200", 60_000),
    ("E20D", "BAE280", 150_000),
    ("E20G", "BAE210", 220_000),
    ("E27", "BAE230", 250_000),
    ("E28a", "BAE300", 900_000),
]
_OWN_CODE, _OWN_PENCE = "4310-CPD", 50_000


def add_budgets(directory: Directory, *, today: date) -> None:
    """Budgets of the schools for which the named people buy; a trust's finance lead enters those of its schools.

    The first one's newest course stands under the school's own code.
    """
    for key in _BUYERS:
        actor = directory.signed[key]
        for name in _organisations(directory, key):
            organisation = directory.find(name)
            academies = code_scheme_of(organisation) == AAR
            lines = {aar if academies else cfr: pence for cfr, aar, pence in _BUDGET}
            lines |= {_OWN_CODE: _OWN_PENCE} if key == "buyer" else {}
            for year in years_around(organisation, today)[:2]:
                set_budget(organisation=organisation, year=year, budget=lines, actor=actor)
    buyer = directory.signed["buyer"]
    line = OrderLine.objects.filter(school_id__in=buyer.organisations(*BUYING), run__isnull=False).latest("pk")
    set_line_codes(order=line.order, codes={line.pk: _OWN_CODE}, actor=buyer)


def _organisations(directory: Directory, key: str) -> list[str]:
    """Where the person buys: a school, or a trust with its schools."""
    own = SIGN_INS[key].organisation
    return [own, *(name for name in directory.facts if directory.trust_of(name) == own)]
