"""Examples of the pages about subscription levels, the school's and finance's, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.models import Plan, PlanVersion
from subscriptions.queries import subscription_on

MANAGER, OFFICER, AUDITOR, BUYER = "finance_manager", "finance_officer", "auditor", "buyer"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _plan(world: World) -> str:
    """The last of the published levels."""
    return Plan.objects.filter(state=Plan.State.PUBLISHED).order_by("-position", "pk")[0].code


def _one(query: str = "") -> Callable[[World], str]:
    return lambda world: url("finance-plan", code=_plan(world)) + query


def _new(world: World) -> str:
    return url("finance-plan-version-new", code=_plan(world))


def _draft(world: World) -> str:
    row = PlanVersion.objects.filter(state=PlanVersion.State.DRAFT).select_related("plan").earliest("pk")
    return url("finance-plan-version", code=row.plan.code, number=row.number)


def _levels(world: World) -> str:
    return world.page(BUYER, "school-subscription")


def _other_level(query: str = "") -> Callable[[World], str]:
    """A level that the demonstration's buyer does not have."""

    def address(world: World) -> str:
        has = subscription_on(world.buyer(BUYER).organisation, timezone.localdate())
        others = Plan.objects.filter(state=Plan.State.PUBLISHED).exclude(pk=has.version.plan_id if has else 0)
        return world.page(BUYER, "school-subscription-level", level=others.order_by("-position")[0].code) + query

    return address


_VERSION = {
    "valid_from": "1/9/2027", "price": "2100", "billings": "year:advance", "prorate": "months", "year_from": "09-01",
    "notice_weeks": "12", "benefit": "other", "includes": "six places",
}  # fmt: skip

PAGES: Pages = {
    "finance-plans": [
        Example(MANAGER, "full", _at("finance-plans"), finds="Add a level"),
        Example(AUDITOR, "auditor", _at("finance-plans"), finds="Version that holds today"),
    ],
    "finance-plan-new": [
        Example(MANAGER, "full", _at("finance-plan-new"), finds="Go on to its price"),
        Example(MANAGER, "error", _at("finance-plan-new"), post={"title": "Gold"}, finds="Enter the code"),
    ],
    "finance-plan": [
        Example(MANAGER, "full", _one(), finds="What a school would pay"),
        Example(MANAGER, "error", _one("?school=zz"), finds="There is no organisation zz"),
        Example(OFFICER, "officer", _one(), finds="In use, frozen".lower()),
    ],
    "finance-plan-version-new": [
        Example(MANAGER, "full", _new, finds="Keep the draft"),
        Example(MANAGER, "error", _new, post=_VERSION, finds="Line 1 must be like"),
    ],
    "finance-plan-version": [Example(MANAGER, "full", _draft, finds="draft of version")],
    "finance-subscribers": [
        Example(MANAGER, "full", _at("finance-subscribers"), finds="Whole term with VAT"),
        Example(AUDITOR, "none", _at("finance-subscribers", "?state=suspended"), finds="match these filters"),
    ],
    "school-subscription": [Example(BUYER, "full", _levels, finds="Compare the levels")],
    "school-subscription-level": [
        Example(BUYER, "full", _other_level(), finds="A whole year"),
        Example(
            BUYER, "error", _other_level(),
            post={"starts_day": "31", "starts_month": "2", "starts_year": "2027"}, finds="must be a real date",
        ),
    ],
}  # fmt: skip
