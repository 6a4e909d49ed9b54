"""E-mails about packages of council contracts: to who buys for a school that a package pays for and that drew nothing."""

from datetime import timedelta

from frontend.buying import buyer_of
from frontend.council.words import units
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics_of_packages import PACKAGES
from marketplace.core.actors import BUYING
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation
from subscriptions.commissions.models import Package


@handles("commission.package_offered", name="notices.package_offered")
def package_offered(event: Event) -> None:
    """Says who pays, for what, until when, and where it is ordered; nothing where the package is used up by then."""
    package = Package.objects.select_related("council__contract__party").get(
        council__contract__number=event.subject, code=event.payload["package"]
    )
    if package.left <= 0 or package.confidential:
        return
    school = Organisation.objects.select_related("school", "trust").get(pk=event.payload["school"])
    buyer = buyer_of(school)
    offers = [
        (
            one.offer.title,
            f"{(one.share * 100).normalize():f}%",
            absolute(buyer.url("school-offer", offer=one.offer.code)),
        )
        for one in package.offers.select_related("offer").order_by("pk")
    ]
    readers = to_roles(school.pk, BUYING, london_day(event.at)) + to_address(school, Purpose.ORDERS)
    for to in readers:
        send(
            key=f"package:{package.pk}:{school.pk}:{event.payload['on']}",
            topic=PACKAGES,
            to=to,
            template="mail/package_offered.jinja",
            context={
                "payer": package.council.contract.party.name,
                "title": package.title,
                "what": package.what,
                "school": school.name,
                "most": units(package.each_most, package.unit) if package.each_most else "",
                "until": package.valid_to - timedelta(days=1),
                "offers": offers,
                "link": offers[0][2] if offers else absolute(buyer.url("school-help")),
            },
            event=event,
        )
