"""What a run of self-billing would write or has written, and what it holds back and why."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Held:
    """What a provider has earned and we cannot put on paper, in pence before VAT, and why."""

    provider_id: int
    provider: str
    pence: int
    reason: str
    invoices_itself: bool = False


@dataclass(frozen=True)
class Written:
    """One document of a proposal: amounts in pence."""

    provider_id: int
    provider: str
    kind: str
    lines: int
    net_pence: int
    vat_pence: int
    credits_number: str = ""

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence


@dataclass
class Proposal:
    """What a run on this day would write, and what it would hold back."""

    on: date
    documents: list[Written] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    def sums(self, kind: str) -> tuple[int, int, int]:
        """Count, net and VAT in pence of one kind."""
        found = [one for one in self.documents if one.kind == kind]
        return len(found), sum(one.net_pence for one in found), sum(one.vat_pence for one in found)


@dataclass
class Report:
    """What a run has written: the numbers, their sums in pence, and what it held back."""

    on: date
    invoices: list[str] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    net_pence: int = 0
    vat_pence: int = 0
    credited_net_pence: int = 0
    credited_vat_pence: int = 0

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence
