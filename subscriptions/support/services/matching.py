"""Matched funding: a scheme with a budget, promises within it, each paid by the outcome engine once its evidence is verified."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F

from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms
from subscriptions.support.models import MatchedPromise, MatchedScheme
from subscriptions.support.rules import matched, month_ends

GRANT = VatTreatment("O", Decimal(0), "Grant: not a supply")
PAYMENT_DAY = 25
_OVER = (OutcomeContract.State.ENDED, OutcomeContract.State.TERMINATED, OutcomeContract.State.DECLINED)


class SchemeExists(DomainError):
    """The code belongs to another scheme."""

    code = "scheme_exists"


class BudgetSpent(DomainError):
    """Nothing, or less than what was shown, is left to promise. ``left`` is in pence."""

    code = "budget_spent"


@transaction.atomic
def open_scheme(
    *,
    code: str,
    title: str,
    share: Decimal,
    most: Money,
    budget: Money,
    term: Period,
    evidence: str,
    account_code: str,
    stream_code: str,
    actor: Actor,
) -> MatchedScheme:
    """A scheme that matches ``share`` (a fraction) of what schools spend, up to ``most`` each and ``budget`` in all.

    By a finance manager. ``evidence`` names what a school shows, as ``receipt``. The account is one of expense.
    """
    actor.require(Role.FINANCE_MANAGER, to="open schemes that match funding")
    code = clean_line(code, what="Code", limit=20).lower()
    if not 0 < share <= 1:
        raise WrongInput("The share that is matched must be more than 0 and at most 100 per cent")
    if most.pence <= 0 or budget.pence <= 0:
        raise WrongInput("The budget and the most a school must be more than £0.00")
    if not LedgerAccount.objects.filter(code=account_code, type=LedgerAccount.Type.EXPENSE, control=False).exists():
        raise WrongInput(f"There is no account of expense {account_code}")
    if not IncomeStream.objects.filter(code=stream_code).exists():
        raise WrongInput(f"There is no income stream {stream_code}")
    try:
        with transaction.atomic():
            made = MatchedScheme.objects.create(
                code=code, title=clean_line(title, what="Title", limit=160), share=share, most_pence=most.pence,
                budget_pence=budget.pence, valid_from=term.start, valid_to=term.end,
                evidence=clean_line(evidence, what="Evidence", limit=40), account_id=account_code,
                stream_id=stream_code,
            )  # fmt: skip
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        raise SchemeExists(f"There is a scheme {code} already. Choose another code.") from None
    events.record(
        kind="matched_scheme.opened", subject_kind="matched_scheme", subject=code, organisation_ids=[],
        payload={"budget_pence": budget.pence, "share": str(share)}, actor=actor,
    )  # fmt: skip
    return made


@transaction.atomic
def promise_match(
    *,
    scheme: MatchedScheme,
    school: Organisation,
    what: str,
    spend: Money,
    by: date,
    on: date,
    actor: Actor,
    expected: Money | None = None,
) -> MatchedPromise:
    """Promises a school the share of what it means to spend, and offers it the contract under which it claims.

    The school shows by ``by`` (a day within the scheme's term) what it spent; nothing is owed before somebody else verified
    that. A part spent earns its part. By an organiser. ``expected`` is what was shown: BudgetSpent where less is left by now.
    """
    actor.require(Role.ORGANISER, to="promise matched funding")
    if not scheme.valid_from <= on < scheme.valid_to or not on <= by < scheme.valid_to:
        raise WrongInput("Promises are made, and claimed, on days within the scheme's term")
    if spend.pence <= 0:
        raise WrongInput("What the school spends must be more than £0.00")
    held = MatchedScheme.objects.select_for_update().get(pk=scheme.pk)
    given = sum(
        one.pence - one.released_pence for one in MatchedPromise.objects.filter(scheme=held, contract__party=school)
    )
    pence = matched(spend=spend.pence, share=held.share, most=max(0, held.most_pence - given), left=held.left_pence)
    if pence == 0 or (expected is not None and pence < expected.pence):
        raise BudgetSpent(
            f"{Money(pence)} can be promised to {school.name} now. Look at it again, then decide.", left=pence
        )
    taken = MatchedScheme.objects.filter(pk=held.pk, promised_pence__lte=F("budget_pence") - pence)
    if taken.update(promised_pence=F("promised_pence") + pence) != 1:
        raise BudgetSpent(f"{Money(held.left_pence)} is left of {held.title}.", left=held.left_pence)
    title = clean_line(what, what="What it is for", limit=160)
    contract = _contract(held, school, title, spend, pence, Period(on, held.valid_to), by, on, actor)
    made = MatchedPromise.objects.create(
        scheme=held, contract=contract, what=title, spend_pence=spend.pence, pence=pence
    )
    events.record(
        kind="matched_promise.made", subject_kind="outcome_contract", subject=contract.number,
        organisation_ids=[school.pk], payload={"scheme": held.code, "pence": pence, "spend_pence": spend.pence},
        actor=actor,
    )  # fmt: skip
    return made


def _contract(
    scheme: MatchedScheme, school: Organisation, title: str, spend: Money, pence: int, term: Period, by: date, on: date, actor: Actor
) -> OutcomeContract:  # fmt: skip
    """One measure (pounds spent, in proportion up to what was promised), one amount, a statement at each month's end."""
    measure = MeasureTerms(
        code="spent", kind="output", name=f"Spent on {title}"[:160], due_on=by, unit="pounds", baseline=Decimal(0),
        target=Decimal(spend.pence) / 100, evidence_types=(scheme.evidence,), partial="proportional",
    )  # fmt: skip
    item = ItemTerms(
        code="match", name=f"Matched: {title}"[:160], pence=pence, service=Period(term.start, term.end),
        claimed_from=on, due_on=by, measure="spent",
    )  # fmt: skip
    made = draft_contract(
        terms=ContractTerms(
            kind=OutcomeContract.Kind.MATCHED, side=OutcomeContract.Side.PAYS, party=school,
            title=f"{scheme.title}: {title}"[:160], term=term, value=Money(pence), vat=GRANT,
            account_code=scheme.account_id, stream_code=scheme.stream_id, measures=[measure], items=[item],
            statements=[
                StatementTerms(month.start, month.last_day, add_months(month.last_day.replace(day=1), 1).replace(day=PAYMENT_DAY))
                for month in month_ends(Period(term.start, add_months(term.end, 1)))
            ],
            analysis_code=f"matched:{scheme.code}",
        ), on=on, actor=actor,
    )  # fmt: skip
    return offer_contract(contract=made, on=on, actor=actor)


def release_unused(*, on: date, actor: Actor) -> int:
    """What finished promises did not come to goes back to their schemes; returns how many were released."""
    done = 0
    over = MatchedPromise.objects.filter(contract__state__in=_OVER, released_pence=0).select_related("contract")
    for promise in over.filter(contract__settled_pence__lt=F("pence")).order_by("pk"):
        with transaction.atomic():
            back = promise.pence - promise.contract.settled_pence
            if MatchedPromise.objects.filter(pk=promise.pk, released_pence=0).update(released_pence=back) == 1:
                MatchedScheme.objects.filter(pk=promise.scheme_id).update(promised_pence=F("promised_pence") - back)
                events.record(
                    kind="matched_promise.released", subject_kind="outcome_contract", subject=promise.contract.number,
                    organisation_ids=[promise.contract.party_id], payload={"pence": back, "on": on.isoformat()},
                    actor=actor,
                )  # fmt: skip
                done += 1
    return done
