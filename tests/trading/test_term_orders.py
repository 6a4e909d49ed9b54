"""A service ordered for a term becomes an agreement: all its years known, each charged when it begins."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import credit_invoice, run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Approval, Order, OrderLine
from marketplace.trading.services import Answer, OverLimit, ask_approval, check_basket, decide
from marketplace.trading.services.term_endings import end_credited_agreements
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.models import Acceptance, Agreement
from subscriptions.queries import whole_term
from subscriptions.services import charge_due, draft_terms, publish_terms, set_service_terms
from subscriptions.slas.rules.terms import PartYear
from tests.conftest import finance
from tests.shop import Shop, person, trust_with
from tests.trading.conftest import ON, Buying

pytestmark = pytest.mark.django_db
APRIL = date(2027, 4, 1)


@pytest.fixture
def it(shop: Shop) -> Offer:
    return shop.offer("it-support", prices={PriceClass.ANY: {"flat": "3600"}}, term_months=12)


@pytest.fixture
def gita(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's chair of governors, who approves whatever it costs."""
    return person(school, actor, name="Gita Governor", role=Role.APPROVER)


def test_services_of_one_term_are_one_agreement_and_keep_their_own_items(
    buying: Buying, shop: Shop, sam: Actor, school: Organisation, it: Offer
) -> None:
    hr = shop.offer("hr-advice", prices={PriceClass.ANY: {"flat": "761"}}, term_months=12)
    days = shop.offer("day", prices={PriceClass.ANY: {"rate": "450", "per": "quantity"}}, term_months=3)
    for offer, quantity in ((it, 1), (hr, 1), (days, 2)):
        basket = buying.add(sam, school, offer, quantity)
    order = buying.order(sam, basket, purchase_order="PO 7")
    first, second = Agreement.objects.order_by("source_key")
    assert (first.source_key, second.source_key) == (f"order:{order.number}:term:1", f"order:{order.number}:term:2")
    assert (first.title, first.purchase_order, first.kind) == ("It support and Hr advice", "PO 7", "service")
    assert (first.organisation, first.accepted_by_person_id, first.accepted_on) == (school, sam.person_id, ON)
    assert [line.slot for line in first.lines.order_by("slot")] == [1, 2]
    charges = {one.source_key: one for one in Charge.objects.all()}
    for line in order.lines.all():
        charge = charges[line.charge_source_key]
        assert (charge.net_pence, charge.label, charge.recognition) == (line.net_pence, order.number, "over_time")
        assert (charge.quantity, charge.unit_price_pence) == (line.charged_quantity, line.unit_price_pence)
    assert len(charges) == 3
    call_command("verify_ledger")


def test_later_years_are_charged_when_they_begin_at_the_agreed_price(
    buying: Buying, sam: Actor, school: Organisation, it: Offer, actor: Actor
) -> None:
    set_service_terms(offer=it, years=[1, 3], uplift=Decimal(4), actor=actor)
    basket = buying.add(sam, school, it, service_from=APRIL, facts={"term_years": 3})
    checked = check_basket(basket=basket, on=ON, actor=sam)
    # 3,600.00 + 3,744.00 + 3,893.76 = 11,237.76 before VAT, 13,485.31 with it
    assert (checked.total.gross.pence, checked.committed.pence) == (432_000, 1_348_531)
    buying.order(sam, basket)
    agreement = Agreement.objects.get()
    assert (agreement.term_from, agreement.term_to, agreement.notice_by) == (
        APRIL, date(2030, 4, 1), date(2030, 1, 7),
    )  # fmt: skip
    assert whole_term(agreement).gross.pence == 1_348_531
    assert charge_due(on=date(2028, 3, 31), actor=actor) == 0
    assert charge_due(on=date(2028, 4, 1), actor=actor) == 1
    assert charge_due(on=date(2029, 4, 1), actor=actor) == 1
    assert charge_due(on=date(2030, 4, 1), actor=actor) == 0
    assert list(Charge.objects.order_by("bill_on").values_list("net_pence", "service_from")) == [
        (360_000, APRIL), (374_400, date(2028, 4, 1)), (389_376, date(2029, 4, 1)),
    ]  # fmt: skip
    call_command("verify_ledger")


def test_a_limit_is_for_the_whole_term_with_its_rises(
    buying: Buying, school: Organisation, it: Offer, actor: Actor
) -> None:
    set_service_terms(offer=it, years=[3], uplift=Decimal(4), actor=actor)
    pat = person(school, actor, name="Pat Small", limit=1_348_530)
    with pytest.raises(OverLimit, match=r"£0\.01 over your limit"):
        buying.order(pat, buying.add(pat, school, it))
    assert not Agreement.objects.exists()


def test_only_the_lengths_that_are_offered_are_sold(
    buying: Buying, sam: Actor, school: Organisation, it: Offer, actor: Actor
) -> None:
    set_service_terms(offer=it, years=[1, 3], actor=actor)
    with pytest.raises(WrongInput, match="It support is agreed for 1 or 3 years"):
        buying.add(sam, school, it, facts={"term_years": 2})


