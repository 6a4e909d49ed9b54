"""For which days of a service a credit is: pure, from what is credited on each line."""

from collections.abc import Iterable, Sequence

from invoicing.documents.models import DocumentLine
from invoicing.recognition.taking_back import Credited
from marketplace.core.errors import DomainError
from marketplace.core.periods import Period


class OutsideService(DomainError):
    """A line cannot be credited for days that it was not invoiced for."""

    code = "outside_service"


def by_line(credits: Sequence[Credited]) -> dict[int, int]:
    """Pence to credit by line id; a line may be credited for several services at once."""
    amounts: dict[int, int] = {}
    for credit in credits:
        amounts[credit.line_id] = amounts.get(credit.line_id, 0) + credit.pence
    return amounts


def service_of(line_id: int, credits: Sequence[Credited]) -> Period | None:
    """The days that a credit line names: from the first to the last of its services, none where one of them has none."""
    services = [credit.service for credit in credits if credit.line_id == line_id]
    named = [service for service in services if service]
    if not named or len(named) < len(services):
        return None
    return Period(min(service.start for service in named), max(service.end for service in named))


def require_within(lines: Iterable[DocumentLine], service: Period) -> None:
    """Raises OutsideService unless the days lie within the service of every line that has one."""
    for line in lines:
        if line.service_from is None or line.service_to is None:
            continue
        if not line.service_from <= service.start < service.end <= line.service_to:
            own = Period(line.service_from, line.service_to)
            raise OutsideService(
                f"Line {line.position} ({line.description}) is for services from {own.start:%-d %B %Y} to "
                f"{own.last_day:%-d %B %Y}. Give dates within them, or no dates to credit it as a lower price."
            )
