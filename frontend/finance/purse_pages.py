"""Examples of the pages about clusters' purses, finance's and the school's, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.models import AskedChange, Purse, PurseMember

MANAGER, OFFICER, AUDITOR, BUYER = "finance_manager", "finance_officer", "auditor", "buyer"


def _at(name: str) -> Callable[[World], str]:
    return lambda _: url(name)


def _purse(_: World) -> str:
    return url("finance-purse", code=Purse.objects.earliest("pk").code)


def _own(world: World) -> str:
    return world.page(BUYER, "school-purse", purse=Purse.objects.earliest("pk").code)


def _limit(world: World) -> str:
    purse = Purse.objects.earliest("pk")
    member = PurseMember.objects.filter(purse=purse).exclude(organisation=purse.lead).earliest("pk")
    return world.page(BUYER, "school-purse-limit", purse=purse.code, pk=member.pk)


def _asked(_: World) -> str:
    return url("finance-asked-change", pk=AskedChange.objects.filter(state="asked").earliest("pk").pk)


PAGES: Pages = {
    "finance-asked-changes": [Example(OFFICER, "full", _at("finance-asked-changes"), finds="until you grant it")],
    "finance-asked-change": [
        Example(OFFICER, "full", _asked, finds="Grant it from"),
        Example(OFFICER, "error", _asked, post={"do": "refuse", "answer": ""}, finds="Enter why it is not granted"),
        Example(AUDITOR, "auditor", _asked, finds="Sum shown then"),
    ],
    "finance-purses": [Example(OFFICER, "full", _at("finance-purses"), finds="Open a purse")],
    "finance-purse-new": [
        Example(OFFICER, "full", _at("finance-purse-new"), finds="Nobody is charged by this"),
        Example(OFFICER, "error", _at("finance-purse-new"), post={"lead": "Nowhere"}, finds="no organisation Nowhere"),
    ],
    "finance-purse": [
        Example(MANAGER, "full", _purse, finds="Statement"),
        Example(MANAGER, "error", _purse, post={"pence": "10"}, finds="Choose the money on account"),
        Example(AUDITOR, "auditor", _purse, finds="Who and when"),
    ],
    "school-purse": [Example(BUYER, "full", _own, finds="is drawn")],
    "school-purse-limit": [
        Example(BUYER, "full", _limit, finds="May it pay from the purse?"),
        Example(BUYER, "error", _limit, post={"may_draw": "yes", "most": "x"}, finds="There is a problem"),
    ],
}
