"""What an import did, in figures."""

from dataclasses import asdict, dataclass, field

from marketplace.organisations.services.gias.reading import Refusal


@dataclass
class Counts:
    """Lines of a file by what became of them. Each accepted line stands in exactly one of the first four.

    ``closed`` counts schools known as open that the file has closed; they are not counted as updated too.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return (
            f"created {self.created}, updated {self.updated}, unchanged {self.unchanged},"
            f" closed {self.closed}, refused {self.refused}"
        )


@dataclass
class GroupCounts:
    """Academy trusts of the groups file; the other groups in it are left out, counted by kind."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    federations: int = 0
    sponsors: int = 0
    others: int = 0

    def __str__(self) -> str:
        return (
            f"groups: created {self.created}, updated {self.updated}, unchanged {self.unchanged},"
            f" refused {self.refused}; left out {self.federations} federations,"
            f" {self.sponsors} school sponsors,"
            f" {self.others} other groups"
        )


@dataclass
class LinkCounts:
    """Pairs of schools linked, and lines of the links file that make no pair."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    unknown: int = 0
    others: int = 0

    def __str__(self) -> str:
        return (
            f"links: created {self.created}, updated {self.updated}, unchanged {self.unchanged},"
            f" refused {self.refused}; left out {self.unknown} with a school not known here,"
            f" {self.others} that name no predecessor or successor"
        )


@dataclass
class ImportReport:
    """The whole run. ``groups`` and ``links`` are None where no such file was given."""

    schools: Counts = field(default_factory=Counts)
    groups: GroupCounts | None = None
    links: LinkCounts | None = None
    authorities_created: int = 0
    trusts_created: int = 0  # from the schools' file, beside those of the groups file
    memberships_changed: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    dry_run: bool = False

    def facts(self) -> dict[str, object]:
        """The figures alone, for the event log."""
        return {
            "schools": asdict(self.schools),
            "groups": asdict(self.groups) if self.groups else None,
            "links": asdict(self.links) if self.links else None,
            "authorities_created": self.authorities_created,
            "trusts_created": self.trusts_created,
            "memberships_changed": self.memberships_changed,
        }
