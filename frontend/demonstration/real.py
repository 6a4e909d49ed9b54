"""Real schools from the register: imported as they are, with nothing invented about them but who signs in."""

from datetime import date
from pathlib import Path

from frontend.demonstration.directory import Directory
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.organisations.models import School
from marketplace.organisations.services.gias import import_register


class NoOpenSchool(DomainError):
    """The file has no open school of these authorities."""

    code = "no_open_school"


def add_real_area(directory: Directory, *, file: Path, codes: list[str], on: date, actor: Actor) -> str:
    """Imports the schools of these authorities and returns the name of the first open one, by URN."""
    import_register(file=file, links=None, groups=None, authorities=codes, dry_run=False, on=on, actor=actor)
    open_schools = School.objects.filter(status=School.Status.OPEN).select_related("organisation")
    first = open_schools.filter(phase_code="2").order_by("urn").first() or open_schools.order_by("urn").first()
    if first is None:
        raise NoOpenSchool(f"{file.name} has no open school of LA {', '.join(codes) or 'any'}. Name another LA code.")
    directory.organisations[first.organisation.name] = first.organisation
    return first.organisation.name
