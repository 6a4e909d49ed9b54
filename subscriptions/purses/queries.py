"""Reads over purses: what is left, who may draw, and the statement that all members read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from invoicing.receivables.models import Allocation, Carry, Refund, UnallocatedItem
from marketplace.core.actors import BUYING, FINANCE_READERS, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from subscriptions.purses.models import Purse, PurseDraw, PurseMember


@dataclass(frozen=True)
class Standing:
    """A purse in pence: paid in, drawn by orders, and left to draw. ``drawn`` counts what is kept for orders too."""

    purse: Purse
    paid_pence: int
    left_pence: int

    @property
    def drawn_pence(self) -> int:
        return self.paid_pence - self.left_pence


@dataclass(frozen=True)
class Offered:
    """A purse from which an organisation may pay: ``left_pence`` is what it may still draw, with VAT."""

    purse: Purse
    member: PurseMember
    left_pence: int
    paid_pence: int


@dataclass(frozen=True)
class StatementLine:
    """One line of the statement; ``pence`` is above nought where it was paid in, below where it was drawn."""

    on: date
    who: str
    text: str
    pence: int
    left_pence: int = 0


def money_on(purses: Iterable[Purse]) -> dict[int, int]:
    """By a purse's id what stands on its account now. One query."""
    accounts = {one.account_id: one.pk for one in purses}
    rows = UnallocatedItem.objects.filter(organisation_id__in=accounts, remaining_pence__gt=0).order_by()
    sums = rows.values_list("organisation_id").annotate(pence=Sum("remaining_pence"))
    return {accounts[account]: pence for account, pence in sums}


def standings_of(purses: Iterable[Purse]) -> list[Standing]:
    """Each purse with what was paid in and what is left; three queries whatever their number."""
    rows = list(purses)
    money = money_on(rows)
    spent = dict(
        PurseDraw.objects.filter(purse__in=rows)
        .order_by()
        .values_list("purse")
        .annotate(pence=Sum(F("settled_pence") - F("returned_pence")))
    )
    return [
        Standing(one, money.get(one.pk, 0) + (spent.get(one.pk) or 0), money.get(one.pk, 0) - one.reserved_pence)
        for one in rows
    ]


def standing_of_account(organisation_id: int) -> Standing | None:
    """The purse whose money stands on an organisation's account; None where it is nobody's."""
    found = Purse.objects.filter(account=organisation_id).first()
    return standings_of([found])[0] if found else None


def offered_to(organisation: Organisation, on: date, *, code: str = "") -> list[Offered]:
    """The purses from which it may pay on a day, the first to end first; only the one of that code where it is given."""
    members = PurseMember.objects.filter(
        organisation=organisation, may_draw=True, purse__valid_from__lte=on, purse__valid_to__gt=on
    )
    if code:
        members = members.filter(purse__code=code)
    rows = list(members.select_related("purse__lead").order_by("purse__valid_to", "purse_id"))
    if not rows:
        return []
    standings = standings_of([row.purse for row in rows])
    return [_offered(row, standing) for row, standing in zip(rows, standings, strict=True)]


def _offered(member: PurseMember, standing: Standing) -> Offered:
    left = max(0, standing.left_pence)
    if member.most_pence is not None:
        left = min(left, max(0, member.most_pence - member.drawn_pence))
    return Offered(member.purse, member, left, standing.paid_pence)


def purses_for(actor: Actor) -> QuerySet[Purse]:
    """Those of the organisations for which the actor buys; all for finance and the auditor. Latest first."""
    found = Purse.objects.select_related("lead", "account").order_by("-valid_from", "-pk")
    if actor.has(*FINANCE_READERS):
        return found
    own = actor.organisations(*BUYING)
    return found.filter(pk__in=PurseMember.objects.filter(organisation_id__in=own).values("purse"))


def purse_for(actor: Actor, code: str) -> Purse:
    """One by its code, or NotFound."""
    found = purses_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no purse {code}.")
    return found


