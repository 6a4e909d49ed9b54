"""Reads over subscription levels: what is for sale, what a school has, what that takes off a price."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalogue.models import Offer
from catalogue.rules.facts import ThemeOff
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.plans.models import Entitlement, Plan, PlanVersion
from subscriptions.plans.rules.includes import Kind

SOURCE = "plan-version:"
"""What the source of an agreement's line begins with where it is a subscription level; the version's id follows."""
RUNNING = (Agreement.State.ACTIVE, Agreement.State.SUSPENDED)
_SUBSCRIPTIONS = Q(kind=Agreement.Kind.SUBSCRIPTION)


@dataclass(frozen=True)
class Subscription:
    """A school's agreement with the version that it has on a day (of one that begins later, the first)."""

    agreement: Agreement
    version: PlanVersion
    line: AgreementLine


def versions_on(on: date) -> list[PlanVersion]:
    """What can be taken from that day: the published version of each level, in the levels' order, with what it includes."""
    found = PlanVersion.objects.filter(on_day(on), state=PlanVersion.State.PUBLISHED, plan__state=Plan.State.PUBLISHED)
    rows = found.select_related("plan").prefetch_related("entitlements__offer")
    return list(rows.order_by("plan__position", "plan_id"))


def subscription_over(organisation: Organisation, term: Period) -> Agreement | None:
    """What the organisation has, or is offered, on some of these days; of several the earliest."""
    found = Agreement.objects.filter(
        _SUBSCRIPTIONS, organisation=organisation, state__in=[Agreement.State.OFFERED, *RUNNING], term_from__lt=term.end
    )
    runs_to = Coalesce(F("ended_on"), F("term_to"))
    return found.annotate(to=runs_to).filter(to__gt=term.start).order_by("term_from", "pk").first()


def subscription_on(organisation: Organisation, on: date) -> Subscription | None:
    """What runs for the organisation on a day, else what waits to be accepted or begins next."""
    found = Agreement.objects.filter(
        _SUBSCRIPTIONS, organisation=organisation, state__in=[Agreement.State.OFFERED, *RUNNING]
    )
    coming = list(
        found.annotate(to=Coalesce(F("ended_on"), F("term_to"))).filter(to__gt=on).order_by("term_from", "pk")
    )
    running = [one for one in coming if one.state in RUNNING and one.term_from <= on]
    return of_agreement(running[0] if running else coming[0], on) if coming else None


def of_agreement(agreement: Agreement, on: date) -> Subscription | None:
    """The agreement with the version of its line on a day; None where it is no subscription."""
    lines = list(agreement.lines.filter(source__startswith=SOURCE, valid_to__gt=F("valid_from")).order_by("valid_from"))
    if not lines:
        return None
    line = next(
        (one for one in lines if one.valid_from <= on < one.valid_to), lines[0 if on < lines[0].valid_from else -1]
    )
    return Subscription(agreement, version_of(line.source), line)


def version_of(source: str) -> PlanVersion:
    found = PlanVersion.objects.select_related("plan").prefetch_related("entitlements__offer")
    return found.get(pk=int(source.removeprefix(SOURCE)))


def _taken_on(on: date) -> QuerySet[AgreementLine]:
    """The lines of subscriptions that run on a day and are not paused."""
    return AgreementLine.objects.filter(on_day(on), source__startswith=SOURCE, agreement__state=Agreement.State.ACTIVE)


def theme_discounts_on(organisation_ids: Iterable[int], on: date) -> dict[int, dict[str, ThemeOff]]:
    """What each organisation's level takes off a theme on a day: ``{id: {theme: ThemeOff}}``, the themes in small letters.

    Two queries however many organisations; one where none of them has a level. Of two the higher percentage counts.
    """
    rows = _taken_on(on).filter(agreement__organisation_id__in=set(organisation_ids))
    levels = {
        (pk, int(source.removeprefix(SOURCE))) for pk, source in rows.values_list("agreement__organisation", "source")
    }
    if not levels:
        return {}
    given = Entitlement.objects.filter(kind=Kind.PERCENT_OFF_THEME, version__in={version for _, version in levels})
    of_version: dict[int, list[tuple[str, ThemeOff]]] = {}
    for version, theme, percent, title in given.values_list("version_id", "theme", "percent", "version__plan__title"):
        of_version.setdefault(version, []).append((theme.casefold(), ThemeOff(title, theme, percent)))
    found: dict[int, dict[str, ThemeOff]] = {}
    for organisation_id, version in levels:
        for theme, off in of_version.get(version, []):
            held = found.setdefault(organisation_id, {})
            if theme not in held or held[theme].percent < off.percent:
                held[theme] = off
    return found


