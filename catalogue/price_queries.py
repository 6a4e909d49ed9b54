"""Price lists as the partnership's staff see them. Nobody else is told that they exist; buyers are quoted a price."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from catalogue.models import Offer, Price
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation, PupilCount, School

READERS = FINANCE_READERS | {Role.ORGANISER, Role.ADMINISTRATOR}
WRITERS = (Role.ORGANISER, Role.FINANCE_MANAGER, Role.ADMINISTRATOR)


def require_price_reader(actor: Actor) -> None:
    """Raises NotFound for everybody but organisers, administrators, finance and the auditor."""
    if not actor.has(*READERS):
        raise NotFound("Page not found")


def priced_offer(actor: Actor, code: str) -> Offer:
    """The offer of that code, whatever its state. Raises NotFound."""
    require_price_reader(actor)
    found = Offer.objects.select_related("provider__organisation", "sold_by").filter(code=code).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def price_for(actor: Actor, code: str, pk: int) -> Price:
    """A row of that offer's price list. Raises NotFound."""
    found = prices_of(actor, code).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def prices_of(actor: Actor, code: str) -> QuerySet[Price]:
    """The rows of an offer's price list: by class and date, newest first, those of single dates after the others."""
    offer = priced_offer(actor, code)
    rows = Price.objects.select_related("offer", "run").filter(offer=offer)
    return rows.order_by("run_key", "price_class", "-valid_from", "-pk")


def price_lists(actor: Actor, *, text: str = "", on: date) -> QuerySet[Offer]:
    """All offers with ``rows`` (how many prices hold on the day), narrowed by words of their title or code."""
    require_price_reader(actor)
    offers = Offer.objects.select_related("provider__organisation")
    if text:
        offers = offers.filter(Q(title__icontains=text) | Q(code__icontains=text))
    holding = Q(prices__valid_from__lte=on) & (Q(prices__valid_to__isnull=True) | Q(prices__valid_to__gt=on))
    return offers.annotate(rows=Count("prices", filter=holding)).order_by("title", "pk")


def buyer_for_price(actor: Actor, number: str) -> Organisation:
    """Who is asked about, by customer number or URN, for staff that read prices. Raises NotFound."""
    require_price_reader(actor)
    found = Organisation.objects.filter(Q(number__iexact=number) | Q(school__urn=number)).first()
    if found is None:
        raise NotFound(f"There is no organisation {number[:20]}. Use its customer number or URN.")
    return found


def example_schools(actor: Actor, on: date) -> list[Organisation]:
    """Up to three schools of different kinds with a pupil count, to try a price on: primary, secondary, special."""
    require_price_reader(actor)
    counted = PupilCount.objects.filter(school=OuterRef("pk"), counted_on__lte=on)
    open_ones = School.objects.filter(Exists(counted), status=School.Status.OPEN).order_by("pk")
    special = Q(type_code__in=["7", "07", "8", "08", "12", "33", "36", "44"])
    kinds = [
        open_ones.filter(~special, phase_code="2"),
        open_ones.filter(~special, phase_code="4"),
        open_ones.filter(special),
    ]
    found = [school for kind in kinds if (school := kind.select_related("organisation").first()) is not None]
    if len(found) < 3:
        known = [school.pk for school in found]
        found += list(open_ones.exclude(pk__in=known).select_related("organisation")[: 3 - len(found)])
    return [school.organisation for school in found]
