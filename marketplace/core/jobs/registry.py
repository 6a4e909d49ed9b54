"""The kinds of job: each belongs to a package, which registers it from ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.actors import Role

if TYPE_CHECKING:
    from marketplace.core.jobs.running import Running

Run = Callable[["Running"], None]


@dataclass(frozen=True)
class Kind:
    """``name`` is stored with each job and must not change while jobs of it wait.

    ``roles`` may start such a job and go on with it; empty: its starter alone. ``readers`` may besides have the file it makes. The words are those of its page:
    "212 invoices: 210 issued, 2 left for the next batch".
    """

    name: str
    run: Run
    roles: frozenset[Role]
    unit: str
    accepted: str
    refused: str
    units: str = ""  # where the plural is not made by an s
    readers: frozenset[Role] = frozenset()


_kinds: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    roles: frozenset[Role] = frozenset(),
    unit: str = "line",
    accepted: str = "accepted",
    refused: str = "refused",
    units: str = "",
    readers: frozenset[Role] = frozenset(),
) -> Callable[[Run], Run]:
    """Registers what a job of this kind does: ``@jobs.kind("billing_run")``.

    The function must be idempotent and work in chunks, each one transaction that also writes its progress, so that
    whoever takes over after a kill goes on behind the last whole chunk.
    """

    def keep(run: Run) -> Run:
        _kinds[name] = Kind(name, run, roles, unit, accepted, refused, units, readers)
        return run

    return keep


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises LookupError when no package has registered it."""
    found = _kinds.get(name)
    if found is None:
        raise LookupError(f"No kind of job is called {name}.")
    return found


def registered() -> dict[str, Kind]:
    return dict(_kinds)
