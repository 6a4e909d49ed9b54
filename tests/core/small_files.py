"""The smallest whole files of each kind, made by hand, and what can be wrong with them."""

import struct
import zipfile
import zlib
from io import BytesIO

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"xref\n0 3\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n110\n%%EOF\n"
)


def pdf_with(words: bytes) -> bytes:
    """A PDF whose catalogue says something more."""
    return PDF.replace(b"/Type /Catalog", b"/Type /Catalog " + words)


def pdf_with_packed(words: bytes) -> bytes:
    """A PDF that says it in a compressed stream of objects."""
    packed = zlib.compress(words)
    stream = (
        b"3 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\nendobj\n"
    )
    return PDF.replace(b"xref\n0 3", stream + b"xref\n0 3")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    """One grey dot."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\x00\x80"))
        + _chunk(b"IEND", b"")
    )


def jpeg(comment: bytes = b"") -> bytes:
    """The structure of a picture of one dot; its scan is not meant to be looked at."""
    note = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + note + frame + scan + b"\xff\xd9"


WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def office(main: str = "word/document.xml", *, types: str = WORD_MAIN, more: dict[str, bytes] | None = None) -> bytes:
    """A Word document, or another package of parts."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="{types}"/></Types>')
        package.writestr("_rels/.rels", "<Relationships/>")
        package.writestr(main, "<document/>")
        for name, body in (more or {}).items():
            package.writestr(name, body)
    return made.getvalue()


def workbook(more: dict[str, bytes] | None = None) -> bytes:
    return office("xl/workbook.xml", types=EXCEL_MAIN, more=more)


def any_zip() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("minutes.txt", "Agreed.")
    return made.getvalue()


def locked(content: bytes) -> bytes:
    """The package with the flag of a password on each part."""
    return content.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
LOCKED_OFFICE = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le") + bytes(100)
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
