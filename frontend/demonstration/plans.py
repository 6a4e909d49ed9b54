"""Subscription levels with what they include, and some schools that have one. Nothing of the year's orders changes by it."""

from datetime import date
from decimal import Decimal

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from invoicing.receivables.at_once import bill_now
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.core.periods import add_months
from subscriptions.models import Agreement, PlanVersion
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.services import Terms, add_plan, draft_version, publish_version, subscribe

_BY_PHASE = {"when": {"phase": ["secondary", "all-through"]}}
# Code, summary, price of a primary and of a secondary school, what is included.
LEVELS: list[tuple[str, str, str, str, list[Included]]] = [
    ("bronze", "For schools that come to a few courses a year", "700", "1100", [Included(Kind.PLACES, 2)]),
    (
        "silver", "For schools that send somebody every term", "1200", "1900",
        [Included(Kind.PLACES, 4, carry_most=1), Included(Kind.DOWNLOADS, 10)],
    ),
    (
        "gold", "For schools that plan their professional development with us", "2000", "3200",
        [
            Included(Kind.PLACES, 6, carry_most=2), Included(Kind.CONSULTANT_DAYS, 3), Included(Kind.DOWNLOADS, 25),
            Included(Kind.PERCENT_OFF_THEME, percent=Decimal(10), theme="Leadership"),
            Included(Kind.NETWORK, network="Curriculum leaders"),
        ],
    ),
]  # fmt: skip
# Who has which, by the school's name: one of them has a sign-in. To the buyer with a small limit one is offered.
HAVE = [
    (SIGN_INS["buyer"].organisation, "gold"), ("Netherquay Primary School", "silver"), ("Turnstone Park Primary School", "bronze"),
]  # fmt: skip
SMALL, OFFERED = "small_limit", "silver"


def add_plans(directory: Directory, *, year: Year) -> None:
    """Three levels; three schools that took one in September and were invoiced for it, one to which one is offered."""
    manager, officer = directory.signed["finance_manager"], directory.signed["finance_officer"]
    began = year.began(9)
    versions = {code: _level(place, manager, began) for place, (code, *_) in enumerate(LEVELS, start=1)}
    _next_year(versions["gold"], add_months(began, 12), manager)
    for name, code in HAVE:
        made = subscribe(
            organisation=directory.find(name), version=versions[code], starts=began,
            on=year.last_batch, actor=manager, on_paper=f"Order form {began.year}-{code[0].upper()}",
        )  # fmt: skip
        invoice_agreement(made, on=year.last_batch, actor=officer)
    buyer = directory.signed[SMALL]
    subscribe(
        organisation=directory.find(SIGN_INS[SMALL].organisation), version=versions[OFFERED], starts=year.today,
        on=year.today, actor=buyer, prepare=True,
    )  # fmt: skip


def invoice_agreement(agreement: Agreement, *, on: date, actor: Actor) -> None:
    """Invoices what of it is due by the day, and nothing else: fees and whatever waits are for later batches."""
    due = Charge.objects.filter(label=agreement.number, state=Charge.State.PENDING, bill_on__lte=on)
    for charge in due.order_by("pk"):
        bill_now(charge=charge, on=on, actor=actor)


def _level(place: int, actor: Actor, began: date) -> PlanVersion:
    code, summary, primary, secondary, includes = LEVELS[place - 1]
    plan = add_plan(code=code, title=code.capitalize(), summary=summary, position=place, actor=actor)
    draft = draft_version(plan=plan, terms=_terms(primary, secondary, includes, began), actor=actor)
    return publish_version(version=draft, actor=actor)


def _next_year(version: PlanVersion, first_day: date, actor: Actor) -> None:
    """Gold as it is to be from next September: a draft that nobody sees yet."""
    includes = [one.included for one in version.entitlements.all()]
    draft_version(plan=version.plan, terms=_terms("2100", "3350", includes, first_day), actor=actor)


def _terms(primary: str, secondary: str, includes: list[Included], first_day: date) -> Terms:
    return Terms(
        rule={"first": [{**_BY_PHASE, "flat": secondary, "label": "Secondary schools"}, {"flat": primary, "label": "All other schools"}]},
        valid_from=first_day, includes=includes, billings=("year:advance", "term:advance", "month:advance"),
        notice_weeks=12, cfr_code="E09", aar_code="BAE090",
    )  # fmt: skip
