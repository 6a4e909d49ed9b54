"""Scenario 25 (Brent Schools Partnership: specialist centres): needs are published, schools apply, two are awarded, each paid
on measures of its own."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.payables.models import Payable
from marketplace.core.actors import Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.hubs.queries import calls_for
from subscriptions.hubs.rules.template import Template, Wanted
from subscriptions.hubs.services.awarding import BudgetTooSmall, award, decline
from subscriptions.outcomes.models import OutcomeItem, Statement
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import agree_contract
from subscriptions.outcomes.services.deciding import accept, mark_not_met
from subscriptions.outcomes.services.ending import end_contracts_over
from subscriptions.outcomes.services.stating import freeze_due, work_out
from tests.shop import person
from tests.subscriptions.hubs.calling import (
    AWARDED_ON,
    OFFER,
    applied,
    closed,
    four_schools,
    gave,
    head_of,
    member,
    on_panel,
    opened,
    scored,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
NEEDS = "Places for speech and language, and for autism, in the north of the area"


@dataclass(frozen=True)
class Centre:
    """What one centre is worth in pence, and its own measures: code, weight, pence, whether it was met."""

    pence: int
    measures: tuple[tuple[str, int, int, bool], ...]

    @property
    def paid(self) -> int:
        return sum(pence for _, _, pence, met in self.measures if met)

    @property
    def template(self) -> Template:
        wanted = tuple(Wanted(code, code.capitalize(), weight=Decimal(weight)) for code, weight, _, _ in self.measures)
        return Template(Decimal(0), Decimal(1), outcome_measures=wanted, cut_off_months=(8,))


SETS = [
    (
        Centre(8_000_00, (("places", 60, 4_800_00, True), ("outreach", 40, 3_200_00, True))),
        Centre(12_500_00, (("places", 50, 6_250_00, True), ("training", 30, 3_750_00, True), ("families", 20, 2_500_00, True))),
    ),
    # Our own: the first misses its outreach, and thirds are shared to the penny.
    (
        Centre(6_300_00, (("places", 70, 4_410_00, True), ("outreach", 30, 1_890_00, False))),
        Centre(10_000_00, (("places", 1, 3_333_34, True), ("training", 1, 3_333_33, True), ("families", 1, 3_333_33, True))),
    ),
]  # fmt: skip
BOTH = pytest.mark.parametrize("centres", SETS, ids=["as described", "our own"])


@BOTH
def test_two_centres_are_awarded_and_paid_on_measures_of_their_own(partnership, tmp_path, actor, centres):
    elm, birch, cedar, _ = four_schools(tmp_path, actor)
    organiser = person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)
    officer = person(partnership, actor, name="Fay Officer", role=Role.FINANCE_OFFICER)
    research = add_organisation(
        kind=Organisation.Kind.OTHER, name="Moor End Research School", valid_from=date(2020, 1, 1), actor=actor
    )
    verifier = person(research, actor, name="Vic Verifier", role=Role.VERIFIER)
    budget = sum(one.pence for one in centres)

    # The needs are published; without them there is no call for a centre.
    terms = {
        "kind": "centre", "title": "Specialist centres", "term": YEAR, "monthly": Money(500_00),
        "budget": Money(budget), "template": centres[0].template,
    }  # fmt: skip
    with pytest.raises(WrongInput, match="Enter needs"):
        opened(organiser, **terms, needs="")
    call = opened(organiser, **terms, needs=NEEDS)
    heads = [head_of(school, actor) for school in (elm, birch, cedar)]
    read = [calls_for(heads[0]).get(pk=call.pk).needs]
    assert read == [NEEDS]

    bids = [
        applied(call, head, school, offer=replace(OFFER, title=f"{school.name.split()[0]} centre"))
        for head, school in zip(heads, (elm, birch, cedar), strict=True)
    ]
    closed(call, organiser)
    panel = [member(partnership, actor, "Pia Panel"), member(partnership, actor, "Raj Panel")]
    on_panel(call, organiser, *panel)
    for bid, points in zip(bids, ((5, 4, 4), (4, 4, 4), (2, 3, 3)), strict=True):
        for judge in panel:
            gave(bid, judge, *points)
    scored(call, organiser)

    # Two are awarded, each for its own sum on its own measures; a third has no room in the budget.
    contracts = []
    for bid, centre, head in zip(bids[:2], centres, heads, strict=False):
        contract = award(
            application=bid, feedback="It meets the need.", on=AWARDED_ON, actor=organiser, value=Money(centre.pence),
            template=centre.template,
        )  # fmt: skip
        contracts.append(agree_contract(contract=contract, on=AWARDED_ON, actor=head))
    with pytest.raises(BudgetTooSmall):
        award(application=bids[2], feedback="Also", on=AWARDED_ON, actor=organiser, value=Money(1))
    decline(application=bids[2], feedback="The need is met by two.", on=AWARDED_ON, actor=organiser)
    assert [(one.kind, one.value_pence) for one in contracts] == [("centre", one.pence) for one in centres]
    for contract, centre in zip(contracts, centres, strict=True):
        agreed = {one.code: one.pence for one in OutcomeItem.objects.filter(contract=contract)}
        assert agreed == {f"year-1-{code}": pence for code, _, pence, _ in centre.measures}

    # Nothing is payable before each measure is verified by somebody of another school.
    for contract, centre, school in zip(contracts, centres, (elm, birch), strict=True):
        _show(contract, centre, person(school, actor, name=f"Lead {school.pk}", role=Role.HUB_LEAD), verifier)
    freeze_due(on=date(2027, 9, 1), actor=officer)
    for contract, centre, school in zip(contracts, centres, (elm, birch), strict=True):
        contract.refresh_from_db()
        due = Payable.objects.filter(provider=school)
        assert contract.settled_pence == sum(one.owed_pence for one in due) == centre.paid
    assert not Payable.objects.filter(provider=cedar).exists()
    assert end_contracts_over(on=date(2027, 9, 2), actor=actor) == 2
    call_command("verify_ledger")


def _show(contract, centre, lead, verifier):
    """At the July review each measure is claimed, then decided; before each decision it adds £0.00."""
    statement = Statement.objects.get(contract=contract)
    verified = 0
    for code, _, pence, met in centre.measures:
        item = OutcomeItem.objects.get(contract=contract, code=f"year-1-{code}")
        claim = submit(item=item, words="Done as planned", on=date(2027, 7, 12), actor=lead)
        assert work_out(statement).total == verified
        if met:
            accept(submission=claim, on=date(2027, 7, 20), actor=verifier)
            verified += pence
        else:
            mark_not_met(item=item, reason="Two schools of eight", on=date(2027, 7, 20), actor=verifier)
        assert work_out(statement).total == verified
