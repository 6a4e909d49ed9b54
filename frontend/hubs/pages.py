"""Examples of the pages of hubs, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.hubs.models import HubApplication, HubCall, HubSchool, ReviewPoint
from subscriptions.outcomes.models import OutcomeContract

ORGANISER, PANEL, LEAD, HEAD, APPLICANT, AUDITOR = "organiser", "panel", "hub_lead", "head", "approver", "auditor"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _call(name: str, state: str) -> Callable[[World], str]:
    return lambda _: url(name, number=HubCall.objects.filter(state=state).earliest("pk").number)


def _bid(name: str, call: str, state: str, lead: str = "") -> Callable[[World], str]:
    def address(_: World) -> str:
        found = HubApplication.objects.filter(call__state=call, state=state, lead__name__startswith=lead)
        return url(name, number=found.earliest("pk").number)

    return address


def _scored(_: World) -> str:
    bid = HubApplication.objects.filter(call__state="closed", lead__name__startswith="Saltpans").earliest("pk")
    return url("panel-application", number=bid.call.number, application=bid.number)


def _hub(name: str) -> Callable[[World], str]:
    return lambda _: url(name, number=_contract().number)


def _contract() -> OutcomeContract:
    return OutcomeContract.objects.filter(hub_application__isnull=False).earliest("pk")


def _school(_: World) -> str:
    found = HubSchool.objects.filter(contract=_contract(), engagements__isnull=False).earliest("pk")
    return url("hub-school", number=found.contract.number, pk=found.pk)


def _review(_: World) -> str:
    found = ReviewPoint.objects.filter(contract=_contract()).earliest("ordinal")
    return url("hub-review", number=found.contract.number, ordinal=found.ordinal)


PAGES: Pages = {
    "organise-hub-calls": [
        Example(ORGANISER, "full", _at("organise-hub-calls"), finds="Early reading hub"),
        Example(AUDITOR, "filtered", _at("organise-hub-calls", "?state=open"), finds="Remove this filter"),
        Example(ORGANISER, "none", _at("organise-hub-calls", "?state=cancelled"), finds="No calls match"),
    ],
    "organise-hub-call-new": [
        Example(ORGANISER, "full", _at("organise-hub-call-new"), finds="Keep as a draft"),
        Example(ORGANISER, "error", _at("organise-hub-call-new"), post={"title": ""}, finds="Enter a title"),
    ],
    "organise-hub-call-change": [
        Example(ORGANISER, "full", _call("organise-hub-call-change", "draft"), finds="Keep as a draft"),
    ],
    "organise-hub-call": [
        Example(ORGANISER, "draft", _call("organise-hub-call", "draft"), finds="Publish the call"),
        Example(ORGANISER, "open", _call("organise-hub-call", "open"), finds="stays sealed until"),
        Example(ORGANISER, "being scored", _call("organise-hub-call", "closed"), finds="End the scoring"),
        Example(AUDITOR, "decided", _call("organise-hub-call", "decided"), finds="of 100"),
        Example(
            ORGANISER, "error", _call("organise-hub-call", "closed"), post={"do": "cancel"}, finds="Enter the reason"
        ),
    ],
    "organise-hub-application": [
        Example(ORGANISER, "being scored", _bid("organise-hub-application", "closed", "submitted"), finds="Keep the agreed points"),
        Example(ORGANISER, "decided", _bid("organise-hub-application", "decided", "awarded"), finds="The fullest plan"),
        Example(
            ORGANISER, "error", _bid("organise-hub-application", "closed", "submitted"), post={"points": "3"},
            finds="Choose the criterion",
        ),
    ],
    "panel-calls": [Example(PANEL, "full", _at("panel-calls"), finds="Score the applications")],
    "panel-call": [Example(PANEL, "declared", _call("panel-call", "closed"), finds="so others score it")],
    "panel-application": [
        Example(PANEL, "full", _scored, finds="Keep my points"),
        Example(PANEL, "error", _scored, post={"points-1": ""}, finds="Choose the points for track record"),
    ],
    "panel-interests": [Example(PANEL, "full", _at("panel-interests"), finds="My niece teaches there")],
    "school-hub-calls": [Example(APPLICANT, "full", _at("school-hub-calls"), finds="Attendance hub")],
    "school-hub-call": [Example(HEAD, "open", _call("school-hub-call", "open"), finds="Apply for Saltpans")],
    "school-hub-application": [
        Example(APPLICANT, "draft", _bid("school-hub-application", "open", "draft"), finds="Send the application"),
        Example(
            APPLICANT, "error", _bid("school-hub-application", "open", "draft"), post={"schools_planned": "none"},
            finds="must be a whole number",
        ),
        Example(
            HEAD, "asked", _bid("school-hub-application", "open", "draft"), finds="Confirm: we apply together"
        ),
        Example(HEAD, "awarded", _bid("school-hub-application", "decided", "awarded"), finds="You are chosen"),
    ],
    "hub-schools": [
        Example(LEAD, "full", _hub("hub-schools"), finds="Add the school"),
        Example(LEAD, "error", _hub("hub-schools"), post={"urn": ""}, finds="Enter the school's URN"),
    ],
    "hub-school": [
        Example(LEAD, "full", _school, finds="How phonics is taught in reception"),
        Example(LEAD, "error", _school, post={"do": "add"}, finds="Enter what was done"),
    ],
    "hub-spend": [
        Example(LEAD, "full", _hub("hub-spend"), finds="Decodable books for three schools"),
        Example(ORGANISER, "read", _hub("hub-spend"), finds="Supply cover"),
        Example(LEAD, "error", _hub("hub-spend"), post={"do": "add"}, finds="Enter what it was for"),
    ],
    "hub-reviews": [Example(LEAD, "full", _hub("hub-reviews"), finds="Hours with schools")],
    "hub-review": [
        Example(LEAD, "to prepare", _review, finds="Keep what you say"),
        Example(ORGANISER, "to hold", _review, finds="Hold the review"),
        Example(ORGANISER, "error", _review, post={"words": ""}, finds="Enter what was decided and why"),
    ],
}  # fmt: skip
