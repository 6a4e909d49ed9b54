"""Places that a school's subscription includes, some of them used. Nothing of the year's trading changes by it."""

from datetime import date, timedelta

from catalogue.models import CourseRun
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from marketplace.trading.services import check_basket, place_order
from marketplace.trading.services.apart import fill_apart

SUBSCRIBER = "buyer"
USED, AHEAD = 2, timedelta(days=30)


def add_included_places(directory: Directory, *, today: date) -> None:
    """A school that has Gold books two of its places on a date ahead."""
    buyer, school = directory.signed[SUBSCRIBER], directory.find(SIGN_INS[SUBSCRIBER].organisation)
    basket = fill_apart(
        organisation=school, run=a_date(today), school=school, places=USED, facts={}, on=today, actor=buyer
    )
    seen = check_basket(basket=basket, on=today, actor=buyer).total.gross.pence
    place_order(basket=basket, purchase_order="", expected_pence=seen, on=today, actor=buyer)


def a_date(today: date) -> CourseRun:
    """The first date a month ahead with room, of what we sell ourselves."""
    runs = CourseRun.objects.filter(
        state=CourseRun.State.OPEN, starts_at__date__gt=today + AHEAD, offer__state="published", offer__sold_by=None
    )
    roomy = runs.select_related("offer").order_by("starts_at", "pk")
    return next(run for run in roomy if run.places_left > 5)
