"""A round for many schools: each at its own price, once, as one by one would be."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_offer, add_price, publish_offer, quote_for
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed
from marketplace.organisations.models import Organisation
from providers.services import add_provider
from subscriptions.agreements.models import Agreement, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, Every
from subscriptions.agreements.services.round import Round, contract_round
from subscriptions.services import set_membership
from tests.conftest import finance
from tests.shop import START, schools
from tests.subscriptions.agreements.terms import YEAR, agreed, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def three(partnership: Organisation, tmp_path, actor: Actor) -> list[Organisation]:
    found = schools(tmp_path, actor, {"NumberOfPupils": "210"}, {"NumberOfPupils": "412"}, {"NumberOfPupils": "198"})
    set_membership(organisation=found[1], price_class=PriceClass.MEMBER, valid_from=START, actor=actor)
    return found


@pytest.fixture
def offers(partnership: Organisation, actor: Actor) -> list[Offer]:
    provider = add_provider(organisation=partnership, code="ours", actor=actor)
    made = []
    for code, rule in {
        "payroll": {"sum": [{"flat": "466.14"}, {"per": "pupils", "rate": "1.14"}]},
        "clerking": {"flat": "1150"},
    }.items():
        offer = add_offer(
            code=code, kind="service", title=code.title(), provider=provider, supply_kind="other", cfr_code="E28a",
            aar_code="BAE300", term_months=12, actor=actor,
        )  # fmt: skip
        for one in (PriceClass.NON_MEMBER, PriceClass.MEMBER):
            add_price(
                offer=offer,
                price_class=one,
                rule=rule if one == PriceClass.NON_MEMBER else {"flat": "500"},
                valid_from=START,
                actor=actor,
            )
        publish_offer(offer=offer, actor=actor)
        made.append(offer)
    return made


def test_each_school_is_charged_its_own_price_once(partnership, three, offers, actor: Actor) -> None:
    round_ = Round("2026", "Services 2026", offers, YEAR, notice_weeks=12)
    report = contract_round(round_=round_, organisations=[s.pk for s in three], on=YEAR.start, actor=actor, chunk=2)
    assert (report.agreements, report.lines, report.refused) == (3, 6, [])
    prices = {(c.consumer_id, c.analysis_code): c.net_pence for c in Charge.objects.all()}
    for school in three:
        for offer in offers:
            one = PriceClass.MEMBER if school == three[1] else PriceClass.NON_MEMBER
            quote = quote_for(
                offer=offer, run=None, organisation=school, quantity=Decimal(1), on=YEAR.start, price_class=one
            )
            assert prices[(school.pk, offer.code)] == quote.net.pence
    again = contract_round(round_=round_, organisations=[s.pk for s in three], on=YEAR.start, actor=actor)
    assert (again.agreements, again.already, Charge.objects.count()) == (0, 3, 6)


def test_its_rows_are_those_that_one_agreement_would_have(partnership, three, offers, actor: Actor) -> None:
    contract_round(
        round_=Round("2026", "Services", offers[1:], YEAR), organisations=[three[0].pk], on=YEAR.start, actor=actor
    )
    many = Charge.objects.get()
    own = line(115_000, YEAR, title="Clerking", cfr_code="E28a", aar_code="BAE300", analysis_code="clerking",
               vat=(many.vat_category, many.vat_rate, many.vat_reason), account_code=many.account_id, stream_code=many.stream_id)  # fmt: skip
    agreed(three[0], own, actor=actor)
    single = Charge.objects.exclude(pk=many.pk).get()
    same = [
        f.attname
        for f in Charge._meta.concrete_fields
        if f.attname not in ("id", "source_key", "created_at", "label", "steps")
    ]
    assert {name: getattr(many, name) for name in same} == {name: getattr(single, name) for name in same}


def test_who_cannot_be_priced_is_told_and_gets_nothing(partnership, three, offers, oakfield, actor: Actor) -> None:
    report = contract_round(
        round_=Round("2026", "Services", offers, YEAR),
        organisations=[oakfield.pk, three[0].pk],
        on=YEAR.start,
        actor=actor,
    )
    assert report.agreements == 1
    assert [number for number, _ in report.refused] == [oakfield.number]
    assert not Agreement.objects.filter(organisation=oakfield).exists()


def test_later_payments_are_planned(partnership, three, offers, actor: Actor) -> None:
    round_ = Round("2026", "Services", offers[1:], YEAR, billing=Billing(Every.MONTH))
    contract_round(round_=round_, organisations=[three[0].pk], on=date(2026, 5, 1), actor=actor)
    assert Charge.objects.count() == 2
    assert BillingPeriod.objects.filter(state="planned").count() == 10


def test_only_finance_managers_contract_for_schools(partnership, three, offers) -> None:
    with pytest.raises(NotAllowed):
        contract_round(
            round_=Round("2026", "Services", offers, YEAR),
            organisations=[three[0].pk],
            on=YEAR.start,
            actor=finance(partnership),
        )
    assert not Agreement.objects.exists()
