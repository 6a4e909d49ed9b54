"""Private files: kept with their hash, seen only by those who may see what they belong to, each sight recorded.

A package that keeps files registers who may see them: ``@visible_to("approval")`` on a function of the actor and the
owner. A file whose kind of owner nobody registered cannot be stored.
"""

import hashlib
from collections.abc import Callable, Collection
from typing import BinaryIO

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.file_checking import checked_kind
from marketplace.core.file_kinds import ALL_KINDS, FileKind, clean_name
from marketplace.core.models import StoredFile

LIMIT_BYTES = 10 * 1024 * 1024

Sees = Callable[[Actor, str], bool]
_rules: dict[str, Sees] = {}


class FileTooLarge(DomainError):
    """More bytes than may be kept. ``limit`` is in bytes."""

    code = "file_too_large"
    status = 400


def visible_to(owner_kind: str) -> Callable[[Sees], Sees]:
    """Registers who may see files of one kind of owner: ``(actor, owner) -> bool``."""

    def keep(rule: Sees) -> Sees:
        if _rules.get(owner_kind, rule) is not rule:
            raise ValueError(f"Who may see files of {owner_kind!r} is registered already.")
        _rules[owner_kind] = rule
        return rule

    return keep


@transaction.atomic
def store_file(
    *,
    upload: bytes | BinaryIO,
    name: str,
    owner_kind: str,
    owner: str,
    organisation_id: int | None,
    actor: Actor,
    allowed: Collection[FileKind] = ALL_KINDS,
) -> StoredFile:
    """Keeps a file of at most 10 MB whose content is one of the allowed kinds.

    The kind is found in the content and must be what the name says. Refused, with nothing kept: too much
    (FileTooLarge), any other kind, something hidden in it, or a file that cannot be read whole (WrongFile). Whoever calls
    has checked that the actor may add to the owner.
    """
    if owner_kind not in _rules:
        raise LookupError(f"Nobody could see a file of {owner_kind!r}: register who may with visible_to.")
    content = upload if isinstance(upload, bytes) else upload.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise FileTooLarge(
            f"The file is larger than {LIMIT_BYTES // 2**20} MB. Scan it in black and white, or send fewer pages.",
            limit=LIMIT_BYTES,
        )
    kind = checked_kind(content, name=name, allowed=allowed)
    stored = StoredFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        name=clean_name(name, kind),
        content_type=kind.content_type,
        size=len(content),
        content=content,
        owner_kind=owner_kind,
        owner=owner,
        organisation_id=organisation_id,
        added_by_person_id=actor.person_id,
    )
    _record("file.stored", stored, actor)
    return stored


def files_of(owner_kind: str, owner: str) -> list[StoredFile]:
    """The files of one owner without their content, oldest first. The caller has checked who asks."""
    return list(StoredFile.objects.filter(owner_kind=owner_kind, owner=owner).defer("content").order_by("pk"))


@transaction.atomic
def open_file(*, file_id: int, actor: Actor) -> StoredFile:
    """The file with its content for somebody who may see it; each sight is recorded.

    Raises NotFound alike for a file that does not exist, is not the actor's to see, or is not what was stored.
    """
    found = StoredFile.objects.filter(pk=file_id).first()
    rule = _rules.get(found.owner_kind) if found else None
    if found is None or rule is None or not rule(actor, found.owner):
        raise NotFound("Page not found")
    if hashlib.sha256(bytes(found.content)).hexdigest() != found.sha256:
        raise NotFound(f"{found.name} is not what was stored. Tell the administrator.")
    _record("file.seen", found, actor)
    return found


def _record(kind: str, stored: StoredFile, actor: Actor) -> None:
    """The name is what a person wrote, so it lies aside."""
    events.record(
        kind=kind,
        subject_kind="file",
        subject=str(stored.pk),
        organisation_ids=[stored.organisation_id] if stored.organisation_id else [],
        payload={
            "owner_kind": stored.owner_kind, "owner": stored.owner, "content_type": stored.content_type,
            "size": stored.size, "sha256": stored.sha256,
        },
        text={"name": stored.name} if kind == "file.stored" else None,
        actor=actor,
    )  # fmt: skip
