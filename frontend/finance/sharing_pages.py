"""Examples of the pages about members, contributions and shared costs, finance's and the school's, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.models import ContributionRound, MemberEntry, SharedCost, SharedParticipant

MANAGER, OFFICER, AUDITOR, BUYER = "finance_manager", "finance_officer", "auditor", "buyer"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _member(_: World) -> str:
    return url("finance-member", pk=MemberEntry.objects.exclude(voter=None).earliest("pk").pk)


def _round(name: str, state: str = "agreed") -> Callable[[World], str]:
    return lambda _: url(name, code=ContributionRound.objects.filter(state=state).earliest("term_from").code)


def _cost(name: str) -> Callable[[World], str]:
    return lambda _: url(name, code=SharedCost.objects.earliest("pk").code)


def _leaver(_: World) -> str:
    one = SharedParticipant.objects.select_related("cost").latest("pk")
    return url("finance-shared-cost-leave", code=one.cost.code, pk=one.pk)


def _own(name: str, **more: str) -> Callable[[World], str]:
    return lambda world: world.page(BUYER, name, **more)


def _own_cost(world: World) -> str:
    return world.page(BUYER, "school-shared-cost", cost=SharedCost.objects.earliest("pk").code)


PAGES: Pages = {
    "finance-members": [
        Example(MANAGER, "full", _at("finance-members"), finds="Enter a member"),
        Example(AUDITOR, "auditor", _at("finance-members", "?kind=founding"), finds="Founding member"),
        Example(OFFICER, "empty", _at("finance-members", "?on=1/1/2001"), finds="No members match"),
        Example(OFFICER, "error", _at("finance-members", "?on=31/2/27"), finds="must be a real date"),
    ],
    "finance-member-new": [
        Example(MANAGER, "full", _at("finance-member-new"), finds="Who votes for it"),
        Example(MANAGER, "error", _at("finance-member-new"), post={"first": "1/9/26"}, finds="There is a problem"),
    ],
    "finance-member": [
        Example(MANAGER, "full", _member, finds="Leave the register"),
        Example(MANAGER, "error", _member, post={"do": "leave", "on": "1/9/26"}, finds="There is a problem"),
        Example(AUDITOR, "auditor", _member, finds="All entries"),
    ],
    "finance-member-classes": [
        Example(MANAGER, "full", _at("finance-member-classes"), finds="Add a class"),
        Example(MANAGER, "error", _at("finance-member-classes"), post={"code": "full"}, finds="There is a problem"),
        Example(AUDITOR, "auditor", _at("finance-member-classes"), finds="A finance manager adds classes"),
    ],
    "finance-contributions": [Example(OFFICER, "full", _at("finance-contributions"), finds="Plan a round")],
    "finance-contribution-new": [
        Example(OFFICER, "full", _at("finance-contribution-new"), finds="Nobody is charged by this"),
        Example(OFFICER, "error", _at("finance-contribution-new"), post={"method": "pupils"}, finds="There is a problem"),
    ],
    "finance-contribution": [
        Example(MANAGER, "full", _round("finance-contribution"), finds="What each pays"),
        Example(MANAGER, "draft", _round("finance-contribution", "draft"), finds="Agree it with"),
        Example(
            MANAGER, "error", _round("finance-contribution", "draft"), post={"do": "agree", "drawn": "0"},
            finds="were worked out again",
        ),
        Example(AUDITOR, "auditor", _round("finance-contribution"), finds="Who and when"),
    ],
    "finance-contribution-join": [
        Example(MANAGER, "full", _round("finance-contribution-join"), finds="Agree its contribution"),
        Example(
            MANAGER, "error", _round("finance-contribution-join"), post={"organisation": "Nowhere"},
            finds="There is no organisation Nowhere",
        ),
    ],
    "finance-shared-costs": [Example(OFFICER, "full", _at("finance-shared-costs"), finds="Plan a shared cost")],
    "finance-shared-cost-new": [
        Example(OFFICER, "full", _at("finance-shared-cost-new"), finds="Work the shares out"),
        Example(OFFICER, "error", _at("finance-shared-cost-new"), post={"lead": "Nowhere"}, finds="no organisation Nowhere"),
    ],
    "finance-shared-cost": [
        Example(MANAGER, "full", _cost("finance-shared-cost"), finds="What each bears"),
        Example(AUDITOR, "auditor", _cost("finance-shared-cost"), finds="Working"),
        Example(MANAGER, "error", _cost("finance-shared-cost"), post={"do": ""}, finds="Choose what to do"),
    ],
    "finance-shared-cost-join": [
        Example(MANAGER, "full", _cost("finance-shared-cost-join"), finds="Show what it means"),
        Example(
            MANAGER, "error", _cost("finance-shared-cost-join"), post={"organisation": "Nowhere"},
            finds="no organisation Nowhere",
        ),
    ],
    "finance-shared-cost-leave": [
        Example(MANAGER, "full", _leaver, finds="Show what it means"),
        Example(MANAGER, "error", _leaver, post={"on": "1/1/2001", "falls": "lead", "reason": "Closed"}, finds="Choose a day"),
    ],
    "school-sharing": [
        Example(BUYER, "full", _own("school-sharing"), finds="Your contribution"),
        Example("trust_finance", "empty", lambda world: world.page("trust_finance", "school-sharing"), finds="No contributions yet"),
    ],
    "school-shared-cost": [Example(BUYER, "full", _own_cost, finds="Who shares it")],
}  # fmt: skip
