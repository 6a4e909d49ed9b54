"""Contracts that a school holds elsewhere: what is entered, changed, ended, announced and kept as documents."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.file_kinds import WrongFile
from marketplace.core.files import open_file
from marketplace.core.models import Event, EventText, StoredFile
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, Person, TrustMembership
from marketplace.organisations.services.people import actor_for
from subscriptions.models import ContractDocument, OutsideContract
from subscriptions.queries import contract_for, register_of
from subscriptions.register.documents import open_document
from subscriptions.register.rules.values import notice_day, whole_net, whole_value
from subscriptions.services import (
    ContractEnded,
    add_document,
    add_outside_contract,
    announce_notices,
    change_outside_contract,
    decide_notice,
    end_outside_contract,
    take_document_off,
)
from tests.core.small_files import PDF, pdf_with
from tests.shop import person
from tests.subscriptions.register.conftest import TrustCast
from tests.subscriptions.register.held import ON, TERM, held, terms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("year_pence", "term", "net", "gross"),
    [
        (14_200_00, Period(date(2026, 4, 1), date(2029, 4, 1)), 42_600_00, 51_120_00),
        (14_200_00, Period(date(2026, 9, 1), date(2027, 4, 1)), 8_283_33, 9_940_00),
        (99_99, Period(date(2026, 9, 1), date(2026, 9, 2)), 8_33, 10_00),
    ],
)
def test_the_whole_term_counts_started_months_and_is_rounded_once(
    year_pence: int, term: Period, net: int, gross: int
) -> None:
    assert whole_net(year_pence, term) == net
    assert whole_value(year_pence, term, Decimal("0.20")).gross.pence == gross


def test_notice_is_in_time_so_many_weeks_before_the_first_day_without_it() -> None:
    assert notice_day(date(2027, 4, 1), 12) == date(2027, 1, 7)
    assert notice_day(date(2027, 4, 1), 0) is None


def test_what_is_entered_stands_with_its_notice_date_and_no_name_in_the_log(school: Organisation, sam: Actor) -> None:
    one = held(
        school, sam, related="interest", related_role="Chair of governors", owner=Person.objects.get(pk=sam.person_id)
    )
    assert one.number.startswith("OC-") and one.notice_by == date(2027, 1, 7)
    told = Event.objects.get(kind="outside_contract.added")
    assert told.organisation_ids == [school.pk] and told.payload == {}
    assert not EventText.objects.filter(event=told).exists()


def test_what_ends_by_itself_needs_no_notice(school: Organisation, sam: Actor) -> None:
    assert held(school, sam, renewal="none").notice_by is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"supplier": " "}, "Enter supplier"),
        ({"cfr_code": "E99"}, "Choose the category"),
        ({"year_pence": -1}, "must be between £0.00"),
        ({"vat_category": "E"}, "Leave the VAT rate empty"),
        ({"vat_rate": Decimal(0)}, "Enter the VAT rate"),
        ({"vat_rate": Decimal(1)}, "from 0 to under 100"),
        ({"notice_weeks": 105}, "104 weeks or fewer"),
        ({"term": Period(date(2026, 1, 1), date(2066, 1, 1))}, "at most 30 years"),
        ({"term": Period(date(1, 1, 1), date(1, 1, 2))}, "begins in 1990 or later"),
        ({"related": "declared"}, "by their role"),
        ({"quotes": 51}, "50 or fewer"),
        ({"renewal": "never"}, "Choose what happens"),
    ],
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_kept(
    school: Organisation, sam: Actor, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(WrongInput, match=said):
        held(school, sam, **wrong)
    assert not OutsideContract.objects.exists()


def test_somebody_of_another_school_cannot_look_after_it(school: Organisation, sam: Actor, olive: Actor) -> None:
    with pytest.raises(WrongInput, match="who looks after"):
        held(school, sam, owner=Person.objects.get(pk=olive.person_id))


def test_an_outsider_enters_reads_and_changes_nothing(school: Organisation, sam: Actor, olive: Actor) -> None:
    one = held(school, sam)
    for refused in (
        lambda: held(school, olive),
        lambda: change_outside_contract(contract=one, terms=terms(title="Windows"), on=ON, actor=olive),
        lambda: end_outside_contract(contract=one, ended_on=ON, on=ON, actor=olive),
        lambda: decide_notice(contract=one, decision="keep", on=ON, actor=olive),
        lambda: contract_for(olive, [school.pk], one.number),
        lambda: add_document(contract=one, kind="other", title="A", upload=PDF, name="a.pdf", on=ON, actor=olive),
    ):
        with pytest.raises(NotFound):
            refused()
    assert register_of(olive, [school.pk], ON) == []
    assert Event.objects.filter(kind__startswith="outside_contract").count() == 1 and not StoredFile.objects.exists()


def test_another_end_asks_for_a_new_decision(school: Organisation, sam: Actor) -> None:
    one = decide_notice(contract=held(school, sam), decision="keep", on=ON, actor=sam)
    assert (one.decision, one.decided_on) == ("keep", ON)
    named = change_outside_contract(contract=one, terms=terms(supplier="Bright Ltd"), on=ON, actor=sam)
    assert named.decision == "keep"
    longer = terms(supplier="Bright Ltd", term=Period(TERM.start, date(2028, 4, 1)))
    one = change_outside_contract(contract=named, terms=longer, on=ON, actor=sam)
    assert (one.decision, one.decided_on, one.notice_by) == ("", None, date(2028, 1, 8))
    told = Event.objects.filter(kind="outside_contract.changed").latest("pk")
    assert told.payload["changed"] == ["notice_by", "term_to"]


def test_the_same_terms_again_change_and_record_nothing(school: Organisation, sam: Actor) -> None:
    one = held(school, sam)
    change_outside_contract(contract=one, terms=terms(), on=ON, actor=sam)
    assert not Event.objects.filter(kind="outside_contract.changed").exists()


def test_what_has_ended_stays_as_it_is(school: Organisation, sam: Actor) -> None:
    one = held(school, sam)
    with pytest.raises(WrongInput, match="between 1 April 2026 and 1 April 2027"):
        end_outside_contract(contract=one, ended_on=date(2027, 4, 2), on=ON, actor=sam)
    one = end_outside_contract(contract=one, ended_on=date(2026, 10, 1), on=ON, actor=sam)
    for refused in (
        lambda: end_outside_contract(contract=one, ended_on=ON, on=ON, actor=sam),
        lambda: change_outside_contract(contract=one, terms=terms(), on=ON, actor=sam),
        lambda: decide_notice(contract=one, decision="notice", on=ON, actor=sam),
    ):
        with pytest.raises(ContractEnded, match="has not run since 1 October 2026"):
            refused()


def test_the_database_keeps_an_end_within_its_term(school: Organisation, sam: Actor) -> None:
    one = held(school, sam)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutsideContract.objects.filter(pk=one.pk).update(ended_on=TERM.end + timedelta(days=1))


def test_notice_dates_are_announced_sixty_and_fourteen_days_before_once_each(
    school: Organisation, sam: Actor, actor: Actor
) -> None:
    one = held(school, sam)  # notice by 7 January 2027
    days = [
        date(2026, 11, 7),
        date(2026, 11, 8),
        date(2026, 11, 9),
        date(2026, 12, 23),
        date(2026, 12, 24),
        date(2027, 1, 7),
    ]
    assert [announce_notices(on=day, actor=actor) for day in days] == [0, 1, 0, 0, 1, 0]
    assert list(one.reminders.order_by("pk").values_list("days_before", flat=True)) == [60, 14]
    late = held(school, sam, title="Late")
    assert announce_notices(on=date(2027, 1, 1), actor=actor) == 1
    assert late.reminders.get().days_before == 14


def test_what_is_decided_or_over_is_announced_to_nobody(school: Organisation, sam: Actor, actor: Actor) -> None:
    decide_notice(contract=held(school, sam), decision="notice", on=ON, actor=sam)
    end_outside_contract(contract=held(school, sam), ended_on=date(2026, 10, 1), on=ON, actor=sam)
    assert announce_notices(on=date(2026, 12, 1), actor=actor) == 0


def _add(
    one: OutsideContract, sam: Actor, *, kind: str = "contract", title: str = "Terms", upload: bytes = PDF
) -> ContractDocument:
    return add_document(contract=one, kind=kind, title=title, upload=upload, name="terms.pdf", on=ON, actor=sam)


def test_a_new_version_takes_the_place_of_the_old_one_which_stays_to_be_read(
    school: Organisation, sam: Actor, olive: Actor
) -> None:
    one = held(school, sam)
    first, second = _add(one, sam), _add(one, sam, upload=pdf_with(b"/A 1"))
    first.refresh_from_db()
    assert (first.version, first.ended_on, second.version, second.ended_on) == (1, ON, 2, None)
    assert bytes(open_document(document=first, actor=sam).content) == PDF
    assert Event.objects.filter(kind="file.seen").count() == 1
    with pytest.raises(NotFound):
        open_document(document=second, actor=olive)


def test_a_document_that_is_taken_off_is_gone(school: Organisation, sam: Actor) -> None:
    one = held(school, sam)
    made = _add(one, sam)
    file = made.stored_id
    off = take_document_off(document=made, on=ON, actor=sam)
    assert off.stored_id is None and off.ended_on == ON and not StoredFile.objects.filter(pk=file).exists()
    for refused in (
        lambda: open_document(document=off, actor=sam),
        lambda: open_file(file_id=file or 0, actor=sam),
        lambda: take_document_off(document=off, on=ON, actor=sam),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_file_that_is_not_what_it_says_is_refused(school: Organisation, sam: Actor) -> None:
    one = held(school, sam)
    with pytest.raises(WrongFile):
        _add(one, sam, upload=b"MZ\x90\x00\x03 not a PDF")
    assert not ContractDocument.objects.exists()


def test_a_declaration_makes_an_interest_a_declared_one_as_long_as_it_is_there(
    school: Organisation, sam: Actor
) -> None:
    plain = held(school, sam)
    with pytest.raises(WrongInput, match="Say first who is related"):
        _add(plain, sam, kind="declaration")
    one = held(school, sam, related="interest", related_role="Governor")
    made = _add(one, sam, kind="declaration", title="Declaration")
    one.refresh_from_db()
    assert one.related == "declared"
    take_document_off(document=made, on=ON, actor=sam)
    one.refresh_from_db()
    assert one.related == "interest"


def test_a_trust_writes_for_its_schools_as_long_as_they_belong(cast: TrustCast, actor: Actor) -> None:
    academy = cast.academies[0]
    one = held(academy, cast.lead)
    add_document(contract=one, kind="contract", title="Terms", upload=PDF, name="a.pdf", on=ON, actor=cast.lead)
    file = one.documents.get().stored_id
    assert [entry.number for entry in register_of(cast.lead, [academy.pk], ON)] == [one.number]
    TrustMembership.objects.filter(school_id=academy.pk).update(valid_to=date(2026, 9, 15))
    user = Person.objects.get(pk=cast.lead.person_id).user
    assert user is not None
    later = actor_for(user=user, on=date(2026, 9, 15))
    assert register_of(later, [academy.pk], ON) == []
    for refused in (
        lambda: contract_for(later, [academy.pk], one.number),
        lambda: open_file(file_id=file or 0, actor=later),
        lambda: change_outside_contract(contract=one, terms=terms(title="X"), on=ON, actor=later),
    ):
        with pytest.raises(NotFound):
            refused()


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_partnership_itself_sees_nothing_of_it(
    school: Organisation, sam: Actor, partnership: Organisation, actor: Actor, role: Role
) -> None:
    one = held(school, sam)
    staff = person(partnership, actor, name="Stan Staff", role=role)
    assert register_of(staff, [school.pk], ON) == []
    with pytest.raises(NotFound):
        contract_for(staff, [school.pk], one.number)
    with pytest.raises(DomainError):
        add_outside_contract(organisation=school, terms=replace(terms(), title="X"), on=ON, actor=staff)
