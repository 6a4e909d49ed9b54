"""The groups file: academy trusts, created and updated. Other groups hold no school's purse: left out."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db.backends.utils import CursorWrapper

from marketplace.organisations.models import Organisation
from marketplace.organisations.services.gias.reading import (
    Cells,
    Refusal,
    RowRefused,
    opened,
    plain_heading,
)
from marketplace.organisations.services.gias.report import GroupCounts
from marketplace.organisations.services.gias.schools import county
from marketplace.organisations.services.gias.staging import (
    BEGINNING,
    IDENTITY_COLUMNS,
    add_organisations,
    begin_identities,
    change_identities,
    copy_rows,
    make_table,
)

REQUIRED = ("group_uid", "group_name", "group_type_code", "open_date", "closed_date")
ACADEMY_TRUSTS = frozenset({"6", "10"})  # multi-academy trust, single-academy trust
FEDERATION, SPONSOR = "1", "5"
CREATED_IN_ERROR = "created_in_error"

COLUMNS = (
    ("line", "int"),
    ("uid", "text"),
    ("name", "text"),
    ("company_number", "text"),
    ("ukprn", "text"),
    ("opened_on", "date"),
    ("closed_on", "date"),
    ("street", "text"),
    ("locality", "text"),
    ("address3", "text"),
    ("town", "text"),
    ("county", "text"),
    ("postcode", "text"),
)  # fmt: skip

_ADDRESS = ("street", "locality", "address3", "town", "county", "postcode")
_GIVEN_ADDRESS = ", ".join(f"coalesce(r.{name}, '')" for name in _ADDRESS)
_DIFFERENT = " OR ".join(f"r.{c} <> i.{c}" for c in ("name", "company_number", *_ADDRESS))


@dataclass
class GroupLines:
    """Turns lines into rows, counting the groups that are no academy trusts."""

    counts: GroupCounts
    no_trusts: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)

    def parse(self, line: int, cells: Cells) -> tuple[int | str | date | None, ...] | None:
        """The row of an academy trust, or None for another group. Raises RowRefused."""
        uid = cells.code("group_uid", longest=10, required=True) or ""
        kind = (cells.code("group_type_code", longest=3, required=True) or "").lstrip("0")
        in_error = plain_heading(cells.raw("group_status_code") or "") == CREATED_IN_ERROR
        if in_error or kind not in ACADEMY_TRUSTS:
            self.no_trusts.add(uid)
            self.counts.federations += kind == FEDERATION
            self.counts.sponsors += kind == SPONSOR
            self.counts.others += kind not in (FEDERATION, SPONSOR)
            return None
        if uid in self.seen:
            raise RowRefused(f"group {uid} stands on line {self.seen[uid]} already")
        row = (
            line,
            uid,
            cells.text("group_name", required=True),
            cells.text("companies_house_number", limit=10),
            cells.code("ukprn", longest=8),
            cells.day("open_date") or cells.day("incorporated_on_open_date"),
            cells.day("closed_date"),
            cells.text("group_street"),
            cells.text("group_locality"),
            cells.text("group_address_3"),
            cells.text("group_town", limit=100),
            county(cells.text("group_county", limit=100)),
            cells.text("group_postcode", limit=12),
        )
        self.seen[uid] = line
        return row


def import_groups(
    cursor: CursorWrapper, *, path: Path, on: date, refusals: list[Refusal]
) -> tuple[GroupCounts, frozenset[str]]:
    """Brings the academy trusts up to date. Returns the counts, and the UIDs of all other groups."""
    counts = GroupCounts()
    lines = GroupLines(counts)
    mine: list[Refusal] = []
    make_table(cursor, "gias_group", COLUMNS)
    with opened(
        path, what="the register's file of groups", required=REQUIRED, file="groups", heading=plain_heading
    ) as table:
        copy_rows(cursor, "gias_group", COLUMNS, table.records(lines.parse, mine))
    _update(cursor, counts, on=on)
    _create(cursor, counts)
    counts.refused = len(mine)
    refusals.extend(mine)
    return counts, frozenset(lines.no_trusts)


def _update(cursor: CursorWrapper, counts: GroupCounts, *, on: date) -> None:
    make_table(cursor, "gias_identity", IDENTITY_COLUMNS)
    cursor.execute(
        f"""
        INSERT INTO gias_identity (organisation_id, name, {", ".join(_ADDRESS)}, company_number)
        SELECT t.organisation_id, r.name, {", ".join(f"r.{c}" for c in _ADDRESS)}, r.company_number
        FROM gias_group r
        JOIN organisations_trust t ON t.uid = r.uid
        JOIN organisations_identity i ON i.organisation_id = t.organisation_id AND i.valid_to IS NULL
        WHERE {_DIFFERENT}
        """
    )
    cursor.execute(
        """
        WITH changed AS (
            UPDATE organisations_trust t SET ukprn = coalesce(r.ukprn, t.ukprn), closed_on = r.closed_on,
                companies_house_number = coalesce(r.company_number, t.companies_house_number)
            FROM gias_group r
            WHERE r.uid = t.uid AND (r.ukprn <> t.ukprn OR r.company_number <> t.companies_house_number
                OR r.closed_on IS DISTINCT FROM t.closed_on)
            RETURNING t.organisation_id
        )
        SELECT count(*) FROM (
            SELECT organisation_id FROM changed UNION SELECT organisation_id FROM gias_identity
        ) either
        """
    )
    counts.updated = cursor.fetchone()[0]
    cursor.execute("SELECT count(*) FROM gias_group r JOIN organisations_trust t ON t.uid = r.uid")
    counts.unchanged = cursor.fetchone()[0] - counts.updated
    change_identities(cursor, on=on)


def _create(cursor: CursorWrapper, counts: GroupCounts) -> None:
    counts.created = add_organisations(
        cursor,
        kind=Organisation.Kind.TRUST,
        query="""
        SELECT r.uid, r.name FROM gias_group r
        WHERE r.uid NOT IN (SELECT uid FROM organisations_trust) ORDER BY r.line
        """,
    )
    cursor.execute(
        """
        INSERT INTO organisations_trust (organisation_id, uid, ukprn, companies_house_number, closed_on)
        SELECT a.organisation_id, r.uid, coalesce(r.ukprn, ''), coalesce(r.company_number, ''), r.closed_on
        FROM gias_added a JOIN gias_group r ON r.uid = a.key
        """
    )
    begin_identities(
        cursor,
        f"""
        SELECT a.organisation_id, coalesce(r.opened_on, '{BEGINNING}'), r.name, {_GIVEN_ADDRESS},
            coalesce(r.company_number, '')
        FROM gias_added a JOIN gias_group r ON r.uid = a.key
        """,
    )
