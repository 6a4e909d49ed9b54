"""Examples of the pages of support plans and matched funding, of every side, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.support.models import SupportPlan

ORGANISER, MANAGER, HEAD, APPROVER, COMMISSIONER = "organiser", "finance_manager", "head", "approver", "commissioner"


def _at(name: str) -> Callable[[World], str]:
    return lambda _: url(name)


def _plan(state: str) -> SupportPlan:
    return SupportPlan.objects.filter(state=state).earliest("pk")


def _of(name: str, state: str = "agreed") -> Callable[[World], str]:
    return lambda _: url(name, number=_plan(state).number)


def _review(_: World) -> str:
    plan = _plan("agreed")
    due = plan.reviews.filter(held_on=None).earliest("due_on")
    return url("organise-support-plan-review", number=plan.number, pk=due.pk)


def _school(key: str, state: str) -> Callable[[World], str]:
    return lambda world: world.page(key, "school-support-plan", number=_plan(state).number)


def _scheme(name: str) -> Callable[[World], str]:
    return lambda _: url(name, code="jpd")


_PROMISE = {"school": "Osprey Bank Primary School", "what": "Cover", "spend": "400", "by": "1/1/2090", "do": "check"}
PAGES: Pages = {
    "organise-support-plans": [
        Example(ORGANISER, "full", _at("organise-support-plans"), finds="Draw up a support plan"),
        Example(
            ORGANISER, "none match", lambda _: url("organise-support-plans") + "?state=withdrawn",
            finds="No plans are like that",
        ),
    ],
    "organise-support-plan-new": [
        Example(ORGANISER, "form", _at("organise-support-plan-new"), finds="This plan is confidential"),
        Example(ORGANISER, "error", _at("organise-support-plan-new"), post={"title": ""}, finds="Enter who gives the support"),
    ],
    "organise-support-plan": [
        Example(ORGANISER, "running", _of("organise-support-plan"), finds="Write up the review"),
        Example(ORGANISER, "draft", _of("organise-support-plan", "draft"), finds="Take the plan back"),
        Example(
            ORGANISER, "error", _of("organise-support-plan", "draft"), post={"reason": ""},
            finds="Enter why the plan is taken back",
        ),
    ],
    "organise-support-plan-take-over": [
        Example(ORGANISER, "form", _of("organise-support-plan-take-over"), finds="Others take over"),
        Example(
            ORGANISER, "error", _of("organise-support-plan-take-over"), post={"reason": ""},
            finds="Enter why others take over",
        ),
    ],
    "organise-support-plan-review": [
        Example(ORGANISER, "form", _review, finds="How the plan stands"),
        Example(ORGANISER, "error", _review, post={"found": ""}, finds="Enter what was found"),
    ],
    "organise-matched": [Example(MANAGER, "full", _at("organise-matched"), finds="Open a scheme")],
    "organise-matched-new": [
        Example(MANAGER, "form", _at("organise-matched-new"), finds="Share that is matched"),
        Example(MANAGER, "error", _at("organise-matched-new"), post={"code": ""}, finds="Enter the code"),
    ],
    "organise-matched-scheme": [
        Example(ORGANISER, "full", _scheme("organise-matched-scheme"), finds="Left to promise")
    ],
    "organise-matched-promise": [
        Example(ORGANISER, "form", _scheme("organise-matched-promise"), finds="Check what would be promised"),
        Example(
            ORGANISER, "error", _scheme("organise-matched-promise"), post={**_PROMISE, "school": "Nowhere"},
            finds="No organisation is called",
        ),
    ],
    "school-support-plans": [
        Example(HEAD, "full", lambda w: w.page(HEAD, "school-support-plans"), finds="Matched funding promised to you")
    ],
    "school-support-plan": [
        Example(HEAD, "running", _school(HEAD, "agreed"), finds="Held on"),
        Example(APPROVER, "to agree", _school(APPROVER, "draft"), finds="Agree the plan"),
    ],
    "council-support-plans": [
        Example(COMMISSIONER, "full", _at("council-support-plans"), finds="Support that you pay for")
    ],
    "council-support-plan": [
        Example(COMMISSIONER, "running", _of("council-support-plan"), finds="Who gives what")
    ],
}  # fmt: skip
