"""The documents of a contract: private files in versions, seen by who buys for its organisation."""

from datetime import date
from typing import BinaryIO

from django.db import transaction

from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.files import open_file, store_file, visible_to
from marketplace.core.models import StoredFile
from marketplace.core.text import clean_line
from subscriptions.register.models import ContractDocument, OutsideContract
from subscriptions.register.services import locked, record

OWNER_KIND = "outside_contract"
MOST_DOCUMENTS = 40


@visible_to(OWNER_KIND)
def sees_documents(actor: Actor, owner: str) -> bool:
    """Who buys for the organisation today, which a trust's finance does for its schools while they belong to it."""
    own = OutsideContract.objects.filter(organisation_id__in=actor.organisations(*BUYING))
    return own.filter(number=owner).exists()


@transaction.atomic
def add_document(
    *,
    contract: OutsideContract,
    kind: str,
    title: str,
    upload: bytes | BinaryIO,
    name: str,
    on: date,
    actor: Actor,
) -> ContractDocument:
    """Keeps a file under its title, or its next version where one of that title is there; the old one is kept aside.

    At most 10 MB, of a kind that its content proves (FileTooLarge, WrongFile); at most 40 at a time. A declaration makes
    an interest a declared one.
    """
    held = locked(contract, actor)
    if kind not in ContractDocument.Kind.values:
        raise WrongInput("Choose what the document is")
    if kind == ContractDocument.Kind.DECLARATION and held.related == OutsideContract.Related.NONE:
        raise WrongInput("Say first who is related: change the contract, then add the declaration")
    title = clean_line(title, what="Title", limit=120)
    versions = ContractDocument.objects.filter(contract=held, title=title)
    current = held.documents.filter(ended_on__isnull=True)
    if not current.filter(title=title).exists() and current.count() >= MOST_DOCUMENTS:
        raise WrongInput(f"A contract has at most {MOST_DOCUMENTS} documents. Take one off first.")
    stored = store_file(
        upload=upload, name=name, owner_kind=OWNER_KIND, owner=held.number, organisation_id=held.organisation_id,
        actor=actor,
    )  # fmt: skip
    declared = _declared(held)
    versions.filter(ended_on__isnull=True).update(ended_on=on)
    made = ContractDocument.objects.create(
        contract=held, kind=kind, title=title, version=versions.count() + 1, stored=stored, added_on=on
    )
    _follow_declaration(held, declared)
    payload = {"document": made.pk, "kind": kind, "version": made.version, "sha256": stored.sha256}
    record("outside_contract.document_added", held, actor, payload)
    return made


@transaction.atomic
def take_document_off(*, document: ContractDocument, on: date, actor: Actor) -> ContractDocument:
    """Takes a document off: its file is deleted, that it was there stays in the history. Raises NotFound where it was
    taken off before."""
    held = locked(document.contract, actor)
    declared = _declared(held)
    found = ContractDocument.objects.filter(pk=document.pk, stored__isnull=False).first()
    if found is None:
        raise NotFound(f"{document.title} was taken off before.")
    file = found.stored_id
    ContractDocument.objects.filter(pk=found.pk).update(stored=None, ended_on=found.ended_on or on)
    StoredFile.objects.filter(pk=file or 0, owner_kind=OWNER_KIND).delete()
    _follow_declaration(held, declared)
    payload = {"document": found.pk, "version": found.version}
    record("outside_contract.document_taken_off", held, actor, payload)
    found.refresh_from_db()
    return found


def open_document(*, document: ContractDocument, actor: Actor) -> StoredFile:
    """The file with its content, of this or an earlier version; each sight is recorded. NotFound where it was taken off."""
    if document.stored_id is None:
        raise NotFound("Page not found")
    return open_file(file_id=document.stored_id, actor=actor)


def _declared(contract: OutsideContract) -> bool:
    return contract.documents.filter(kind=ContractDocument.Kind.DECLARATION, ended_on__isnull=True).exists()


def _follow_declaration(contract: OutsideContract, before: bool) -> None:
    """An interest is declared once its declaration is there, and is not any more when that is taken off."""
    now, kinds = _declared(contract), OutsideContract.Related
    if now != before and contract.related != kinds.NONE:
        OutsideContract.objects.filter(pk=contract.pk).update(related=kinds.DECLARED if now else kinds.INTEREST)
