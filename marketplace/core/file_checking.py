"""What a file is, found in its content: only kinds that a school sends and nobody can run are let through."""

from collections.abc import Callable, Collection

import filetype

from marketplace.core.file_kinds import (
    ALL_KINDS,
    CSV,
    JPEG,
    PDF,
    PNG,
    TEXT,
    XML,
    FileKind,
    WrongFile,
    ending_of,
    listed,
)
from marketplace.core.file_office import office_kind
from marketplace.core.file_readers import check_jpeg, check_pdf, check_png, check_text, check_xml, is_plain_text

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_READERS: dict[str, tuple[FileKind, Callable[[bytes], None]]] = {
    PDF.content_type: (PDF, check_pdf),
    PNG.content_type: (PNG, check_png),
    JPEG.content_type: (JPEG, check_jpeg),
}


def checked_kind(content: bytes, *, name: str, allowed: Collection[FileKind] = ALL_KINDS) -> FileKind:
    """The kind of a file that may be kept. Raises WrongFile where it is none of those allowed, not whole, carries
    something that runs, or is something else than its name says."""
    if XML in allowed and ending_of(name) in XML.endings:
        check_xml(content)
        return XML
    kind = _kind_of(content, name)
    if kind not in allowed:
        raise WrongFile(f"The file is a {kind.words}, which is not taken here. Send a {listed(allowed)}.")
    ending = ending_of(name)
    if ending and ending not in kind.endings:
        raise WrongFile(f"The name ends in .{ending}, but the file is a {kind.words}. Save it anew and send that.")
    return kind


def _kind_of(content: bytes, name: str) -> FileKind:
    if not content:
        raise WrongFile("The file is empty. Choose it again.")
    guessed = filetype.guess(content)
    if guessed is not None and guessed.mime in _READERS:
        kind, check = _READERS[guessed.mime]
        check(content)
        return kind
    if content.startswith(_ZIP):
        return office_kind(content)
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise WrongFile("The file is protected with a password, so it cannot be checked. Save it without one.")
        raise WrongFile("The file is in an old Office format. Save it as .docx or .xlsx, or as PDF.")
    if not is_plain_text(content):
        called = f" of the kind {guessed.extension}" if guessed else " of this kind"
        raise WrongFile(f"A file{called} is not taken. Send a {listed(ALL_KINDS)}.")
    return _text_kind(content, name)


def _text_kind(content: bytes, name: str) -> FileKind:
    """Text is what its name says, as long as that is a table or plain words."""
    check_text(content)
    ending = ending_of(name)
    if ending in CSV.endings:
        return CSV
    if any(ending in kind.endings for kind in ALL_KINDS if kind is not TEXT):
        raise WrongFile(f"The file is no .{ending} file but plain text. Save it again in the program that made it.")
    if ending not in TEXT.endings:
        called = f"A .{ending} file" if ending else "Text without an ending in its name"
        raise WrongFile(f"{called} is not taken. Send a {listed(ALL_KINDS)}.")
    return TEXT
