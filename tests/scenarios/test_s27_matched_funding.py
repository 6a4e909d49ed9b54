"""Scenario 27 (joint practice development): a school claims cover with its evidence, the partnership matches a share of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from invoicing.payables.models import Payable
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import OutcomeItem, Statement
from subscriptions.outcomes.services.claiming import add_evidence, submit
from subscriptions.outcomes.services.contracting import agree_contract
from subscriptions.outcomes.services.deciding import accept
from subscriptions.outcomes.services.ending import end_contracts_over
from subscriptions.outcomes.services.evidence import Shown
from subscriptions.outcomes.services.stating import freeze_due
from subscriptions.support.services.matching import BudgetSpent, open_scheme, promise_match, release_unused
from tests.conftest import START
from tests.core.small_files import PDF
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
TERM = Period(date(2026, 9, 1), date(2027, 9, 1))


@dataclass(frozen=True)
class Amounts:
    """Pence: what the school means to spend and spends, the share, what is promised and what becomes payable."""

    spend: int
    spent: int
    share: str
    promised: int
    payable: int


# £400.00 of cover, half of it: £200.00. Our own: £315.55 promised at 40%, £250.00 of it spent: £126.22 × 250.00 ÷ 315.55.
BOTH = pytest.mark.parametrize(
    "amounts",
    [Amounts(400_00, 400_00, "0.5", 200_00, 200_00), Amounts(315_55, 250_00, "0.4", 126_22, 100_00)],
    ids=["as described", "our own"],
)


@BOTH
def test_half_of_the_cover_is_payable_once_somebody_else_verified_it(partnership, actor, amounts):
    school = add_organisation(kind=Organisation.Kind.OTHER, name="Elm Park Primary", valid_from=START, actor=actor)
    head = person(school, actor, name="Hana Head", role=Role.APPROVER)
    organiser = person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER)
    manager = person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER)
    verifier = person(partnership, actor, name="Vic Verifier", role=Role.VERIFIER)
    scheme = open_scheme(
        code="jpd-2026", title="Joint practice development", share=Decimal(amounts.share), most=Money(500_00),
        budget=Money(2_000_00), term=TERM, evidence="receipt", account_code="7900", stream_code="SI", actor=manager,
    )  # fmt: skip
    promise = promise_match(
        scheme=scheme, school=school, what="Cover for lesson study", spend=Money(amounts.spend), by=date(2026, 11, 20),
        on=date(2026, 9, 14), actor=organiser, expected=Money(amounts.promised),
    )  # fmt: skip
    assert promise.pence == amounts.promised
    agree_contract(contract=promise.contract, on=date(2026, 9, 15), actor=head)

    [item] = OutcomeItem.objects.filter(contract=promise.contract)
    receipt = Shown(type="receipt", label="Receipt of the supply agency", upload=PDF, name="receipt.pdf")
    add_evidence(item=item, shown=receipt, on=date(2026, 11, 2), actor=head)
    claim = submit(item=item, claimed=Decimal(amounts.spent) / 100, on=date(2026, 11, 2), actor=head)
    freeze_due(on=date(2026, 11, 3), actor=manager)
    assert Payable.objects.count() == 0, "nothing before it is verified"
    with pytest.raises(NotAllowed, match="someone else must decide"):
        accept(submission=claim, on=date(2026, 11, 4), actor=head)
    accept(submission=claim, on=date(2026, 11, 5), actor=verifier)
    assert Payable.objects.count() == 0, "nothing before its statement"

    freeze_due(on=date(2026, 12, 1), actor=manager)
    [owed] = Payable.objects.all()
    assert (owed.provider, owed.net_pence, owed.owed_pence, owed.vat_category) == (
        school, amounts.payable, amounts.payable, "O"
    )  # fmt: skip
    assert Statement.objects.get(contract=promise.contract, total_pence__gt=0).pay_on == date(2026, 12, 24)

    freeze_due(on=date(2027, 11, 1), actor=manager)
    end_contracts_over(on=date(2027, 11, 1), actor=actor)
    scheme.refresh_from_db()
    assert scheme.promised_pence == amounts.promised
    release_unused(on=date(2027, 11, 1), actor=actor)
    scheme.refresh_from_db()
    assert scheme.promised_pence == amounts.payable, "what was not spent goes back to the scheme"


def test_a_scheme_promises_no_more_than_its_budget_and_no_school_more_than_its_most(partnership, actor):
    elm, oak = (
        add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor)
        for name in ("Elm Park Primary", "Oakfield Primary")
    )
    organiser = person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER)
    manager = person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER)
    scheme = open_scheme(
        code="jpd", title="Joint practice development", share=Decimal("0.5"), most=Money(300_00), budget=Money(450_00),
        term=TERM, evidence="receipt", account_code="7900", stream_code="SI", actor=manager,
    )  # fmt: skip

    def promised(school: Organisation, pounds: int, expected: int | None = None) -> int:
        return promise_match(
            scheme=scheme, school=school, what="Cover", spend=Money(pounds * 100), by=date(2026, 12, 18),
            on=date(2026, 9, 14), actor=organiser, expected=Money(expected * 100) if expected else None,
        ).pence  # fmt: skip

    assert promised(elm, 400) == 200_00
    assert promised(elm, 400) == 100_00, "no school more than £300.00"
    with pytest.raises(BudgetSpent, match=r"£0\.00 can be promised to Elm Park Primary"):
        promised(elm, 400)
    with pytest.raises(BudgetSpent) as error:
        promised(oak, 400, expected=200)
    assert error.value.facts["left"] == 150_00
    assert promised(oak, 400) == 150_00
    scheme.refresh_from_db()
    assert (scheme.promised_pence, scheme.left_pence) == (450_00, 0)
