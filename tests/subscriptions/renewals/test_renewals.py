"""Renewals: reminders once each, offers at prices made anew, answers of schools, and what renews itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from catalogue.rules.classes import PriceClass
from catalogue.services import add_price, end_price
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.jobs import work_now
from marketplace.core.models import Event, EventText, Job
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.queries import whole_term
from subscriptions.renewals.answering import OfferChanged
from subscriptions.renewals.job import Window, start_renewals, to_renew
from subscriptions.renewals.models import RenewalReminder
from subscriptions.renewals.preparing import CannotBeRenewed, next_term
from subscriptions.renewals.queries import renewals_of
from subscriptions.renewals.reading import worth_of
from subscriptions.services import (
    accept_on_paper,
    draft_renewal,
    give_notice,
    keep_all,
    prepare_renewal,
    remind_due,
    renew_by_itself,
    stop_renewing,
    take_offer,
)
from tests.conftest import finance
from tests.shop import Shop, person
from tests.subscriptions.renewals.agreed import NOTICE_BY, PLATFORM, TERM, agreed, line

pytestmark = pytest.mark.django_db
WINTER = date(2026, 12, 1)
WINDOW = Window(Period(date(2027, 3, 1), date(2027, 5, 1)))


@pytest.fixture
def officer(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)


@pytest.fixture
def amira(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor, name="Amira Khan", limit=200_000)


def test_each_reminder_is_sent_once_and_a_missed_one_is_not_caught_up(oakfield: Organisation) -> None:
    one = agreed(oakfield)
    assert one.notice_by == NOTICE_BY
    assert remind_due(on=NOTICE_BY - timedelta(weeks=8, days=1), actor=PLATFORM) == 0
    days = [NOTICE_BY - timedelta(weeks=8), NOTICE_BY - timedelta(weeks=7), NOTICE_BY - timedelta(weeks=2), NOTICE_BY]
    assert [remind_due(on=day, actor=PLATFORM) for day in days] == [1, 0, 1, 0]
    assert remind_due(on=NOTICE_BY + timedelta(days=1), actor=PLATFORM) == 0
    assert remind_due(on=date(2027, 3, 20), actor=PLATFORM) == 1
    assert list(RenewalReminder.objects.order_by("pk").values_list("kind", flat=True)) == ["8_weeks", "2_weeks", "end"]
    late = agreed(oakfield, key="test:2")
    assert remind_due(on=NOTICE_BY, actor=PLATFORM) == 1
    assert [row.kind for row in late.renewal_reminders.all()] == ["2_weeks"]


def test_nobody_is_reminded_who_gave_notice_or_renewed(oakfield: Organisation, officer: Actor, amira: Actor) -> None:
    gone, kept = agreed(oakfield), agreed(oakfield, key="test:2")
    give_notice(agreement=gone, on=WINTER, actor=amira)
    offer = prepare_renewal(agreement=kept, term=next_term(kept), on=WINTER, actor=officer)
    take_offer(agreement=offer, on=WINTER, actor=amira)
    assert remind_due(on=NOTICE_BY, actor=PLATFORM) == 0


def test_what_has_no_price_in_the_catalogue_is_raised_once_half_up(oakfield: Organisation, officer: Actor) -> None:
    one = agreed(oakfield, lines=[line(pence=100_001)])
    draft = draft_renewal(agreement=one, term=next_term(one, 2), uplift=Decimal("3.5"))
    assert (draft.before_pence, draft.after_pence) == (100_001, 103_501)
    assert [(each.valid.start, each.base_pence) for each in draft.lines] == [
        (date(2027, 4, 1), 103_501), (date(2028, 4, 1), 103_501),
    ]  # fmt: skip
    assert not one.successors.exists()
    made = prepare_renewal(agreement=one, term=next_term(one, 2), uplift=Decimal("3.5"), on=WINTER, actor=officer)
    assert (made.state, made.succeeds_id) == (Agreement.State.OFFERED, one.pk)
    assert whole_term(made).net.pence == 207_002


def test_the_catalogue_prices_a_renewal_anew(oakfield: Organisation, officer: Actor, actor: Actor) -> None:
    offer = Shop(actor).offer("hr", prices={PriceClass.ANY: {"flat": "1200"}}, term_months=12)
    old = offer.prices.get()
    end_price(price=old, valid_to=date(2027, 4, 1), actor=actor)
    add_price(
        offer=offer, price_class=PriceClass.ANY, rule={"flat": "1260"}, valid_from=date(2027, 4, 1), actor=actor
    )  # fmt: skip
    one = agreed(oakfield, lines=[line(offer_id=offer.pk, price_id=old.pk)])
    made = prepare_renewal(agreement=one, term=next_term(one), uplift=Decimal(50), on=WINTER, actor=officer)
    [new] = made.lines.all()
    assert (new.base_pence, new.price.pinned, new.offer_id) == (126_000, True, offer.pk)
    [row] = renewals_of([one], WINTER)
    assert (row.before_pence, row.after_pence, row.change_pence, row.answer) == (120_000, 126_000, 6_000, "decide")


def test_what_is_not_offered_any_more_is_not_renewed_by_itself(
    oakfield: Organisation, officer: Actor, actor: Actor
) -> None:
    offer = Shop(actor).offer("hr", prices={PriceClass.ANY: {"flat": "1200"}}, published=False, term_months=12)
    one = agreed(oakfield, lines=[line(offer_id=offer.pk, price_id=offer.prices.get().pk)])
    with pytest.raises(CannotBeRenewed, match="is not offered any more"):
        prepare_renewal(agreement=one, term=next_term(one), on=WINTER, actor=officer)
    assert not one.successors.exists()


def test_a_window_prepared_twice_adds_nothing(oakfield: Organisation, officer: Actor) -> None:
    first, second = agreed(oakfield), agreed(oakfield, key="test:2", title="Payroll")
    agreed(oakfield, key="test:3", renewal="none")
    days = line(key := 1, base=Period(date(2026, 4, 1), date(2027, 4, 2)), valid=TERM)
    odd = agreed(oakfield, key=f"test:days:{key}", lines=[days], title="By days")
    stopped = agreed(oakfield, key="test:5")
    give_notice(agreement=stopped, on=WINTER, actor=officer)
    assert set(to_renew(WINDOW)) == {first, second, odd}
    done = work_now(_start(officer))
    assert (done.state, done.accepted, done.refused) == ("done", 2, 1)
    assert "priced for days" in done.result["problems"][0]
    again = work_now(_start(officer))
    assert (again.accepted, again.refused) == (0, 1)
    assert Agreement.objects.filter(state=Agreement.State.OFFERED).count() == 2


def _start(officer: Actor) -> Job:
    return start_renewals(window=WINDOW, actor=officer)


def test_a_notice_while_a_renewal_is_prepared_leaves_no_offer_behind(
    oakfield: Organisation, officer: Actor, amira: Actor
) -> None:
    one = agreed(oakfield)
    with transaction.atomic():
        made = prepare_renewal(agreement=one, term=next_term(one), on=WINTER, actor=officer)
        stop_renewing(agreement=one, on=WINTER, actor=amira)
    made.refresh_from_db()
    one.refresh_from_db()
    assert (made.state, one.notice_given_on) == (Agreement.State.DECLINED, WINTER)
    other = agreed(oakfield, key="test:2")
    stale = Agreement.objects.get(pk=other.pk)
    give_notice(agreement=other, on=WINTER, actor=amira)
    assert "Notice was given" in _refused(stale, officer)
    assert not other.successors.exists()


def _refused(agreement: Agreement, officer: Actor) -> str:
    with pytest.raises(DomainError) as refusal:
        prepare_renewal(agreement=agreement, term=next_term(agreement), on=WINTER, actor=officer)
    return refusal.value.message


def test_keeping_all_is_all_or_nothing(oakfield: Organisation, officer: Actor, amira: Actor) -> None:
    both = [agreed(oakfield), agreed(oakfield, key="test:2", lines=[line(pence=200_000)])]
    offers = [prepare_renewal(agreement=one, term=next_term(one), on=WINTER, actor=officer) for one in both]
    with pytest.raises(OfferChanged):
        keep_all(renewals=offers, expected_pence=383_999, on=WINTER, actor=amira)
    with pytest.raises(Exception, match="over your limit"):
        keep_all(renewals=offers, expected_pence=384_000, on=WINTER, actor=amira)
    assert not Agreement.objects.filter(succeeds__in=both, state=Agreement.State.ACTIVE).exists()
    rich = Actor(None, None, "Head", frozenset({Grant(Role.APPROVER, oakfield.pk)}))
    assert keep_all(renewals=offers, expected_pence=384_000, on=WINTER, actor=rich) == 2
    assert [row.answer for row in renewals_of(both, WINTER)] == ["kept", "kept"]


def test_what_renews_itself_goes_on_after_the_last_day_for_notice(oakfield: Organisation, amira: Actor) -> None:
    itself = agreed(oakfield, renewal="automatic")
    stopped = agreed(oakfield, key="test:2", renewal="automatic")
    agreed(oakfield, key="test:3")
    give_notice(agreement=stopped, on=WINTER, actor=amira)
    assert renew_by_itself(on=NOTICE_BY, actor=PLATFORM) == 0
    assert renew_by_itself(on=NOTICE_BY + timedelta(days=1), actor=PLATFORM) == 1
    assert renew_by_itself(on=NOTICE_BY + timedelta(days=1), actor=PLATFORM) == 0
    [after] = Agreement.objects.exclude(succeeds=None)
    assert (after.succeeds_id, after.state, after.term_to) == (itself.pk, Agreement.State.ACTIVE, date(2028, 4, 1))
    assert whole_term(after).net.pence == 120_000


def test_outsiders_and_auditors_decide_nothing(oakfield: Organisation, council: Organisation, officer: Actor) -> None:
    one = agreed(oakfield)
    offer = prepare_renewal(agreement=one, term=next_term(one), on=WINTER, actor=officer)
    outsider = Actor(None, None, "Olive", frozenset({Grant(Role.BUYER, council.pk)}))
    for someone in (outsider, finance(oakfield, Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            stop_renewing(agreement=one, on=WINTER, actor=someone)
        with pytest.raises(NotAllowed):
            take_offer(agreement=offer, on=WINTER, actor=someone)
        with pytest.raises(NotAllowed):
            prepare_renewal(agreement=one, term=next_term(one), on=WINTER, actor=someone)
    assert Agreement.objects.get(pk=offer.pk).state == Agreement.State.OFFERED


def test_finance_records_paper_with_its_reference(oakfield: Organisation, officer: Actor) -> None:
    offer = agreed(oakfield, offered=True)
    accept_on_paper(agreement=offer, reference="Letter of 1 April, folder 12", on=date(2026, 4, 1), actor=officer)
    told = Event.objects.get(kind="agreement.on_paper")
    assert EventText.objects.get(event=told).words == {"reference": "Letter of 1 April, folder 12"}
    assert Agreement.objects.get(pk=offer.pk).state == Agreement.State.ACTIVE


def test_what_agreements_come_to_is_read_for_all_at_once(
    oakfield: Organisation, django_assert_num_queries: object
) -> None:
    rows = [agreed(oakfield, key=f"test:{n}", lines=[line(), line(2, title="Payroll", pence=36_001)]) for n in range(4)]
    with django_assert_num_queries(3):  # type: ignore[operator]
        found = worth_of(rows, date(2026, 5, 1))
    assert {one.value.gross.pence for one in found.values()} == {187_201}
    assert all(one.is_yearly and one.yearly.net.pence == 156_001 and one.next_on is None for one in found.values())
