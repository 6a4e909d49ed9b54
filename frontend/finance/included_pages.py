"""Examples of the pages about what subscriptions include, for frontend.pages."""

from frontend.buying import buyers_of
from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.organisations.models import Organisation
from subscriptions.queries import allowances_of

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _school(world: World) -> Organisation:
    """The school of the demonstration's buyer, which has places of a subscription."""
    [one] = buyers_of(world.actors["buyer"])
    return one.organisation


def _subscriber(world: World) -> str:
    return url("finance-customer-places", number=_school(world).number)


def _allowance(world: World) -> str:
    school = _school(world)
    gold = allowances_of(school).filter(unit="place")[0]
    return url("finance-customer-allowance", number=school.number, pk=gold.pk)


def _level(world: World) -> str:
    return url("finance-customer-level", number=_school(world).number)


def _all(query: str = "") -> str:
    return url("finance-included") + query


PAGES: Pages = {
    "finance-customer-places": [
        Example(MANAGER, "full", _subscriber, finds="Grant the places"),
        Example(MANAGER, "error", _subscriber, post={"name": "Gold"}, finds="Enter how many"),
        Example(OFFICER, "officer", _subscriber, finds="A finance manager grants places"),
        Example(AUDITOR, "auditor", _subscriber, finds="Gold"),
    ],
    "finance-customer-allowance": [
        Example(MANAGER, "full", _allowance, finds="Correct it"),
        Example(MANAGER, "error", _allowance, post={"do": "correct", "granted": "9", "seen": "1"}, finds="Enter the reason"),
        Example(AUDITOR, "auditor", _allowance, finds="Movements, latest first"),
    ],
    "finance-included": [
        Example(OFFICER, "full", lambda world: _all(), finds="kept or used"),
        Example(OFFICER, "lapsing", lambda world: _all("?show=lapsing"), finds="Lapsing within 60 days"),
        Example(AUDITOR, "none", lambda world: _all("?q=nobody+of+this+name"), finds="No allowances match"),
    ],
    "finance-customer-level": [Example(OFFICER, "full", _level, finds="would have cost")],
}  # fmt: skip
