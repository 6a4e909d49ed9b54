"""Writes small files of the register and imports them."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.actors import platform
from marketplace.organisations.services.gias import ImportReport, import_register
from tests.organisations.register_files import IMPORT_DAY, RunImport, WriteFile

Rows = Sequence[dict[str, str]]


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteFile:
    """``write_csv([row, …])``: a CSV file of these rows with all their columns, cp1252 unless told."""
    made = 0

    def write(rows: Rows, *, encoding: str = "cp1252", name: str = "") -> Path:
        nonlocal made
        made += 1
        path = tmp_path / (name or f"register-{made}.csv")
        with path.open("w", encoding=encoding, newline="") as file:
            columns = dict.fromkeys(column for row in rows for column in row)
            writer = csv.DictWriter(file, fieldnames=list(columns), restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def run(write_csv: WriteFile) -> RunImport:
    """``run(rows, groups=rows, links=rows)`` imports on 15 January 2026; a path may stand for the rows."""

    def as_file(given: Rows | Path | None) -> Path | None:
        return given if given is None or isinstance(given, Path) else write_csv(given)

    def import_files(
        schools: Rows | Path,
        *,
        groups: Rows | Path | None = None,
        links: Rows | Path | None = None,
        **options: Any,
    ) -> ImportReport:
        given: dict[str, Any] = {
            "file": as_file(schools),
            "groups": as_file(groups),
            "links": as_file(links),
            "authorities": [],
            "dry_run": False,
            "on": IMPORT_DAY,
            "actor": platform("import_gias"),
        }
        return import_register(**(given | options))

    return import_files
