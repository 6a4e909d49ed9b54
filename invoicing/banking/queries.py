"""Reads over the bank: for finance roles and the auditor. Anybody else is told that nothing is there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.banking.rules.candidates import Candidates, OpenCredit, OpenItem, OpenRequest, Payer, Proposal
from invoicing.banking.rules.matching import propose, sure
from invoicing.banking.rules.narrative import distinctive
from invoicing.funds.asked import still_asked
from invoicing.ledger.models import Movement
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from marketplace.core.actors import FINANCE_READERS, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import CustomerTerms, Organisation, School, TrustMembership
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.people import on_day

_ALIAS_SEEN = 2  # a narrative stands for a payer once it was confirmed so twice, and for nobody else
_ALIASES_READ = 5_000
TO_MATCH = (BankLine.State.UNMATCHED, BankLine.State.UNIDENTIFIED)


def _require_reader(actor: Actor) -> None:
    if not actor.has(*FINANCE_READERS):
        raise NotFound("There is no such page.")


def bank_accounts_for(actor: Actor) -> QuerySet[BankAccount]:
    """The partnership's bank accounts."""
    _require_reader(actor)
    return BankAccount.objects.select_related("ledger_account").order_by("ledger_account_id")


def bank_account_for(actor: Actor, code: str) -> BankAccount:
    """One account by its code, or by the code of its ledger account. NotFound names the accounts that there are."""
    found = bank_accounts_for(actor).filter(Q(code=code) | Q(ledger_account_id=code)).first()
    if found is None:
        known = ", ".join(bank_accounts_for(actor).values_list("code", flat=True)) or "none yet"
        raise NotFound(f"There is no bank account {code}. There are: {known}.")
    return found


def statements_for(actor: Actor) -> QuerySet[BankStatement]:
    """Imported statements, latest first."""
    _require_reader(actor)
    return BankStatement.objects.select_related("account").order_by("-last_on", "-pk")


def lines_for(actor: Actor, account: BankAccount) -> QuerySet[BankLine]:
    """All lines of an account in the order of the bank."""
    _require_reader(actor)
    return BankLine.objects.filter(account=account).order_by("on", "statement_id", "position")


def lines_to_match(actor: Actor, account: BankAccount) -> QuerySet[BankLine]:
    """Lines that nobody has explained yet, oldest first; unidentified receipts are a list of their own."""
    return lines_for(actor, account).filter(state=BankLine.State.UNMATCHED)


def unidentified_lines(actor: Actor) -> QuerySet[BankLine]:
    """Receipts of any account whose payer is not known yet, oldest first."""
    _require_reader(actor)
    lines = BankLine.objects.filter(state=BankLine.State.UNIDENTIFIED).select_related("account")
    return lines.order_by("on", "pk")


def line_for(actor: Actor, pk: int) -> BankLine:
    """One line, or NotFound."""
    _require_reader(actor)
    found = BankLine.objects.select_related("account", "statement").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such bank line.")
    return found


def live_match(line: BankLine) -> BankMatch | None:
    """How a line is explained now."""
    return line.matches.filter(state=BankMatch.State.CONFIRMED).select_related("receipt__organisation").first()


def proposals_for(line: BankLine, *, remittance: str = "", facts: Candidates | None = None) -> list[Proposal]:
    """Ways to match a line, best first; none for money out or a line that is matched.

    ``facts`` saves reading the open items again when several lines are shown; ``remittance`` is the payer's advice.
    """
    if line.state not in TO_MATCH or line.pence <= 0:
        return []
    facts = facts or candidates(on=line.on)
    return propose(pence=line.pence, description=line.description, candidates=facts, remittance=remittance)


def sure_matches(actor: Actor, account: BankAccount, *, at: Decimal) -> list[tuple[BankLine, Proposal]]:
    """Lines that may be confirmed without a look, each with its proposal; no item is proposed to two lines."""
    lines = list(lines_to_match(actor, account).filter(pence__gt=0))
    return list(sure_of(lines, at=at))


def sure_of(lines: Iterable[BankLine], *, at: Decimal) -> Iterator[tuple[BankLine, Proposal]]:
    """The same for lines given, in their order: what one line settles is open no longer for the next."""
    lines = list(lines)
    if not lines:
        return
    facts = candidates(on=max(line.on for line in lines))
    for line in lines:
        proposal = sure(proposals_for(line, facts=facts), at)
        if proposal:
            facts = facts.less(proposal)
            yield line, proposal


