"""What helps to find something in the demonstration: ratings, what is bought together, list prices to sort by."""

from datetime import date

from django.utils import timezone

from catalogue.models import Offer
from catalogue.queries import Filters
from catalogue.services import record_rating
from catalogue.services.keeping import add_favourite, save_search
from catalogue.services.list_prices import work_out_list_prices
from frontend.demonstration.courses import COURSES, FEW_LEFT
from frontend.demonstration.directory import Directory
from frontend.demonstration.places import chance, number_of
from marketplace.trading.services.together import tell_bought_together

KEPT_BY = "buyer"


def add_found(directory: Directory, *, today: date) -> None:
    """Half of the courses were rated, some by fewer than five people; one buyer keeps two courses and a search."""
    offers = {offer.code: offer for offer in Offer.objects.filter(code__in=[facts.code for facts in COURSES])}
    for facts in COURSES:
        if chance(55, f"rated {facts.code}"):
            _rate(offers[facts.code], today)
    tell_bought_together(on=today)
    while work_out_list_prices(on=today):
        pass
    buyer, now = directory.signed[KEPT_BY], timezone.now()
    for code in (FEW_LEFT, "reluctant-writers"):
        add_favourite(offer=offers[code], at=now, actor=buyer)
    save_search(text="phonics", filters=Filters(kind="course"), by_email=True, at=now, actor=buyer)


def _rate(offer: Offer, today: date) -> None:
    """Three to fourteen people, most of them content."""
    for index in range(3 + number_of(f"people {offer.code}") % 12):
        score = (5, 4, 5, 4, 3, 5, 4)[number_of(f"score {offer.code} {index}") % 7]
        record_rating(source_key=f"demonstration:{offer.code}:{index}", offer=offer, score=score, given_on=today)
