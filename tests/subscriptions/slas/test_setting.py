"""Saying how a service is agreed and what it promises; versions of terms of service and the evidence of accepting them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.files import open_file
from marketplace.core.models import Event
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.rules.forms import Billing, CreditRule, LineTerms, Prorate
from subscriptions.models import Acceptance, Agreement, Promise, PromiseTable, ServiceTerms, TermsDocument
from subscriptions.queries import acceptances_of, credit_rule_of, promises_of, terms_on, terms_to_accept
from subscriptions.services import (
    NoTerm,
    PromiseOf,
    accept_own_terms,
    agree,
    draft_terms,
    publish_terms,
    record_paper,
    set_promises,
    set_service_terms,
)
from subscriptions.slas.queries import terms_for
from subscriptions.slas.services.documents import TermsPublished
from tests.conftest import finance
from tests.core import small_files
from tests.shop import Shop, person, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def offer(shop: Shop, actor: Actor) -> Offer:
    return shop.offer("it-support", prices={PriceClass.ANY: {"flat": "3600"}}, term_months=12)


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    return schools(tmp_path, actor, {})[0]


@pytest.fixture
def agreed(offer: Offer, school: Organisation, actor: Actor) -> Agreement:
    """IT support for a year from 1 September 2026."""
    year = Period.months_from(ON, 12)
    line = LineTerms(
        slot=1, title="IT support", base=year, base_pence=360_000, valid=year, vat=("S", Decimal("0.20"), ""),
        account_code="4200", stream_code="BS", offer_id=offer.pk, level="",
    )  # fmt: skip
    return agree(
        source_key="test:1", kind="service", organisation=school, title="IT support", term=year, lines=[line],
        billing=Billing(), on=ON, actor=actor,
    )  # fmt: skip


def test_terms_are_kept_and_told(offer: Offer, partnership: Organisation, actor: Actor) -> None:
    olga = person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)
    made = set_service_terms(
        offer=offer, years=[3, 1], maintained_starts="04-01", academy_starts="09-01", uplift=Decimal("2.5"),
        prorate=Prorate.DAYS, credit=CreditRule.NONE, actor=olga,
    )  # fmt: skip
    assert (made.years, made.maintained_starts, made.notice_weeks) == ([1, 3], "04-01", 12)
    set_service_terms(offer=offer, years=[1], actor=olga)
    assert ServiceTerms.objects.get().years == [1]
    last = Event.objects.filter(kind="service_terms.set").latest("pk")
    assert (last.payload["before"]["uplift"], last.payload["after"]["uplift"]) == ("2.50", "0.00")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"years": []}, "from 1 to 7"),
        ({"years": [8]}, "from 1 to 7"),
        ({"maintained_starts": "02-30"}, "like 1 April"),
        ({"academy_starts": "02-29"}, "like 1 April"),
        ({"uplift": Decimal(26)}, "from 0 to 25"),
        ({"uplift": Decimal("1.005")}, "2 decimal places"),
        ({"notice_weeks": 105}, "from 0 to 104"),
        ({"frozen_years": 0}, "from 1 to 7"),
    ],
)
def test_terms_that_make_no_sense_are_refused(offer: Offer, actor: Actor, given: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongInput, match=words):
        set_service_terms(**{"offer": offer, "years": [1], "actor": actor, **given})
    assert not ServiceTerms.objects.exists()


def test_what_is_delivered_once_has_no_terms_and_a_school_sets_none(
    shop: Shop, offer: Offer, school: Organisation, actor: Actor
) -> None:
    once = shop.offer("reports", prices={PriceClass.ANY: {"flat": "100"}})
    with pytest.raises(NoTerm, match="delivered once"):
        set_service_terms(offer=once, years=[1], actor=actor)
    long = shop.offer("partner", prices={PriceClass.ANY: {"flat": "100"}}, term_months=15)
    with pytest.raises(WrongInput, match="one such term"):
        set_service_terms(offer=long, years=[1, 2], actor=actor)
    sam = person(school, actor)
    with pytest.raises(NotAllowed):
        set_service_terms(offer=offer, years=[1], actor=sam)
    with pytest.raises(NotAllowed):
        set_promises(offer=offer, level="", promises=[], valid_from=ON, actor=sam)
    with pytest.raises(NotAllowed):
        draft_terms(code="services", title="Terms", body="We help.", actor=sam)


FAST, SLOW = PromiseOf("P1", 30, 240, Decimal(5)), PromiseOf("P1", 60, 480)


def test_an_agreement_keeps_the_promises_of_the_day_on_which_it_began(
    offer: Offer, agreed: Agreement, actor: Actor
) -> None:
    line = agreed.lines.get()
    assert promises_of(line) == []
    set_promises(offer=offer, level="", promises=[FAST], valid_from=date(2026, 1, 1), actor=actor)
    set_promises(offer=offer, level="", promises=[SLOW], valid_from=date(2026, 9, 2), actor=actor)
    assert [(one.priority, one.response_minutes, one.credit_percent) for one in promises_of(line)] == [
        ("P1", 30, Decimal(5))
    ]


def test_promises_from_one_day_are_set_once(offer: Offer, actor: Actor) -> None:
    made = set_promises(offer=offer, level="", promises=[FAST], valid_from=ON, actor=actor)
    assert set_promises(offer=offer, level="", promises=[FAST], valid_from=ON, actor=actor) == made
    with pytest.raises(WrongInput, match="set already"):
        set_promises(offer=offer, level="", promises=[SLOW], valid_from=ON, actor=actor)
    with pytest.raises(DatabaseError), transaction.atomic():
        Promise.objects.update(response_minutes=1)
    assert PromiseTable.objects.count() == 1


@pytest.mark.parametrize(
    ("promises", "level", "words"),
    [
        ([PromiseOf("P9", 30, 60)], "", "P1, P2, P3 or P4"),
        ([PromiseOf("P1", 60, 30)], "", "answering must come first"),
        ([PromiseOf("P1", 0, 30)], "", "answering must come first"),
        ([FAST, SLOW], "", "promised once"),
        ([PromiseOf("P1", 30, 60, Decimal(101))], "", "0 to 100"),
        ([FAST], "gold", "no level gold"),
    ],
)
def test_promises_that_make_no_sense_are_refused(
    offer: Offer, actor: Actor, promises: list[PromiseOf], level: str, words: str
) -> None:
    with pytest.raises(WrongInput, match=words):
        set_promises(offer=offer, level=level, promises=promises, valid_from=ON, actor=actor)
    assert not PromiseTable.objects.exists()


def published(actor: Actor, body: str = "We help.\nYou pay.", on: date = ON) -> TermsDocument:
    return publish_terms(
        terms=draft_terms(code="services", title="Terms for services", body=body, actor=actor), on=on, actor=actor
    )


def test_a_published_version_never_changes_and_the_next_one_follows(actor: Actor) -> None:
    draft = draft_terms(code="services", title="Terms", body="One", actor=actor)
    assert draft_terms(code="services", title="Terms", body="Two", actor=actor).pk == draft.pk
    first = publish_terms(terms=draft, on=ON, actor=actor)
    with pytest.raises(TermsPublished):
        publish_terms(terms=first, on=ON, actor=actor)
    with pytest.raises(DatabaseError), transaction.atomic():
        TermsDocument.objects.filter(pk=first.pk).update(body="Three")
    second = draft_terms(code="services", title="Terms", body="Three", actor=actor)
    assert (second.version, terms_on(ON)) == (2, first)
    publish_terms(terms=second, on=date(2026, 10, 1), actor=actor)
    assert (terms_on(date(2026, 9, 30)), terms_on(date(2026, 10, 1))) == (first, second)


def test_a_draft_is_read_by_staff_alone(school: Organisation, partnership: Organisation, actor: Actor) -> None:
    sam, olga = person(school, actor), person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)
    draft = draft_terms(code="services", title="Terms", body="One", actor=actor)
    assert terms_for(olga, "services", 1) == draft
    with pytest.raises(NotFound):
        terms_for(sam, "services", 1)
    publish_terms(terms=draft, on=ON, actor=actor)
    assert terms_for(sam, "services", 1).paragraphs == ["One"]


def test_accepting_is_evidence_once_and_never_changes(agreed: Agreement, school: Organisation, actor: Actor) -> None:
    terms, sam = published(actor), person(school, actor)
    assert terms_to_accept(agreed, ON) == [terms]
    made = accept_own_terms(agreement=agreed, terms=terms, on=ON, actor=sam)
    assert accept_own_terms(agreement=agreed, terms=terms, on=date(2026, 9, 2), actor=sam) == made
    assert (made.person_id, made.on, made.how) == (sam.person_id, ON, "page")
    with pytest.raises(DatabaseError), transaction.atomic():
        Acceptance.objects.update(on=date(2020, 1, 1))
    with pytest.raises(NotAllowed):
        accept_own_terms(agreement=agreed, terms=terms, on=ON, actor=finance(school))


def test_what_was_signed_on_paper_is_kept_with_its_scan(
    agreed: Agreement, school: Organisation, oakfield: Organisation, partnership: Organisation, actor: Actor
) -> None:
    terms = published(actor)
    priya = person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)
    paper: dict[str, Any] = {
        "agreement": agreed, "terms": terms, "signed_on": ON, "note": "Folder 3, sheet 12", "scan": small_files.PDF,
        "scan_name": "signed.pdf", "on": date(2026, 9, 5), "actor": priya,
    }  # fmt: skip
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"signed_on": date(2026, 9, 6)}, "Day of signing"), ({"signed_on": date(2026, 8, 31)}, "Day of signing"),
        ({"note": ""}, "reference"), ({"scan": None}, "Choose a scan"),
    ]  # fmt: skip
    for given, words in wrong:
        with pytest.raises(DomainError, match=words):
            record_paper(**{**paper, **given})
    with pytest.raises(NotAllowed):
        record_paper(**{**paper, "actor": person(school, actor)})
    assert not Acceptance.objects.exists()
    made = record_paper(**paper)
    assert [one.note for one in acceptances_of(agreed)] == ["Folder 3, sheet 12"]
    assert open_file(file_id=made.scan_id or 0, actor=priya).name == "signed.pdf"
    with pytest.raises(NotFound):
        open_file(file_id=made.scan_id or 0, actor=person(oakfield, actor, name="Olive Outsider"))
    with pytest.raises(WrongInput, match="accepted already"):
        record_paper(**paper)


def test_the_credit_rule_follows_the_service(offer: Offer, agreed: Agreement, actor: Actor) -> None:
    assert credit_rule_of(agreed) == CreditRule.MONTHS
    set_service_terms(offer=offer, years=[1], credit=CreditRule.DAYS, actor=actor)
    assert credit_rule_of(agreed) == CreditRule.DAYS
