"""What a person wants to be told, and when; and the link in each e-mail that stops its kind."""

from collections.abc import Mapping

from django.core import signing
from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.messaging.models import Preference
from marketplace.messaging.topics import Choice, Topic, topic, topics_for
from marketplace.organisations.models import Person

_SIGNER = "messaging.stop"


@transaction.atomic
def choose(*, choices: Mapping[str, str], actor: Actor) -> None:
    """Keeps what the actor chose, by the topics' codes. Refuses a topic or a choice that is not theirs to make."""
    if actor.person_id is None:
        raise NotAllowed("Only a person gets e-mails. Sign in as yourself.")
    own = {one.code: one for one in topics_for(actor)}
    wanted = {}
    for code, given in choices.items():
        if code not in own or given not in own[code].choices:
            raise WrongInput("One of the choices is not among those listed. Choose again")
        wanted[code] = Choice(given)
    _keep(actor.person_id, wanted, actor)


def _keep(person_id: int, wanted: Mapping[str, Choice], actor: Actor) -> None:
    kept = Preference.objects.filter(person_id=person_id, topic__in=wanted)
    before = dict(kept.values_list("topic", "choice"))
    changed = {code: choice for code, choice in wanted.items() if before.get(code, topic(code).default) != choice}
    if not changed:
        return
    Preference.objects.bulk_create(
        [Preference(person_id=person_id, topic=code, choice=choice) for code, choice in changed.items()],
        update_conflicts=True,
        unique_fields=["person", "topic"],
        update_fields=["choice"],
    )
    events.record(
        kind="message.preferences_changed",
        subject_kind="person",
        subject=str(person_id),
        organisation_ids=[],
        payload={
            "before": {code: before.get(code, topic(code).default.value) for code in changed},
            "after": {code: choice.value for code, choice in changed.items()},
        },
        actor=actor,
    )


def stop_token(*, person_id: int, topic: str) -> str:
    """What stands in the address that stops a topic for a person: signed, for this alone, without an end, no name."""
    return signing.Signer(salt=_SIGNER).sign_object([person_id, topic]).replace(":", "~")


def read_stop_token(token: str) -> tuple[int, Topic]:
    """The person and the topic of a link. Raises NotFound for one that we did not make, or whose topic is gone."""
    try:
        person_id, code = signing.Signer(salt=_SIGNER).unsign_object(token.replace("~", ":"))
        return int(person_id), topic(code)
    except (signing.BadSignature, LookupError, ValueError, TypeError) as error:
        raise NotFound("This link does not work. Sign in and choose your e-mails on your account's page.") from error


@transaction.atomic
def stop(*, token: str) -> Topic:
    """Switches a topic off for the person whose e-mail held the link; stopping twice changes nothing."""
    person_id, found = read_stop_token(token)
    if Choice.NEVER not in found.choices:
        raise NotAllowed(f"E-mails about {found.words.lower()} cannot be switched off: somebody waits for an answer.")
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound("This link does not work any more.")
    by_link = Actor(person_id=person_id, user_id=None, name="By the link in an e-mail")
    _keep(person_id, {found.code: Choice.NEVER}, by_link)
    return found
