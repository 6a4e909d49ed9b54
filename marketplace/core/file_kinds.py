"""The kinds of file that a school may send, and the names that files are given."""

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.core.errors import DomainError
from marketplace.core.text import collapse

NAME_LIMIT = 120


class WrongFile(DomainError):
    """The file is not of an allowed kind, or not whole, or carries something that runs."""

    code = "wrong_file"
    status = 400


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how it is called, and the endings a name of it may have (the first is given where there is
    none)."""

    key: str
    words: str
    content_type: str
    endings: tuple[str, ...]


PDF = FileKind("pdf", "PDF", "application/pdf", ("pdf",))
PNG = FileKind("png", "PNG picture", "image/png", ("png",))
JPEG = FileKind("jpeg", "JPEG picture", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = FileKind("docx", "Word document", f"{_OFFICE}wordprocessingml.document", ("docx",))
XLSX = FileKind("xlsx", "Excel workbook", f"{_OFFICE}spreadsheetml.sheet", ("xlsx",))
CSV = FileKind("csv", "CSV file", "text/csv; charset=utf-8", ("csv",))
TEXT = FileKind("text", "text file", "text/plain; charset=utf-8", ("txt", "text"))
XML = FileKind("xml", "XML file", "application/xml", ("xml",))  # only where it is asked for: who asks reads it
ALL_KINDS = (PDF, PNG, JPEG, DOCX, XLSX, CSV, TEXT)
SCANS = (PDF, PNG, JPEG)

_BIDI = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))


def clean_name(name: str, kind: FileKind) -> str:
    """The name as it may be shown and given to a browser: no folders, no control or turning characters, 120 characters
    with the ending of its kind."""
    plain = name.replace("\\", "/").split("/")[-1].translate(_BIDI)
    plain = collapse("".join(char if char.isprintable() and char not in '"<>:|?*;%' else " " for char in plain))
    ending = ending_of(plain)
    stem = plain[: -len(ending) - 1] if ending in kind.endings else plain
    stem = stem.strip(". ") or "file"
    ending = ending if ending in kind.endings else kind.endings[0]
    return f"{stem[: NAME_LIMIT - len(ending) - 1].strip()}.{ending}"


def ending_of(name: str) -> str:
    """What stands after the last dot, in small letters; nothing where that is no ending."""
    plain = name.translate(_BIDI).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    return ending.lower() if dot and stem and ending.isalnum() and len(ending) <= 8 else ""


def listed(kinds: Collection[FileKind]) -> str:
    words = [kind.words for kind in kinds]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
