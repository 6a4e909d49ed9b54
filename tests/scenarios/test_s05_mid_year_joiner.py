"""Scenario 5 (Newham Partnership Working): a school joins a service in the middle of its year and pays for the rest of it."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest
import time_machine
from django.core.management import call_command

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.services import release_income, run_billing
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.models import Agreement
from subscriptions.services import charge_due, set_service_terms
from subscriptions.slas.rules.terms import PartYear
from tests.conftest import finance
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import LONDON, Shop, person, schools

pytestmark = pytest.mark.django_db
ACADEMY = {"TypeOfEstablishment (code)": "34", "TypeOfEstablishment (name)": "Academy converter"}


@dataclass(frozen=True)
class Joins:
    """A school of a kind joins on a day; amounts are pence before VAT but for ``gross``."""

    school: dict[str, str]
    joins: date
    price: str
    prorate: Prorate
    part: int
    gross: int
    words: str
    ends: date


# £3,600.00 from April to March, joined on 1 September: 7/12 = 2,100.00; 212/365 = 2,090.9589 → 2,090.96.
BY_MONTH = Joins(
    {}, date(2026, 9, 1), "3600", Prorate.MONTHS, 210_000, 252_000, "Only 7 of 12 months, to 31 March 2027",
    date(2027, 4, 1),
)  # fmt: skip
BY_DAY = Joins(
    {}, date(2026, 9, 1), "3600", Prorate.DAYS, 209_096, 250_915, "Only 212 of 365 days, to 31 March 2027",
    date(2027, 4, 1),
)  # fmt: skip
# Our own: an academy joins £4,850.00 from September to August on 1 December: 9/12 = 3,637.50;
# 274/365 = 3,640.8219 → 3,640.82.
ACADEMY_BY_MONTH = Joins(
    ACADEMY, date(2026, 12, 1), "4850", Prorate.MONTHS, 363_750, 436_500, "Only 9 of 12 months, to 31 August 2027",
    date(2027, 9, 1),
)  # fmt: skip
ACADEMY_BY_DAY = Joins(
    ACADEMY, date(2026, 12, 1), "4850", Prorate.DAYS, 364_082, 436_898, "Only 274 of 365 days, to 31 August 2027",
    date(2027, 9, 1),
)  # fmt: skip
ALL = pytest.mark.parametrize(
    "story", [BY_MONTH, BY_DAY, ACADEMY_BY_MONTH, ACADEMY_BY_DAY],
    ids=["as described, by month", "as described, by day", "our own, by month", "our own, by day"],
)  # fmt: skip


def service(shop: Shop, price: str, actor: Actor, **terms: object) -> Offer:
    """A service whose year is the buyer's own: from April for maintained schools, from September for academies."""
    offer = shop.offer("it-support", title="IT support", prices={PriceClass.ANY: {"flat": price}}, term_months=12)
    given = {"years": [1], "maintained_starts": "04-01", "academy_starts": "09-01", **terms}
    set_service_terms(offer=offer, actor=actor, **given)  # type: ignore[arg-type]
    return offer


def ordered_on_the_page(school: Organisation, buyer: Actor, words: str, part: int, gross: int) -> None:
    """The page says the price and why; the order is placed at just that."""
    client, base = signed_in(buyer), f"/school/{school.school.urn}"
    page = text_of(client.get(f"{base}/find/it-support"))
    assert words in page and str(Money(gross)) in page
    client.post(f"{base}/find/it-support", {})
    basket = client.get(f"{base}/basket")
    assert words in text_of(basket) and f"Place order {Money(gross)}" in text_of(basket)
    client.post(f"{base}/basket", {"purchase_order": "PO 4711", **hidden_fields(basket)})
    [line] = Agreement.objects.get().lines.order_by("valid_from")[:1]
    assert line.charge_stem.startswith("order-line:")


@ALL
def test_a_school_that_joins_in_mid_year_pays_for_the_rest_of_it(shop, actor, partnership, tmp_path, story):
    [school] = schools(tmp_path, actor, story.school)
    service(shop, story.price, actor, prorate=story.prorate)
    with time_machine.travel(datetime(story.joins.year, story.joins.month, story.joins.day, 10, tzinfo=LONDON)):
        ordered_on_the_page(school, person(school, actor), story.words, story.part, story.gross)
    agreement = Agreement.objects.get()
    assert (agreement.term_from, agreement.term_to) == (story.joins, story.ends)

    officer = finance(partnership)
    [number] = run_billing(on=story.joins, actor=officer).numbers
    invoice = Document.objects.get(number=number)
    assert (invoice.net_pence, invoice.gross_pence, invoice.purchase_order) == (story.part, story.gross, "PO 4711")
    [line] = invoice.lines.all()
    assert (line.service_from, line.service_to) == (story.joins, story.ends)
    assert charge_due(on=date(2030, 1, 1), actor=officer) == 0
    assert run_billing(on=date(2030, 1, 1), actor=officer).numbers == []
    release_income(on=agreement.term_to, actor=officer)
    call_command("verify_ledger")


@pytest.mark.parametrize(
    ("price", "first", "whole"),
    [("3600", 210_000, 360_000), ("4850", 282_917, 485_000)],
    ids=["as described", "our own"],
)
def test_a_part_year_realigns_a_school_with_its_year(shop, actor, partnership, tmp_path, price, first, whole):
    """7/12 up to its next year start, then whole years: 3,600.00 × 7/12 = 2,100.00; 4,850.00 × 7/12 = 2,829.1667."""
    [school] = schools(tmp_path, actor, {})
    service(shop, price, actor, part_year=PartYear.BEFORE, years=[2])
    on = date(2026, 9, 1)
    with time_machine.travel(datetime(2026, 9, 1, 10, tzinfo=LONDON)):
        words = "Only 7 of 12 months, to 31 March 2027"
        ordered_on_the_page(school, person(school, actor), words, first, round(first * 1.2))
    agreement, officer = Agreement.objects.get(), finance(partnership)
    assert (agreement.term_from, agreement.term_to) == (on, date(2029, 4, 1))
    for day in (on, date(2027, 4, 1), date(2028, 4, 1), date(2029, 4, 1)):
        charge_due(on=day, actor=officer)
        run_billing(on=day, actor=officer)
    assert list(Document.objects.order_by("pk").values_list("net_pence", flat=True)) == [first, whole, whole]
    call_command("verify_ledger")