def memberships_of(organisation: Organisation) -> QuerySet[PurseMember]:
    """The purses to which an organisation belongs, latest first."""
    found = PurseMember.objects.filter(organisation=organisation).select_related("purse__lead")
    return found.order_by("-purse__valid_from", "-pk")


def own_purse(organisation: Organisation, code: str) -> Purse:
    """A purse to which the organisation belongs, or NotFound."""
    found = Purse.objects.select_related("lead", "account").filter(code=code, members__organisation=organisation)
    purse = found.first()
    if purse is None:
        raise NotFound("Page not found")
    return purse


def members_of(purse: Purse) -> list[PurseMember]:
    """Who belongs to it, the lead first, then by name; each with ``paid_pence`` from its account."""
    rows = list(purse.members.select_related("organisation").order_by("organisation__name", "pk"))
    carried = Carry.objects.filter(target__organisation=purse.account_id).order_by()
    paid = dict(
        carried.exclude(source__kind="credit_note").values_list("source__organisation").annotate(sum=Sum("pence"))
    )
    for row in rows:
        row.paid_pence = paid.get(row.organisation_id, 0)  # type: ignore[attr-defined]
    return sorted(rows, key=lambda row: row.organisation_id != purse.lead_id)


def statement_of(purse: Purse) -> list[StatementLine]:
    """What was paid in and what each order takes, in the order of the days, with what was left after each.

    An order counts with what it takes in the end: what was not needed or came back is left again. What finance took from
    what is free stands there too, so that the last line is what is left. Seven queries.
    """
    paid = UnallocatedItem.objects.filter(organisation=purse.account_id, reversed_on=None)
    paid = paid.exclude(carried_from__source__kind="credit_note").select_related("carried_from__source__organisation")
    draws = purse.draws.select_related("member__organisation").order_by("on", "pk")
    lines = [StatementLine(one.received_on, _payer(one), "Paid in", one.pence) for one in paid.order_by("pk")]
    lines += [
        StatementLine(one.on, one.member.organisation.name, one.label, -one.cost_pence)
        for one in draws
        if one.cost_pence
    ]
    lines += _taken_by_finance(purse)
    left, found = 0, []
    for line in sorted(lines, key=lambda one: (one.on, one.pence < 0)):
        left += line.pence
        found.append(StatementLine(line.on, line.who, line.text, line.pence, left))
    return found


def _taken_by_finance(purse: Purse) -> list[StatementLine]:
    """What was paid back, carried to other accounts and set against invoices by hand."""
    refunds = Refund.objects.filter(source__organisation=purse.account_id).order_by("pk")
    lines = [StatementLine(one.refunded_on, _FINANCE, "Paid back", -one.pence) for one in refunds]
    carries = Carry.objects.filter(source__organisation=purse.account_id).select_related("target__organisation")
    lines += [
        StatementLine(one.target.received_on, _FINANCE, f"Carried to {one.target.organisation.name}", -one.pence)
        for one in carries.order_by("pk")
    ]
    allocated = Allocation.objects.filter(source__organisation=purse.account_id)
    settled = purse.draws.aggregate(pence=Sum("settled_pence"))["pence"] or 0
    by_hand = settled_from(purse) - settled
    if by_hand:
        on = allocated.aggregate(on=Max(Coalesce("undone_on", "allocated_on")))["on"]
        text = "Set against other invoices" if by_hand > 0 else "Taken off invoices again"
        lines.append(StatementLine(on, _FINANCE, text, -by_hand))
    return lines


_FINANCE = "Our finance team"


def _payer(item: UnallocatedItem) -> str:
    carried = getattr(item, "carried_from", None)
    return carried.source.organisation.name if carried else "Paid straight to the purse"


def draw_of(source_key: str) -> PurseDraw | None:
    """What a source drew, where it drew something."""
    return PurseDraw.objects.filter(source_key=source_key).select_related("purse").first()


def settled_from(purse: Purse) -> int:
    """What was set against invoices from the purse's account, by the books."""
    rows = Allocation.objects.filter(source__organisation=purse.account_id, undone_on=None)
    return rows.aggregate(pence=Sum("pence"))["pence"] or 0
