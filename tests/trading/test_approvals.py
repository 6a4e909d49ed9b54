"""An order above a limit: places are kept and nothing is charged until a second person has approved it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from catalogue.rules.classes import PriceClass
from catalogue.services import PlacesGone, add_price, end_price
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event, EventText
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.delegation import name_deputy, set_approval_rule
from marketplace.organisations.services.people import end_role, give_role
from marketplace.trading.models import Approval, Basket, Booking, Order
from marketplace.trading.services import (
    AlreadyDecided,
    Answer,
    ApprovalNotNeeded,
    ApprovalRanOut,
    BookingClosed,
    NeedsApproval,
    NobodyApproves,
    OverLimit,
    PriceChanged,
    RemindedAlready,
    ask_approval,
    cancellation_result,
    check_basket,
    decide,
    expire_approvals,
    place_order,
    remind,
    set_purchase_order,
    standing,
    withdraw,
)
from tests.organisations.test_delegation import on_the, who
from tests.shop import START, person
from tests.trading.conftest import ON

LAST = ON + timedelta(days=14)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def states(approval: Approval) -> tuple[str, str, set[str]]:
    """Of the approval, of its order, of its places."""
    approval.refresh_from_db()
    places = Booking.objects.filter(order_line__order=approval.order_id)
    return approval.state, Order.objects.get(pk=approval.order_id).state, set(places.values_list("state", flat=True))


def test_what_is_over_the_limit_gets_its_number_keeps_its_places_and_charges_nothing(asking, pat, hana):
    approval = asking(pat)
    assert states(approval) == ("waiting", "awaiting_approval", {"held"})
    assert (approval.committed_pence, approval.over_pence, approval.kept_until) == (28_000, 3_000, LAST)
    assert approval.order.number.startswith("ORD-") and approval.order.total_pence == 28_000
    assert asking.taken == 2 and not Charge.objects.exists()
    kinds = set(Event.objects.filter(subject=approval.order.number).values_list("kind", flat=True))
    assert kinds == {"order.approval_asked"}


def test_the_check_says_by_how_much_and_to_whom_it_goes(asking, buying, school, course, pat, hana):
    basket = buying.add(pat, school, course, 2, run=asking.run)
    route = check_basket(basket=basket, on=ON, actor=pat).route
    assert route.sentence == "This order is £30.00 over your limit, so it goes to Hana Head" and route.last_day == LAST
    with pytest.raises(OverLimit, match=r"goes to Hana Head\. Send it for approval\. Nothing is ordered"):
        buying.order(pat, basket)


def test_approving_books_the_places_and_charges_as_quoted_even_if_the_price_rose_meanwhile(
    asking, pat, hana, course, shop
):
    approval = asking(pat)
    old = course.prices.get(price_class=PriceClass.MEMBER)
    end_price(price=old, valid_to=ON, actor=shop.actor)
    dearer = {"rate": "145", "per": "quantity"}
    add_price(offer=course, price_class=PriceClass.MEMBER, rule=dearer, valid_from=ON, actor=shop.actor)
    decide(approval=approval, answer=Answer.APPROVE, on=ON + timedelta(days=3), actor=hana)
    assert states(approval) == ("approved", "placed", {"booked"})
    [charged] = Charge.objects.all()
    assert (charged.net_pence, charged.quantity, charged.unit_price_pence) == (28_000, 2, 14_000)
    assert (charged.bill_on, charged.purchase_order) == (ON + timedelta(days=3), "PO 7")
    assert approval.decided_by_person_id == hana.person_id and approval.how == "signed_in"
    kinds = Event.objects.filter(subject=approval.order.number).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["order.approval_asked", "order.approved", "order.placed"]


def test_an_approved_order_is_charged_like_one_that_was_placed_at_once(asking, buying, school, sam, pat, hana, shop):
    """Two identical baskets of a course and a priced service: the same items to invoice, by either way."""
    service = shop.offer("handbook", prices={PriceClass.ANY: {"rate": "12.50", "per": "quantity"}})
    buying.add(sam, school, service, 3)
    buying.order(sam, buying.add(sam, school, asking.course, 2, run=asking.run), purchase_order="PO 7")
    buying.add(pat, school, service, 3)
    decide(approval=asking(pat), answer=Answer.APPROVE, on=ON, actor=hana)
    facts = ("description", "quantity", "unit_price_pence", "net_pence", "vat_category", "vat_rate", "vat_reason", "steps",
             "account_id", "stream_id", "cfr_code", "bill_on", "purchase_order", "service_from", "service_to")  # fmt: skip
    first, second = (list(Charge.objects.filter(label=order.number).order_by("pk").values(*facts))
                     for order in Order.objects.order_by("pk"))  # fmt: skip
    assert first == second and len(first) == 2


def test_a_term_that_begins_at_once_begins_on_the_day_of_the_approval(buying, school, pat, hana, shop):
    offer = shop.offer("ict-support", prices={PriceClass.ANY: {"flat": "900"}}, term_months=12)
    basket = buying.add(pat, school, offer)
    seen = check_basket(basket=basket, on=ON, actor=pat).total.gross.pence
    order = ask_approval(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=pat)
    assert order.lines.get().service_from is None
    decide(approval=order.approval, answer=Answer.APPROVE, on=date(2026, 9, 8), actor=hana)
    charged = Charge.objects.get()
    assert (charged.service_from, charged.service_to) == (date(2026, 9, 8), date(2027, 9, 8))
    assert charged.bill_on == date(2026, 9, 8)


@pytest.mark.parametrize("answer", ["decline", "withdraw", "expire"])
def test_not_approved_withdrawn_or_run_out_frees_the_places_and_charges_nothing(asking, pat, hana, actor, answer):
    approval = asking(pat)
    if answer == "decline":
        decide(approval=approval, answer=Answer.DECLINE, reason="Not in the plan", on=ON, actor=hana)
        assert EventText.objects.get(event__kind="order.declined").words == {"reason": "Not in the plan"}
    elif answer == "withdraw":
        withdraw(approval=approval, on=ON, actor=pat)
    else:
        assert expire_approvals(on=LAST, actor=actor) == 0  # its last day counts
        assert expire_approvals(on=LAST + timedelta(days=1), actor=actor) == 1
    state = {"decline": "declined", "withdraw": "withdrawn", "expire": "expired"}[answer]
    assert states(approval) == (state, state, {"cancelled"})
    assert asking.taken == 0 and not Charge.objects.exists()
    with pytest.raises(AlreadyDecided):
        decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=hana)
    assert not Charge.objects.exists()


def test_not_approving_needs_a_reason(asking, pat, hana):
    approval = asking(pat)
    with pytest.raises(WrongInput, match="Enter reason"):
        decide(approval=approval, answer=Answer.DECLINE, on=ON, actor=hana)
    assert states(approval)[0] == "waiting" and asking.taken == 2


def test_after_the_last_day_nobody_approves_though_it_still_stands_there(asking, pat, hana):
    approval = asking(pat)
    with pytest.raises(ApprovalRanOut, match="kept until 15 September 2026"):
        decide(approval=approval, answer=Answer.APPROVE, on=LAST + timedelta(days=1), actor=hana)
    assert states(approval)[0] == "waiting" and not Charge.objects.exists()
    decide(approval=approval, answer=Answer.APPROVE, on=LAST, actor=hana)


def test_places_are_not_kept_beyond_the_day_before_the_course(asking, pat, hana):
    assert asking(pat, on=date(2027, 3, 20)).kept_until == date(2027, 3, 23)


def test_a_full_course_keeps_no_places_for_an_approval_and_the_basket_stays(
    asking, buying, pat, hana, school, monkeypatch
):
    monkeypatch.setattr("catalogue.services.places.claim_places", lambda run_id, places: False)
    with pytest.raises(PlacesGone, match="your basket is kept"):
        asking(pat)
    assert not Order.objects.exists() and Basket.objects.get(owner_person=pat.person_id).state == "open"


def test_a_second_click_finds_the_first_ones_order_and_another_price_is_refused(asking, pat, hana):
    approval = asking(pat)
    given = {"basket": approval.order.basket, "purchase_order": "", "on": ON, "actor": pat}
    assert ask_approval(expected_pence=1, **given) == approval.order
    assert Approval.objects.count() == 1
    with pytest.raises(PriceChanged):
        asking(pat, expected_pence=1)
    assert Order.objects.count() == 1


def test_what_one_may_place_alone_is_not_sent_and_what_nobody_may_approve_neither(asking, pat, school, actor):
    with pytest.raises(ApprovalNotNeeded):
        asking(pat, 1)
    Basket.objects.all().delete()
    with pytest.raises(NobodyApproves, match="nobody is named who may approve it"):
        asking(pat, 2)
    assert not Order.objects.exists()


def limited(who: Person, role: Role, school: Organisation, pence: int | None, actor: Actor) -> None:
    """The role from today on with another limit."""
    end_role(person=who, role=role, organisation=school, on=ON, actor=actor)
    give_role(person=who, role=role, organisation=school, valid_from=ON, spending_limit_pence=pence, actor=actor)


def test_nobody_approves_their_own_order_whatever_roles_and_logins_they_have(asking, pat, hana, school, actor):
    give_role(person=who(pat), role=Role.APPROVER, organisation=school, valid_from=START, spending_limit_pence=25_000,
              actor=actor)  # fmt: skip
    approval = asking(pat)
    for role in (Role.BUYER, Role.APPROVER):  # in the meantime Pat may order anything
        limited(who(pat), role, school, None, actor)
    again = on_the(ON, pat)
    assert again.spending_limit(school.pk) is None
    with pytest.raises(NotAllowed, match="You asked for this order, so someone else must approve it"):
        decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=again)
    assert states(approval)[0] == "waiting"


def test_the_database_itself_refuses_the_asker_as_decider(asking, pat, hana):
    approval = asking(pat)
    for field in ("decided_by_person_id", "on_behalf_of_person_id"):
        more = {} if field == "decided_by_person_id" else {"decided_by_person_id": hana.person_id}
        with pytest.raises(IntegrityError, match=r"second_person|for_the_asker"), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(
                state="approved", how="signed_in", closed_on=ON, **({field: pat.person_id} | more)
            )


@pytest.mark.parametrize("asker_is", ["represented", "deputy"])
def test_no_deputy_arrangement_between_the_two_lets_an_order_through(asking, hana, school, actor, asker_is):
    dev = person(school, actor, name="Dev Deputy", role=Role.APPROVER, limit=500_000)
    give_role(
        person=who(hana), role=Role.BUYER, organisation=school, valid_from=START, spending_limit_pence=1, actor=actor
    )
    set_approval_rule(organisation=school, from_pence=1, valid_from=ON, role=Role.APPROVER, actor=actor)
    person(school, actor, name="Third Approver", role=Role.APPROVER)
    represented, deputy = (hana, dev) if asker_is == "represented" else (dev, hana)
    approval = asking(hana)
    name_deputy(organisation=school, deputy=who(deputy), first_day=ON, last_day=ON, on=ON, actor=represented)
    refused = standing(approval=approval, on=ON, actor=on_the(ON, dev))
    assert not refused.may and "stand in for each other" in refused.reason
    with pytest.raises(NotAllowed):
        decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=on_the(ON, dev))
    tomorrow = ON + timedelta(days=1)  # the arrangement is over
    assert standing(approval=approval, on=tomorrow, actor=on_the(tomorrow, dev)).may


def test_a_deputy_decides_for_whom_they_stand_in_and_both_are_recorded(asking, pat, hana, school, actor):
    dev = person(school, actor, name="Dev Deputy", limit=1)
    name_deputy(organisation=school, deputy=who(dev), first_day=ON, last_day=ON, on=ON, actor=hana)
    approval = asking(pat)
    tomorrow = ON + timedelta(days=1)
    assert not standing(approval=approval, on=tomorrow, actor=on_the(tomorrow, dev)).may
    decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=on_the(ON, dev))
    approval.refresh_from_db()
    assert (approval.decided_by_person_id, approval.on_behalf_of_person_id) == (dev.person_id, hana.person_id)


def test_a_limit_that_does_not_cover_the_whole_term_is_refused(asking, pat, hana, school, actor):
    low = person(school, actor, name="Lena Low", role=Role.APPROVER, limit=27_999)
    approval = asking(pat)
    refused = standing(approval=approval, on=ON, actor=low)
    assert not refused.may and refused.reason == "£280.00 is more than you may approve. Ask somebody who may."
    limited(who(hana), Role.APPROVER, school, 28_000, actor)
    assert standing(approval=approval, on=ON, actor=on_the(ON, hana)).may


def test_a_buyer_without_an_approving_role_and_an_outsider_decide_nothing(asking, pat, hana, sam, outsider):
    approval = asking(pat)
    with pytest.raises(NotAllowed, match="You do not approve orders here"):
        decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=sam)
    for verb in (
        lambda: decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=outsider),
        lambda: withdraw(approval=approval, on=ON, actor=outsider),
    ):
        with pytest.raises(NotFound):
            verb()
    assert states(approval)[0] == "waiting"


def test_the_schools_own_scheme_asks_a_second_person_below_anybodys_limit(asking, buying, school, sam, hana, actor):
    ruth = person(school, actor, name="Ruth Role", role=Role.APPROVER)
    set_approval_rule(
        organisation=school, from_pence=28_000, valid_from=ON, person=who(ruth), keeps_days=5, actor=actor
    )
    below = buying.add(sam, school, asking.course, 1, run=asking.run)
    assert buying.order(sam, below).state == "placed"
    with pytest.raises(
        NeedsApproval, match=r"orders of £280\.00 or more approved by a second person, so it goes to Ruth Role"
    ):
        buying.order(sam, buying.add(sam, school, asking.course, 2, run=asking.run))
    Basket.objects.filter(state="open").delete()
    approval = asking(sam)
    assert approval.kept_until == ON + timedelta(days=5) and approval.over_pence == 0
    assert not standing(approval=approval, on=ON, actor=hana).may  # the scheme names Ruth
    decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=ruth)


def test_an_interest_keeps_that_person_out_and_the_order_waits_for_another(asking, pat, hana, school, actor):
    other = person(school, actor, name="Theo Treasurer", role=Role.APPROVER)
    approval = asking(pat)
    for _ in range(2):
        decide_again = standing(approval=approval, on=ON, actor=hana)
        if decide_again.may:
            decide(approval=approval, answer=Answer.INTEREST, on=ON, actor=hana)
    assert "declared an interest" in standing(approval=approval, on=ON, actor=hana).reason
    assert Event.objects.filter(kind="order.approval_interest").count() == 1
    assert states(approval)[0] == "waiting"
    decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=other)


def test_reminders_go_at_most_once_an_hour_and_never_after_a_decision(asking, pat, hana, outsider):
    approval, at = asking(pat), datetime(2026, 9, 3, 9, 0, tzinfo=UTC)
    remind(approval=approval, at=at, actor=pat)
    with pytest.raises(RemindedAlready):
        remind(approval=approval, at=at + timedelta(minutes=59), actor=pat)
    remind(approval=approval, at=at + timedelta(hours=1), actor=pat)
    with pytest.raises(NotFound):
        remind(approval=approval, at=at + timedelta(days=1), actor=outsider)
    withdraw(approval=approval, on=ON, actor=pat)
    with pytest.raises(AlreadyDecided):
        remind(approval=approval, at=at + timedelta(days=1), actor=pat)
    assert Event.objects.filter(kind="order.approval_reminded").count() == 2


def test_the_approver_is_not_the_one_who_withdraws(asking, pat, hana):
    with pytest.raises(NotAllowed, match="Pat Small asked for this order"):
        withdraw(approval=asking(pat), on=ON, actor=hana)


def test_a_place_that_waits_is_not_cancelled_alone_and_its_purchase_order_may_change(asking, pat, hana):
    approval = asking(pat)
    with pytest.raises(BookingClosed, match="waits for the approval of its order"):
        cancellation_result(booking=Booking.objects.first(), on=ON)
    set_purchase_order(order=approval.order, purchase_order="PO 8", actor=pat)
    decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=hana)
    assert Charge.objects.get().purchase_order == "PO 8"


def test_a_second_click_on_the_basket_of_an_order_that_waits_places_nothing(asking, pat, hana):
    approval = asking(pat)
    found = place_order(basket=approval.order.basket, purchase_order="", expected_pence=28_000, on=ON, actor=pat)
    assert found == approval.order and states(approval)[1] == "awaiting_approval" and not Charge.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trading_order SET state = 'awaiting_approval'",
        "UPDATE trading_approval SET state = 'waiting', closed_on = NULL, how = '', decided_by_person_id = NULL",
        "UPDATE trading_approval SET decided_by_person_id = on_behalf_of_person_id",
        "UPDATE trading_approval SET committed_pence = 1",
        "UPDATE trading_booking SET state = 'held'",
        "DELETE FROM trading_approval",
    ],
)
def test_what_was_decided_never_changes_in_the_database_either(asking, pat, hana, statement):
    decide(approval=asking(pat), answer=Answer.APPROVE, on=ON, actor=hana)
    words = r"no legal move|does not change any more|never deleted"
    with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
