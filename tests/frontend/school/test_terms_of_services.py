"""A school reads on every page what a term commits it to, which terms it accepts, and what was promised."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from subscriptions.models import Acceptance, Agreement, TermsDocument
from subscriptions.services import PromiseOf, draft_terms, publish_terms, set_promises, set_service_terms
from tests.core import small_files
from tests.frontend.school.conftest import ON, Buying
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(shop: Shop, actor: Actor) -> Offer:
    offer = shop.offer("it-support", title="IT support", prices={PriceClass.ANY: {"flat": "3600"}}, term_months=12)
    set_service_terms(
        offer=offer, years=[1, 3], maintained_starts="04-01", uplift=Decimal(4), frozen_years=2, actor=actor
    )
    return offer


@pytest.fixture
def terms(actor: Actor) -> TermsDocument:
    draft = draft_terms(code="services", title="Terms for services", body="We help.\nYou pay.", actor=actor)
    return publish_terms(terms=draft, on=ON, actor=actor)


def test_the_offer_asks_for_how_long_and_says_what_each_year_costs(as_sam: Client, base: str, it: Offer) -> None:
    page = text_of(as_sam.get(f"{base}/find/it-support"))
    assert "Length of the agreement 1 year 3 years" in page
    assert "Only 7 of 12 months, to 31 March 2027 −£1,500.00" in page
    assert "To pay £2,520.00 Agreed for September 2026 to March 2027." in page
    page = text_of(as_sam.get(f"{base}/find/it-support?fact_term_years=3"))
    # 2,100.00 + 3,600.00 + 3,744.00 = 9,444.00; with VAT 11,332.80
    assert "Whole term: £11,332.80 with VAT" in page
    assert "Agreed for a part-year and 2 years: September 2026 to March 2029." in page
    assert "The price rises by 4% each year after 2 years." in page
    assert "Year 3, April 2028 to March 2029 £3,744.00" in page
    assert "Give notice by 7 January 2029 so that it ends with its term." in page


def test_a_length_that_is_not_offered_is_refused_beside_its_field(as_sam: Client, base: str, it: Offer) -> None:
    page = text_of(as_sam.get(f"{base}/find/it-support?fact_term_years=2"))
    assert "Length of the agreement" in page and "To pay" not in page


def test_ordering_accepts_the_terms_that_the_basket_names(
    as_sam: Client, sam: Actor, base: str, it: Offer, terms: TermsDocument, buying: Buying
) -> None:
    buying.add(it, run=None, facts={"term_years": 3})
    page = as_sam.get(f"{base}/basket")
    assert "Over the whole term £11,332.80 with VAT" in text_of(page)
    assert "Ordering, you accept version 1 of Terms for services." in text_of(page)
    as_sam.post(f"{base}/basket", {"purchase_order": "", **hidden_fields(page)})
    order, agreement = Order.objects.get(), Agreement.objects.get()
    accepted = Acceptance.objects.get()
    assert (accepted.agreement, accepted.terms, accepted.person_id, accepted.how) == (
        agreement, terms, sam.person_id, "page",
    )  # fmt: skip
    assert f"Agreed for a term: {agreement.number}, IT support" in text_of(as_sam.get(f"{base}/orders/{order.number}"))


def test_a_course_names_no_terms(
    as_sam: Client, base: str, buying: Buying, course: Offer, terms: TermsDocument
) -> None:
    buying.add(course, 1)
    page = text_of(as_sam.get(f"{base}/basket"))
    assert "you accept" not in page and "Over the whole term" not in page


def test_the_agreement_shows_what_was_promised_and_accepted(
    as_sam: Client, base: str, it: Offer, terms: TermsDocument, buying: Buying, actor: Actor
) -> None:
    set_promises(
        offer=it, level="", promises=[PromiseOf("P1", 90, 240, Decimal(5))], valid_from=date(2026, 1, 1), actor=actor
    )
    buying.add(it, run=None)
    page = as_sam.get(f"{base}/basket")
    as_sam.post(f"{base}/basket", {"purchase_order": "", **hidden_fields(page)})
    page = text_of(as_sam.get(f"{base}/services/{Agreement.objects.get().number}"))
    assert "P1: nobody can work 1½ working hours 4 working hours 5% of the month" in page
    assert "Terms for services, version 1 : accepted on the page on 1 September 2026 by Sam Buyer." in page.replace(
        "version 1:", "version 1 :"
    )


def test_everybody_reads_a_published_version_and_nobody_a_draft(
    client: Client, as_sam: Client, terms: TermsDocument, actor: Actor
) -> None:
    draft_terms(code="services", title="Terms for services", body="More.", actor=actor)
    assert "We help. You pay." in text_of(client.get("/terms-of-service/services/1"))
    assert as_sam.get("/terms-of-service/services/2").status_code == 404
    assert client.get("/terms-of-service/others/1").status_code == 404


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER))


TERMS = {
    "do": "terms", "years": "1, 3 or 5", "maintained_starts": "1 April", "academy_starts": "1 sep", "part_year": "before",
    "prorate": "days", "frozen_years": "2", "uplift": "2.5", "notice_weeks": "12", "renewal": "automatic",
    "credit": "none", "terms_code": "services",
}  # fmt: skip
PAGE = "/organise/offers/it-support/terms"


def test_an_organiser_sets_how_a_service_is_agreed(olga: Client, it: Offer) -> None:
    assert "April" in olga.get(PAGE).content.decode()
    page = olga.post(PAGE, TERMS, follow=True)
    assert "Saved for what is agreed from now on" in text_of(page)
    it.service_terms.refresh_from_db()
    made = it.service_terms
    assert (made.years, made.maintained_starts, made.academy_starts) == ([1, 3, 5], "04-01", "09-01")
    assert (made.part_year, made.prorate, made.uplift, made.renewal) == ("before", "days", Decimal("2.5"), "automatic")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"years": "many"}, "whole numbers of years, like 1, 3"),
        ({"years": "9"}, "from 1 to 7 years"),
        ({"maintained_starts": "31 June"}, "a day of each year, like 1 April"),
        ({"uplift": "26"}, "25"),
    ],
)
def test_wrong_terms_are_told_and_what_was_typed_stays(
    olga: Client, it: Offer, given: dict[str, str], words: str
) -> None:
    page = olga.post(PAGE, TERMS | given)
    assert page.status_code == 400
    assert words in text_of(page)
    assert all(value in page.content.decode() for value in given.values())
    it.service_terms.refresh_from_db()
    assert it.service_terms.years == [1, 3]


def test_an_organiser_promises_hours_from_a_day_on(olga: Client, it: Offer) -> None:
    day = {"valid_from_day": "1", "valid_from_month": "9", "valid_from_year": "2026"}
    page = olga.post(
        PAGE, {"do": "promises", **day, "P1_response": "0.5", "P1_fix": "4", "P1_credit": "5"}, follow=True
    )
    assert "30 minutes 4 working hours 5% of the month" in text_of(page)
    page = olga.post(PAGE, {"do": "promises", **day, "P2_response": "2"})
    assert (page.status_code, "Enter both times for P2" in text_of(page)) == (400, True)


def test_an_organiser_writes_and_publishes_terms(olga: Client, terms: TermsDocument) -> None:
    page = olga.post(
        "/organise/terms-of-service/services", {"title": "Terms", "body": "New.", "do": "publish"}, follow=True
    )
    assert "Version 2 holds from today" in text_of(page)
    page = olga.post("/organise/terms-of-service", {"code": "services", "title": "Terms", "body": "New."})
    assert (page.status_code, "are there already" in text_of(page)) == (400, True)
    page = olga.post(
        "/organise/terms-of-service", {"code": "catering", "title": "Catering", "body": "Hot."}, follow=True
    )
    assert "Publish version 1 from today" in text_of(page)


def test_a_school_meets_none_of_the_organisers_pages(as_sam: Client, it: Offer, terms: TermsDocument) -> None:
    for page in (PAGE, "/organise/terms-of-service", "/organise/terms-of-service/services"):
        assert as_sam.get(page).status_code == as_sam.post(page, {}).status_code == 404


def test_finance_records_terms_signed_on_paper(
    as_sam: Client, base: str, it: Offer, buying: Buying, partnership: Organisation, actor: Actor
) -> None:
    buying.add(it, run=None)
    as_sam.post(f"{base}/basket", {"purchase_order": "", **hidden_fields(as_sam.get(f"{base}/basket"))})
    draft = draft_terms(code="services", title="Terms for services", body="We help.", actor=actor)
    published = publish_terms(terms=draft, on=ON, actor=actor)
    number = Agreement.objects.get().number
    fay = signed_in(person(partnership, actor, name="Fay Finance", role=Role.FINANCE_OFFICER))
    address = f"/finance/agreements/{number}/terms"
    given = {"terms": str(published.pk), "signed_on": "1/9/26", "note": "Folder 3"}
    assert "Enter" in text_of(fay.post(address, {**given, "note": ""}))
    assert not Acceptance.objects.exists()
    scan = SimpleUploadedFile("signed.pdf", small_files.PDF)
    page = text_of(fay.post(address, {**given, "scan": scan}, follow=True))
    assert "accepted on paper on 1 September 2026, Folder 3, scan, recorded by Fay Finance" in page
    assert as_sam.get(address).status_code == 404