def test_a_mid_year_joiner_pays_a_part_and_may_not_pay_it_monthly(
    buying: Buying, sam: Actor, school: Organisation, it: Offer, actor: Actor
) -> None:
    set_service_terms(offer=it, years=[1], maintained_starts="04-01", academy_starts="09-01", actor=actor)
    basket = buying.add(sam, school, it)
    [checked] = check_basket(basket=basket, on=ON, actor=sam).lines
    assert checked.quote is not None
    assert [(step.text, step.pence) for step in checked.quote.steps][-1] == (
        "Only 7 of 12 months, to 31 March 2027", -150_000,
    )  # fmt: skip
    assert (checked.quote.net.pence, checked.instalments) == (210_000, 1)
    order = buying.order(sam, basket)
    line = order.lines.get()
    assert (line.net_pence, line.service_from, line.service_to) == (210_000, ON, APRIL)
    assert Charge.objects.get().net_pence == 210_000
    assert Agreement.objects.get().term_to == APRIL
    call_command("verify_ledger")


def test_academies_have_their_own_year_also_in_a_trusts_order(
    buying: Buying, shop: Shop, it: Offer, actor: Actor, tmp_path: Any
) -> None:
    set_service_terms(offer=it, years=[1], maintained_starts="04-01", academy_starts="09-01", actor=actor)
    trust, [harbour] = trust_with(tmp_path, actor, "Harbour Academy")
    tess = person(trust, actor, name="Tess Trust")
    order = buying.order(tess, buying.add(tess, harbour, it, organisation=trust))
    assert order.lines.get().net_pence == 360_000
    agreement = Agreement.objects.get()
    assert (agreement.organisation, agreement.invoice_to, agreement.lines.get().consumer) == (trust, trust, harbour)


def test_an_approval_freezes_the_term_and_makes_the_agreement(
    buying: Buying, school: Organisation, it: Offer, pat: Actor, gita: Actor, actor: Actor
) -> None:
    set_service_terms(offer=it, years=[1, 2], uplift=Decimal(5), renewal="none", actor=actor)
    terms = publish_terms(
        terms=draft_terms(code="services", title="Terms", body="We help.", actor=actor), on=ON, actor=actor
    )
    basket = buying.add(pat, school, it, facts={"term_years": 2})
    seen = check_basket(basket=basket, on=ON, actor=pat)
    ask_approval(basket=basket, purchase_order="", expected_pence=seen.total.gross.pence, on=ON, actor=pat)
    approval = Approval.objects.get()
    assert approval.committed_pence == seen.committed.pence == 885_600
    assert not Agreement.objects.exists()
    set_service_terms(offer=it, years=[1], actor=actor)
    day = date(2026, 9, 4)
    decide(approval=approval, answer=Answer.APPROVE, reason="", on=day, actor=gita)
    agreement = Agreement.objects.get()
    assert (agreement.term_from, agreement.term_to, agreement.renewal) == (day, date(2028, 9, 4), "none")
    assert agreement.accepted_by_person_id == gita.person_id
    assert whole_term(agreement).gross.pence == 885_600
    accepted = Acceptance.objects.get()
    assert (accepted.terms, accepted.person_id, accepted.agreement) == (terms, gita.person_id, agreement)
    assert Charge.objects.get().source_key == Order.objects.get().lines.get().charge_source_key


def test_a_part_year_that_waits_for_approval_keeps_its_dates(
    buying: Buying, school: Organisation, it: Offer, pat: Actor, gita: Actor, actor: Actor
) -> None:
    set_service_terms(
        offer=it, years=[1], maintained_starts="04-01", prorate=Prorate.DAYS, part_year=PartYear.BEFORE, actor=actor
    )
    basket = buying.add(pat, school, it)
    seen = check_basket(basket=basket, on=ON, actor=pat)
    ask_approval(basket=basket, purchase_order="", expected_pence=seen.total.gross.pence, on=ON, actor=pat)
    decide(approval=Approval.objects.get(), answer=Answer.APPROVE, reason="", on=date(2026, 9, 4), actor=gita)
    agreement = Agreement.objects.get()
    assert (agreement.term_from, agreement.term_to) == (ON, date(2028, 4, 1))
    assert Charge.objects.get().net_pence == 209_096


def test_the_term_of_an_order_never_changes(buying: Buying, sam: Actor, school: Organisation, it: Offer) -> None:
    buying.order(sam, buying.add(sam, school, it))
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderLine.objects.update(term=None)


def test_a_course_asks_nothing_about_terms(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop
) -> None:
    basket = buying.add(sam, school, course, run=shop.run(course))
    with CaptureQueriesContext(connection) as asked:
        check_basket(basket=basket, on=ON, actor=sam)
    assert not [one["sql"] for one in asked.captured_queries if "serviceterms" in one["sql"]]


def test_an_order_that_was_credited_whole_ends_its_agreement(
    buying: Buying, sam: Actor, school: Organisation, it: Offer, actor: Actor, partnership: Organisation
) -> None:
    set_service_terms(offer=it, years=[3], actor=actor)
    buying.order(sam, buying.add(sam, school, it))
    [number] = run_billing(on=ON, actor=actor).numbers
    invoice, day = Document.objects.get(number=number), date(2026, 9, 20)
    half, rest = 100_000, 260_000
    line = invoice.lines.get()
    officer = finance(partnership)
    credit_invoice(invoice=invoice, amounts={line.pk: half}, reason="Half", on=day, actor=officer)
    assert end_credited_agreements(on=day, actor=actor) == 0
    credit_invoice(invoice=invoice, amounts={line.pk: rest}, reason="The rest", on=day, actor=officer)
    assert end_credited_agreements(on=day, actor=actor) == 1
    assert end_credited_agreements(on=day, actor=actor) == 0
    agreement = Agreement.objects.get()
    assert (agreement.ended_on, Document.objects.filter(kind="credit_note").count()) == (day, 2)
    assert charge_due(on=date(2030, 1, 1), actor=actor) == 0
    assert Charge.objects.count() == 1
    call_command("verify_ledger")
