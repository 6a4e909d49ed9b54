"""The shared addresses of an organisation."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.messaging.models import NotificationAddress
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for

KEEPERS = frozenset({Role.APPROVER, Role.TRUST_FINANCE})


def may_set_address(actor: Actor, organisation: Organisation) -> bool:
    """An approver or the trust's finance of that very organisation, or the partnership's administrator.

    Never somebody's deputy: they decide on orders, and where e-mails go outlasts their days.
    """
    own = {
        grant.organisation_id for grant in actor.grants if grant.role in KEEPERS and not grant.on_behalf_of_person_id
    }
    return actor.system or organisation.pk in own or actor.has(Role.ADMINISTRATOR)


@transaction.atomic
def set_notification_address(
    *, organisation: Organisation, purpose: NotificationAddress.Purpose, email: str, actor: Actor
) -> None:
    """Keeps, changes or (with an empty text) takes away the shared address for a purpose.

    Refuses what is no address (WrongInput), and anybody but an approver of the organisation, its trust finance or the
    administrator. The event keeps the addresses aside, since one may be a person's.
    """
    if not organisations_for(actor).filter(pk=organisation.pk).exists():
        raise NotFound("Page not found")
    if not may_set_address(actor, organisation):
        raise NotAllowed(f"You may not change where e-mails go. Ask an approver of {organisation.name} to do it.")
    email = email.strip().lower()
    if email:
        _check(email)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    kept = NotificationAddress.objects.filter(organisation=organisation, purpose=purpose)
    before = kept.values_list("email", flat=True).first() or ""
    if before == email:
        return
    kept.delete()
    if email:
        NotificationAddress.objects.create(organisation=organisation, purpose=purpose, email=email)
    events.record(
        kind="organisation.address_changed",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={"purpose": str(purpose), "before": bool(before), "after": bool(email)},
        text={"before": before, "after": email},
        actor=actor,
    )


def _check(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise WrongInput("E-mail address must be like office@school.example") from error
    if len(email) > 254:
        raise WrongInput("E-mail address must be 254 characters or fewer")
