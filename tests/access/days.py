"""Registers, certificates, records and networks in the world of the access matrix."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core import signing

from catalogue.services import MeetingTimes
from frontend.notices.networks import SALT
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Attendance, Booking, Certificate, CpdEntry, NetworkMember
from marketplace.trading.services import (
    add_to_basket,
    check_basket,
    close_register,
    evaluation_token,
    mark_register,
    open_basket,
    place_order,
)
from marketplace.trading.services.network_members import add_member
from marketplace.trading.services.networks import add_meeting, open_network
from tests.shop import Shop
from tests.trading.days.conftest import at


@dataclass
class Days:
    """What each school, each person and the partnership have of it. ``held`` is the first place by school."""

    shop: Shop
    today: date
    actor: Actor
    held: dict[int, Booking] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.course = self.shop.course("held", title="A course that was held")
        self.network = open_network(code="reading", name="Reading network", on=self.today, actor=self.actor)
        day = self.today + timedelta(days=30)
        times = MeetingTimes(at(day, 15), at(day, 17), "Tidewell")
        self.meeting = add_meeting(network=self.network, meeting=times, capacity=20, online=False, actor=self.actor)

    def side(self, school: Organisation, buyer: Actor) -> dict[str, Any]:
        """A place that was taken up today, with its register closed, and a membership."""
        run = self.shop.run(self.course, day=self.today, code=f"held-{school.pk}")
        basket = open_basket(organisation=school, actor=buyer)
        add_to_basket(
            basket=basket, offer=self.course, run=run, school=school, quantity=Decimal(1), on=self.today, actor=buyer
        )
        seen = check_basket(basket=basket, on=self.today, actor=buyer).total.gross.pence
        place_order(basket=basket, on=self.today, actor=buyer, purchase_order="", expected_pence=seen)
        place, meeting = Booking.objects.get(run=run), run.meetings.get()
        mark_register(meeting=meeting, marks={place.pk: "here"}, at=meeting.ends_at, actor=self.actor)
        close_register(meeting=meeting, expected_fee=Money(0), on=self.today, actor=self.actor)
        self.held[school.pk] = place
        member = add_member(
            network=self.network, organisation=school, kind=NetworkMember.Kind.MEMBER, valid_from=self.today,
            actor=self.actor,
        )  # fmt: skip
        return {
            "held_run": run.code, "held_offer": self.course.code, "held_place": place.pk, "held_meeting": 1, "membership": member.pk,
            "evaluation": evaluation_token(booking=place), "network_run": self.meeting.code,
        }  # fmt: skip

    def personal(self, acts: Actor, where: Organisation) -> dict[str, Any]:
        """A place of the person's own with its certificate, and an entry in their record."""
        first = self.held.get(where.pk) or next(iter(self.held.values()))
        position = Booking.objects.filter(order_line=first.order_line).count() + 1
        place = Booking.objects.create(
            order_line=first.order_line, position=position, run=first.run, school=first.school, net_pence=0,
            delegate_name=acts.name, delegate_person_id=acts.person_id,
        )  # fmt: skip
        meeting = first.run.meetings.get()
        Attendance.objects.create(
            booking=place, meeting=meeting, state="here", marked_at=meeting.ends_at, corrected_on=self.today
        )
        made = Certificate.objects.create(
            number=f"CPD-{acts.person_id}", booking=place, issued_on=self.today, minutes=360, attended=1, meetings=1,
            digest="0" * 64,
        )  # fmt: skip
        entry = CpdEntry.objects.create(person_id=acts.person_id or 0, held_on=self.today, title="A visit", minutes=60)
        return {"own_place": place.pk, "certificate": made.number, "cpd_entry": entry.pk}

    def shared(self) -> dict[str, Any]:
        """What the partnership has one of."""
        member = self.network.members.earliest("pk")
        return {
            "network": self.network.code, "network_member": member.pk,
            "network_stop": signing.dumps(member.pk, salt=SALT),
        }  # fmt: skip


def day_bodies(keys: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each write of the API about registers is asked to do."""
    register = "/course-dates/{code}/registers/{meeting}"
    return {
        f"PUT {register}": {"marks": [{"booking": keys["held_place"], "mark": "here"}]},
        f"POST {register}/closing": {"expected_fee_pence": 0},
    }
