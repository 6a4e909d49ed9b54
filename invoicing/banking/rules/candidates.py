"""The facts that a bank line is matched against, and the proposals that come out. No database, no clock."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from invoicing.banking.rules.narrative import SIMILAR, distinctive, likeness, number_key

T = TypeVar("T")


@dataclass(frozen=True)
class OpenItem:
    """An amount still owed (``pence`` above zero) on a numbered invoice."""

    id: int
    number: str
    organisation_id: int
    pence: int
    due_on: date
    purchase_order: str = ""


@dataclass(frozen=True)
class OpenCredit:
    """What is left (``pence`` above zero) of a numbered credit note that stands on a customer's account."""

    id: int
    number: str
    organisation_id: int
    pence: int


@dataclass(frozen=True)
class OpenRequest:
    """What is left (``pence`` above zero) of a payment request: ``funder_id`` was asked to pay it of somebody's invoice.

    ``item_ids`` are the open items of that invoice, oldest due first.
    """

    number: str
    funder_id: int
    invoice: str
    item_ids: tuple[int, ...]
    pence: int


@dataclass(frozen=True)
class Payer:
    """Who may have paid. ``covers`` are the organisations whose invoices it pays: always itself, a council's maintained
    schools, a trust's academies, those that are invoiced through it. ``aliases`` are narratives it was known by before."""

    id: int
    number: str
    name: str
    covers: frozenset[int]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """One way to match a line.

    ``allocations`` are (item id, pence) out of the payment; ``credits`` are (credit id, item id, pence) set off beside it.
    The payment less its allocations stays on the payer's account.
    """

    confidence: Decimal
    reason: str
    payer_id: int
    allocations: tuple[tuple[int, int], ...] = ()
    credits: tuple[tuple[int, int, int], ...] = ()

    @property
    def key(self) -> str:
        """Names a proposal by what it does, so that a changed one is never confirmed for the one that was shown."""
        what = f"{self.payer_id}|{sorted(self.allocations)}|{sorted(self.credits)}"
        return hashlib.sha256(what.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Candidates:
    """Open items, credit notes and payment requests and possible payers, with the indexes that make matching quick."""

    items: tuple[OpenItem, ...]
    credits: tuple[OpenCredit, ...]
    payers: tuple[Payer, ...]
    requests: tuple[OpenRequest, ...] = ()

    @cached_property
    def by_key(self) -> dict[int, list[OpenItem]]:
        return _grouped((number_key(item.number), item) for item in self._by_due)

    @cached_property
    def by_pence(self) -> dict[int, list[OpenItem]]:
        return _grouped((item.pence, item) for item in self._by_due)

    @cached_property
    def by_organisation(self) -> dict[int, list[OpenItem]]:
        return _grouped((item.organisation_id, item) for item in self._by_due)

    @cached_property
    def credits_by_key(self) -> dict[int, list[OpenCredit]]:
        return _grouped((number_key(credit.number), credit) for credit in self.credits)

    @cached_property
    def credits_by_organisation(self) -> dict[int, list[OpenCredit]]:
        return _grouped((credit.organisation_id, credit) for credit in self.credits)

    @cached_property
    def by_id(self) -> dict[int, OpenItem]:
        return {item.id: item for item in self.items}

    @cached_property
    def requests_by_key(self) -> dict[int, OpenRequest]:
        return {number_key(request.number): request for request in self.requests}

    @cached_property
    def with_order(self) -> list[OpenItem]:
        return [item for item in self._by_due if item.purchase_order]

    @cached_property
    def payer_of(self) -> dict[int, Payer]:
        return {payer.id: payer for payer in self.payers}

    @cached_property
    def _by_due(self) -> list[OpenItem]:
        return sorted(self.items, key=lambda item: (item.due_on, item.number, item.id))

    @cached_property
    def _names(self) -> dict[str, list[tuple[Payer, list[str]]]]:
        """Payers' names and aliases in distinctive words, by the first four letters of each word."""
        index: dict[str, list[tuple[Payer, list[str]]]] = defaultdict(list)
        for payer in self.payers:
            for name in (payer.name, *payer.aliases):
                tokens = distinctive(name)
                for start in {token[:4] for token in tokens}:
                    index[start].append((payer, tokens))
        return index

    def likely_payers(self, description: str) -> list[Payer]:
        """Payers whose name or a narrative known from before the description is like, best first."""
        narrative = distinctive(description)
        scores: dict[int, float] = {}
        for start in {token[:4] for token in narrative}:
            for payer, tokens in self._names.get(start, []):
                scores[payer.id] = max(scores.get(payer.id, 0.0), likeness(tokens, narrative))
        likely = [(score, payer_id) for payer_id, score in scores.items() if score >= SIMILAR]
        return [self.payer_of[payer_id] for score, payer_id in sorted(likely, key=lambda pair: (-pair[0], pair[1]))]

    def items_of(self, payer: Payer) -> list[OpenItem]:
        """The open items that a payer may pay, oldest due first."""
        found = [item for organisation in payer.covers for item in self.by_organisation.get(organisation, [])]
        return sorted(found, key=lambda item: (item.due_on, item.number, item.id))

    def credits_of(self, organisations: set[int] | frozenset[int]) -> list[OpenCredit]:
        """The open credit notes of some organisations, by number."""
        found = [
            credit for organisation in organisations for credit in self.credits_by_organisation.get(organisation, [])
        ]
        return sorted(found, key=lambda credit: (credit.number, credit.id))

    def less(self, proposal: Proposal) -> "Candidates":
        """The facts after a proposal was confirmed: what it settles is open no longer."""
        items = dict(proposal.allocations)
        credits: dict[int, int] = defaultdict(int)
        for credit_id, item_id, pence in proposal.credits:
            items[item_id] = items.get(item_id, 0) + pence
            credits[credit_id] += pence
        rest = Candidates(
            items=tuple(
                replace(item, pence=item.pence - items.get(item.id, 0)) if item.id in items else item
                for item in self.items
                if item.pence > items.get(item.id, 0)
            ),
            credits=tuple(
                replace(credit, pence=credit.pence - credits[credit.id]) if credit.id in credits else credit
                for credit in self.credits
                if credit.pence > credits.get(credit.id, 0)
            ),
            payers=self.payers,
            requests=tuple(
                replace(request, pence=left) if left != request.pence else request
                for request in self.requests
                if (left := request.pence - self._paid(request, proposal)) > 0
            ),
        )
        rest.__dict__["_names"] = self._names  # the payers are the same, so is their index
        return rest

    def _paid(self, request: OpenRequest, proposal: Proposal) -> int:
        """How much of a request a proposal pays: what its funder's money is set against the invoice."""
        if request.funder_id != proposal.payer_id:
            return 0
        return sum(pence for item, pence in proposal.allocations if item in request.item_ids)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