@dataclass(frozen=True)
class BankPosition:
    """An account as the bank and as the ledger tell it, in pence. ``closing`` is None before the first statement."""

    closing: int | None
    closing_on: date | None
    ledger: int
    unmatched: int
    unmatched_pence: int

    @property
    def difference(self) -> int:
        """What neither the unmatched lines nor the ledger explain; nought when the account reconciles."""
        return (self.closing or 0) - self.ledger - self.unmatched_pence


def position_of(actor: Actor, account: BankAccount) -> BankPosition:
    """Whether the account reconciles: closing = ledger + unmatched lines."""
    _require_reader(actor)
    last = statements_for(actor).filter(account=account).first()
    open_lines = BankLine.objects.filter(account=account, state=BankLine.State.UNMATCHED)
    return BankPosition(
        closing=last.closing_pence if last else None,
        closing_on=last.last_on if last else None,
        ledger=ledger_balance(account),
        unmatched=open_lines.count(),
        unmatched_pence=open_lines.aggregate(sum=Sum("pence"))["sum"] or 0,
    )


def ledger_balance(account: BankAccount) -> int:
    """Pence in the account as the ledger has it: debits less credits."""
    code = account.ledger_account_id
    debits = Movement.objects.filter(debit_account_id=code).aggregate(sum=Sum("pence"))["sum"] or 0
    credits = Movement.objects.filter(credit_account_id=code).aggregate(sum=Sum("pence"))["sum"] or 0
    return debits - credits


def candidates(*, on: date) -> Candidates:
    """Everything open that a payment could settle, and who could have paid it on a day."""
    items = tuple(
        OpenItem(item.pk, item.document.number or "", item.organisation_id, item.outstanding_pence, item.due_on,
                 item.document.purchase_order)
        for item in ReceivableItem.objects.filter(outstanding_pence__gt=0).select_related("document")
    )  # fmt: skip
    notes = UnallocatedItem.objects.filter(remaining_pence__gt=0, kind=UnallocatedItem.Kind.CREDIT_NOTE)
    credits = tuple(
        OpenCredit(note.pk, note.document.number or "", note.organisation_id, note.remaining_pence)
        for note in notes.select_related("document")
        if note.document
    )
    requests = _requests(items)
    covers = _covers({item.organisation_id for item in items} | {credit.organisation_id for credit in credits}, on)
    for request in requests:
        covers[request.funder_id].add(request.funder_id)
    aliases = _aliases(set(covers))
    payers = tuple(
        Payer(payer.pk, payer.number, payer.name, frozenset(covers[payer.pk]), aliases.get(payer.pk, ()))
        for payer in Organisation.objects.filter(pk__in=covers).only("pk", "number", "name")
    )
    return Candidates(items=items, credits=credits, payers=payers, requests=requests)


def _requests(items: tuple[OpenItem, ...]) -> tuple[OpenRequest, ...]:
    """What others are still asked to pay of the invoices of these items."""
    open_ = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.due_on, item.id)):
        open_[item.number].append(item.id)
    return tuple(
        OpenRequest(one.number, one.funder_id, one.document.number, tuple(open_[one.document.number]), one.left_pence)
        for one in still_asked()
        if open_[one.document.number]
    )


def _covers(organisations: set[int], on: date) -> dict[int, set[int]]:
    """Each possible payer with the customers, of those given, whose invoices it pays."""
    covers: dict[int, set[int]] = defaultdict(set)
    for pk in organisations:
        covers[pk].add(pk)
    schools = School.objects.filter(pk__in=organisations, billing_class=BillingClass.MAINTAINED)
    memberships = TrustMembership.objects.filter(on_day(on), school_id__in=organisations)
    through = CustomerTerms.objects.filter(organisation_id__in=organisations, invoice_to__isnull=False)
    for pairs in (
        schools.values_list("authority_id", "pk"),
        memberships.values_list("trust_id", "school_id"),
        through.values_list("invoice_to_id", "organisation_id"),
    ):
        for payer, customer in pairs:
            covers[payer] |= {payer, customer}
    return covers


def _aliases(payers: set[int]) -> dict[int, tuple[str, ...]]:
    """Narratives that were confirmed as a payer's at least twice, and never as another's."""
    matches = BankMatch.objects.filter(kind=BankMatch.Kind.RECEIPT, state=BankMatch.State.CONFIRMED)
    seen = Counter(
        (payer, " ".join(distinctive(description)))
        for payer, description in matches.order_by("-pk").values_list("receipt__organisation_id", "line__description")[
            :_ALIASES_READ
        ]
    )
    owners = Counter(words for _, words in seen)
    found: dict[int, list[str]] = defaultdict(list)
    for (payer, words), times in seen.items():
        if words and times >= _ALIAS_SEEN and owners[words] == 1 and payer in payers:
            found[payer].append(words)
    return {payer: tuple(sorted(words)) for payer, words in found.items()}
