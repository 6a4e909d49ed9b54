"""The import of the register of schools as two jobs: a check that writes nothing, then the import of the same file.

The import is one transaction, whatever its size: a worker that is killed leaves nothing of it, and the next begins
again. Importing twice changes nothing, so neither job needs a place to go on from.
"""

import csv
import hashlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone

from marketplace.core import jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.models import Job, StoredFile
from marketplace.core.text import clean_line, safe_cell
from marketplace.organisations.services.gias.importing import import_register
from marketplace.organisations.services.gias.reading import NotARegisterFile, Refusal
from marketplace.organisations.services.gias.report import ImportReport
from marketplace.organisations.services.job_actors import starter_of

CHECK, IMPORT = "register_check", "register_import"
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
EVERY_LINES = 500


class NothingToImport(WrongInput):
    """The import was not preceded by a finished check of the same file."""

    code = "nothing_to_import"


@transaction.atomic
def check_upload(*, content: bytes, name: str, authorities: Sequence[str], actor: Actor) -> Job:
    """Keeps an uploaded file and queues its check, which says what an import would do and writes nothing.

    ``authorities`` limits it to LA codes of three digits. Refuses an empty file and everybody but an administrator.
    """
    actor.require(Role.ADMINISTRATOR, to="import the register of schools")
    name = clean_line(PurePath(name).name, what="File name", limit=100)
    if not content:
        raise NotARegisterFile(f"{name} is empty. Download the file again.")
    for code in authorities:
        if not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise WrongInput(f"An LA code must be three digits, like 202, not {code}")
    digest = hashlib.sha256(content).hexdigest()
    file = StoredFile.objects.create(
        sha256=digest, name=name, content_type="text/csv", size=len(content), content=content,
        owner_kind=jobs.GIVEN, owner=digest[:60], added_by_person_id=actor.person_id,
    )  # fmt: skip
    return _start(CHECK, f"Check {name}", file.pk, list(authorities), actor)


@transaction.atomic
def import_checked(*, check: Job, actor: Actor) -> Job:
    """Queues the import of the file that a check has found good. Raises NothingToImport where there is no such."""
    actor.require(Role.ADMINISTRATOR, to="import the register of schools")
    if check.kind != CHECK or check.state != Job.State.DONE:
        raise NothingToImport("Upload a file and let it be checked first. Then import it.")
    given = check.arguments
    name = StoredFile.objects.filter(pk=given["file"]).values_list("name", flat=True).first()
    if name is None:
        raise NothingToImport("The file is no longer kept. Upload it again.")
    return _start(IMPORT, f"Import {name}", given["file"], given["authorities"], actor)


def _start(kind: str, label: str, file: int, authorities: list[str], actor: Actor) -> Job:
    return jobs.start(
        kind=kind, label=label, arguments={"file": file, "authorities": authorities}, actor=actor, unique_key=kind
    )  # fmt: skip


@jobs.kind(CHECK, roles=ADMINISTRATORS, unit="line", accepted="good", refused="refused")
def check_register(running: jobs.Running) -> None:
    """A dry run of the import."""
    _run(running, dry_run=True)


@jobs.kind(IMPORT, roles=ADMINISTRATORS, unit="line", accepted="accepted", refused="refused")
def run_import(running: jobs.Running) -> None:
    """The import, whole or not at all."""
    _run(running, dry_run=False)


def _run(running: jobs.Running, *, dry_run: bool) -> None:
    today = timezone.localdate()
    actor = starter_of(running, on=today)
    file = StoredFile.objects.get(pk=running.arguments["file"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        total = _lines(bytes(file.content))
        running.progress(total=total, done=0)

        def heard(line: int) -> None:
            if line % EVERY_LINES == 0:
                running.show(done=min(line, total), total=total)

        with running.in_transaction():
            report = import_register(
                file=path, links=None, groups=None, authorities=list(running.arguments["authorities"]),
                dry_run=dry_run, on=today, actor=actor, on_line=heard,
            )  # fmt: skip
            _end(running, report, total)


def _lines(content: bytes) -> int:
    """How many lines follow the header."""
    return content.count(b"\n") - content.endswith(b"\n")


def _end(running: jobs.Running, report: ImportReport, lines: int) -> None:
    counts = report.schools
    accepted = counts.created + counts.updated + counts.unchanged + counts.closed
    read = accepted + counts.refused
    running.progress(total=read, done=read, accepted=accepted, refused=counts.refused)
    result: dict[str, Any] = {**report.facts(), "left_out": max(lines - read, 0), "dry_run": report.dry_run}
    if report.refusals:
        result["file"] = _keep_refused(running, report.refusals).pk
    running.finish(result)


def _keep_refused(running: jobs.Running, refusals: Sequence[Refusal]) -> StoredFile:
    """The refused lines as a file that a spreadsheet opens as text."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["line", "why it was refused"])
    writer.writerows([refusal.line, safe_cell(refusal.reason)] for refusal in refusals)
    content = ("\ufeff" + text.getvalue()).encode()
    return StoredFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(), name="refused-lines.csv", content_type="text/csv",
        size=len(content), content=content, owner_kind=jobs.MADE, owner=str(running.number),
        added_by_person_id=running.starter_person_id,
    )  # fmt: skip
