"""What consultants say they know, tested by the partnership; and declaring close links to organisations."""

from datetime import date

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from providers.accreditation.services.access import require_decider, require_no_interest, require_provider
from providers.directory.models import Expertise, RelatedParty
from providers.profiles.models import Consultant, Provider


class ExpertiseTested(DomainError):
    """What was tested is no longer changed by the consultant."""

    code = "expertise_tested"


@transaction.atomic
def declare_expertise(
    *, consultant: Consultant, theme: str, level: str, on: date, actor: Actor, phase: str = ""
) -> Expertise:
    """Says what a consultant can do in a theme and phase. Another level than before is untested again.

    The consultant or their provider says it. Refuses a level that is not one of ``Expertise.Level``.
    """
    if actor.person_id is None or consultant.person_id != actor.person_id:
        require_provider(actor, consultant.provider, to="change this profile")
    theme = clean_line(theme, what="Theme", limit=40).lower()
    phase = clean_line(phase, what="Phase", limit=24, required=False).lower()
    if level not in Expertise.Level.values:
        raise WrongInput("Choose how well the consultant knows it")
    made, new = Expertise.objects.get_or_create(
        consultant=consultant, theme=theme, phase=phase, defaults={"level": level, "declared_on": on}
    )
    if not new and made.level != level:
        made.level, made.declared_on = level, on
        made.result, made.tested_on, made.tested_by = "", None, None
        made.save()
    _record("expertise.declared", consultant, {"theme": theme, "phase": phase, "level": level}, actor)
    return made


@transaction.atomic
def test_expertise(*, expertise: Expertise, confirmed: bool, on: date, actor: Actor) -> Expertise:
    """The partnership looked: confirmed or not. Raises Interested, and ExpertiseTested where it was tested before."""
    require_decider(actor, to="test expertise")
    require_no_interest(actor, expertise.consultant.provider, expertise.consultant)
    result = Expertise.Result.CONFIRMED if confirmed else Expertise.Result.NOT_CONFIRMED
    untested = Expertise.objects.filter(pk=expertise.pk, result="")
    if untested.update(result=result, tested_on=on, tested_by_id=actor.person_id) != 1:
        raise ExpertiseTested("This was tested before. Nothing was changed.")
    expertise.refresh_from_db()
    _record(
        "expertise.tested", expertise.consultant, {"theme": expertise.theme, "result": expertise.result}, actor
    )  # fmt: skip
    return expertise


@transaction.atomic
def declare_related_party(
    *,
    organisation: Organisation,
    nature: str,
    valid_from: date,
    actor: Actor,
    consultant: Consultant | None = None,
    provider: Provider | None = None,
    valid_to: date | None = None,
) -> RelatedParty:
    """Says that a consultant or a provider is close to an organisation, which then reads it before it books.

    The provider, the consultant, or an organiser says it. ``nature`` names no private person.
    """
    firm = consultant.provider if consultant is not None else provider
    if firm is None or (consultant is not None and provider is not None):
        raise ValueError("A close link is of a consultant or of a provider")
    own = consultant is not None and actor.person_id is not None and consultant.person_id == actor.person_id
    if not (own or actor.has(Role.ORGANISER) or firm.organisation_id in actor.organisations(Role.PROVIDER)):
        raise NotAllowed("You may not declare links of others. Ask the provider or an organiser to do it.")
    if valid_to is not None and valid_to <= valid_from:
        raise WrongInput("The end must be after the beginning")
    made = RelatedParty.objects.create(
        consultant=consultant, provider=provider, organisation=organisation, valid_from=valid_from, valid_to=valid_to,
        nature=clean_line(nature, what="What the link is", limit=160),
    )  # fmt: skip
    events.record(
        kind="related_party.declared",
        subject_kind="consultant" if consultant else "provider",
        subject=consultant.code if consultant else firm.code,
        organisation_ids=[firm.organisation_id],
        payload={"organisation": organisation.pk, "from": valid_from.isoformat()},
        actor=actor,
        text={"nature": made.nature},
    )
    return made


def _record(kind: str, consultant: Consultant, payload: dict[str, object], actor: Actor) -> None:
    events.record(
        kind=kind, subject_kind="consultant", subject=consultant.code,
        organisation_ids=[consultant.provider.organisation_id], payload=payload, actor=actor,
    )  # fmt: skip
