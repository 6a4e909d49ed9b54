"""Scenario 23: a network without trade: members, free meetings, attendance; nothing is invoiced but a fee for staying away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from catalogue.rules.cancellation import DEFAULT_POLICY
from catalogue.services import MeetingTimes
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core import outbox
from marketplace.core.actors import Role
from marketplace.core.errors import NotFound
from marketplace.messaging.models import Message
from marketplace.trading.models import Booking, NetworkMember
from marketplace.trading.queries_of_networks import series_of
from marketplace.trading.services import close_register, closing_preview, mark_register
from marketplace.trading.services.network_members import add_member
from marketplace.trading.services.networks import (
    BookedAlready,
    NotForMembersYet,
    add_meeting,
    book_meeting,
    choose_mail,
    open_network,
    write_to_members,
)
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
ON = date(2026, 9, 1)


@dataclass(frozen=True)
class Story:
    """Meetings of the series; the fee for not attending in pounds; pence invoiced for one who stayed away."""

    meetings: int
    fee: str
    invoiced: int


# As described: nothing is invoiced at all. The fee of a policy: £35.00 for whoever books and does not come.
DESCRIBED, WITH_FEE = Story(3, "", 0), Story(2, "35", 3500)


def _policy(story: Story) -> dict[str, Any]:
    absent = {"not_attended": {"fee": story.fee}} if story.fee else {}
    return {**DEFAULT_POLICY, **({"cases": [{"basis": "free", **absent}]} if absent else {})}


@pytest.mark.parametrize("story", [DESCRIBED, WITH_FEE], ids=["as described", "with a fee for not attending"])
def test_members_meet_and_nothing_is_invoiced_but_the_fee(shop, actor, partnership, tmp_path, story):
    member_school, associate_school = schools(tmp_path, actor, {}, {"EstablishmentName": "Elm Park Infant School"})
    organiser = person(partnership, actor, name="Orla Organiser", role=Role.ORGANISER)
    mia = person(member_school, actor, name="Mia Member")
    art = person(associate_school, actor, name="Art Associate")
    network = open_network(
        code="early-reading", name="Early reading network", on=ON, cancellation=_policy(story), actor=organiser
    )
    runs = []
    for index in range(story.meetings):
        starts = datetime(2026, 10, 6, 15, 30, tzinfo=LONDON) + timedelta(weeks=4 * index)
        times = MeetingTimes(starts, starts + timedelta(hours=2), "Tidewell")
        runs.append(add_meeting(network=network, meeting=times, capacity=5, online=False, actor=organiser))
    given = {"network": network, "valid_from": ON, "actor": organiser}
    member = add_member(
        organisation=member_school, kind=NetworkMember.Kind.MEMBER, contact_email="mia@oakfield.example", **given
    )
    associate = add_member(
        organisation=associate_school, kind=NetworkMember.Kind.ASSOCIATE, contact_email="art@elm.example", **given
    )

    for run in runs:
        book_meeting(member=member, run=run, name="Mia Member", on=ON, actor=mia)
    with pytest.raises(BookedAlready):
        book_meeting(member=member, run=runs[0], name="mia member", on=ON, actor=mia)
    with pytest.raises(NotForMembersYet):
        book_meeting(member=associate, run=runs[0], name="Art Associate", on=ON, actor=art)
    with pytest.raises(NotFound):
        book_meeting(member=member, run=runs[0], name="Art Associate", on=date(2026, 9, 30), actor=art)
    book_meeting(member=associate, run=runs[0], name="Art Associate", on=date(2026, 9, 30), actor=art)

    choose_mail(member=associate, wanted=False, actor=art)
    letter = write_to_members(
        network=network, subject="Next meeting", body="We read together.\n\nBring a book.", on=ON,
        at=datetime(2026, 9, 1, 9, tzinfo=LONDON), actor=organiser,
    )  # fmt: skip
    assert letter.readers == 1
    outbox.deliver(limit=1000)
    outbox.deliver(limit=1000)
    written = Message.objects.get(topic="networks")
    assert (written.to, "Bring a book." in written.plain) == ("mia@oakfield.example", True)

    for index, run in enumerate(runs):
        meeting = run.meetings.get()
        places = list(Booking.objects.filter(run=run).order_by("pk"))
        # Art stays away from the first meeting, everybody else comes.
        marks = {place.pk: "absent" if index == 0 and place.school == associate_school else "here" for place in places}
        mark_register(meeting=meeting, marks=marks, at=meeting.starts_at, actor=organiser)
        shown = closing_preview(meeting=meeting)
        assert shown.fee.pence == (story.invoiced if index == 0 else 0)
        close_register(meeting=meeting, expected_fee=shown.fee, on=meeting.held_on, actor=organiser)
    assert [(one.booked, one.came) for one in series_of(network)] == [(2, 1)] + [(1, 1)] * (story.meetings - 1)

    run_billing(on=date(2027, 1, 4), actor=actor)
    documents = list(Document.objects.values_list("net_pence", flat=True))
    assert documents == ([story.invoiced] if story.invoiced else [])
    assert Charge.objects.count() == len(documents)
    if documents:
        assert Document.objects.get().customer == associate_school
    call_command("verify_ledger")
