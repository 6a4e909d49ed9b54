"""Examples of the pages about outcome statements, finance's and those of both sides, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.outcomes.models import OutcomeItem, Statement

OFFICER, MANAGER, AUDITOR, LEAD = "finance_officer", "finance_manager", "auditor", "hub_lead"
TITLE = "Writing hub"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _statement(name: str, state: str) -> Callable[[World], str]:
    """The demonstration's hub that is over: its last statement is to be frozen."""

    def path(_: World) -> str:
        found = Statement.objects.filter(contract__title=TITLE, state=state).select_related("contract")
        one = found.latest("cut_off")
        return url(name, number=one.contract.number, ordinal=one.ordinal)

    return path


def _amount(name: str, code: str) -> Callable[[World], str]:
    def path(_: World) -> str:
        item = OutcomeItem.objects.select_related("contract").get(contract__title=TITLE, code=code)
        return url(name, number=item.contract.number, code=item.code)

    return path


_SHOWN, _OWN = "finance-outcome-statement", "outcome-statement"
_MOVE, _BACK = _amount("finance-outcome-move", "third"), _amount("finance-outcome-take-back", "writing")
PAGES: Pages = {
    "finance-outcome-statements": [
        Example(OFFICER, "full", _at("finance-outcome-statements"), finds="Writing hub"),
        Example(OFFICER, "frozen", _at("finance-outcome-statements", "?show=frozen"), finds="Writing hub"),
        Example(AUDITOR, "auditor", _at("finance-outcome-statements", "?show=open"), finds="Open"),
    ],
    "finance-outcome-statement": [
        Example(OFFICER, "full", _statement(_SHOWN, "open"), finds="Freeze this statement at £1,500.00"),
        Example(MANAGER, "frozen", _statement(_SHOWN, "frozen"), finds="The amount due"),
        Example(AUDITOR, "auditor", _statement(_SHOWN, "open"), finds="Not earned this year"),
    ],
    "finance-outcome-expected": [
        Example(OFFICER, "full", _at("finance-outcome-expected"), finds="taken back on the next day"),
    ],
    "finance-outcome-move": [
        Example(OFFICER, "full", _MOVE, finds="Who moved it and why is kept"),
        Example(OFFICER, "error", _MOVE, post={"reason": ""}, finds="Enter why"),
    ],
    "finance-outcome-take-back": [
        Example(MANAGER, "full", _BACK, finds="may be taken back"),
        Example(MANAGER, "error", _BACK, post={"pence": "9000", "reason": "Wrong"}, finds="or less"),
    ],
    "outcome-statement": [
        Example(LEAD, "full", _statement(_OWN, "frozen"), finds="Writing at the standard"),
        Example(LEAD, "open", _statement(_OWN, "open"), finds="Taken back: Writing at the standard"),
    ],
}  # fmt: skip
