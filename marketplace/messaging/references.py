"""What a message gets only when it leaves: attachments, and text that must not be kept, such as a single-use link.

A message stores a reference ``{"kind", "of"}``. The package that knows the kind registers how it is made; making it may
fail, and then sending is tried again later like any other failure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict, TypeVar


class NoLongerNeeded(Exception):
    """Raised by a maker when what the message asks for is over: it is then not sent at all."""


class Reference(TypedDict):
    """``kind`` names who makes it, ``of`` is the number or key of what it is made from."""

    kind: str
    of: str


@dataclass(frozen=True)
class Attachment:
    """A file as it is attached."""

    name: str
    content: bytes
    content_type: str


MakeAttachment = Callable[[str], Attachment]
MakeText = Callable[[str], str]
Made = TypeVar("Made")
_attachments: dict[str, MakeAttachment] = {}
_texts: dict[str, MakeText] = {}


def attaches(kind: str) -> Callable[[MakeAttachment], MakeAttachment]:
    """Registers how attachments of a kind are made: ``@attaches("document-pdf")``."""

    def keep(make: MakeAttachment) -> MakeAttachment:
        _attachments[kind] = make
        return make

    return keep


def fills(kind: str) -> Callable[[MakeText], MakeText]:
    """Registers how a text is made that stands in no stored message: ``@fills("approval-link")``."""

    def keep(make: MakeText) -> MakeText:
        _texts[kind] = make
        return make

    return keep


def attachment(reference: Reference) -> Attachment:
    """The file. Raises LookupError for a kind that nobody registered."""
    return _found(_attachments, reference)(reference["of"])


def text(reference: Reference) -> str:
    """The text. Raises LookupError for a kind that nobody registered."""
    return _found(_texts, reference)(reference["of"])


def _found(known: Mapping[str, Callable[[str], Made]], reference: Reference) -> Callable[[str], Made]:
    if reference["kind"] not in known:
        raise LookupError(f"Nobody makes {reference['kind']}.")
    return known[reference["kind"]]
