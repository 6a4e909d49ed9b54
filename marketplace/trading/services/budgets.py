"""What an organisation means to spend in a year, and under which codes of its own it books what it bought."""

from collections.abc import Mapping

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import MAX_PENCE, Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BudgetLine, LineCode, Order
from marketplace.trading.queries import lines_to_code
from marketplace.trading.rules.budgets import CODE

MOST_CODES = 200


class TooManyCodes(DomainError):
    """A budget has more codes than anybody keeps."""

    code = "too_many_codes"
    status = 400


def clean_code(text: str) -> str:
    """A code as people type it, without its spaces. Refuses signs that a return or a finance system does not know."""
    code = "".join(text.split())
    if not CODE.fullmatch(code):
        raise WrongInput("Code must be 1 to 20 letters and digits, like E09, BAE090 or 4300-12")
    return code


@transaction.atomic
def set_budget(*, organisation: Organisation, year: Period, budget: Mapping[str, int], actor: Actor) -> int:
    """Puts the whole budget of a year: pence before VAT by code, a code with 0 is left out. Returns the total in pence.

    By those who buy or approve there; another's is NotFound. Two who save at once come one after the other, and the
    second one's budget stands whole. What is as it was records nothing.
    """
    if organisation.pk not in actor.organisations(*BUYING):
        raise NotFound("Page not found")
    wanted = _cleaned(budget)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    lines = BudgetLine.objects.filter(organisation=organisation, year_starts_on=year.start)
    before = dict(lines.values_list("code", "pence"))
    total = sum(wanted.values())
    if wanted == before:
        return total
    lines.exclude(code__in=wanted).delete()
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(organisation=organisation, year_starts_on=year.start, code=code, pence=pence)
            for code, pence in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["organisation", "year_starts_on", "code"],
        update_fields=["pence"],
    )
    events.record(
        kind="budget.set",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={"from": year.start.isoformat(), "before": before, "after": wanted},
        actor=actor,
    )
    return total


def _cleaned(budget: Mapping[str, int]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for given, pence in budget.items():
        code = clean_code(given)
        if not 0 <= pence <= MAX_PENCE:
            raise WrongInput(f"Budget of {code} must be between £0.00 and {Money(MAX_PENCE)}")
        if code in wanted:
            raise WrongInput(f"{code} is there twice. Enter one budget for it")
        if pence:
            wanted[code] = pence
    if len(wanted) > MOST_CODES:
        raise TooManyCodes(f"A budget holds {MOST_CODES} codes at most, not {len(wanted)}. Put some of them together.")
    return wanted


@transaction.atomic
def set_line_codes(*, order: Order, codes: Mapping[int, str], actor: Actor) -> int:
    """Gives lines of an order the codes under which their schools book them, by line id; "" goes back to ours.

    By those who buy or approve for the school that receives the line; another's line is NotFound, and nothing is
    changed then. No document changes. Returns how many lines changed.
    """
    found = lines_to_code(actor, order).filter(pk__in=codes)
    lines = list(found.select_for_update(of=("self",), no_key=True))
    if len(lines) != len(codes):
        raise NotFound("Page not found")
    changed = 0
    for line in lines:
        before = line.own_code.code if hasattr(line, "own_code") else ""
        after = clean_code(codes[line.pk]) if codes[line.pk].strip() else ""
        if after == before:
            continue
        changed += 1
        if after:
            LineCode.objects.update_or_create(order_line=line, defaults={"code": after})
        else:
            LineCode.objects.filter(order_line=line).delete()
        events.record(
            kind="order.line_code",
            subject_kind="order",
            subject=order.number,
            organisation_ids=[line.school_id],
            payload={"line": line.pk, "before": before, "after": after},
            actor=actor,
        )
    return changed
