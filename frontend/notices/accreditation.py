"""E-mails about accreditation: to referees a signed link, to the provider what happened, to the deciders what waits.

Reasons and what referees wrote stand on pages alone. The link is made only as the e-mail leaves and is kept nowhere.
"""

from datetime import date, timedelta

from django.utils import timezone

from frontend.jinja import url
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_accreditation import ACCREDITATION, ACCREDITING, REFEREES
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.references import NoLongerNeeded, fills
from marketplace.messaging.services import To, send
from marketplace.organisations.queries import partnership
from providers.models import Application, Evidence, Reference
from providers.services import NoReferenceLink, new_reference_link

LINK, REFEREE = "reference-link", "referee"
_TO_PROVIDER = {
    "application.accepted": ("Sign the agreement", "The panel agreed. Read the agreement and sign it."),
    "application.refused": ("Not accredited", "The panel did not agree. Why stands on the page; you may appeal there."),
    "application.appeal_upheld": ("Sign the agreement", "Your appeal was upheld. Read the agreement and sign it."),
    "application.appeal_dismissed": ("Appeal not upheld", "It stays as it was decided. The answer stands on the page."),
    "application.countersigned": ("Accredited", "The agreement is countersigned. Schools can book from its first day."),
}
_TO_DECIDE = {
    "application.ready": "Decide on an application",
    "application.appealed": "Decide on an appeal",
    "application.signed": "Countersign an agreement",
}


def _application(event: Event) -> Application:
    return Application.objects.select_related("consultant__provider__organisation").get(number=event.subject)


@handles("application.submitted", "application.referee_asked_again", name="notices.referees_asked")
def referees_asked(event: Event) -> None:
    """Asks each referee who has not answered; where one is asked again, that one alone."""
    application = _application(event)
    found = application.references.filter(answered_on=None, erased_on=None)
    if position := event.payload.get("position"):
        found = found.filter(position=position)
    if application.state != Application.State.REFERENCES:
        return
    for reference in found:
        send(
            key=f"reference:{reference.pk}:{event.pk}",
            topic=REFEREES,
            to=To(reference.email, organisation_id=partnership().pk, purpose=REFEREE),
            template="mail/reference.jinja",
            context={
                "referee": reference.name,
                "consultant": application.consultant.name,
                "provider": application.consultant.provider.organisation.name,
            },
            event=event,
            fills={"answer": {"kind": LINK, "of": str(reference.pk)}},
            why=f"You get this because {application.consultant.provider.organisation.name} named you.",
        )


@fills(LINK)
def _link(pk: str) -> str:
    """The referee's link, as its e-mail leaves."""
    try:
        token = new_reference_link(reference=Reference.objects.get(pk=pk), at=timezone.now())
    except NoReferenceLink as gone:
        raise NoLongerNeeded(gone.message) from gone
    return absolute(url("reference", token=token))


@handles(*_TO_PROVIDER, name="notices.application_answered")
def application_answered(event: Event) -> None:
    """Tells the provider what came of it."""
    application = _application(event)
    provider = application.consultant.provider
    verb, words = _TO_PROVIDER[event.kind]
    link = absolute(url("provider-application", provider=provider.code, number=application.number))
    for to in to_roles(provider.organisation_id, {Role.PROVIDER}, london_day(event.at)):
        _send(event, to, ACCREDITATION, f"{verb}: {application.consultant.name}", words, link)


@handles(*_TO_DECIDE, name="notices.application_waits")
def application_waits(event: Event) -> None:
    """Tells those who decide; who has an interest is told on the page that somebody else must."""
    application = _application(event)
    roles = {Role.ORGANISER} if event.kind == "application.signed" else {Role.ORGANISER, Role.PANEL}
    link = absolute(url("organise-application", number=application.number))
    words = f"{application.consultant.name} of {application.consultant.provider.organisation.name}."
    for to in to_roles(partnership().pk, roles, london_day(event.at)):
        _send(event, to, ACCREDITING, f"{_TO_DECIDE[event.kind]}: {application.number}", words, link)


@handles("evidence.ending", "evidence.refused", name="notices.evidence")
def evidence_moved(event: Event) -> None:
    """Tells the provider, and the consultant whose document it is, that it ends soon or does not count."""
    evidence = Evidence.objects.select_related(
        "requirement", "provider__organisation", "consultant__provider__organisation", "consultant__person__user"
    ).get(pk=event.payload["evidence"])
    provider = evidence.provider or evidence.consultant.provider  # type: ignore[union-attr]
    on = london_day(event.at)
    whose = evidence.consultant.name if evidence.consultant else provider.organisation.name
    verb, words = "Send another", f"{evidence.requirement.label} of {whose} does not count. Why stands on the page."
    if event.kind == "evidence.ending" and evidence.valid_to:
        last = _last(evidence.valid_to)
        verb = f"Send the new one by {last}"
        words = f"{evidence.requirement.label} of {whose} counts until {last}. After that no school can book."
    link = absolute(url("provider-accreditation", provider=provider.code))
    for to in to_roles(provider.organisation_id, {Role.PROVIDER}, on):
        _send(event, to, ACCREDITATION, f"{verb}: {evidence.requirement.label}", words, link)
    if evidence.consultant and evidence.consultant.person:
        for to in to_person(evidence.consultant.person):
            own = absolute(url("consultant", code=evidence.consultant.code))
            _send(event, to, ACCREDITATION, f"{verb}: {evidence.requirement.label}", words, own)


def _last(end: date) -> str:
    return f"{end - timedelta(days=1):%-d %B %Y}"


def _send(event: Event, to: To, topic: str, subject: str, words: str, link: str) -> None:
    send(
        key=f"accreditation:{event.pk}", topic=topic, to=to, template="mail/accreditation.jinja",
        context={"subject_words": subject, "words": words, "link": link}, event=event,
    )  # fmt: skip
