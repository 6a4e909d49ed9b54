"""The opening position: a file is checked, handed in by one person, approved by another, and posted whole, once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction

from invoicing.documents.models import Document
from invoicing.journals.models import OpeningPosition, Purchase
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.rules.opening import Sums, differences, document_number, problems, sums, told
from invoicing.journals.rules.opening_file import MOST_PROBLEMS, OpeningFile, decode, read
from invoicing.journals.services import deciding
from invoicing.journals.services.opening_posting import post_opening
from invoicing.ledger import chart
from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.core import series
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

__all__ = [
    "Checked",
    "OpeningDiffers",
    "OpeningTaken",
    "approve_opening",
    "check_opening",
    "send_back_opening",
    "submit_opening",
]
_STATE = TwoPeople.State


class OpeningDiffers(DomainError):
    """The file does not equal its trial balance, or cannot be read; each reason is said in ``detail``."""

    code = "opening_differs"
    status = 400


class OpeningTaken(DomainError):
    """There is one opening position, ever."""

    code = "opening_taken"


@dataclass(frozen=True)
class Checked:
    """What a file says and whether it may be taken over. ``parties`` are the organisations it names, by their words."""

    file: OpeningFile
    sums: Sums
    parties: dict[str, Organisation]
    problems: list[str] = field(default_factory=list)


def check_opening(*, content: bytes | str, on: date, today: date) -> Checked:
    """Reads and compares, and keeps nothing. ``on`` is the last day of the old books.

    ``problems`` is empty when every row can be taken over and every part equals the trial balance to the penny.
    """
    file = read(decode(content) if isinstance(content, bytes) else content)
    parties, unknown = _parties(file)
    found = [*file.problems, *unknown]
    found += problems(
        file, on=on, types=dict(LedgerAccount.objects.values_list("code", "type")),
        controls=set(LedgerAccount.objects.filter(control=True).values_list("code", flat=True)),
        streams=set(IncomeStream.objects.values_list("code", flat=True)),
    )  # fmt: skip
    found += _known_here(file, parties)
    if on >= today:
        found.append("The last day of the old books must be in the past")
    if not file.problems:
        found += [told(difference) for difference in differences(file)]
    return Checked(file=file, sums=sums(file), parties=parties, problems=found[:MOST_PROBLEMS])


def _parties(file: OpeningFile) -> tuple[dict[str, Organisation], list[str]]:
    """Everybody the file names, by customer number or by exact name; who is unknown or meant twice is told."""
    named = [(row.line, row.customer) for row in file.invoices]
    named += [(row.line, row.customer) for row in file.deferred]
    named += [(row.line, row.customer) for row in file.places]
    named += [(row.line, row.customer) for row in file.credits]
    named += [(row.line, row.supplier) for row in file.owed]
    words = {name for _, name in named}
    others = Organisation.objects.exclude(kind=Organisation.Kind.PARTNERSHIP)
    by_number = {one.number: one for one in others.filter(number__in={name.upper() for name in words})}
    by_name: dict[str, list[Organisation]] = {}
    for one in others.filter(name__in=words):
        by_name.setdefault(one.name, []).append(one)
    parties, unknown = {}, []
    for line, name in sorted(named):
        found = by_number.get(name.upper())
        meant = [found] if found else by_name.get(name, [])
        if len(meant) == 1:
            parties[name] = meant[0]
        elif meant:
            unknown.append(f"Line {line}: several organisations are called {name}. Give the customer number")
        else:
            unknown.append(f"Line {line}: there is no organisation {name}. Give its customer number, or add it first")
    return parties, unknown


def _known_here(file: OpeningFile, parties: dict[str, Organisation]) -> Iterable[str]:
    """What stands in these books already under the same number."""
    numbers = {document_number(row.number): row for row in file.invoices}
    for taken in Document.objects.filter(number__in=numbers).values_list("number", flat=True):
        row = numbers[taken or ""]
        yield f"Line {row.line}: {taken} is in these books already"
    entered = Purchase.objects.exclude(state=_STATE.CANCELLED)
    for owed in file.owed:
        if (
            owed.supplier in parties
            and entered.filter(supplier=parties[owed.supplier], supplier_number=owed.number).exists()
        ):
            yield f"Line {owed.line}: {owed.number} of {owed.supplier} is in these books already"


@transaction.atomic
def submit_opening(*, content: bytes, file_name: str, on: date, today: date, actor: Actor) -> OpeningPosition:
    """Keeps a file that equals its trial balance, for another person to approve. Refuses one that differs, with each
    difference said (OpeningDiffers), and a second one while one waits or is approved (OpeningTaken)."""
    person = deciding.preparer(actor, to="hand in the opening position")
    _require_none()
    _require_equal(check_opening(content=content, on=on, today=today))
    text = decode(content)
    series.ensure_series(code=chart.OPENING_SERIES, prefix="OPN")
    [number] = series.claim(series=chart.OPENING_SERIES)
    try:
        with transaction.atomic():
            made = OpeningPosition.objects.create(
                number=number, state=_STATE.SUBMITTED, prepared_by_id=person, on=on, content=text,
                file_name=clean_line(file_name or "old-books.csv", what="File name", limit=120),
                sha256=hashlib.sha256(text.encode()).hexdigest(),
            )  # fmt: skip
    except IntegrityError:
        _require_none()
        raise
    deciding.record("opening.submitted", made, actor, on=on.isoformat(), sha256=made.sha256)
    return made


def _require_none() -> None:
    known = OpeningPosition.objects.filter(state__in=[_STATE.SUBMITTED, _STATE.APPROVED]).order_by("-pk").first()
    if known is None:
        return
    if known.state == _STATE.APPROVED:
        raise OpeningTaken(f"The opening position was taken over with {known.number} already. It is taken over once.")
    raise OpeningTaken(f"{known.number} waits for approval already. It is approved or sent back first.")


def _require_equal(checked: Checked) -> None:
    if checked.problems:
        raise OpeningDiffers("The opening position was refused. Nothing was taken over.", detail=checked.problems)


@transaction.atomic
def approve_opening(*, opening: OpeningPosition, version: int, today: date, actor: Actor) -> OpeningPosition:
    """Posts everything of the file, all or nothing, after checking it again. By another person than handed it in.

    Open invoices become documents ``OLD-…`` that are paid like any other, credits stand on account, deferred income is
    released month by month, and nothing is left on 3900 at the end.
    """
    person = deciding.approver(actor, to="approve the opening position")
    found = deciding.locked(opening, [_STATE.SUBMITTED], to="approve it")
    deciding.require_other_person(found, person)
    deciding.require_seen(found, version)
    checked = check_opening(content=found.content, on=found.on, today=today)
    _require_equal(checked)
    deciding.move(found, _STATE.APPROVED, approved_by_id=person)
    post_opening(opening=found, file=checked.file, parties=checked.parties, actor=actor)
    deciding.record("opening.approved", found, actor, **checked.sums._asdict())
    return found


@transaction.atomic
def send_back_opening(*, opening: OpeningPosition, reason: str, version: int, actor: Actor) -> OpeningPosition:
    """Refuses the file with a reason; another file may be handed in."""
    return deciding.send_back(opening, reason=reason, version=version, actor=actor, kind="opening")
