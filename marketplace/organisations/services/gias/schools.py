"""One line of the register's file of schools, checked and brought into the shape of the staging table."""

from dataclasses import dataclass, field
from datetime import date

from marketplace.organisations.models import School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.rules.billing_class import billing_class_of
from marketplace.organisations.services.gias.reading import Cells, RowRefused

REQUIRED = (
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "EstablishmentStatus (code)",
    "OpenDate",
    "CloseDate",
    "PhaseOfEducation (code)",
)  # fmt: skip

# The staging table's columns in the order of a row. A NULL in an optional one keeps what is known.
COLUMNS = (
    ("line", "int"),
    ("urn", "text"),
    ("la_code", "text"),
    ("la_name", "text"),
    ("establishment_number", "text"),
    ("name", "text"),
    ("type_code", "text"),
    ("type_name", "text"),
    ("status", "text"),
    ("phase_code", "text"),
    ("phase_name", "text"),
    ("opened_on", "date"),
    ("closed_on", "date"),
    ("ukprn", "text"),
    ("low_age", "int"),
    ("high_age", "int"),
    ("billing_class", "text"),
    ("changed_on", "date"),
    ("street", "text"),
    ("locality", "text"),
    ("address3", "text"),
    ("town", "text"),
    ("county", "text"),
    ("postcode", "text"),
    ("pupils", "int"),
    ("counted_on", "date"),
    ("trust_uid", "text"),
    ("trust_name", "text"),
)  # fmt: skip

Row = tuple[int | str | date | None, ...]

_STATUSES = frozenset(School.Status.values)
_NOT_RECORDED = frozenset({"Not recorded", "Not applicable"})


@dataclass
class SchoolLines:
    """Turns lines into rows, remembering each URN's line so that a second one is refused.

    ``authorities`` limits the import to those codes (all when empty); other lines are passed over unread.
    ``no_trusts`` are the UIDs of groups known not to be academy trusts.
    """

    authorities: frozenset[str] = frozenset()
    no_trusts: frozenset[str] = frozenset()
    seen: dict[str, int] = field(default_factory=dict)

    def parse(self, line: int, cells: Cells) -> Row | None:
        """The row of one line, or None for another authority's. Raises RowRefused."""
        if self.authorities and cells.raw("LA (code)") not in self.authorities:
            return None
        urn = cells.code("URN", longest=8, required=True) or ""
        if urn in self.seen:
            raise RowRefused(f"URN {urn} stands on line {self.seen[urn]} already")
        name = cells.text("EstablishmentName", required=True)
        type_code = _type_code(cells)
        billing_class = billing_class_of(type_code)
        changed_on = cells.day("LastChangedDate")
        row = (
            line,
            urn,
            cells.code("LA (code)", shortest=3, longest=3, required=True),
            cells.text("LA (name)", required=True),
            cells.code("EstablishmentNumber", longest=4),
            name,
            type_code,
            cells.text("TypeOfEstablishment (name)", limit=80),
            _status(cells),
            cells.code("PhaseOfEducation (code)", longest=2) or "0",
            cells.text("PhaseOfEducation (name)", limit=40),
            cells.day("OpenDate"),
            cells.day("CloseDate"),
            cells.code("UKPRN", longest=8),
            cells.number("StatutoryLowAge", largest=99),
            cells.number("StatutoryHighAge", largest=99),
            billing_class.value,
            changed_on,
            cells.text("Street"),
            cells.text("Locality"),
            cells.text("Address3"),
            cells.text("Town", limit=100),
            county(cells.text("County (name)", limit=100)),
            cells.text("Postcode", limit=12),
            cells.number("NumberOfPupils", largest=100_000),
            cells.day("CensusDate") or changed_on,
            *self._trust(cells, billing_class),
        )
        self.seen[urn] = line
        return row

    def _trust(self, cells: Cells, billing_class: BillingClass) -> tuple[str | None, str | None]:
        """The academy trust's UID and name; empty for none, None where the file has no such column.

        The register writes foundation trusts of maintained schools into the same column. They hold land and
        appoint governors but do not run the school's money, so a maintained school has no trust here.
        """
        uid, name = cells.code("Trusts (code)", longest=10), cells.text("Trusts (name)")
        if uid is None or name is None:
            return None, None
        if not uid or uid in self.no_trusts or billing_class == BillingClass.MAINTAINED:
            return "", ""
        if not name:
            raise RowRefused(f"Trusts (name) is empty beside Trusts (code) {uid}")
        return uid, name


def county(value: str | None) -> str | None:
    """The register writes words where no county is known; an address prints none."""
    return "" if value in _NOT_RECORDED else value


def _type_code(cells: Cells) -> str:
    code = cells.code("TypeOfEstablishment (code)", longest=3, required=True) or ""
    return code.lstrip("0") or "0"


def _status(cells: Cells) -> str:
    status = cells.code("EstablishmentStatus (code)", longest=2, required=True) or ""
    if status.lstrip("0") not in _STATUSES:
        raise RowRefused(f"EstablishmentStatus (code) must be 1, 2, 3 or 4, not {status}")
    return status.lstrip("0")
