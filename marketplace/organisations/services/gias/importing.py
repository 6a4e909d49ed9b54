"""The import of the register of schools: one call, one transaction, one event."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.organisations.services.gias import memberships, writing
from marketplace.organisations.services.gias.groups import import_groups
from marketplace.organisations.services.gias.links import import_links
from marketplace.organisations.services.gias.reading import Cells, Refusal, opened
from marketplace.organisations.services.gias.report import ImportReport
from marketplace.organisations.services.gias.schools import COLUMNS, REQUIRED, Row, SchoolLines
from marketplace.organisations.services.gias.staging import copy_rows, lock, make_table


def import_register(
    *,
    file: Path,
    links: Path | None,
    groups: Path | None,
    authorities: list[str],
    dry_run: bool,
    on: date,
    actor: Actor,
    on_line: Callable[[int], None] | None = None,
) -> ImportReport:
    """Brings schools, and where their files are given trusts and links, to what the register says.

    Importing the same files again changes nothing. ``authorities`` limits the schools to those LA codes;
    schools that a file does not name are left as they are. Lines that cannot be accepted are left out and
    reported. A file that is not one of the register's raises NotARegisterFile, and nothing of any file is
    written. A dry run does all of it and takes it back, customer numbers and event included. ``on_line`` hears the
    number of every line of the schools' file as it is read.
    """
    actor.require(Role.ADMINISTRATOR, to="import the register of schools")
    report = ImportReport(dry_run=dry_run)
    with transaction.atomic():
        lock()
        with connection.cursor() as cursor:
            no_trusts: frozenset[str] = frozenset()
            if groups is not None:
                report.groups, no_trusts = import_groups(cursor, path=groups, on=on, refusals=report.refusals)
            lines = SchoolLines(authorities=frozenset(authorities), no_trusts=no_trusts)
            _import_schools(cursor, report, file=file, parse=_heard(lines, on_line), on=on)
            if links is not None:
                report.links = import_links(cursor, path=links, refusals=report.refusals)
        events.record(
            kind="register.imported",
            subject_kind="register",
            subject=on.isoformat(),
            organisation_ids=[],
            payload=report.facts(),
            actor=actor,
        )
        if dry_run:
            transaction.set_rollback(True)
    return report


Parse = Callable[[int, Cells], Row | None]


def _heard(lines: SchoolLines, on_line: Callable[[int], None] | None) -> Parse:
    """The parser of the lines, telling each line's number before it is parsed."""
    if on_line is None:
        return lines.parse

    def parse(line: int, cells: Cells) -> Row | None:
        on_line(line)
        return lines.parse(line, cells)

    return parse


def _import_schools(cursor: CursorWrapper, report: ImportReport, *, file: Path, parse: Parse, on: date) -> None:
    refusals: list[Refusal] = []
    make_table(cursor, "gias_row", COLUMNS)
    with opened(file, what="the register's file of schools", required=REQUIRED) as table:
        copy_rows(cursor, "gias_row", COLUMNS, table.records(parse, refusals))
    report.refusals.extend(refusals)
    writing.count_for_the_planner(cursor)
    report.schools = writing.compare(cursor)
    report.schools.refused = len(refusals)
    report.authorities_created = writing.add_authorities(cursor)
    report.trusts_created = memberships.add_trusts(cursor)
    writing.add_schools(cursor)
    writing.count_for_the_planner(cursor)
    writing.change_schools(cursor, on=on)
    writing.count_pupils(cursor, on=on)
    report.memberships_changed = memberships.move_schools(cursor, on=on)
