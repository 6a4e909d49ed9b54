"""Deciding by what the panel found: an award draws up the contract and offers it; every applicant reads why."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.hubs.models import HubApplication, HubCall, HubPartner, HubSchool, ReviewPoint
from subscriptions.hubs.queries import submitted
from subscriptions.hubs.rules.template import Part, Plan, Template, plan, read
from subscriptions.hubs.services.calls import usual_value
from subscriptions.hubs.services.panel import require_no_interest
from subscriptions.hubs.services.writing import (
    CallMoved,
    clean_text,
    move_application,
    move_call,
    record_application,
    record_call,
    require_running,
)
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms

GRANT = VatTreatment("O", Decimal(0), "Grant: not a supply")
KINDS = {HubCall.Kind.HUB: OutcomeContract.Kind.HUB, HubCall.Kind.CENTRE: OutcomeContract.Kind.CENTRE}
State = HubApplication.State


class BudgetTooSmall(DomainError):
    """The awards would come to more than the call's budget. ``left`` is in pence."""

    code = "hub_budget_too_small"


@transaction.atomic
def award(
    *,
    application: HubApplication,
    feedback: str,
    on: date,
    actor: Actor,
    value: Money | None = None,
    template: Template | None = None,
    account_code: str = "7900",
    stream_code: str = "GR",
) -> OutcomeContract:
    """Chooses the application: its contract is drawn up by the call's terms and offered to the lead.

    ``value`` is for the whole term; without one it is what the school asked for, else what the call usually pays. ``template``
    is for measures of its own. Outside VAT: a grant. Refused to whoever has an interest (Barred), before the scoring has
    ended (CallMoved), above the budget (BudgetTooSmall). The schools of the application are the hub's first.
    """
    require_running(actor, to="award hubs")
    require_no_interest(application, actor, on)
    feedback = clean_text(feedback, what="What the applicants read")
    call = _deciding(application)
    term = Period(call.valid_from, call.valid_to)
    asked = Money(application.asked_pence) if application.asked_pence else None
    worth = value or asked or usual_value(Money(call.monthly_pence), term)
    _take_budget(call, worth)
    whole = plan(template or read(call.terms), term, worth)
    contract = _drawn_up(
        application, call, whole, account_code=account_code, stream_code=stream_code, on=on, actor=actor
    )
    move_application(
        application, State.SUBMITTED, State.AWARDED, decided_by_id=actor.person_id, decided_on=on, feedback=feedback,
        contract=contract,
    )  # fmt: skip
    _begin(application, contract, whole)
    record_application("hub_application.awarded", application, actor, value_pence=worth.pence, contract=contract.number)
    _settle(call, on, actor)
    return contract


@transaction.atomic
def decline(*, application: HubApplication, feedback: str, on: date, actor: Actor) -> HubApplication:
    """Does not choose the application, with the words that its schools read. Refused as ``award`` is."""
    require_running(actor, to="decide on applications for hubs")
    require_no_interest(application, actor, on)
    feedback = clean_text(feedback, what="What the applicants read")
    call = _deciding(application)
    move_application(
        application, State.SUBMITTED, State.DECLINED, decided_by_id=actor.person_id, decided_on=on, feedback=feedback
    )
    record_application("hub_application.declined", application, actor)
    _settle(call, on, actor)
    return application


def _deciding(application: HubApplication) -> HubCall:
    call = HubCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    if call.state != HubCall.State.SCORED:
        raise CallMoved(f"{call.number} is {call.get_state_display().lower()}: decide once its scoring has ended.")
    return call


def _take_budget(call: HubCall, worth: Money) -> None:
    """One conditional update: awards never come to more than the budget."""
    if worth.pence <= 0:
        raise WrongInput("The award must be more than £0.00")
    room = HubCall.objects.filter(pk=call.pk, awarded_pence__lte=F("budget_pence") - worth.pence)
    if room.update(awarded_pence=F("awarded_pence") + worth.pence) != 1:
        call.refresh_from_db()
        raise BudgetTooSmall(
            f"{worth} is more than the {Money(call.left_pence)} that is left of the budget. Nothing was awarded.",
            left=call.left_pence,
        )
    call.refresh_from_db()


def _drawn_up(
    application: HubApplication,
    call: HubCall,
    whole: Plan,
    *,
    account_code: str,
    stream_code: str,
    on: date,
    actor: Actor,
) -> OutcomeContract:
    template = read(call.terms)
    contract = draft_contract(
        terms=ContractTerms(
            kind=KINDS[HubCall.Kind(call.kind)], side=OutcomeContract.Side.PAYS, party=application.lead,
            title=application.title, term=Period(call.valid_from, call.valid_to), value=whole.value, vat=GRANT,
            account_code=account_code, stream_code=stream_code,
            measures=[_measure(one, template.decide_days) for one in whole.parts if one.wanted],
            items=[_item(one) for one in whole.parts],
            statements=[StatementTerms(one.service_from, one.cut_off, one.pay_on) for one in whole.pay_days],
            analysis_code=call.number,
        ), on=on, actor=actor,
    )  # fmt: skip
    return offer_contract(contract=contract, on=on, actor=actor)


def _measure(part: Part, decide_days: int) -> MeasureTerms:
    """Each part hangs on a measure of its own, so that each is claimed and verified by itself."""
    wanted = part.wanted
    if wanted is None:
        raise ValueError("What hangs on nothing has no measure")
    return MeasureTerms(
        code=part.code, kind=part.kind, name=part.name, due_on=part.due_on, definition=wanted.definition,
        unit=wanted.unit, baseline=wanted.baseline, target=wanted.target, tolerance=wanted.tolerance,
        weight=wanted.weight, decide_days=decide_days, evidence_types=wanted.evidence_types, partial=wanted.partial,
        steps=wanted.steps, counts=wanted.counts,
    )  # fmt: skip


def _item(part: Part) -> ItemTerms:
    return ItemTerms(
        code=part.code, name=part.name, pence=part.pence, service=part.service, claimed_from=part.claimed_from,
        due_on=part.due_on, measure=part.code if part.wanted else "",
    )  # fmt: skip


def _begin(application: HubApplication, contract: OutcomeContract, whole: Plan) -> None:
    """The hub's review points, one a year, and its first schools: those that applied together."""
    ReviewPoint.objects.bulk_create(
        ReviewPoint(contract=contract, ordinal=at, due_on=due) for at, due in enumerate(whole.reviews, start=1)
    )
    partners: Sequence[HubPartner] = list(application.partners.all())
    HubSchool.objects.bulk_create(
        HubSchool(contract=contract, organisation_id=one.organisation_id, joined_on=contract.valid_from)
        for one in partners
    )


def _settle(call: HubCall, on: date, actor: Actor) -> None:
    """The call is decided once its last application is."""
    if submitted(call).exists():
        return
    move_call(call, HubCall.State.SCORED, HubCall.State.DECIDED, decided_on=on)
    awards = call.applications.filter(state=State.AWARDED).count()
    record_call("hub_call.decided", call, actor, awards=awards, awarded_pence=call.awarded_pence)
