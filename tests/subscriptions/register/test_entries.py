"""The register beside itself: ours and others in one shape, what a value asks for, and the same service at several prices."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, PupilCount
from subscriptions.queries import missing_declarations, missing_quotes, register_of, same_services, totals_of
from subscriptions.register.entries import Choice
from subscriptions.register.quoting import band_rules
from subscriptions.register.rules.buying import Band
from subscriptions.register.same_service import name_of
from subscriptions.services import QuoteRuleStands, add_document, give_notice, set_quote_rule
from tests.core.small_files import PDF
from tests.subscriptions.agreements.terms import SCHOOL_YEAR, agreed, line
from tests.subscriptions.register.conftest import TrustCast
from tests.subscriptions.register.held import ON, held

pytestmark = pytest.mark.django_db


def payroll(organisation: Organisation, actor: Actor, pence: int, key: str = "test:1", **more: Any) -> Any:
    return agreed(
        organisation, line(pence, SCHOOL_YEAR, title="Payroll", cfr_code="E28a"), actor=actor, term=SCHOOL_YEAR, key=key,
        **more,
    )  # fmt: skip


def test_ours_and_others_stand_in_one_shape_the_soonest_end_first(
    school: Organisation, sam: Actor, actor: Actor
) -> None:
    outside, ours = held(school, sam), payroll(school, actor, 1_200_00, notice_weeks=12)
    first, second = register_of(sam, [school.pk], ON)
    assert (first.kind, first.number, first.supplier, first.state) == (
        "outside",
        outside.number,
        "Sparkle Ltd",
        "running",
    )
    assert (first.year_pence, first.whole.gross.pence, first.notice_by) == (14_200_00, 17_040_00, date(2027, 1, 7))
    assert (second.kind, second.number, second.categories) == ("ours", ours.number, ("E28a",))
    assert second.supplier == "Tidewell Schools Partnership" and second.notice_by == ours.notice_by
    assert (second.year_pence, second.whole.net.pence, second.whole.gross.pence) == (1_200_00, 1_200_00, 1_440_00)
    count, year, whole = totals_of([first, second])
    assert (count, year, whole.gross.pence) == (2, 15_400_00, 18_480_00)


def test_what_is_offered_binds_nobody_and_is_not_added_up(school: Organisation, sam: Actor, actor: Actor) -> None:
    payroll(school, actor, 1_200_00, offered=True, on=ON)
    [entry] = register_of(sam, [school.pk], ON)
    assert entry.state == "offered" and totals_of([entry])[0] == 0


def test_notice_that_was_given_to_us_is_told(school: Organisation, sam: Actor, actor: Actor) -> None:
    ours = payroll(school, actor, 1_200_00, notice_weeks=12)
    give_notice(agreement=ours, on=ON, actor=sam)
    assert register_of(sam, [school.pk], ON)[0].decision == "notice"


@pytest.mark.parametrize(
    ("choice", "titles"),
    [
        (Choice(), ["Cleaning", "Catering"]),
        (Choice(show="over"), ["Old"]),
        (Choice(show="all"), ["Old", "Cleaning", "Catering"]),
        (Choice(ends_before=date(2027, 4, 1)), ["Cleaning"]),
        (Choice(notice_before=date(2027, 1, 6)), []),
        (Choice(notice_before=date(2027, 1, 7)), ["Cleaning"]),
        (Choice(category="E25"), ["Catering"]),
        (Choice(related="interest"), ["Catering"]),
        (Choice(source="ours"), []),
        (Choice(text="sPARK"), ["Cleaning", "Catering"]),
    ],
)
def test_the_register_is_narrowed(school: Organisation, sam: Actor, choice: Choice, titles: list[str]) -> None:
    held(school, sam)
    held(school, sam, title="Old", term=Period(date(2024, 4, 1), date(2026, 4, 1)))
    held(
        school, sam, title="Catering", cfr_code="E25", term=Period(date(2026, 4, 1), date(2029, 4, 1)),
        related="interest", related_role="Governor",
    )  # fmt: skip
    assert [entry.title for entry in register_of(sam, [school.pk], ON, choice)] == titles


def test_many_contracts_cost_no_more_queries(cast: TrustCast, actor: Actor) -> None:
    own = [one.pk for one in cast.academies]

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            register_of(cast.lead, own, ON)
            same_services(cast.lead, own, ON)
        return len(seen)

    held(cast.academies[0], cast.lead)
    payroll(cast.academies[0], actor, 1_000_00, key="a")
    held(cast.academies[1], cast.lead)
    before = queries()
    for number, academy in enumerate(cast.academies):
        held(academy, cast.lead, title=f"Service {number}")
        payroll(academy, actor, 900_00, key=f"more:{number}")
    assert queries() == before


@pytest.mark.parametrize(
    ("year_pence", "words", "needed"),
    [
        (8_333_32, "Under £10,000", 1),
        (8_333_33, "£10,000 to £40,000", 3),
        (33_333_32, "£10,000 to £40,000", 3),
        (33_333_33, "£40,000 and above", 3),
    ],
)
def test_the_value_of_the_whole_term_with_vat_falls_in_a_band(
    school: Organisation, sam: Actor, year_pence: int, words: str, needed: int
) -> None:
    held(school, sam, year_pence=year_pence)
    [entry] = register_of(sam, [school.pk], ON)
    assert (entry.band_words, entry.band.quotes) == (words, needed)


def test_quotes_are_those_counted_or_those_kept_as_documents(school: Organisation, sam: Actor) -> None:
    one = held(school, sam, quotes=1)
    assert [entry.quotes_missing for entry in missing_quotes(register_of(sam, [school.pk], ON))] == [2]
    for title in ("Quote of A", "Quote of B", "Quote of C"):
        add_document(contract=one, kind="quote", title=title, upload=PDF, name="q.pdf", on=ON, actor=sam)
    assert missing_quotes(register_of(sam, [school.pk], ON)) == []


def test_where_one_price_is_enough_no_quote_is_missed(school: Organisation, sam: Actor) -> None:
    held(school, sam, year_pence=5_000_00)
    assert missing_quotes(register_of(sam, [school.pk], ON)) == []


def test_a_trusts_own_bands_hold_for_its_schools_before_theirs(cast: TrustCast) -> None:
    academy = cast.academies[0]
    bands = [Band(0, 1, "One price"), Band(5_000_00, 2, "Two quotes")]
    set_quote_rule(organisation=academy, bands=bands[:1], source="Academy", valid_from=ON, actor=cast.lead)
    assert band_rules([academy.pk], ON)[academy.pk].source == "Academy"
    set_quote_rule(organisation=cast.trust, bands=bands, source="Trust", valid_from=date(2026, 9, 2), actor=cast.lead)
    assert band_rules([academy.pk], ON)[academy.pk].source == "Academy"
    rule = band_rules([academy.pk], date(2026, 9, 2))[academy.pk]
    assert (rule.source, rule.own, rule.band_of(5_000_00).quotes, rule.words_of(4_999_99)) == (
        "Trust",
        True,
        2,
        "Under £5,000",
    )


def test_bands_that_do_not_rise_and_days_that_are_taken_are_refused(
    school: Organisation, sam: Actor, olive: Actor
) -> None:
    one = Band(0, 1, "One price")
    for wrong in ([], [Band(1, 1, "x")], [one, Band(0, 2, "x")]):
        with pytest.raises(WrongInput):
            set_quote_rule(organisation=school, bands=wrong, source="Here", valid_from=ON, actor=sam)
    set_quote_rule(organisation=school, bands=[one], source="Here", valid_from=ON, actor=sam)
    with pytest.raises(QuoteRuleStands):
        set_quote_rule(organisation=school, bands=[one], source="Here", valid_from=ON, actor=sam)
    with pytest.raises(NotFound):
        set_quote_rule(organisation=school, bands=[one], source="Here", valid_from=date(2027, 1, 1), actor=olive)


def test_an_academy_needs_a_declaration_above_the_sum_and_a_maintained_school_does_not(
    cast: TrustCast, school: Organisation, sam: Actor
) -> None:
    related = {"related": "interest", "related_role": "Trustee"}
    academy = cast.academies[0]
    held(academy, cast.lead, year_pence=2_500_00, **related)
    over = held(academy, cast.lead, title="Over", year_pence=2_500_01, **related)
    held(school, sam, **related)
    missing = missing_declarations(register_of(cast.lead, [academy.pk], ON))
    assert [entry.number for entry in missing] == [over.number]
    assert missing_declarations(register_of(sam, [school.pk], ON)) == []
    add_document(contract=over, kind="declaration", title="D", upload=PDF, name="d.pdf", on=ON, actor=cast.lead)
    assert missing_declarations(register_of(cast.lead, [academy.pk], ON)) == []


def counted(organisation: Organisation, pupils: int) -> None:
    PupilCount.objects.create(
        school=organisation.school, pupils=pupils, source="October census", counted_on=date(2026, 8, 31)
    )


def test_the_same_service_at_three_prices_and_what_the_lowest_would_save(cast: TrustCast, actor: Actor) -> None:
    harbour, lighthouse, breakwater = cast.academies
    for academy, pupils in ((harbour, 100), (lighthouse, 200), (breakwater, 300)):
        counted(academy, pupils)
    held(harbour, cast.lead, title="Cleaning services", year_pence=10_000_00)  # £100.00 a pupil
    held(lighthouse, cast.lead, title="The cleaning contract 2026", year_pence=10_000_00)  # £50.00
    held(breakwater, cast.lead, title="CLEANING", year_pence=9_999_00)  # £33.33
    held(breakwater, cast.lead, title="Windows", year_pence=500_00)
    payroll(harbour, actor, 300_00, key="h")
    payroll(lighthouse, actor, 300_00, key="l")
    cleaning, wages = same_services(cast.lead, [one.pk for one in cast.academies], ON)
    assert [price.organisation for price in cleaning.prices] == [harbour, lighthouse, breakwater]
    assert [price.a_pupil_pence for price in cleaning.prices] == [100_00, 50_00, 33_33]
    assert cleaning.lowest and cleaning.lowest.organisation == breakwater
    assert [cleaning.saving_of(price) for price in cleaning.prices] == [6_667_00, 3_334_00, 0]
    assert cleaning.saving_pence == 10_001_00 and cleaning.title == "CLEANING"
    assert (wages.ours, wages.saving_pence, [p.a_pupil_pence for p in wages.prices]) == (True, 150_00, [3_00, 1_50])


def test_a_school_that_was_never_counted_is_named_and_not_compared(cast: TrustCast) -> None:
    harbour, lighthouse, _ = cast.academies
    PupilCount.objects.filter(school_id=lighthouse.pk).delete()
    counted(harbour, 100)
    held(harbour, cast.lead)
    held(lighthouse, cast.lead)
    [service] = same_services(cast.lead, [harbour.pk, lighthouse.pk], ON)
    assert [price.a_pupil for price in service.prices][1] is None and service.saving_pence == 0


def test_only_schools_of_the_actor_are_compared(cast: TrustCast, sam: Actor) -> None:
    for academy in cast.academies:
        held(academy, cast.lead)
    assert same_services(sam, [one.pk for one in cast.academies], ON) == []


@pytest.mark.parametrize(
    ("title", "name"), [("The Cleaning Service 2026", "cleaning"), ("cleaning", "cleaning"), ("Services", "services")]
)
def test_a_name_is_read_as_people_write_it(title: str, name: str) -> None:
    assert name_of(title) == name


def test_exempt_contracts_carry_no_vat(school: Organisation, sam: Actor) -> None:
    held(school, sam, vat_category="E", vat_rate=Decimal(0))
    [entry] = register_of(sam, [school.pk], ON)
    assert entry.whole.vat.pence == 0 and entry.whole.gross.pence == 14_200_00
