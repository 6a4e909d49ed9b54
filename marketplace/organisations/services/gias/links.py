"""The links file: who followed whom. The register writes each link twice, once from either school."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.backends.utils import CursorWrapper

from marketplace.organisations.services.gias.reading import Cells, Refusal, RowRefused, opened
from marketplace.organisations.services.gias.report import LinkCounts
from marketplace.organisations.services.gias.staging import copy_rows, make_table

REQUIRED = ("URN", "LinkURN", "LinkType", "LinkEstablishedDate")
COLUMNS = (("predecessor", "text"), ("successor", "text"), ("kind", "text"), ("linked_on", "date"))
PLAIN = "succeeded"
LONGEST_KIND = 60

Link = tuple[str, str, str, date | None]

_KNOWN = (
    " FROM gias_link l JOIN organisations_school p ON p.urn = l.predecessor"
    " JOIN organisations_school s ON s.urn = l.successor"
)
# The two lines of one link sometimes differ: the more telling kind and the earlier date are kept.
_PAIRS = (
    "CREATE TEMPORARY TABLE gias_pair ON COMMIT DROP AS SELECT p.organisation_id AS predecessor_id,"
    " s.organisation_id AS successor_id, coalesce(min(l.kind) FILTER (WHERE l.kind <>"
    f" '{PLAIN}'), '{PLAIN}') AS kind,"
    f" min(l.linked_on) AS linked_on{_KNOWN} GROUP BY 1, 2"
)


@dataclass
class LinkLines:
    """Turns lines into directed links, counting those that name no direction."""

    counts: LinkCounts

    def parse(self, line: int, cells: Cells) -> Link | None:
        """Predecessor's URN, successor's URN, kind and date, or None for a link of another kind.

        "Predecessor" says that the linked school came before the one of the line, "Successor" that it came
        after.
        """
        urn, other = (cells.code(column, longest=8, required=True) or "" for column in ("URN", "LinkURN"))
        linked_on = cells.day("LinkEstablishedDate")
        direction, _, kind = (cells.text("LinkType", required=True) or "").partition(" - ")
        if direction not in ("Predecessor", "Successor"):
            self.counts.others += 1
            return None
        if len(kind) > LONGEST_KIND:
            raise RowRefused(f"LinkType must be {LONGEST_KIND} characters or fewer after its direction")
        if urn == other:
            raise RowRefused(f"URN {urn} is linked to itself")
        before, after = (other, urn) if direction == "Predecessor" else (urn, other)
        return before, after, kind.lower() or PLAIN, linked_on


def import_links(cursor: CursorWrapper, *, path: Path, refusals: list[Refusal]) -> LinkCounts:
    """Brings the links between known schools up to date; a pair of schools has one link, dated or not."""
    counts = LinkCounts()
    mine: list[Refusal] = []
    make_table(cursor, "gias_link", COLUMNS)
    with opened(path, what="the register's file of links", required=REQUIRED, file="links") as table:
        copy_rows(cursor, "gias_link", COLUMNS, table.records(LinkLines(counts).parse, mine))
    counts.refused = len(mine)
    refusals.extend(mine)
    _write(cursor, counts)
    return counts


def _write(cursor: CursorWrapper, counts: LinkCounts) -> None:
    cursor.execute(f"SELECT (SELECT count(*) FROM gias_link) - (SELECT count(*){_KNOWN})")
    counts.unknown = cursor.fetchone()[0]
    cursor.execute("DROP TABLE IF EXISTS pg_temp.gias_pair")
    cursor.execute(_PAIRS)
    pairs: int = cursor.rowcount
    cursor.execute(
        "UPDATE organisations_schoollink k SET kind = g.kind, linked_on = g.linked_on FROM gias_pair g"
        " WHERE k.predecessor_id = g.predecessor_id AND k.successor_id = g.successor_id"
        " AND (k.kind <> g.kind OR k.linked_on IS DISTINCT FROM g.linked_on)"
    )
    counts.updated = cursor.rowcount
    cursor.execute(
        "INSERT INTO organisations_schoollink (predecessor_id, successor_id, kind, linked_on)"
        " SELECT predecessor_id, successor_id, kind, linked_on FROM gias_pair ORDER BY 1, 2"
        " ON CONFLICT (predecessor_id, successor_id) DO NOTHING"
    )
    counts.created = cursor.rowcount
    counts.unchanged = pairs - counts.updated - counts.created
