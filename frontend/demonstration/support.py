"""Support plans: one that runs with its first review held, one that waits for its head; and matched funding promised."""

from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from frontend.demonstration.places import AUTHORITY_NAME
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.outcomes.services.contracting import agree_contract
from subscriptions.support.models import SupportPlan
from subscriptions.support.services.matching import open_scheme, promise_match
from subscriptions.support.services.planning import PartTerms, agree_plan, draft_plan, record_review

EVERY_WEEKS = 6


def add_support(directory: Directory, *, today: date) -> None:
    """A primary school is helped with reading since ten weeks ago, a secondary school's head is asked to agree."""
    began = today - timedelta(weeks=10)
    runs = _drafted(directory, "head", "Reading in the early years", began, on=began - timedelta(days=20))
    agree_plan(plan=runs, on=began - timedelta(days=12), actor=directory.signed["head"])
    first = runs.reviews.order_by("due_on")[0]
    record_review(
        review=first, rating="on_track", found="Four of four sessions were held. Teachers plan phonics together now.",
        next_steps="The coach watches each class once before half term.", on=first.due_on,
        actor=directory.signed["organiser"],
    )  # fmt: skip
    _drafted(
        directory, "approver", "Attendance in years 9 and 10", today + timedelta(days=14), on=today - timedelta(days=1)
    )
    _promised(directory, began, today)


def _drafted(directory: Directory, key: str, title: str, first_day: date, *, on: date) -> SupportPlan:
    coach, partner = directory.find(SIGN_INS["ridgeway"].organisation), directory.find("Lantern Street Primary School")
    return draft_plan(
        school=directory.find(SIGN_INS[key].organisation), title=title,
        need="Results fell for two years, and staff changed. The school asked for help.",
        programme="A coach works beside teachers each fortnight.\nA partner school opens its classrooms.",
        term=Period(first_day, add_months(first_day, 9)), funder=directory.find(AUTHORITY_NAME), every_weeks=EVERY_WEEKS,
        parts=[
            PartTerms(coach, "Coaching beside teachers", Decimal(8), 3_600_00),
            PartTerms(partner, "Days in a partner school", Decimal("2.5"), 750_00),
        ],
        on=on, actor=directory.signed["organiser"],
    )  # fmt: skip


def _promised(directory: Directory, began: date, today: date) -> None:
    """Half of what schools spend on cover for lesson study; one school was promised £200.00 and agreed."""
    scheme = open_scheme(
        code="jpd", title="Joint practice development", share=Decimal("0.5"), most=Money(500_00),
        budget=Money(6_000_00), term=Period(began, add_months(began, 12)), evidence="receipt", account_code="7900",
        stream_code="SI", actor=directory.signed["finance_manager"],
    )  # fmt: skip
    made = promise_match(
        scheme=scheme, school=directory.find(SIGN_INS["head"].organisation), what="Cover for lesson study",
        spend=Money(400_00), by=today + timedelta(days=120), on=today - timedelta(days=9),
        actor=directory.signed["organiser"],
    )  # fmt: skip
    agree_contract(contract=made.contract, on=today - timedelta(days=7), actor=directory.signed["head"])
