"""Examples of pages: who looks at which address in which state. For pictures and for checks of accessibility."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from catalogue.models import CourseRun, Offer, Price
from frontend.buying import Buyer, buyers_of, usual_buyer
from frontend.demonstration.people import SIGN_INS
from invoicing.documents.models import Document
from invoicing.queries import invoices_for
from marketplace.core.actors import Actor
from marketplace.core.models import User
from marketplace.organisations.models import School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.people import actor_for
from marketplace.trading.models import Approval, BasketLine, Booking, Order
from marketplace.trading.queries import approvals_for, basket_of, bookings_for, orders_for
from marketplace.trading.services import add_to_basket, new_link, open_basket


class World:
    """What stands in the demonstration, looked up when an example needs it. One per database."""

    @cached_property
    def actors(self) -> dict[str, Actor]:
        """The demonstration's people as the actors they are today, by the key of their sign-in."""
        today = timezone.localdate()
        users = {user.email: user for user in User.objects.filter(email__in=[s.email for s in SIGN_INS.values()])}
        return {key: actor_for(user=users[sign_in.email], on=today) for key, sign_in in SIGN_INS.items()}

    def buyer(self, key: str) -> Buyer:
        """For whom that person buys."""
        found = usual_buyer(buyers_of(self.actors[key]))
        if found is None:
            raise LookupError(f"{key} buys for nobody, or for several")
        return found

    def page(self, key: str, name: str, **more: object) -> str:
        """The address of one of that person's pages."""
        return self.buyer(key).url(name, **more)

    @cached_property
    def run(self) -> CourseRun:
        """A course date with room for three, at a price that a small limit does not cover."""
        now = timezone.now()
        coming = CourseRun.objects.filter(starts_at__gt=now, state="open", offer__state="published")
        dear = {
            price.offer_id
            for price in Price.objects.filter(run=None, rule__per="quantity")
            if Decimal(price.rule.get("rate", "0")) >= 100
        }
        roomy = (run for run in coming.order_by("starts_at", "pk") if run.places_left >= 3)
        return next(run for run in roomy if run.offer_id in dear)

    @cached_property
    def service(self) -> Offer:
        """A yearly service whose price depends on something the school must say."""
        services = Offer.objects.filter(state="published", kind="service", term_months__isnull=False)
        asking = services.filter(prices__rule__contains={"sum": [{"per": "staff"}]})
        return asking.order_by("code")[0]

    def order(self, key: str) -> Order:
        """An order with places on a course."""
        found = orders_for(self.actors[key]).filter(lines__run__isnull=False).distinct()
        return found[0]

    def unbilled_order(self, key: str) -> Order:
        """The person's newest order: its items still wait for an invoice."""
        return orders_for(self.actors[key])[0]

    def booking(self, key: str) -> Booking:
        """A place still to come."""
        coming = bookings_for(self.actors[key]).filter(run__starts_at__gt=timezone.now(), state="booked")
        return coming.order_by("-run__starts_at", "pk")[0]

    def past_booking(self, key: str) -> Booking:
        return bookings_for(self.actors[key]).filter(run__starts_at__lt=timezone.now()).order_by("pk")[0]

    def invoice(self, key: str) -> Document:
        return invoices_for(self.actors[key]).order_by("-pk")[0]

    def basket_line(self, key: str) -> BasketLine:
        """A line in the person's basket, put there where the basket is empty."""
        actor, buyer = self.actors[key], self.buyer(key)
        basket = basket_of(actor, buyer.organisation) or open_basket(organisation=buyer.organisation, actor=actor)
        found = basket.lines.filter(run__isnull=False).first()
        return found or add_to_basket(
            basket=basket,
            offer=self.run.offer,
            run=self.run,
            school=buyer.organisation,
            quantity=Decimal(3),
            delegates=["Amina Birch"],
            on=timezone.localdate(),
            actor=actor,
        )

    def basket(self, key: str) -> str:
        """The address of the person's basket, with a line in it."""
        self.basket_line(key)
        return self.page(key, "school-basket")

    def approval(self, key: str) -> str:
        """The number of an order that waits at the person's organisation."""
        waiting = approvals_for(self.actors[key]).filter(state=Approval.State.WAITING)
        return waiting[0].order.number

    def decided_approval(self, key: str) -> str:
        return approvals_for(self.actors[key]).exclude(state=Approval.State.WAITING)[0].order.number

    @cached_property
    def link(self) -> str:
        """The address of a governor's link."""
        waiting = Approval.objects.filter(state=Approval.State.WAITING).exclude(approver_email="")
        return reverse("decide", kwargs={"token": new_link(approval=waiting[0], at=timezone.now())})

    @cached_property
    def undecided(self) -> School:
        """A school whose billing class nobody has decided, or the first where all are."""
        waiting = School.objects.filter(billing_class=BillingClass.OTHER)
        return waiting.first() or School.objects.order_by("urn")[0]


@dataclass(frozen=True)
class Example:
    """One state of a page. ``role`` is the key of a sign-in of the demonstration, or "anonymous".

    ``post`` holds the fields that are sent to the same address to reach an error state; nothing must come of it.
    ``finds`` are words that the page must then show.
    """

    role: str
    state: str
    path: Callable[[World], str]
    post: dict[str, str] | None = None
    finds: str = ""


Pages = dict[str, list[Example]]
