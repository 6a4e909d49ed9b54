"""Setting up resources: their form, author and royalty, and their files, replaced by versions."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction

from catalogue.models import Offer, Resource, ResourceFile
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.files import store_file, visible_to
from marketplace.core.models import StoredFile
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

OWNER_KIND = "resource"
KEEPERS = (Role.ORGANISER, Role.ADMINISTRATOR)
MAX_FILES = 40


class ResourceRefused(DomainError):
    """The offer cannot be sold as this resource; nothing was changed."""

    code = "resource_refused"


@visible_to(OWNER_KIND)
def sees_resource_files(actor: Actor, owner: str) -> bool:
    """Who keeps resources sees their files at any time; buyers open them through their licence alone."""
    return actor.has(*KEEPERS)


@transaction.atomic
def set_up_resource(
    *,
    offer: Offer,
    form: Resource.Form,
    actor: Actor,
    scope: Resource.Scope = Resource.Scope.SCHOOL,
    author: Organisation | None = None,
    royalty: Decimal = Decimal(0),
) -> Resource:
    """Says in which form an offer of the kind resource is sold, for whom it counts, and what its author earns.

    ``royalty`` is a share of each sale before VAT, above 0 and at most 1, to one ten-thousandth. What was sold keeps what
    held then. Refuses another kind of offer, a licence without a term, a term without a licence, an author without a
    royalty or a royalty without an author, and the partnership as its own author.
    """
    actor.require(*KEEPERS, to="set up resources")
    offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    _check(offer, form, author, royalty)
    before = Resource.objects.filter(pk=offer.pk).values("form", "scope", "author_id", "royalty").first()
    made, _ = Resource.objects.update_or_create(
        offer=offer, defaults={"form": form, "scope": scope, "author": author, "royalty": royalty}
    )
    after = {
        "form": str(form),
        "scope": str(scope),
        "author_id": author.pk if author else None,
        "royalty": str(royalty),
    }
    payload = {"before": {**before, "royalty": str(before["royalty"])} if before else None, "after": after}
    _record("resource.set_up", made, payload, actor)
    return made


def _check(offer: Offer, form: Resource.Form, author: Organisation | None, royalty: Decimal) -> None:
    if offer.kind != Offer.Kind.RESOURCE:
        raise ResourceRefused(f"{offer.title} is a {offer.get_kind_display().lower()}, no resource.")
    if form not in Resource.Form.values:
        raise WrongInput("Choose in which form it is sold")
    if form == Resource.Form.LICENCE and offer.term_months is None:
        raise ResourceRefused(f"{offer.title} has no term. Say on the offer for how many months a licence is given.")
    if form != Resource.Form.LICENCE and offer.term_months is not None:
        raise ResourceRefused(f"{offer.title} is sold for {offer.term_months} months. Choose a licence for a term.")
    if author is not None and offer.sold_by_id is not None:
        raise ResourceRefused(
            f"{offer.title} is sold for another supplier, which pays its own authors. Leave it empty."
        )
    if author is not None and author.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput(f"{author.name} earns no royalty from itself. Leave the author empty.")
    if (author is None) != (royalty == 0):
        raise WrongInput("Enter both the author and the royalty, or leave both empty")
    if not 0 <= royalty <= 1 or royalty != royalty.quantize(Decimal("0.0001")):
        raise WrongInput("The royalty must be more than 0% and at most 100%, with at most 2 decimal places")


@transaction.atomic
def add_resource_file(
    *, resource: Resource, title: str, upload: bytes | BinaryIO, name: str, on: date, actor: Actor
) -> ResourceFile:
    """Adds a file under its title, or its next version where one of that title is there; the old one is kept aside.

    At most 10 MB, of a kind that its content proves (FileTooLarge, WrongFile); at most 40 files at a time.
    """
    actor.require(*KEEPERS, to="add files to resources")
    resource = Resource.objects.select_for_update(of=("self",)).select_related("offer__provider").get(pk=resource.pk)
    if not resource.downloads:
        raise ResourceRefused("It is sent by post, so it has no files. Choose a download or a licence first.")
    title = clean_line(title, what="Title", limit=120)
    versions = ResourceFile.objects.filter(resource=resource, title=title)
    current = resource.files.filter(ended_on__isnull=True)
    if not current.filter(title=title).exists() and current.count() >= MAX_FILES:
        raise WrongInput(f"A resource has at most {MAX_FILES} files. Take one off first.")
    stored = store_file(
        upload=upload,
        name=name,
        owner_kind=OWNER_KIND,
        owner=resource.offer.code,
        organisation_id=resource.offer.provider.organisation_id,
        actor=actor,
    )
    versions.filter(ended_on__isnull=True).update(ended_on=on)
    made = ResourceFile.objects.create(
        resource=resource, title=title, version=versions.count() + 1, stored=stored, added_on=on
    )
    _record("resource.file_added", resource, {"file": made.pk, "version": made.version}, actor)
    return made


@transaction.atomic
def end_resource_file(*, file: ResourceFile, on: date, actor: Actor) -> ResourceFile:
    """Takes a file off: nobody downloads it any more. Raises NotFound where it was taken off or replaced before."""
    actor.require(*KEEPERS, to="take files off resources")
    if ResourceFile.objects.filter(pk=file.pk, ended_on__isnull=True).update(ended_on=on) != 1:
        raise NotFound(f"{file.title} was taken off or replaced before.")
    file.ended_on = on
    _record("resource.file_ended", file.resource, {"file": file.pk, "version": file.version}, actor)
    return file


@transaction.atomic
def open_resource_file(*, file: ResourceFile, organisation_id: int, actor: Actor) -> StoredFile:
    """A current file with its content, for an organisation that may have it: whoever calls has checked its licence.

    Each sight is recorded. Raises NotFound where it was taken off, or is not what was stored.
    """
    stored = StoredFile.objects.filter(pk=file.stored_id).first() if file.ended_on is None else None
    if stored is None or hashlib.sha256(bytes(stored.content)).hexdigest() != stored.sha256:
        raise NotFound("Page not found")
    payload = {"file": file.pk, "version": file.version, "sha256": stored.sha256}
    _record("resource.downloaded", file.resource, payload, actor, organisation_id)
    return stored


def _record(kind: str, resource: Resource, payload: dict[str, Any], actor: Actor, organisation_id: int = 0) -> None:
    events.record(
        kind=kind,
        subject_kind="resource",
        subject=resource.offer.code,
        organisation_ids=[organisation_id or resource.offer.provider.organisation_id],
        payload=payload,
        actor=actor,
    )
