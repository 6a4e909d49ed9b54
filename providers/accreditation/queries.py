"""Reads of accreditation: how consultants stand on a day, in a constant number of queries, and what each actor may see."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from providers.accreditation.models import Accreditation, Application, Evidence, Requirement, Suspension
from providers.accreditation.rules.standing import Days, Facts, Shown, Standing, standing
from providers.profiles.models import Consultant


def standing_on(consultant: Consultant, on: date) -> Standing:
    """Whether the consultant may deliver on that day: accredited, all required evidence in date, not suspended, not left."""
    return standings_on([consultant], on)[consultant.pk]


def standings_on(consultants: Iterable[Consultant], on: date) -> dict[int, Standing]:
    """The standing of each by its id, in four queries however many there are."""
    wanted = list(consultants)
    ids = [one.pk for one in wanted]
    providers = {one.provider_id for one in wanted}
    accredited: dict[int, list[Days]] = defaultdict(list)
    for pk, *days in Accreditation.objects.filter(consultant__in=ids).values_list(
        "consultant_id", "valid_from", "valid_to"
    ):
        accredited[pk].append((days[0], days[1]))
    required = list(Requirement.objects.filter(required=True))
    of_consultant, of_provider = _shown(ids, providers)
    suspended_one, suspended_all = _suspended(ids, providers)
    found: dict[int, Standing] = {}
    for one in wanted:
        shown = []
        for need in required:
            own = need.holder == Requirement.Holder.CONSULTANT
            key = (one.pk if own else one.provider_id, need.pk)
            shown.append(Shown(need.label, (of_consultant if own else of_provider)[key]))
        facts = Facts(
            joined_on=one.joined_on,
            left_on=one.left_on,
            accredited=accredited[one.pk],
            required=shown,
            suspended=[*suspended_one[one.pk], *suspended_all[one.provider_id]],
        )
        found[one.pk] = standing(facts, on)
    return found


Periods = dict[tuple[int, int], list[Days]]
Suspended = dict[int, list[tuple[Days, str]]]


def _shown(ids: list[int], providers: set[int]) -> tuple[Periods, Periods]:
    """Accepted evidence by who shows it and the requirement, of consultants and of providers."""
    of_consultant: Periods = defaultdict(list)
    of_provider: Periods = defaultdict(list)
    accepted = Evidence.objects.filter(state=Evidence.State.ACCEPTED, requirement__required=True)
    rows = accepted.filter(Q(consultant__in=ids) | Q(provider__in=providers)).values_list(
        "consultant_id", "provider_id", "requirement_id", "valid_from", "valid_to"
    )
    for consultant, provider, requirement, start, end in rows:
        if consultant is not None:
            of_consultant[consultant, requirement].append((start, end))
        else:
            of_provider[provider, requirement].append((start, end))
    return of_consultant, of_provider


def _suspended(ids: list[int], providers: set[int]) -> tuple[Suspended, Suspended]:
    of_consultant: Suspended = defaultdict(list)
    of_provider: Suspended = defaultdict(list)
    for one in Suspension.objects.filter(Q(consultant__in=ids) | Q(provider__in=providers)):
        days = ((one.starts_on, one.ends_on), one.words)
        if one.consultant_id is not None:
            of_consultant[one.consultant_id].append(days)
        elif one.provider_id is not None:
            of_provider[one.provider_id].append(days)
    return of_consultant, of_provider


def _own(actor: Actor, consultant: str = "consultant__") -> Q:
    mine = Q(**{f"{consultant}provider__organisation_id__in": actor.organisations(Role.PROVIDER)})
    if actor.person_id is not None:
        mine |= Q(**{f"{consultant}person_id": actor.person_id})
    return mine


def applications_for(actor: Actor) -> QuerySet[Application]:
    """All for those who accredit; one's own provider's for its staff; one's own for a consultant. None for others.

    Drafts are the provider's alone.
    """
    found = Application.objects.select_related("consultant__provider__organisation", "consultant__home_school")
    if actor.system:
        return found
    mine = _own(actor)
    if actor.has(Role.ORGANISER, Role.PANEL):
        return found.filter(mine | ~Q(state=Application.State.DRAFT))
    return found.filter(mine)


def application_for(actor: Actor, number: str) -> Application:
    """The application of that number, if the actor may see it; NotFound otherwise."""
    found = applications_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such application.")
    return found


def evidence_for(actor: Actor) -> QuerySet[Evidence]:
    """All for those who accredit; what they or their provider showed for a provider and a consultant."""
    found = Evidence.objects.select_related(
        "requirement", "provider__organisation", "consultant__provider__organisation", "given_by", "checked_by"
    )
    if actor.system or actor.has(Role.ORGANISER, Role.PANEL):
        return found
    return found.filter(_own(actor) | Q(provider__organisation_id__in=actor.organisations(Role.PROVIDER)))


def expiring(actor: Actor, *, on: date, until: date) -> QuerySet[Evidence]:
    """Accepted evidence of the actor's that ends in ``[on, until)`` and has no accepted successor, soonest first."""
    ending = evidence_for(actor).filter(state=Evidence.State.ACCEPTED, valid_to__gte=on, valid_to__lt=until)
    return ending.extra(where=[_NO_SUCCESSOR]).order_by("valid_to", "pk")


_NO_SUCCESSOR = """NOT EXISTS (
    SELECT 1 FROM providers_evidence AS later WHERE later.state = 'accepted'
      AND later.requirement_id = providers_evidence.requirement_id
      AND (later.consultant_id = providers_evidence.consultant_id OR later.provider_id = providers_evidence.provider_id)
      AND (later.valid_to IS NULL OR later.valid_to > providers_evidence.valid_to))"""
