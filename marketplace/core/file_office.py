"""Reader of Word and Excel files of today (ZIP files of XML): without macros, embedded objects or a password."""

import re
import zipfile
from io import BytesIO

from marketplace.core.file_kinds import ALL_KINDS, DOCX, XLSX, FileKind, WrongFile, listed
from marketplace.core.file_readers import CUT_SHORT, TWO_KINDS

MACROS = "The file holds macros or embedded objects. Save it as .docx or .xlsx without them, or as PDF."
_MOST_ENTRIES, _MOST_BYTES, _MOST_PART = 2_000, 100 * 1024 * 1024, 2 * 1024 * 1024
_MAIN = {
    "word/document.xml": (DOCX, b"wordprocessingml.document.main+xml"),
    "xl/workbook.xml": (XLSX, b"spreadsheetml.sheet.main+xml"),
}
_RUNS = re.compile(
    r"vbaproject|vbadata|activex|macrosheets/|dialogsheets/|oleobject|(^|/)embeddings/|customui/"
    r"|\.(bin|exe|dll|js|vbs|bat|cmd|ps1|html?|svg|swf|jar|scr|lnk)$",
    re.IGNORECASE,
)
_PRINTER = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)  # what Excel keeps of the printer: no program
_LINKED = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
_FETCHED = re.compile(rb"/(attachedTemplate|oleObject|frame|subDocument)[\"']", re.IGNORECASE)
_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)


def office_kind(content: bytes) -> FileKind:
    """Word or Excel, by what the package says of its main part. Any other ZIP file is refused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return _kind(package, content)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError):
        raise WrongFile(CUT_SHORT) from None


def _kind(package: zipfile.ZipFile, content: bytes) -> FileKind:
    entries = package.infolist()
    names = [entry.filename for entry in entries]
    kind, main = next((found for name, found in _MAIN.items() if name in names), (None, b""))
    if kind is None or "[Content_Types].xml" not in names:
        raise WrongFile(f"A ZIP file is not taken. Send its files one by one, each a {listed(ALL_KINDS)}.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise WrongFile("The file is protected with a password, so it cannot be checked. Save it without one.")
    _check_shape(package, entries, content)
    if any(_RUNS.search(name) and not _PRINTER.search(name) for name in names):
        raise WrongFile(MACROS)
    types = _part(package, "[Content_Types].xml")
    if b"macroEnabled" in types or main not in types:
        raise WrongFile(MACROS)
    for name in names:
        if name.endswith(".rels") and any(_fetches(link) for link in _LINKED.findall(_part(package, name))):
            raise WrongFile(MACROS)
    return kind


def _check_shape(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo], content: bytes) -> None:
    """One package from the first byte to the last, of a sensible size unpacked, every part whole."""
    names = [entry.filename for entry in entries]
    if min(entry.header_offset for entry in entries) != 0 or package.comment or content[-22:-18] != b"PK\x05\x06":
        raise WrongFile(TWO_KINDS)
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise WrongFile("The file is too large once unpacked. Send it as PDF.")
    if len(set(names)) != len(names) or any(name.startswith(("/", "\\")) or ".." in name for name in names):
        raise WrongFile(CUT_SHORT)
    if package.testzip() is not None:
        raise WrongFile(CUT_SHORT)


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        found = part.read(_MOST_PART + 1)
    if len(found) > _MOST_PART or b"<!DOCTYPE" in found[:2048] or b"<!ENTITY" in found or b"\x00" in found:
        raise WrongFile(CUT_SHORT)
    return found


def _fetches(link: bytes) -> bool:
    """Whether a part is fetched from elsewhere when the file is opened; a link that a reader clicks is not."""
    return _OUTSIDE.search(link) is not None and _FETCHED.search(link) is not None
