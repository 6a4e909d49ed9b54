"""What waits about accreditation: for a provider documents that end and agreements to sign, for deciders what to decide."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from frontend.formats import plural
from frontend.jinja import url
from frontend.provider.accreditation import SOON, last_day
from marketplace.core.actors import Actor, Role
from providers.models import Application, Evidence
from providers.queries import applications_for, evidence_for, expiring

MOST = 20
State = Application.State


def waits_for(actor: Actor, on: date) -> list[dict[str, Any]]:
    """What waits for the actor, as ``waits`` draws it; nothing for the platform itself. Two queries a role."""
    if actor.system:
        return []
    found = [*_of_provider(actor, on)] if actor.has(Role.PROVIDER) else []
    return found + [*_to_decide(actor)] if actor.has(Role.ORGANISER, Role.PANEL) else found


def _of_provider(actor: Actor, on: date) -> Iterator[dict[str, Any]]:
    own = actor.organisations(Role.PROVIDER)
    for one in expiring(actor, on=on, until=on + SOON)[:MOST]:
        provider = one.provider or (one.consultant and one.consultant.provider)
        if not provider or provider.organisation_id not in own or one.valid_to is None:
            continue
        whose = one.consultant.name if one.consultant else provider.organisation.name
        yield {
            "text": f"Send the new {one.requirement.label} of {whose}",
            "href": url("provider-accreditation", provider=provider.code),
            "due": last_day(one.valid_to),
            "next": "After that no school can book",
        }
    mine = applications_for(actor).filter(consultant__provider__organisation__in=own, state=State.SIGNING)
    for application in mine.order_by("pk")[:MOST]:
        provider = application.consultant.provider
        yield {
            "text": f"Sign the agreement for {application.consultant.name}",
            "href": url("provider-application", provider=provider.code, number=application.number),
            "next": "Then we countersign and schools can book",
        }


def _to_decide(actor: Actor) -> Iterator[dict[str, Any]]:
    states = [State.PANEL, State.APPEALED, *([State.SIGNED] if actor.has(Role.ORGANISER) else [])]
    open_ones = applications_for(actor).filter(state__in=states)
    waiting = open_ones.exclude(state=State.APPEALED, decided_by_id=actor.person_id).count()
    if waiting:
        yield {
            "text": f"Decide on {plural(waiting, 'application')} for accreditation",
            "href": url("organise-accreditation"),
            "next": "Whoever has an interest leaves it to somebody else",
        }
    documents = evidence_for(actor).filter(state=Evidence.State.SUBMITTED).count()
    if documents:
        yield {
            "text": f"Check {plural(documents, 'document')} of consultants",
            "href": url("organise-documents"),
            "next": "Until then they do not count",
        }
