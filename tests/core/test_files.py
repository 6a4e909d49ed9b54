"""Private files: what they are is found in their content, only those who may see their owner do, each sight is told."""

import hashlib
from collections.abc import Iterator
from io import BytesIO

import pytest

from marketplace.core import files
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.core.file_checking import checked_kind
from marketplace.core.file_kinds import ALL_KINDS, CSV, DOCX, JPEG, PDF, PNG, SCANS, TEXT, XLSX, WrongFile, clean_name
from marketplace.core.files import LIMIT_BYTES, FileTooLarge, files_of, open_file, store_file, visible_to
from marketplace.core.models import Event, EventText, StoredFile
from tests.core import small_files as small

HEAD = Actor(person_id=41, user_id=None, name="Hana Head")
OUTSIDER = Actor(person_id=42, user_id=None, name="Olive Outsider")


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (small.PDF, "minutes.pdf", PDF),
        (small.png(), "scan.PNG", PNG),
        (small.jpeg(), "photo.jpeg", JPEG),
        (small.jpeg() + bytes(64), "from a phone.jpg", JPEG),
        (small.office(), "letter.docx", DOCX),
        (small.workbook(), "budget.xlsx", XLSX),
        (small.workbook({"xl/printerSettings/printerSettings1.bin": b"x"}), "printed.xlsx", XLSX),
        ("name,sum\nZoë,£3\n".encode(), "list.csv", CSV),
        (b"\xef\xbb\xbfAgreed on 4 March.\r\n", "note.txt", TEXT),
        (b"BM,II,MZ\n1,2,3\n", "letters like a picture's.csv", CSV),
        (small.PDF, "minutes", PDF),
    ],
)  # fmt: skip
def test_each_kind_that_a_school_sends_is_known_by_its_content(content, name, kind):
    assert checked_kind(content, name=name) == kind


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "empty.pdf", "empty"),
    "a program": (small.PROGRAM, "minutes.pdf", "not taken"),
    "a program under its own name": (small.PROGRAM, "setup.exe", "not taken"),
    "a picture called PDF": (small.png(), "minutes.pdf", "ends in .pdf, but the file is a PNG picture"),
    "a PDF called a program": (small.PDF, "minutes.pdf.exe", "ends in .exe"),
    "a web page": (b"<!DOCTYPE html><p>Minutes</p>", "minutes.txt", "web page or a script"),
    "a web page further down": (b"Minutes\n" * 600 + b"<script>alert(1)</script>", "minutes.txt", "web page or a script"),
    "a picture in words": (b"<svg onload='alert(1)'></svg>", "logo.csv", "web page or a script"),
    "a shell script": (b"#!/bin/sh\nrm -rf .\n", "list.csv", "web page or a script"),
    "text that is called a PDF": (b"Invoice 7\n", "invoice.pdf", "no .pdf file but plain text"),
    "a script by its name": (b"alert(1)\n", "list.js", "A .js file is not taken"),
    "text without an ending": (b"alert(1)\n", "list", "Text without an ending"),
    "text with a zero byte": (b"a\x00b", "list.csv", "not taken"),
    "text of an old code page": ("Zoë".encode("cp1252"), "list.csv", "not taken"),
    "text with an escape": (b"a\x1b[31mb", "list.txt", "not taken"),
    "a PDF cut short": (small.PDF[:-30], "minutes.pdf", "cut short"),
    "a PDF with a ZIP behind it": (small.PDF + small.any_zip(), "minutes.pdf", "two kinds"),
    "a PDF with a ZIP inside its end": (
        small.PDF.replace(b"startxref", b"% " + small.any_zip() + b"\nstartxref"), "minutes.pdf", "two kinds"),
    "a PDF behind something else": (b"\xef\xbb\xbf" + small.PDF, "minutes.pdf", "two kinds"),
    "a PDF that is a web page too": (small.PDF.replace(b"%PDF-1.4\n", b"%PDF-1.4\n<html><body>"), "minutes.pdf", "two kinds"),
    "a PDF with a script": (small.pdf_with(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "a.pdf", "runs by itself"),
    "a PDF with a hidden script": (small.pdf_with(b"/OpenAction << /S /J#61vaScript >>"), "a.pdf", "runs by itself"),
    "a PDF with a packed script": (small.pdf_with_packed(b"3 0 << /S /JavaScript >>"), "a.pdf", "runs by itself"),
    "a PDF that starts a program": (small.pdf_with(b"/AA << /S /Launch >>"), "a.pdf", "runs by itself"),
    "a PDF with files inside": (small.pdf_with(b"/Names << /EmbeddedFiles 5 0 R >>"), "a.pdf", "runs by itself"),
    "a PDF with a password": (small.PDF.replace(b"/Size 3", b"/Size 3 /Encrypt 4 0 R"), "a.pdf", "password"),
    "a PNG with something behind": (small.png() + b"more", "scan.png", "two kinds"),
    "a PNG cut short": (small.png()[:-6], "scan.png", "cut short"),
    "a PNG with a wrong checksum": (small.png().replace(b"IDAT", b"IDAX"), "scan.png", "cut short"),
    "a JPEG cut short": (small.jpeg()[:-2], "photo.jpg", "cut short"),
    "a JPEG without a picture": (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9", "photo.jpg", "cut short"),
    "a JPEG with a ZIP behind": (small.jpeg() + small.any_zip(), "photo.jpg", "two kinds"),
    "a JPEG with a web page inside": (small.jpeg(b"<html><script>alert(1)</script>"), "photo.jpg", "two kinds"),
    "a JPEG with a ZIP in its comment": (small.jpeg(small.any_zip()), "photo.jpg", "two kinds"),
    "any ZIP file": (small.any_zip(), "papers.zip", "A ZIP file is not taken"),
    "a ZIP file called Word": (small.any_zip(), "letter.docx", "A ZIP file is not taken"),
    "Word with macros": (small.office(more={"word/vbaProject.bin": b"x"}), "letter.docx", "macros"),
    "Word that says it has macros": (
        small.office(types="application/vnd.ms-word.document.macroEnabled.main+xml"), "letter.docm", "macros"),
    "Excel with old macros": (
        small.workbook({"xl/macrosheets/sheet1.xml": b"<x/>"}), "a.xlsx", "macros"),
    "Word with an object inside": (small.office(more={"word/embeddings/oleObject1.bin": b"x"}), "letter.docx", "macros"),
    "Word that fetches a template": (
        small.office(more={"word/_rels/settings.xml.rels": (
            b'<Relationships><Relationship Type="http://schemas.example/relationships/attachedTemplate" '
            b'Target="https://elsewhere.example/t.dotm" TargetMode="External"/></Relationships>')}), "letter.docx", "macros"),
    "Word with a password": (small.locked(small.office()), "letter.docx", "password"),
    "Word locked by Office": (small.LOCKED_OFFICE, "letter.docx", "password"),
    "Word of long ago": (small.OLD_OFFICE, "letter.doc", "old Office format"),
    "Word cut short": (small.office()[:-40], "letter.docx", "cut short"),
    "Word with something behind": (small.office() + b"<html>", "letter.docx", "two kinds"),
    "Word with a damaged part": (small.office().replace(b"[Content_Types].xml", b"[Content_Types].xmm", 1), "a.docx", "cut short"),
    "Word that unpacks to too much": (small.office(more={"word/media/image1.png": bytes(101 * 1024 * 1024)}), "a.docx", "too large"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_a_whole_harmless_file_of_its_kind_is_refused(what):
    content, name, words = REFUSED[what]
    with pytest.raises(WrongFile, match=words.replace(".", r"\.")):
        checked_kind(content, name=name)


def test_a_kind_that_is_not_wanted_here_is_refused_though_it_is_a_kind():
    with pytest.raises(WrongFile, match="Word document, which is not taken here"):
        checked_kind(small.office(), name="letter.docx", allowed=SCANS)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("minutes.pdf", "minutes.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Sam\\Minutes of 4 March.PDF", "Minutes of 4 March.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ('a"b;c\r\nSet-Cookie: x.pdf', "a b c Set-Cookie x.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned_and_keep_their_ending(given, kept):
    assert clean_name(given, PDF) == kept


@pytest.fixture
def folders() -> Iterator[dict[str, set[int]]]:
    """Owners of a kind of their own, each with the people who may see it."""
    may_see: dict[str, set[int]] = {"F-1": {41}}

    @visible_to("test-folder")
    def sees(actor: Actor, owner: str) -> bool:
        return actor.person_id in may_see.get(owner, set())

    yield may_see
    files._rules.pop("test-folder")


def stored(**more: object) -> StoredFile:
    given: dict[str, object] = {
        "upload": small.PDF, "name": "minutes.pdf", "owner_kind": "test-folder", "owner": "F-1", "organisation_id": 7,
        "actor": HEAD,
    }  # fmt: skip
    return store_file(**(given | more))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_file_is_kept_whole_with_its_hash_and_the_event_tells_no_name(folders):
    kept = stored(upload=BytesIO(small.PDF), name="Minutes of Ms Birch.pdf")
    kept.refresh_from_db()
    assert bytes(kept.content) == small.PDF and kept.sha256 == hashlib.sha256(small.PDF).hexdigest()
    assert (kept.name, kept.content_type, kept.size) == ("Minutes of Ms Birch.pdf", "application/pdf", len(small.PDF))
    event = Event.objects.get(kind="file.stored")
    assert event.payload["sha256"] == kept.sha256 and "Birch" not in str(event.payload)
    assert EventText.objects.get(event=event).words == {"name": "Minutes of Ms Birch.pdf"}
    assert [one.pk for one in files_of("test-folder", "F-1")] == [kept.pk]


@pytest.mark.django_db
def test_who_may_see_the_owner_sees_the_file_and_each_sight_is_recorded(folders):
    kept = stored()
    for _ in range(2):
        assert bytes(open_file(file_id=kept.pk, actor=HEAD).content) == small.PDF
    seen = Event.objects.filter(kind="file.seen", subject=str(kept.pk))
    assert list(seen.values_list("actor_person_id", flat=True)) == [41, 41]


@pytest.mark.django_db
def test_nobody_else_learns_that_it_exists_and_no_sight_is_recorded(folders):
    kept = stored()
    messages = set()
    for file_id in (kept.pk, kept.pk + 1):
        with pytest.raises(NotFound) as refused:
            open_file(file_id=file_id, actor=OUTSIDER)
        messages.add(refused.value.message)
    assert messages == {"Page not found"} and not Event.objects.filter(kind="file.seen").exists()
    folders["F-1"].clear()  # who may see is asked anew each time
    with pytest.raises(NotFound):
        open_file(file_id=kept.pk, actor=HEAD)


@pytest.mark.django_db
def test_a_file_that_is_not_what_was_stored_is_not_given_out(folders):
    kept = stored()
    StoredFile.objects.filter(pk=kept.pk).update(content=small.PDF + b" ")
    with pytest.raises(NotFound, match="not what was stored"):
        open_file(file_id=kept.pk, actor=HEAD)


@pytest.mark.django_db
def test_more_than_ten_megabytes_is_refused_before_it_is_read_further(folders):
    endless = BytesIO(small.PDF + bytes(LIMIT_BYTES))
    with pytest.raises(FileTooLarge, match="larger than 10 MB"):
        stored(upload=endless)
    assert endless.tell() == LIMIT_BYTES + 1 and not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_behind(folders):
    with pytest.raises(WrongFile):
        stored(upload=small.PROGRAM)
    assert not StoredFile.objects.exists() and not Event.objects.exists()


@pytest.mark.django_db
def test_a_file_that_nobody_could_see_is_not_stored():
    with pytest.raises(LookupError, match="register who may"):
        stored(owner_kind="no-such-kind")
    with pytest.raises(ValueError, match="registered already"):
        visible_to("approval")(lambda actor, owner: True)


def test_every_kind_has_words_and_an_ending():
    assert all(kind.words and kind.endings for kind in ALL_KINDS)
