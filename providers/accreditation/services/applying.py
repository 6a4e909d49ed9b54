"""The provider's side of an application: beginning, declaring, naming referees, submitting, signing, appealing."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.moving import move_state
from marketplace.core.series import claim, ensure_series
from marketplace.core.text import clean_line, clean_lines
from marketplace.organisations.models import Person
from marketplace.organisations.queries import partnership
from providers.accreditation.models import Application, Reference
from providers.accreditation.rules.declarations import DECLARATIONS, agreement_text
from providers.accreditation.services.access import require_provider
from providers.profiles.models import Consultant, Provider

SERIES, PREFIX = "application", "AP"
REFEREES = 2
TEXT_LIMIT = 2000
State = Application.State
OVER = (State.ACCREDITED, State.REFUSED, State.CLOSED, State.WITHDRAWN)


class ApplicationMoved(DomainError):
    """The application is not (or no longer) where this can be done."""

    code = "application_moved"


class ApplicationIncomplete(DomainError):
    """Something is missing; ``detail`` says what."""

    code = "application_incomplete"


@transaction.atomic
def start_application(*, consultant: Consultant, on: date, actor: Actor) -> Application:
    """Begins a draft for one of the provider's consultants; where one is under way already, returns that."""
    require_provider(actor, consultant.provider, to="apply for this consultant")
    if consultant.left_on is not None and consultant.left_on <= on:
        raise WrongInput(f"{consultant.name} left. Only somebody who works for you can be accredited.")
    Consultant.objects.select_for_update().get(pk=consultant.pk)
    found = Application.objects.filter(consultant=consultant).exclude(state__in=OVER).first()
    if found is not None:
        return found
    ensure_series(code=SERIES, prefix=PREFIX)
    made = Application.objects.create(number=claim(series=SERIES)[0], consultant=consultant, started_on=on)
    record("application.started", made, actor)
    return made


@transaction.atomic
def declare(*, application: Application, codes: Collection[str], actor: Actor) -> Application:
    """Keeps which statements were ticked, with their words as they stand today. Of a draft alone."""
    require_provider(actor, application.consultant.provider, to="change this application")
    if unknown := set(codes) - set(DECLARATIONS):
        raise WrongInput(f"There is no statement called {sorted(unknown)[0]}.")
    ticked = [{"code": code, "text": text} for code, text in DECLARATIONS.items() if code in codes]
    move(application, State.DRAFT, State.DRAFT, declared=ticked)
    record("application.declared", application, actor, payload={"count": len(ticked)})
    return application


@transaction.atomic
def name_referee(
    *, application: Application, position: int, name: str, email: str, relation: str, actor: Actor
) -> Reference:
    """Names the first or second person to be asked, while it is a draft. The two have different addresses, and neither is
    of the provider or one of its consultants.
    """
    require_provider(actor, application.consultant.provider, to="change this application")
    if position not in range(1, REFEREES + 1):
        raise WrongInput(f"Name {REFEREES} people")
    try:
        validate_email(email := email.strip().lower())
    except ValidationError as error:
        raise WrongInput("E-mail address must be like name@example.org") from error
    if application.references.exclude(position=position).filter(email=email).exists():
        raise WrongInput("The two people must have different e-mail addresses")
    if _delivers(email, application.consultant.provider):
        raise WrongInput("A referee must be somebody from outside, and that address is of one of yours")
    move(application, State.DRAFT, State.DRAFT)
    made, _ = Reference.objects.update_or_create(
        application=application,
        position=position,
        defaults={
            "name": clean_line(name, what="Name", limit=120),
            "email": email,
            "relation": clean_line(relation, what="How they know the consultant", limit=120),
        },
    )
    record("application.referee_named", application, actor, payload={"position": position})
    return made


def _delivers(email: str, provider: Provider) -> bool:
    """Whether the address is of the provider, of who acts for it, or of one of its consultants."""
    people = Person.objects.filter(Q(email__iexact=email) | Q(user__email__iexact=email))
    acts = Q(roles__organisation=provider.organisation_id, roles__role__in=(Role.PROVIDER, Role.CONSULTANT))
    theirs = people.filter(acts | Q(pk__in=provider.consultants.exclude(person=None).values("person_id")))
    return theirs.exists() or provider.organisation.notify_email.lower() == email


def missing_of(application: Application) -> list[str]:
    """What keeps a draft from being submitted, in sentences."""
    ticked = {one["code"] for one in application.declared}
    named = application.references.count()
    found = []
    if ticked != set(DECLARATIONS):
        found.append(f"Tick all {len(DECLARATIONS)} statements.")
    if named < REFEREES:
        found.append(f"Name {REFEREES} people who know the work.")
    return found


@transaction.atomic
def submit_application(*, application: Application, on: date, actor: Actor) -> Application:
    """Submits it: the referees are asked by e-mail. Raises ApplicationIncomplete with what is missing."""
    require_provider(actor, application.consultant.provider, to="submit this application")
    if missing := missing_of(application):
        raise ApplicationIncomplete("The application is not complete. Nothing was sent.", detail=missing)
    move(application, State.DRAFT, State.REFERENCES, submitted_on=on, submitted_by_id=actor.person_id)
    application.references.update(asked_on=on)
    record("application.submitted", application, actor)
    return application


@transaction.atomic
def withdraw_application(*, application: Application, on: date, actor: Actor) -> Application:
    """The provider takes it back, before it is signed."""
    require_provider(actor, application.consultant.provider, to="withdraw this application")
    if application.state not in (State.DRAFT, State.REFERENCES, State.PANEL, State.SIGNING):
        raise ApplicationMoved(f"{application.number} can no longer be withdrawn. Look at where it stands.")
    move(application, State(application.state), State.WITHDRAWN)
    record("application.withdrawn", application, actor)
    return application


@transaction.atomic
def sign_agreement(*, application: Application, on: date, actor: Actor) -> Application:
    """The provider signs; the words that were signed are kept. Then somebody of the partnership countersigns."""
    consultant = application.consultant
    require_provider(actor, consultant.provider, to="sign for this provider")
    text = agreement_text(
        provider=consultant.provider.organisation.name, consultant=consultant.name, partnership=partnership().name
    )
    move(application, State.SIGNING, State.SIGNED, agreement=text, signed_by_id=actor.person_id, signed_on=on)
    record("application.signed", application, actor)
    return application


@transaction.atomic
def appeal_decision(*, application: Application, why: str, on: date, actor: Actor) -> Application:
    """Asks for the refusal to be looked at again by somebody else."""
    require_provider(actor, application.consultant.provider, to="appeal for this provider")
    why = clean_text(why, what="Why it should be looked at again")
    move(application, State.REFUSED, State.APPEALED, appeal=why, appealed_on=on)
    record("application.appealed", application, actor)
    return application


def clean_text(text: str, *, what: str, required: bool = True) -> str:
    """Several lines that somebody wrote about an application."""
    return clean_lines(text, what=what, limit=TEXT_LIMIT, required=required)


def move(application: Application, old: State, new: State, **values: object) -> None:
    """One conditional update from a state to the next; raises ApplicationMoved where it does not stand there."""
    move_state(application, old, new, named=application.number, refusal=ApplicationMoved, **values)


def record(kind: str, application: Application, actor: Actor, *, payload: dict[str, object] | None = None) -> None:
    events.record(
        kind=kind,
        subject_kind="application",
        subject=application.number,
        organisation_ids=[application.consultant.provider.organisation_id],
        payload={"consultant": application.consultant.code, "state": application.state, **(payload or {})},
        actor=actor,
    )
