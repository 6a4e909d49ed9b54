"""E-mails about what subscriptions include: thirty days before something lapses, to those who may use it."""

from frontend.buying import buyer_of
from frontend.included_words import lapse_words, last_day, left_sentence
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics import INCLUDED
from marketplace.core.actors import BUYING
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation
from subscriptions.models import Allowance


@handles("allowance.lapses_soon", name="notices.allowance_lapses_soon")
def allowance_lapses_soon(event: Event) -> None:
    """Tells who buys for the school, and its shared address for orders, what lapses when; nothing where all is used."""
    allowance = Allowance.objects.get(pk=int(event.subject))
    if not allowance.left:
        return
    school = Organisation.objects.select_related("school", "trust").get(pk=allowance.organisation_id)
    buyer = buyer_of(school)
    for to in to_roles(school.pk, BUYING, allowance.told_on or allowance.valid_from) + to_address(
        school, Purpose.ORDERS
    ):
        send(
            key=f"allowance:{allowance.pk}:lapses_soon",
            topic=INCLUDED,
            to=to,
            template="mail/included_lapses.jinja",
            context={
                "lapses": lapse_words(allowance),
                "left": left_sentence(allowance),
                "last": last_day(allowance),
                "school": school.name,
                "find": absolute(buyer.url("school-find")),
                "link": absolute(buyer.url("school-places-left")),
            },
            event=event,
        )
