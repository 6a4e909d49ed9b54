"""What open statements come to, read for many contracts in a few queries: what a preview shows and a freeze writes.

The statements of a contract are worked out in the order of their last days, each on what the ones before would leave.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F, Sum

from subscriptions.outcomes.models import (
    Band,
    Clawback,
    ContractVersion,
    Milestone,
    OutcomeContract,
    OutcomeItem,
    Statement,
    StatementLine,
    VolumeReturn,
)
from subscriptions.outcomes.rules import fees
from subscriptions.outcomes.rules import stating as rule
from subscriptions.outcomes.rules.bands import Heads, RefundRule

State, Item = Statement.State, OutcomeItem.State
NOTHING = OutcomeItem.Gate.NOTHING


@dataclass(frozen=True, slots=True)
class WorkedStatement:
    """An open statement with what it comes to. ``reached`` are the amounts on it that hang on nothing: they are earned by
    their day, and the freeze attaches them."""

    statement: Statement
    contract: OutcomeContract
    worked: rule.Worked
    reached: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HeadsTerms:
    """By what a statement pays for heads: the bands, and each milestone with what was accepted of it."""

    bands: list[fees.Band]
    milestones: list[tuple[Milestone, rule.MilestoneHeads]]


@dataclass(slots=True)
class _Items:
    """The amounts of a contract that may be paid: by statement, and those that wait for their day."""

    attached: dict[int, list[rule.ItemDue]] = field(default_factory=lambda: defaultdict(list))
    reached: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    waiting: list[tuple[date, rule.ItemDue]] = field(default_factory=list)


def work_out_open(contracts: Sequence[OutcomeContract], *, until: date, lock: bool = False) -> list[WorkedStatement]:
    """Each open statement of the contracts whose last day is ``until`` or before, worked out. ``lock`` its rows."""
    by_id = {contract.pk: contract for contract in contracts}
    statements = Statement.objects.filter(contract__in=by_id, state=State.OPEN, cut_off__lte=until)
    if lock:
        statements = statements.select_for_update(no_key=True, of=("self",))
    open_ones: dict[int, list[Statement]] = defaultdict(list)
    for statement in statements.order_by("contract_id", "cut_off"):
        open_ones[statement.contract_id].append(statement)
    items = _items(open_ones, until, lock)
    clawbacks = _clawbacks(open_ones, lock)
    volumes = Volumes(open_ones)
    found: list[WorkedStatement] = []
    for pk, rows in open_ones.items():
        found += _chain(by_id[pk], rows, items[pk], clawbacks[pk], volumes)
    return found


def _chain(
    contract: OutcomeContract,
    statements: Iterable[Statement],
    items: _Items,
    clawbacks: list[rule.ClawbackDue],
    volumes: "Volumes",
) -> list[WorkedStatement]:
    found, left = [], clawbacks
    stands = rule.Standing(
        contract.value_pence, contract.settled_pence, contract.retained_pence, contract.carried_pence
    )
    service = 0
    for statement in statements:
        cut_off = statement.cut_off
        come = [one for day, one in items.waiting if day <= cut_off]
        items.waiting = [pair for pair in items.waiting if pair[0] > cut_off]
        due = rule.Due(
            items=[*items.attached.get(statement.pk, ()), *come],
            clawbacks=left,
            volume=volumes.of(contract, statement, service),
            retention=contract.retention,
            release=contract.retention_due_on is not None and contract.retention_due_on <= cut_off,
            cut_places=contract.cut_places,
        )
        worked = rule.work_out(due, stands)
        stands, service = worked.after, service + worked.of_kind(rule.SERVICE)
        if worked.taken:
            left = [rest for one in left if (rest := _less(one, worked.taken.get(one.id, 0))).pence]
        reached = [*items.reached.get(statement.pk, ()), *(one.id for one in come)]
        found.append(WorkedStatement(statement, contract, worked, reached))
    return found


def _less(one: rule.ClawbackDue, pence: int) -> rule.ClawbackDue:
    return rule.ClawbackDue(one.id, one.item_id, one.label, one.pence - pence) if pence else one


_ITEM = (
    "pk", "contract_id", "statement_id", "state", "gate", "name", "pence", "earned", "earned_pence", "service_to", "due_on",
)  # fmt: skip


def _items(open_ones: dict[int, list[Statement]], until: date, lock: bool) -> dict[int, _Items]:
    """What is verified and stands on a statement, and what hangs on nothing."""
    found: dict[int, _Items] = defaultdict(_Items)
    rows = OutcomeItem.objects.filter(contract__in=open_ones, state__in=[Item.ELIGIBLE, Item.PLANNED])
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    for pk, contract, statement, state, gate, name, pence, earned, earned_pence, service_to, due_on in (
        rows.order_by("contract_id", "due_on", "pk").values_list(*_ITEM)
    ):  # fmt: skip
        into = found[contract]
        if state == Item.ELIGIBLE:
            into.attached[statement].append(rule.ItemDue(pk, name, earned, earned_pence))
        elif gate == NOTHING:
            one = rule.ItemDue(pk, name, Decimal(pence).scaleb(-2), pence)
            if statement is not None:  # moved there by hand
                into.attached[statement].append(one)
                into.reached[statement].append(pk)
            elif (day := rule.day_of(service_to, due_on)) <= until:
                into.waiting.append((day, one))
    return found


def _clawbacks(open_ones: dict[int, list[Statement]], lock: bool) -> dict[int, list[rule.ClawbackDue]]:
    found: dict[int, list[rule.ClawbackDue]] = defaultdict(list)
    rows = Clawback.objects.filter(
        item__contract__in=open_ones, pence__gt=F("taken_pence") + F("charged_pence")
    ).select_related("item")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    for one in rows.order_by("decided_on", "pk"):
        left = one.pence - one.taken_pence - one.charged_pence
        found[one.item.contract_id].append(rule.ClawbackDue(one.pk, one.item_id, one.item.name, left))
    return found


class Volumes:
    """What the contracts say of heads: bands, milestones and accepted returns. Nothing is asked where none has bands."""

    def __init__(self, open_ones: Collection[int]) -> None:
        """Of the contracts with these ids."""
        agreed = ContractVersion.objects.filter(contract__in=open_ones, state=ContractVersion.State.AGREED)
        versions = list(agreed.filter(bands__isnull=False).distinct().order_by("contract_id", "-number"))
        self._versions: dict[int, list[ContractVersion]] = defaultdict(list)
        for version in versions:
            self._versions[version.contract_id].append(version)
        self._bands: dict[int, list[fees.Band]] = defaultdict(list)
        self._milestones: dict[int, list[Milestone]] = defaultdict(list)
        self._heads: dict[tuple[int, str], list[tuple[date, int, Heads]]] = defaultdict(list)
        self._settled: dict[int, int] = {}
        if versions:
            self._load(versions)

    def _load(self, versions: list[ContractVersion]) -> None:
        for band in Band.objects.filter(version__in=versions).order_by("version_id", "position"):
            made = fees.Band(band.capacity, Fraction(band.price_pence, 100), Fraction(band.service))
            self._bands[band.version_id].append(made)
        for milestone in Milestone.objects.filter(version__in=versions).order_by("version_id", "position"):
            self._milestones[milestone.version_id].append(milestone)
        returned = VolumeReturn.objects.filter(
            statement__contract__in=self._versions, state=VolumeReturn.State.ACCEPTED
        ).select_related("statement", "milestone")
        for one in returned.order_by("statement__cut_off", "pk"):
            self._heads[one.statement.contract_id, one.milestone.code].append(
                (one.statement.cut_off, one.statement_id, Heads(one.billable, one.refundable))
            )
        paid = StatementLine.objects.filter(kind=rule.SERVICE, statement__contract__in=self._versions)
        self._settled = dict(paid.values_list("statement__contract").annotate(Sum("pence")))

    def of(self, contract: OutcomeContract, statement: Statement, settled: int) -> rule.ByVolume | None:
        """What a statement pays by heads; ``settled`` is the service part of those before it here."""
        terms = self.terms_on(contract, statement)
        if terms is None:
            return None
        return rule.ByVolume(
            bands=terms.bands,
            rule=RefundRule(contract.refund_rule),
            milestones=[heads for _, heads in terms.milestones],
            target=0 if statement.closing else contract.heads_target,
            set_up=Fraction(contract.set_up_pence, 100),
            service_settled=self._settled.get(contract.pk, 0) + settled,
            instalments=self._left(contract.pk, statement.cut_off),
        )

    def terms_on(self, contract: OutcomeContract, statement: Statement) -> HeadsTerms | None:
        """The bands and milestones in force on a statement's last day, with the heads that were accepted."""
        version = self._version_on(contract.pk, statement.cut_off)
        if version is None:
            return None
        milestones = [(one, self._heads_of(contract, statement, one)) for one in self._milestones[version.pk]]
        return HeadsTerms(self._bands[version.pk], milestones)

    def _version_on(self, contract_id: int, day: date) -> ContractVersion | None:
        return next((one for one in self._versions.get(contract_id, ()) if one.valid_from <= day), None)

    def _heads_of(self, contract: OutcomeContract, statement: Statement, milestone: Milestone) -> rule.MilestoneHeads:
        """The accepted heads, those of statements under earlier terms apart: what they were paid stays."""
        rows = self._heads.get((contract.pk, milestone.code), [])
        present = next((heads for _, pk, heads in rows if pk == statement.pk), Heads(0))
        by_version: dict[int, list[Heads]] = defaultdict(list)
        for cut_off, _, heads in rows:
            if cut_off < statement.cut_off and (version := self._version_on(contract.pk, cut_off)) is not None:
                by_version[version.pk].append(heads)
        earlier = tuple(by_version.pop(milestone.version_id, ()))
        before = tuple(self._earlier(pk, milestone.code, heads) for pk, heads in by_version.items())
        return rule.MilestoneHeads(milestone.name, Fraction(milestone.share), present, earlier, before)

    def _earlier(self, version_id: int, code: str, heads: list[Heads]) -> rule.EarlierTerms:
        then = next(one for one in self._milestones[version_id] if one.code == code)
        return rule.EarlierTerms(self._bands[version_id], Fraction(then.share), tuple(heads))

    def _left(self, contract_id: int, cut_off: date) -> int:
        """How many statements pay of the service part from this one on; asked only of contracts that pay by heads."""
        left: Any = Statement.objects.filter(
            contract=contract_id, state=State.OPEN, closing=False, cut_off__gte=cut_off
        )
        return int(left.count())
