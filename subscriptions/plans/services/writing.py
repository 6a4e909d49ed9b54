"""Writing subscription levels: a draft is free, what is published can be taken, what a school has is frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.rule_form import Rule, check_rule, depends_on_quantity, facts_asked
from catalogue.rules.supply import ACCOUNT, STREAM
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.plans.models import SUPPLIES, Entitlement, Plan, PlanVersion
from subscriptions.plans.rules.apportioning import read_parts
from subscriptions.plans.rules.billing import BILLINGS, check_year_from
from subscriptions.plans.rules.includes import Included, Kind, check_included

YEARLY = ("year:advance",)


class PlanExists(DomainError):
    """Another level has this code."""

    code = "plan_exists"


class VersionInUse(DomainError):
    """Schools have this version: it stays as it is."""

    code = "plan_version_in_use"


class VersionOverlaps(DomainError):
    """Another published version of the level holds on some of these days."""

    code = "plan_version_overlaps"


@dataclass(frozen=True)
class Terms:
    """What a version says, as ``PlanVersion`` explains it; empty codes follow from the principal benefit."""

    rule: Rule
    valid_from: date
    includes: Sequence[Included] = ()
    benefit: str = SUPPLIES.OTHER
    apportionment: Sequence[dict[str, Any]] = ()
    price_class: PriceClass | None = None
    year_from: str = "09-01"
    billings: Sequence[str] = YEARLY
    prorate: Prorate = Prorate.MONTHS
    notice_weeks: int = 0
    account_code: str = ""
    stream_code: str = ""
    cfr_code: str = ""
    aar_code: str = ""


@transaction.atomic
def add_plan(*, code: str, title: str, actor: Actor, summary: str = "", position: int = 1) -> Plan:
    """A level without a price yet, seen by nobody but finance. Raises PlanExists."""
    _require_writer(actor)
    if Plan.objects.filter(code=code).exists():
        raise PlanExists(f"There is a subscription level {code} already. Choose another code.")
    plan = Plan.objects.create(
        code=code,
        title=clean_line(title, what="Title", limit=60),
        summary=clean_line(summary, what="What it is", limit=600, required=False),
        position=position,
    )
    _record("subscription_level.added", plan, {"title": plan.title}, actor)
    return plan


@transaction.atomic
def draft_version(*, plan: Plan, terms: Terms, actor: Actor) -> PlanVersion:
    """The next version of a level, as a draft. Refuses terms of which a price could not be worked out."""
    _require_writer(actor)
    Plan.objects.select_for_update().get(pk=plan.pk)
    last = plan.versions.order_by("-number").first()
    version = PlanVersion(plan=plan, number=last.number + 1 if last else 1)
    _write(version, terms)
    _record("subscription_level.version_drafted", plan, {"version": version.number}, actor)
    return version


@transaction.atomic
def change_version(*, version: PlanVersion, terms: Terms, actor: Actor) -> PlanVersion:
    """Writes a draft anew. Raises VersionInUse for one that is published: that needs a new version."""
    _require_writer(actor)
    row = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if row.state != PlanVersion.State.DRAFT:
        raise VersionInUse(f"{row} is published, so schools rely on it. Write a new version from a later day.")
    _write(row, terms)
    _record("subscription_level.version_drafted", row.plan, {"version": row.number}, actor)
    return row


@transaction.atomic
def publish_version(*, version: PlanVersion, actor: Actor) -> PlanVersion:
    """From its first day on schools can take it: until a later version begins, and the one before ends there.

    Twice is once. One that begins on the same day becomes a draft again; in use, it stands in the way (VersionOverlaps).
    """
    actor.require(Role.FINANCE_MANAGER, to="publish subscription levels")
    plan = Plan.objects.select_for_update().get(pk=version.plan_id)
    row = PlanVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if row.state == PlanVersion.State.PUBLISHED:
        return row
    others = PlanVersion.objects.filter(plan=plan, state=PlanVersion.State.PUBLISHED)
    others.filter(valid_from=row.valid_from, used=False).update(state=PlanVersion.State.DRAFT, valid_to=None)
    others.filter(valid_to__isnull=True, valid_from__lt=row.valid_from).update(valid_to=row.valid_from)
    later = others.filter(valid_from__gt=row.valid_from).order_by("valid_from").first()
    row.state, row.valid_to = PlanVersion.State.PUBLISHED, later.valid_from if later else None
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "valid_to"])
    except IntegrityError as error:
        if "plan_version_no_overlap" not in str(error):
            raise
        raise VersionOverlaps(
            f"Schools have another version of {plan.title} that holds on {row.valid_from:%-d %B %Y}. "
            "Choose a later first day."
        ) from None
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.PUBLISHED)
    _record(
        "subscription_level.version_published", plan, {"version": row.number, "from": row.valid_from.isoformat()}, actor
    )
    return row


@transaction.atomic
def withdraw_plan(*, plan: Plan, on: date, actor: Actor) -> Plan:
    """Nobody takes the level from that day on; who has it keeps it to the end of the term. Twice is once."""
    actor.require(Role.FINANCE_MANAGER, to="withdraw subscription levels")
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    if row.state != Plan.State.WITHDRAWN:
        row.state = Plan.State.WITHDRAWN
        row.save(update_fields=["state"])
        _record("subscription_level.withdrawn", row, {"on": on.isoformat()}, actor)
    return row


def _write(version: PlanVersion, terms: Terms) -> None:
    parts = _check(terms)
    version.valid_from, version.rule = terms.valid_from, terms.rule
    version.benefit = terms.benefit
    version.apportionment = [{"kind": kind, "weight": str(weight)} for kind, weight in parts]
    version.price_class = int(terms.price_class) if terms.price_class else None
    version.year_from, version.billings = check_year_from(terms.year_from), list(terms.billings)
    version.prorate, version.notice_weeks = terms.prorate, terms.notice_weeks
    version.account_code = terms.account_code or ACCOUNT[terms.benefit]
    version.stream_code = terms.stream_code or STREAM[terms.benefit]
    version.cfr_code, version.aar_code = terms.cfr_code, terms.aar_code
    version.save()
    version.entitlements.all().delete()
    deals = Offer.objects.filter(kind=Offer.Kind.DEAL, title__in=[one.deal for one in terms.includes if one.deal])
    offers = {offer.title: offer for offer in deals.order_by("-pk")}
    Entitlement.objects.bulk_create(
        _entitlement(version, position, one, offers) for position, one in enumerate(terms.includes, start=1)
    )


def _entitlement(version: PlanVersion, position: int, one: Included, offers: dict[str, Offer]) -> Entitlement:
    if one.kind == Kind.GROUP_DEAL and one.deal not in offers:
        raise WrongInput(f"There is no group deal called {one.deal}")
    return Entitlement(
        version=version,
        position=position,
        kind=one.kind,
        quantity=one.quantity,
        percent=one.percent,
        theme=one.theme,
        network=one.network,
        offer=offers.get(one.deal) if one.deal else None,
        carry_most=one.carry_most,
    )


def _check(terms: Terms) -> list[tuple[str, Any]]:
    """Refuses what could not be priced, billed or granted; returns the parts of the apportionment."""
    check_rule(terms.rule)
    if (asked := facts_asked(terms.rule)) or depends_on_quantity(terms.rule):
        named = ", ".join(asked) or "how many are ordered"
        raise WrongInput(f"The price of a level depends on what is on record of a school, not on: {named}")
    if terms.benefit not in SUPPLIES.values:
        raise WrongInput(f"The principal benefit must be one of: {', '.join(SUPPLIES.labels)}")
    if not terms.billings or any(code not in dict(BILLINGS) for code in terms.billings):
        raise WrongInput("Choose at least one way to pay")
    if not 0 <= terms.notice_weeks <= 104:
        raise WrongInput("Notice must be from 0 to 104 weeks")
    if terms.price_class == PriceClass.ANY:
        raise WrongInput("Everybody is no price class of a subscriber")
    check_included(terms.includes)
    return read_parts(list(terms.apportionment), SUPPLIES.values)


def _require_writer(actor: Actor) -> None:
    actor.require(Role.FINANCE_MANAGER, Role.ORGANISER, to="write subscription levels")


def _record(kind: str, plan: Plan, payload: dict[str, object], actor: Actor) -> None:
    events.record(kind=kind, subject_kind="plan", subject=plan.code, organisation_ids=[], payload=payload, actor=actor)
