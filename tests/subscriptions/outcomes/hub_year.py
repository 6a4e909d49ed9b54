"""A hub lead's contract as Camden Learning's, drawn up and agreed through the public services, with the people of both sides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from invoicing.ledger.models import Movement
from invoicing.payables.models import Payable
from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Statement, Submission
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.deciding import accept
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.stating import work_out
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms
from tests.conftest import OUTSIDE
from tests.shop import person

BEGIN, DRAWN = date(2026, 9, 1), date(2026, 7, 1)
TERMS = (("autumn", 0, 4), ("spring", 4, 4), ("summer", 8, 4))
"""Code, months after 1 September, months: cut off on 31 December, 30 April and 31 August."""
WEIGHTS = (50, 30, 20)


@dataclass(frozen=True)
class HubCast:
    """Who acts: ``lead`` and ``deputy_head`` at the school, ``verifier`` at a research school, the others at the partnership."""

    school: Organisation
    lead: Actor
    verifier: Actor
    organiser: Actor
    officer: Actor
    manager: Actor
    deputy_head: Actor


def hub_cast(partnership: Organisation, school: Organisation, actor: Actor) -> HubCast:
    research = add_organisation(
        kind=Organisation.Kind.OTHER, name="Moor End Research School", valid_from=date(2020, 1, 1), actor=actor
    )
    on = date(2026, 1, 1)
    return HubCast(
        school=school,
        lead=person(school, actor, name="Lena Lead", role=Role.HUB_LEAD, on=on),
        verifier=person(research, actor, name="Vic Verifier", role=Role.VERIFIER, on=on),
        organiser=person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER, on=on),
        officer=person(partnership, actor, name="Fay Officer", role=Role.FINANCE_OFFICER, on=on),
        manager=person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER, on=on),
        deputy_head=person(school, actor, name="Dee Deputy", role=Role.APPROVER, on=on),
    )


def hub_contract(
    cast: HubCast,
    *,
    years: int = 3,
    month_pence: int = 1_000_00,
    outputs: Decimal = Decimal("0.7"),
    value: int = 0,
    **more: object,
) -> OutcomeContract:
    """Scenario 1's contract unless said otherwise: ``outputs`` of each term on that term's outputs, the rest of the year on
    outcomes weighted 50/30/20 at the July review."""
    measures: list[MeasureTerms] = []
    items: list[ItemTerms] = []
    statements: list[StatementTerms] = []
    for year in range(years):
        begin = add_months(BEGIN, 12 * year)
        for name, after, months in TERMS:
            service = Period.months_from(add_months(begin, after), months)
            statements.append(
                StatementTerms(service.start, service.last_day, add_months(service.end, 0).replace(day=25))
            )
            code, pence = f"{name}-{year + 1}", int(month_pence * months * outputs)
            if pence:
                measures.append(MeasureTerms(code, "output", f"{name.title()} outputs", service.last_day))
                items.append(
                    ItemTerms(code, f"{name.title()} outputs", pence, service, service.start, service.last_day, code)
                )
        whole = Period.months_from(begin, 12)
        for weight in WEIGHTS:
            code = f"outcome-{weight}-{year + 1}"
            pence = int(month_pence * 12 * (1 - outputs) * weight / 100)
            measures.append(
                MeasureTerms(code, "outcome", f"Outcome of {weight}", whole.last_day, weight=Decimal(weight))
            )
            items.append(ItemTerms(code, f"Outcome of {weight}", pence, whole, whole.start, whole.last_day, code))
    made = draft_contract(
        terms=ContractTerms(
            kind="hub", side="pays", party=cast.school, title="Elm Park reading hub",
            term=Period.months_from(BEGIN, 12 * years), value=Money(value or 12 * years * month_pence), vat=OUTSIDE,
            account_code="7900", stream_code="GR", measures=measures, items=items, statements=statements, **more,
        ), on=DRAWN, actor=cast.organiser,
    )  # fmt: skip
    offer_contract(contract=made, on=DRAWN, actor=cast.organiser)
    return agree_contract(contract=made, on=DRAWN, actor=cast.lead)


def item(contract: OutcomeContract, code: str) -> OutcomeItem:
    return OutcomeItem.objects.get(contract=contract, code=code)


def statement(contract: OutcomeContract, cut_off: date) -> Statement:
    return Statement.objects.select_related("contract").get(contract=contract, cut_off=cut_off)


def claimed(contract: OutcomeContract, code: str, on: date, cast: HubCast) -> Submission:
    return submit(item=item(contract, code), words="Done as planned", on=on, actor=cast.lead)


def verified(contract: OutcomeContract, code: str, on: date, cast: HubCast) -> Submission:
    """Claimed and accepted on one day."""
    return accept(submission=claimed(contract, code, on, cast), on=on, actor=cast.verifier)


def open_pence(contract: OutcomeContract) -> int:
    """What all open statements would come to."""
    rows = Statement.objects.filter(contract=contract, state="open").select_related("contract").order_by("cut_off")
    return sum(work_out(one).total for one in rows)


def owed_pence(school: Organisation) -> int:
    """What the partnership owes the school for statements, as the ledger has it, in pence."""
    to, back = (
        Movement.objects.filter(**{side: "2400", f"{side.split('_')[0]}_party": school}).aggregate(sum=Sum("pence"))["sum"]
        for side in ("credit_account", "debit_account")
    )  # fmt: skip
    owed = Payable.objects.filter(provider=school).aggregate(sum=Sum("owed_pence"))["sum"] or 0
    assert owed == (to or 0) - (back or 0)
    return owed
