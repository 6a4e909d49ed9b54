"""E-mails after a course: how was it? To who attended where their address is known, else to who booked their places."""

from django.urls import reverse

from frontend.formats import plural
from frontend.notices.readers import absolute, to_person
from frontend.notices.topics import EVALUATIONS
from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.references import NoLongerNeeded, fills
from marketplace.messaging.services import To, send
from marketplace.trading.models import Booking, OrderLine
from marketplace.trading.queries_of_days import places_to_ask
from marketplace.trading.services import evaluation_token

ACTOR = platform("notices")
LINK = "evaluation-link"
DELEGATE = "delegate"
WHY = "You get this because you attended the course."


@handles("run.completed", name="notices.how_was_it")
def how_was_it(event: Event) -> None:
    """Asks everybody who attended, once. The links are made as the e-mails leave and are kept nowhere."""
    booked: dict[OrderLine, list[Booking]] = {}
    for place in places_to_ask(event.subject):
        if place.delegate_email:
            _ask(place, event)
        else:
            booked.setdefault(place.order_line, []).append(place)
    for line, places in booked.items():
        _ask_booker(line, places, event)


def _ask(place: Booking, event: Event) -> None:
    send(
        key=f"evaluation:{place.pk}",
        topic=EVALUATIONS,
        to=To(place.delegate_email, organisation_id=place.school_id, purpose=DELEGATE),
        template="mail/evaluation.jinja",
        context={
            "title": place.run.offer.title,
            "day": place.run.starts_at,
            "labels": ["Tell us"],
            "order": "",
            "people": "",
        },
        event=event,
        fills={"place_1": {"kind": LINK, "of": str(place.pk)}},
        why=WHY,
    )


def _ask_booker(line: OrderLine, places: list[Booking], event: Event) -> None:
    """One e-mail with a link for each place, to pass on; the places are told apart by their number, not by name."""
    for to in to_person(line.order.placed_by_person):
        send(
            key=f"evaluation:line:{line.pk}",
            topic=EVALUATIONS,
            to=to,
            template="mail/evaluation.jinja",
            context={
                "title": places[0].run.offer.title,
                "day": places[0].run.starts_at,
                "labels": [f"Place {place.position}" for place in places],
                "people": plural(len(places), "person", "people"),
                "order": line.order.number,
            },
            event=event,
            fills={f"place_{index}": {"kind": LINK, "of": str(one.pk)} for index, one in enumerate(places, start=1)},
        )


@fills(LINK)
def _link(pk: str) -> str:
    """The link of a place, as its e-mail leaves."""
    found = Booking.objects.filter(pk=int(pk), state=Booking.State.BOOKED).first()
    if found is None:
        raise NoLongerNeeded("The place was cancelled, so nobody is asked about it.")
    return absolute(reverse("evaluate", kwargs={"token": evaluation_token(booking=found)}))
