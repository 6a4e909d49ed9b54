"""An agreement that finance makes by hand: one service at a price a year, worked out first, then offered or running."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.services import pin_vat_rule
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import TaxedAmount
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import terms_of
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.queries import taxed
from subscriptions.agreements.rules.forms import Billing, LineTerms
from subscriptions.agreements.rules.schedule import Due, plan
from subscriptions.agreements.services import agree
from subscriptions.renewals.answering import OfferChanged, record_paper_reference
from subscriptions.renewals.rules.pricing import over_term


@dataclass(frozen=True)
class ByHand:
    """What was agreed: ``pence`` a year before VAT over ``term``. ``supply`` decides its VAT with who is invoiced."""

    title: str
    organisation: Organisation
    kind: str
    term: Period
    pence: int
    supply: SupplyKind
    account_code: str
    stream_code: str
    billing: Billing
    cfr_code: str = ""
    notice_weeks: int = 0
    renewal: str = "ask"
    purchase_order: str = ""


@dataclass(frozen=True)
class Worked:
    """The lines of an agreement by hand, when each payment is due, and its whole term with VAT."""

    lines: tuple[LineTerms, ...]
    dues: tuple[Due, ...]
    whole: TaxedAmount
    vat_words: str
    vat_rule_id: int


def work_out_by_hand(asked: ByHand, *, on: date) -> Worked:
    """What it comes to. Raises NoVatRule or NoSupply where VAT cannot be decided; writes nothing."""
    if asked.pence <= 0:
        raise WrongInput("The price must be more than £0.00")
    _check_codes(asked)
    customer = terms_of(asked.organisation).invoice_to or asked.organisation
    decision = ground_for(supplier=partnership(), customer=customer, on=on).decide(asked.supply)
    vat = decision.treatment
    first = Period.months_from(asked.term.start, 12)
    line = LineTerms(
        slot=1,
        title=asked.title,
        base=first,
        base_pence=asked.pence,
        valid=first,
        vat=(vat.category, vat.rate, vat.reason),
        account_code=asked.account_code,
        stream_code=asked.stream_code,
        cfr_code=asked.cfr_code,
        consumer_id=asked.organisation.pk,
        supplier_id=partnership().pk,
        steps=("As agreed with the customer",),
    )
    lines = over_term(line, asked.term, 12, [asked.pence])
    dues = tuple(due for one in lines for due in plan(one, asked.billing))
    whole = taxed({vat.rate: sum(due.pence for due in dues)})
    return Worked(tuple(lines), dues, whole, vat.words, decision.rule.id)


def _check_codes(asked: ByHand) -> None:
    """Refuses what could not be invoiced later: another account than one of income, an unknown stream."""
    if not LedgerAccount.objects.filter(code=asked.account_code, type=LedgerAccount.Type.INCOME).exists():
        raise WrongInput(f"{asked.account_code} is no account of income. Choose one of the chart.")
    if not IncomeStream.objects.filter(code=asked.stream_code).exists():
        raise WrongInput(f"There is no income stream {asked.stream_code}.")


@transaction.atomic
def agree_by_hand(
    *,
    source_key: str,
    asked: ByHand,
    paper: str,
    expected_pence: int,
    on: date,
    actor: Actor,
) -> Agreement:
    """Offers it to the customer or, where ``paper`` says on which paper they agreed, lets it run at once.

    Once for a source. ``expected_pence`` is the whole term with VAT as it was shown; another sum refuses.
    """
    actor.require(*FINANCE, to="make agreements by hand")
    worked = work_out_by_hand(asked, on=on)
    if worked.whole.gross.pence != expected_pence:
        raise OfferChanged(f"It now costs {worked.whole.gross} with VAT over its whole term. Look at it again.")
    made = agree(
        source_key=source_key,
        kind=asked.kind,
        organisation=asked.organisation,
        title=asked.title,
        term=asked.term,
        lines=worked.lines,
        billing=asked.billing,
        on=on,
        actor=actor,
        offered=not paper,
        accepted_by=None,
        purchase_order=asked.purchase_order,
        notice_weeks=asked.notice_weeks,
        renewal=asked.renewal,
        paper=paper,
    )
    pin_vat_rule(rule_id=worked.vat_rule_id)
    if paper:
        record_paper_reference(agreement=made, reference=paper, actor=actor)
    return made
