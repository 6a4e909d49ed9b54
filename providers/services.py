"""Adding providers."""

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from providers.models import Provider


@transaction.atomic
def add_provider(
    *, organisation: Organisation, code: str, actor: Actor, summary: str = "", published: bool = True
) -> Provider:
    """Makes an organisation a provider. Refuses a code in use and an organisation that already is one."""
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="add providers")
    code = clean_line(code, what="Code", limit=40)
    if Provider.objects.filter(organisation=organisation).exists():
        raise WrongInput(f"{organisation.name} is a provider already. Change its profile instead.")
    if Provider.objects.filter(code=code).exists():
        raise WrongInput(f"The code {code} belongs to another provider. Choose another code.")
    provider = Provider(
        organisation=organisation,
        code=code,
        summary=clean_line(summary, what="Summary", limit=300, required=False),
        published=published,
    )
    provider.clean_fields()
    provider.save()
    events.record(
        kind="provider.added",
        subject_kind="provider",
        subject=code,
        organisation_ids=[organisation.pk],
        payload={"published": published},
        actor=actor,
    )
    return provider
