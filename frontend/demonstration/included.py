"""Places that a school's subscription includes, some of them used. Nothing of the year's trading changes by it."""

from datetime import date, timedelta

from catalogue.models import CourseRun
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from marketplace.trading.services import check_basket, place_order
from marketplace.trading.services.apart import fill_apart
from subscriptions.services import grant_allowance

SUBSCRIBER = "buyer"
PLACES, USED, AHEAD = 6, 2, timedelta(days=30)


def add_included_places(directory: Directory, *, today: date) -> None:
    """Gold places of this school year for one school, which books two of them on a date ahead."""
    since = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    buyer, school = directory.signed[SUBSCRIBER], directory.find(SIGN_INS[SUBSCRIBER].organisation)
    grant_allowance(
        source_key="demonstration:gold", organisation=school, name="Gold", places=PLACES, valid_from=since,
        valid_to=since.replace(year=since.year + 1), actor=directory.signed["finance_manager"],
    )  # fmt: skip
    basket = fill_apart(
        organisation=school, run=_a_date(today), school=school, places=USED, facts={}, on=today, actor=buyer
    )
    seen = check_basket(basket=basket, on=today, actor=buyer).total.gross.pence
    place_order(basket=basket, purchase_order="", expected_pence=seen, on=today, actor=buyer)


def _a_date(today: date) -> CourseRun:
    """The first date a month ahead with room, of what we sell ourselves."""
    runs = CourseRun.objects.filter(
        state=CourseRun.State.OPEN, starts_at__date__gt=today + AHEAD, offer__state="published", offer__sold_by=None
    )
    roomy = runs.select_related("offer").order_by("starts_at", "pk")
    return next(run for run in roomy if run.places_left > 5)
