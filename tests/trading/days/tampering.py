"""How the invariants of registers, certificates, evaluations and networks are broken with the guards switched off.

Each tampering first holds a course and a network's meeting through the public services, then changes what none would.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from catalogue.services import MeetingTimes
from marketplace.core.actors import Role, platform
from marketplace.core.money import Money
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.models import Booking, NetworkMember
from marketplace.trading.services import (
    add_to_basket,
    check_basket,
    close_register,
    evaluate,
    evaluation_token,
    mark_register,
    open_basket,
    place_order,
)
from marketplace.trading.services.network_members import add_member
from marketplace.trading.services.networks import add_meeting, book_meeting, open_network
from tests.invoicing.books import run_sql
from tests.shop import START, Shop, person

ON, HELD = date(2026, 9, 1), date(2026, 10, 6)


def a_course_held() -> None:
    """Two places on a course, one of them taken up and evaluated; another date; a place at a network's meeting."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Hollybank Nursery", valid_from=START, actor=actor)
    buyer, shop = person(customer, actor, name="Bella Buyer"), Shop(actor)
    organiser = person(partnership(), actor, name="Otto Organiser", role=Role.ORGANISER)
    course = shop.course("held-course")
    run = shop.run(course, day=HELD)
    shop.run(course, day=HELD + timedelta(days=90), code="another")
    basket = open_basket(organisation=customer, actor=buyer)
    add_to_basket(basket=basket, offer=course, run=run, school=customer, quantity=Decimal(2), on=ON, actor=buyer)
    seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
    place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=buyer)
    meeting, places = run.meetings.get(), list(Booking.objects.filter(run=run).order_by("pk"))
    marks = dict(zip([place.pk for place in places], ("here", "absent"), strict=True))
    mark_register(meeting=meeting, marks=marks, at=meeting.ends_at, actor=organiser)
    close_register(meeting=meeting, expected_fee=Money(0), on=HELD, actor=organiser)
    evaluate(token=evaluation_token(booking=places[0]), score=5, recommends=True, on=HELD)
    network = open_network(code="tampered", name="Tampered network", on=ON, actor=organiser)
    starts = datetime(2026, 10, 8, 15, tzinfo=LONDON)
    meets = add_meeting(
        network=network, meeting=MeetingTimes(starts, starts + timedelta(hours=2)), capacity=9, online=True,
        actor=organiser,
    )  # fmt: skip
    member = add_member(
        network=network, organisation=customer, kind=NetworkMember.Kind.MEMBER, valid_from=ON, actor=organiser
    )
    book_meeting(member=member, run=meets, name="Bella Buyer", on=ON, actor=buyer)


def _sql(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        a_course_held()
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


_LAST = "WHERE id = (SELECT max(id) FROM trading_attendance)"
_ANOTHER = "(SELECT id FROM catalogue_courserun WHERE code = 'another')"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "registers-are-of-their-course-date": _sql(
        f"UPDATE trading_attendance SET meeting_id = (SELECT id FROM catalogue_meeting WHERE run_id = {_ANOTHER}) {_LAST}"
    ),
    "closed-registers-are-complete": _sql(f"DELETE FROM trading_attendance {_LAST}"),
    "certificates-are-earned": _sql("UPDATE trading_attendance SET state = 'absent'"),
    "evaluations-by-who-attended": _sql(f"UPDATE trading_evaluation SET run_id = {_ANOTHER}"),
    "networks-are-not-on-sale": _sql("UPDATE catalogue_offer SET state = 'published' WHERE code = 'network-tampered'"),
}
FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "closed-registers-are-complete",
        "somebody who was not asked",
        _sql(f"UPDATE trading_attendance SET state = 'not_asked' {_LAST}"),
    ),
    (
        "registers-are-of-their-course-date",
        "a register kept with another date",
        _sql(f"UPDATE trading_register SET run_id = {_ANOTHER}"),
    ),
    (
        "networks-are-not-on-sale",
        "a place with a price",
        _sql(
            "UPDATE trading_booking SET net_pence = 100 WHERE run_id IN"
            " (SELECT r.id FROM catalogue_courserun r JOIN trading_network n ON n.offer_id = r.offer_id)"
        ),
    ),
]
