"""Referees answer by a signed link: one use, seven days, nothing personal in the address.

Opening a link uses nothing up, since mail scanners open links; answering does. A link that is unknown, used or too old is
told apart by nobody.
"""

from datetime import datetime

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.signed_links import GONE, claim, make_link, usable
from marketplace.core.wording import london_day
from providers.accreditation.models import Application, Reference, ReferenceLink
from providers.accreditation.services.access import require_decider
from providers.accreditation.services.applying import ApplicationMoved, clean_text, move, record

REFEREE = Actor(person_id=None, user_id=None, name="By signed link")


class ReferenceLinkGone(DomainError):
    """The link cannot be used (any more). Never says why, nor whose it was."""

    code = "reference_link_gone"
    status = 404


class NoReferenceLink(DomainError):
    """No link can be made: the referee answered, or the application moved on."""

    code = "no_reference_link"


@transaction.atomic
def new_reference_link(*, reference: Reference, at: datetime) -> str:
    """A fresh token for the address ``/reference/{token}``, given once and kept only as its digest.

    Called as the e-mail to the referee leaves. Raises NoReferenceLink once there is nothing more to ask.
    """
    reference = Reference.objects.select_related("application").get(pk=reference.pk)
    if reference.answered_on is not None or reference.application.state != Application.State.REFERENCES:
        raise NoReferenceLink("This reference is no longer asked for.")
    return make_link(ReferenceLink, at=at, reference=reference)


def reference_by_link(*, token: str, at: datetime) -> Reference:
    """What the link asks about. Uses nothing up. Raises ReferenceLinkGone."""
    links = usable(ReferenceLink, token=token, at=at)
    found = links.select_related("reference__application__consultant__provider__organisation").first()
    if found is None or found.reference.answered_on is not None:
        raise ReferenceLinkGone(GONE)
    if found.reference.application.state != Application.State.REFERENCES:
        raise ReferenceLinkGone(GONE)
    return found.reference


@transaction.atomic
def answer_reference(*, token: str, recommends: bool, words: str, at: datetime) -> Reference:
    """Keeps the referee's answer and uses the link up; with the last answer the application goes to the panel.

    Raises ReferenceLinkGone alike for any link that does not work; words that are missing leave it usable.
    """
    reference = reference_by_link(token=token, at=at)
    words = clean_text(words, what="What you can say about the work")
    if not claim(ReferenceLink, token=token, at=at):
        raise ReferenceLinkGone(GONE)
    application = Application.objects.select_for_update().get(pk=reference.application_id)
    Reference.objects.filter(pk=reference.pk).update(answered_on=london_day(at), recommends=recommends, words=words)
    record("application.reference_given", application, REFEREE, payload={"position": reference.position})
    if not application.references.filter(answered_on=None).exists():
        move(application, Application.State.REFERENCES, Application.State.PANEL)
        record("application.ready", application, REFEREE)
    reference.refresh_from_db()
    return reference


@transaction.atomic
def ask_referee_again(*, reference: Reference, actor: Actor) -> None:
    """Sends a referee who has not answered another link; earlier ones work as long as theirs do."""
    require_decider(actor, to="ask a referee again")
    application = reference.application
    if reference.answered_on is not None or application.state != Application.State.REFERENCES:
        raise ApplicationMoved("This referee is no longer asked. Look at the application again.")
    record("application.referee_asked_again", application, actor, payload={"position": reference.position})
