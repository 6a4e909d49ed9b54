"""Examples of the pages of contracts that pay on outcomes, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.outcomes.models import Band, ContractVersion, OutcomeContract

ORGANISER, MANAGER, AUDITOR, COMMISSIONER, LEAD = "organiser", "finance_manager", "auditor", "commissioner", "hub_lead"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _contract(name: str, **wanted: str | bool) -> Callable[[World], str]:
    return lambda _: url(name, number=OutcomeContract.objects.filter(**wanted).earliest("pk").number)


def _variation(_: World) -> str:
    found = ContractVersion.objects.filter(state="proposed", number__gt=1).select_related("contract").latest("pk")
    return url("outcome-variation", number=found.contract.number, version=found.number)


def _vary_heads(_: World) -> str:
    found = Band.objects.filter(version__contract__state="active").select_related("version__contract").earliest("pk")
    return url("outcome-vary", number=found.version.contract.number)


_NEW = _at("organise-outcome-contract-new")
_REDRAFT = _contract("organise-outcome-contract-redraft", state="draft", plan__isnull=False)
_DISCARD = _contract("organise-outcome-contract-discard", state="draft")
_VARY = _contract("outcome-vary", kind="hub", state="active")
_END = _contract("organise-outcome-contract-end", kind="council", state="active")
_BY_HEADS = {
    "kind": "hub",
    "customer": "C-000002",
    "title": "Mentors of new teachers",
    "first_day": "1/9/27",
    "months": "12",
    "value": "12,000",
    "every": "half",
    "pay_day": "25",
    "on_time": "0",
    "on_outputs": "0",
    "on_outcomes": "0",
    "bands": "30, 120.00, 25\n60, 90",
    "milestones": "Started training, 40\nIn post after a year, 60",
    "heads_target": "40",
    "set_up": "100",
    "vat": "O",
    "account": "6000",
    "stream": "GR",
    "do": "check",
}
PAGES: Pages = {
    "organise-outcome-contracts": [
        Example(ORGANISER, "full", _at("organise-outcome-contracts"), finds="Inclusion and attendance"),
        Example(AUDITOR, "none match", _at("organise-outcome-contracts", "?kind=nhs"), finds="No contracts are like that"),
    ],
    "organise-outcome-contract": [
        Example(
            ORGANISER, "running", _contract("organise-outcome-contract", kind="council", state="active"),
            finds="waits to be approved",
        ),
        Example(
            ORGANISER, "draft", _contract("organise-outcome-contract", state="draft"), finds="Offer this contract to"
        ),
        Example(
            AUDITOR, "looking", _contract("organise-outcome-contract", kind="hub", state="active"), finds="Who and when"
        ),
    ],
    "organise-outcome-contract-new": [
        Example(ORGANISER, "empty", _NEW, finds="Check the amounts"),
        Example(ORGANISER, "error", _NEW, post={"title": ""}, finds="Enter the title"),
        Example(ORGANISER, "by heads, worked out", _NEW, post=_BY_HEADS, finds="Draw up this contract, £12,000.00"),
    ],
    "organise-outcome-contract-redraft": [
        Example(ORGANISER, "as it stands", _REDRAFT, finds="Check the amounts"),
        Example(ORGANISER, "error", _REDRAFT, post={"title": ""}, finds="Enter the title"),
    ],
    "organise-outcome-contract-discard": [
        Example(ORGANISER, "asked once more", _DISCARD, finds="has not seen it"),
        Example(ORGANISER, "error", _DISCARD, post={"reason": "x" * 301}, finds="must be 300 characters or fewer"),
    ],
    "outcome-vary": [
        Example(ORGANISER, "empty", _VARY, finds="Check the variation"),
        Example(ORGANISER, "error", _VARY, post={"reason": "", "whole": "x"}, finds="must be pounds and pence"),
        Example(LEAD, "heads, by who is paid", _vary_heads, finds="Other prices for heads"),
    ],
    "organise-outcome-contract-end": [
        Example(MANAGER, "empty", _END, finds="Check what is left"),
        Example(MANAGER, "error", _END, post={"ended_on": "x", "reason": ""}, finds="Enter why it ends early"),
    ],
    "outcome-variation": [
        Example(COMMISSIONER, "to approve", _variation, finds="Approve this variation, "),
        Example(ORGANISER, "proposed by us", _variation, finds="Withdraw this variation"),
        Example(
            COMMISSIONER, "error", _variation, post={"do": "decline", "reason": ""}, finds="Enter why you decline it"
        ),
    ],
}  # fmt: skip
NOT_PAGES: dict[str, str] = {"organise-outcome-contract-offer": "a button that puts a draft before the other party"}
