"""Readers of the structure of PDF, pictures and text: each refuses what is cut short, what is also another kind of
file, and what carries something that runs. They look, and never draw or run anything."""

import re
import zlib

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from marketplace.core.file_kinds import WrongFile

CUT_SHORT = "The file is damaged or cut short. Save or scan it again."
TWO_KINDS = "The file is two kinds of file at once, so it is not taken. Save or print it as a new PDF."
RUNS = "The file holds something that runs by itself, or another file in it. Print it as a new PDF and send that."

_END_OF_ZIP = b"PK\x05\x06"
_ZIP_TAIL = 22 + 65_535  # a reader of ZIP files finds their end anywhere in here
_MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)", re.IGNORECASE)
_FOREIGN = (b"PK\x03\x04", b"%PDF-", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x7fELF", b"MZ\x90\x00")


def refuse_second_kind(content: bytes, *, head: bytes | None = None) -> None:
    """Refuses what a reader of another kind of file would take for its own: markup or a PDF's mark near the beginning,
    the end of a ZIP near the end."""
    first = content[:1024] if head is None else head
    if _MARKUP.search(first) or _END_OF_ZIP in content[-_ZIP_TAIL:]:
        raise WrongFile(TWO_KINDS)


_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_UNPACKED_MOST = 20 * 1024 * 1024


def check_pdf(content: bytes) -> None:
    """A PDF from its first byte to its end mark, not protected, without scripts, programs or files inside."""
    if not content.startswith(b"%PDF-"):
        raise WrongFile(TWO_KINDS)
    tail = content[-2048:]
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail:
        raise WrongFile(CUT_SHORT)
    if tail[end + 5 :].strip(b"\r\n\t \x00"):
        raise WrongFile(TWO_KINDS)
    refuse_second_kind(content)
    outline = _STREAM.sub(b"", content)
    if _ENCRYPTED.search(_plain_names(outline)):
        raise WrongFile("The file is protected with a password, so it cannot be checked. Save it without one.")
    for part in (outline, *_packed_objects(content)):
        if _ACTIVE.search(_plain_names(part)):
            raise WrongFile(RUNS)


def _plain_names(part: bytes) -> bytes:
    """Names with their hidden letters written out: /J#53 is /JS."""
    return _HASH.sub(lambda found: bytes([int(found[1], 16)]), part)


def _packed_objects(content: bytes) -> list[bytes]:
    """The object streams of a PDF, unpacked: what is said of the document may stand in them instead of in the open."""
    found, left = [], _UNPACKED_MOST
    for stream in _STREAM.finditer(content):
        if b"/ObjStm" not in _plain_names(content[max(0, stream.start() - 512) : stream.start()]):
            continue
        try:
            unpacked = zlib.decompressobj().decompress(stream[1], left)
        except zlib.error:
            raise WrongFile(CUT_SHORT) from None
        left -= len(unpacked)
        if left <= 0:
            raise WrongFile("The file holds more than can be checked. Print it as a new PDF and send that.")
        found.append(unpacked)
    return found


_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_MOST_PIXELS = 30_000


def check_png(content: bytes) -> None:
    """A PNG whose every part carries its right checksum, from head to end mark, with nothing after it."""
    at = len(_PNG_MARK)
    seen: list[bytes] = []
    while at < len(content):
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + length]
        checksum = content[at + 8 + length : at + 12 + length]
        if len(body) != length or len(checksum) != 4 or zlib.crc32(name + body) != int.from_bytes(checksum):
            raise WrongFile(CUT_SHORT)
        if not seen:
            _check_size(name == b"IHDR" and length == 13, body[:4], body[4:8])
        seen.append(name)
        at += 12 + length
        if name == b"IEND":
            break
    if not seen or seen[-1] != b"IEND" or b"IDAT" not in seen:
        raise WrongFile(CUT_SHORT)
    if at != len(content):
        raise WrongFile(TWO_KINDS)
    refuse_second_kind(content)


def _check_size(well: bool, width: bytes, height: bytes) -> None:
    if not well or not 0 < int.from_bytes(width) <= _MOST_PIXELS or not 0 < int.from_bytes(height) <= _MOST_PIXELS:
        raise WrongFile(CUT_SHORT)


_ALONE = {0x01, *range(0xD0, 0xD8)}  # marks without a length
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_NEXT_MARK = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)


def check_jpeg(content: bytes) -> None:
    """A JPEG with a frame and a scan up to its end mark. What some cameras add after it may not be another file."""
    at, framed, scanned = 2, False, False
    while True:
        if at + 2 > len(content) or content[at] != 0xFF:
            raise WrongFile(CUT_SHORT)
        mark = content[at + 1]
        at += 2
        if mark == 0xD9:
            break
        if mark in _ALONE or mark == 0xFF:
            at -= mark == 0xFF  # a filling byte before the mark
            continue
        length = int.from_bytes(content[at : at + 2])
        if length < 2 or at + length > len(content):
            raise WrongFile(CUT_SHORT)
        if mark in _FRAMES:
            _check_size(length >= 8, content[at + 3 : at + 5], content[at + 5 : at + 7])
            framed = True
        at += length
        if mark == 0xDA:
            scanned = True
            following = _NEXT_MARK.search(content, at)
            at = following.start() if following else len(content)
    if not framed or not scanned:
        raise WrongFile(CUT_SHORT)
    after = content[at:]
    if any(mark in after for mark in _FOREIGN) or _MARKUP.search(after):
        raise WrongFile(TWO_KINDS)
    refuse_second_kind(content)


_SCRIPT = re.compile(r"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|%)|^\s*#!|^\s*%!", re.IGNORECASE)


def check_xml(content: bytes) -> None:
    """Well-formed XML without a document type: it declares no entity and asks for nothing outside itself."""
    if _END_OF_ZIP in content[-_ZIP_TAIL:]:
        raise WrongFile(TWO_KINDS)
    try:
        parser = DefusedXMLParser(target=_Nothing(), forbid_dtd=True)
        parser.feed(content)
        parser.close()
    except DefusedXmlException:
        raise WrongFile("The file declares a document type or entities, which is not taken. Save it without.") from None
    except (ParseError, LookupError, UnicodeError, ValueError):
        raise WrongFile("The file is no whole XML file. Save it again in your own program.") from None


class _Nothing:
    """What is told of a file that is only to be well-formed: kept nowhere."""

    def start(self, *_: object) -> None: ...

    def end(self, *_: object) -> None: ...

    def data(self, *_: object) -> None: ...

    def close(self) -> None: ...


def is_plain_text(content: bytes) -> bool:
    """Whether every byte is part of a printable character of UTF-8, a tab or a line end."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\r\n\t\u00a0\u2028\u202f\u200b" for char in text)


def check_text(content: bytes) -> None:
    """Plain words or a table: no web page, picture in words, or script, however it is named."""
    text = content.decode("utf-8-sig")
    if _SCRIPT.search(text[:4096]) or re.search(r"<\s*script|<\s*svg", text, re.IGNORECASE) or "%PDF-" in text[:1024]:
        raise WrongFile("The file is a web page or a script, which is not taken. Save it as a PDF.")
