"""Making, offering, accepting, declining, notice and renewal."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, Every, Timing
from subscriptions.agreements.services.agreeing import (
    AlreadyRenewed,
    DifferentAgreement,
    NoticeGiven,
    NotOffered,
    TermOverLimit,
)
from subscriptions.queries import whole_term
from subscriptions.services import accept, charge_due, decline, give_notice, renew, withdraw_offer
from tests.conftest import finance
from tests.shop import buyer
from tests.subscriptions.agreements.terms import YEAR, agreed, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
NEXT = Period(date(2027, 4, 1), date(2028, 4, 1))


def test_what_runs_is_charged_once_however_often_it_is_agreed(oakfield: Organisation, actor: Actor) -> None:
    first = agreed(oakfield, line(46_614), line(23_940, slot=2, title="Clerking"), actor=actor)
    again = agreed(oakfield, line(46_614), line(23_940, slot=2, title="Clerking"), actor=actor)
    assert again == first
    assert sorted(Charge.objects.values_list("net_pence", "bill_on")) == [(23_940, YEAR.start), (46_614, YEAR.start)]
    with pytest.raises(DifferentAgreement):
        agreed(oakfield, line(1, NEXT), term=NEXT, actor=actor)


def test_an_offer_charges_nothing_until_somebody_accepts_it(oakfield: Organisation, actor: Actor) -> None:
    offer = agreed(oakfield, line(100_000), actor=actor, offered=True)
    assert not Charge.objects.exists()
    assert whole_term(offer).gross.pence == 120_000
    with pytest.raises(TermOverLimit) as refused:
        accept(agreement=offer, on=YEAR.start, actor=buyer(oakfield, limit=119_999))
    assert refused.value.facts == {"over": 1}
    with pytest.raises(NotAllowed):
        accept(agreement=offer, on=YEAR.start, actor=Actor(None, None, "Outsider"))
    accepted = accept(agreement=offer, on=YEAR.start, actor=buyer(oakfield, limit=120_000, person_id=None))  # type: ignore[arg-type]
    assert (accepted.state, accepted.accepted_on) == ("active", YEAR.start)
    assert Charge.objects.get().net_pence == 100_000
    with pytest.raises(NotOffered):
        decline(agreement=offer, reason="Too late", on=YEAR.start, actor=buyer(oakfield))


def test_what_was_declined_or_withdrawn_is_never_charged(oakfield: Organisation, partnership, actor: Actor) -> None:
    one = agreed(oakfield, line(100), actor=actor, offered=True)
    two = agreed(oakfield, line(100), actor=actor, offered=True, key="test:2")
    decline(agreement=one, reason="No budget", on=YEAR.start, actor=buyer(oakfield))
    withdraw_offer(agreement=two, reason="Wrong price", on=YEAR.start, actor=finance(partnership))
    charge_due(on=date(2030, 1, 1), actor=actor)
    assert not Charge.objects.exists()


def test_months_are_charged_when_their_day_comes(oakfield: Organisation, actor: Actor) -> None:
    agreed(oakfield, line(76_100), actor=actor, billing=Billing(Every.MONTH, Timing.ARREARS), on=YEAR.start)
    assert charge_due(on=date(2026, 4, 30), actor=actor) == 0
    assert charge_due(on=date(2026, 6, 1), actor=actor) == 2
    assert charge_due(on=date(2026, 6, 1), actor=actor) == 0
    assert [c.net_pence for c in Charge.objects.order_by("bill_on")] == [6_342, 6_341]
    assert charge_due(on=YEAR.end, actor=actor) == 10
    assert sum(c.net_pence for c in Charge.objects.all()) == 76_100


def test_what_costs_nothing_is_no_item(oakfield: Organisation, actor: Actor) -> None:
    agreed(oakfield, line(0), actor=actor)
    assert not Charge.objects.exists()
    assert BillingPeriod.objects.get().state == "charged"


def test_a_renewal_is_an_agreement_of_its_own(oakfield: Organisation, partnership, actor: Actor) -> None:
    first = agreed(oakfield, line(100_000), actor=actor, notice_weeks=12)
    assert first.notice_by == date(2027, 1, 7)
    with pytest.raises(WrongInput):
        renew(agreement=first, term=YEAR, lines=[line(1)], on=YEAR.start, actor=finance(partnership))
    following = renew(agreement=first, term=NEXT, lines=[line(104_000, NEXT)], on=date(2027, 1, 5), actor=actor)
    with pytest.raises(AlreadyRenewed):
        renew(agreement=first, term=NEXT, lines=[line(1, NEXT)], on=date(2027, 1, 5), actor=actor)
    assert (following.succeeds, following.state) == (first, "offered")
    give_notice(agreement=first, on=date(2027, 1, 6), actor=actor)
    following.refresh_from_db()
    assert following.state == "withdrawn"
    with pytest.raises(NoticeGiven):
        accept(agreement=following, on=date(2027, 1, 6), actor=actor)
    with pytest.raises(NoticeGiven):
        renew(agreement=first, term=NEXT, lines=[line(1, NEXT)], on=date(2027, 1, 7), actor=actor)


def test_no_notice_once_it_was_renewed(oakfield: Organisation, actor: Actor) -> None:
    first = agreed(oakfield, line(100_000), actor=actor)
    renew(agreement=first, term=NEXT, lines=[line(104_000, NEXT)], on=date(2027, 1, 5), actor=actor, offered=False)
    with pytest.raises(AlreadyRenewed):
        give_notice(agreement=first, on=date(2027, 1, 6), actor=actor)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (AgreementLine, {"base_pence": 1}),
        (AgreementLine, {"valid_to": date(2028, 1, 1), "base_to": date(2028, 1, 1)}),
        (BillingPeriod, {"pence": 10**9}),
        (BillingPeriod, {"state": "planned"}),
        (Agreement, {"state": "declined", "accepted_on": None}),
    ],
)
def test_what_was_agreed_is_never_edited(oakfield: Organisation, actor: Actor, model, change) -> None:
    agreed(oakfield, line(100_000), actor=actor)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**change)