def may_join(organisation: Organisation, on: date) -> set[tuple[str, str]]:
    """The networks and group deals that the organisation's level opens to it on a day: (kind, name or offer's code)."""
    versions = {int(source.removeprefix(SOURCE)) for source in _taken_on(on).filter(
        agreement__organisation=organisation).values_list("source", flat=True)}  # fmt: skip
    rows = Entitlement.objects.filter(version__in=versions, kind__in=[Kind.NETWORK, Kind.GROUP_DEAL])
    return {(kind, network or code) for kind, network, code in rows.values_list("kind", "network", "offer__code")}


def levels_with(offer: Offer, on: date) -> list[str]:
    """The levels that are sold on a day and open a group deal, by their titles in their order."""
    rows = Entitlement.objects.filter(kind=Kind.GROUP_DEAL, offer=offer, version__state=PlanVersion.State.PUBLISHED)
    running = rows.filter(version__valid_from__lte=on).exclude(version__valid_to__lte=on)
    return list(
        dict.fromkeys(running.order_by("version__plan__position").values_list("version__plan__title", flat=True))
    )


def require_plan_reader(actor: Actor) -> None:
    """Raises NotFound for everybody but finance, organisers and the auditor."""
    if not actor.has(*FINANCE_READERS, Role.ORGANISER):
        raise NotFound("Page not found")


def plans_for(actor: Actor, on: date) -> QuerySet[Plan]:
    """Every level with ``subscribers`` (how many have it on the day) and ``holding`` (the number of its version)."""
    require_plan_reader(actor)
    holding = PlanVersion.objects.filter(on_day(on), plan=OuterRef("pk"), state=PlanVersion.State.PUBLISHED)
    return Plan.objects.annotate(holding=Subquery(holding.values("number")[:1])).order_by("position", "pk")


def plan_for(actor: Actor, code: str) -> Plan:
    """One level. Raises NotFound."""
    require_plan_reader(actor)
    found = Plan.objects.filter(code=code).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def subscribers_on(on: date) -> dict[int, int]:
    """How many organisations have each level on a day, by the level's id; paused ones among them. Two queries."""
    lines = AgreementLine.objects.filter(on_day(on), source__startswith=SOURCE, agreement__state__in=RUNNING)
    counts = dict(lines.values_list("source").annotate(schools=Count("agreement_id", distinct=True)))
    plans = dict(PlanVersion.objects.values_list("pk", "plan_id"))
    found: dict[int, int] = {}
    for source, schools in counts.items():
        plan = plans[int(source.removeprefix(SOURCE))]
        found[plan] = found.get(plan, 0) + schools
    return found


def subscribers_for(actor: Actor, on: date) -> QuerySet[AgreementLine]:
    """Who has which level on a day, or will, or is offered it: the line of each subscription, by school.

    ``level`` holds the code of the level. Of an apportioned price the first line stands for all.
    """
    require_plan_reader(actor)
    lines = AgreementLine.objects.filter(
        source__startswith=SOURCE, valid_to__gt=on, agreement__state__in=[Agreement.State.OFFERED, *RUNNING]
    )
    first = AgreementLine.objects.filter(agreement=OuterRef("agreement"), valid_to__gt=on, source__startswith=SOURCE)
    one_each = lines.filter(pk=Subquery(first.order_by("valid_from", "slot").values("pk")[:1]))
    return one_each.select_related("agreement__organisation").order_by("agreement__organisation__name", "pk")


def themes_off_of(wanted: Iterable[tuple[int, Offer]], on: date) -> dict[int, dict[str, ThemeOff]]:
    """The same for schools by their id with the offers that they want; asks nothing where no offer has a theme."""
    themed = {organisation_id for organisation_id, offer in wanted if offer.themes}
    return theme_discounts_on(themed, on) if themed else {}
