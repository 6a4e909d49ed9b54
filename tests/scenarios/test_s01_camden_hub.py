"""Scenario 1 (Camden Learning: hub lead): a call, three applications, a panel with one barred, and a year paid on what was shown."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client

from invoicing.ledger.models import JournalEntry, Movement
from invoicing.payables.models import Payable
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed
from marketplace.core.models import User
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.hubs.models import HubApplication
from subscriptions.hubs.queries import applications_for, ranking
from subscriptions.hubs.rules.template import Template, Wanted
from subscriptions.hubs.services.awarding import award, decline
from subscriptions.hubs.services.panel import Barred
from subscriptions.outcomes.models import OutcomeAccrual, OutcomeContract, OutcomeItem, Statement, Submission
from subscriptions.outcomes.services.accruing import accrue_expected
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import agree_contract
from subscriptions.outcomes.services.deciding import accept, mark_not_met, reject
from subscriptions.outcomes.services.stating import claw_back, freeze_statement, mark_paid_due, work_out
from tests.shop import person
from tests.subscriptions.hubs.calling import (
    AWARDED_ON,
    TERM,
    applied,
    closed,
    four_schools,
    gave,
    head_of,
    member,
    on_panel,
    opened,
    scored,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@dataclass(frozen=True)
class Amounts:
    """In pence: ``weights`` are of the three outcomes, the second of which is not met and the third taken back later."""

    monthly: int
    outputs: str
    weights: tuple[int, int, int]
    term: int
    outcomes: int
    august: int
    year: int
    taken: int
    december: int
    wholly: int


AMOUNTS = [
    Amounts(100_000, "0.7", (50, 30, 20), 280_000, 252_000, 812_000, 1_092_000, 72_000, 208_000, 840_000),
    # Our own: £850.00 a month, 60% on outputs; 40/35/25 of £4,080.00, 35 not met: £2,652.00.
    Amounts(85_000, "0.6", (40, 35, 25), 204_000, 265_200, 673_200, 877_200, 102_000, 102_000, 663_000),
]
BOTH = pytest.mark.parametrize("amounts", AMOUNTS, ids=["as described", "our own"])
NAMES = ("reading", "phonics", "leaders")


@dataclass(frozen=True)
class Cast:
    """``lead`` at Elm Park, ``verifier`` at a research school, the others at the partnership."""

    elm: Organisation
    head: Actor
    lead: Actor
    verifier: Actor
    organiser: Actor
    officer: Actor
    manager: Actor


@pytest.fixture
def area(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    return four_schools(tmp_path, actor)


@pytest.fixture
def cast(partnership: Organisation, area: list[Organisation], actor: Actor) -> Cast:
    research = add_organisation(
        kind=Organisation.Kind.OTHER, name="Moor End Research School", valid_from=date(2020, 1, 1), actor=actor
    )
    elm = area[0]
    return Cast(
        elm, head_of(elm, actor), person(elm, actor, name="Lena Lead", role=Role.HUB_LEAD),
        person(research, actor, name="Vic Verifier", role=Role.VERIFIER),
        person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER),
        person(partnership, actor, name="Fay Officer", role=Role.FINANCE_OFFICER),
        person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER),
    )  # fmt: skip


def awarded(
    cast: Cast, area: list[Organisation], partnership: Organisation, actor: Actor, amounts: Amounts, outputs: str = ""
) -> OutcomeContract:
    """The call, three applications (one by a pair), a panel with one barred, the award, agreed by the head."""
    elm, birch, cedar, dell = area
    wanted = tuple(
        Wanted(name, name.capitalize(), weight=Decimal(weight))
        for name, weight in zip(NAMES, amounts.weights, strict=True)
    )
    share = Decimal(outputs or amounts.outputs)
    call = opened(
        cast.organiser, monthly=Money(amounts.monthly), budget=Money(amounts.monthly * 36),
        template=Template(share, 1 - share, outcome_measures=wanted),
    )  # fmt: skip
    bids = (
        applied(call, cast.head, elm),
        applied(call, head_of(birch, actor), birch, cedar),
        applied(call, head_of(dell, actor), dell),
    )
    panel = (
        member(partnership, actor, "Pia Panel"), member(partnership, actor, "Raj Panel"),
        member(partnership, actor, "Bea Panel", at=cedar),
    )  # fmt: skip
    closed(call, cast.organiser)
    on_panel(call, cast.organiser, *panel)
    with pytest.raises(Barred):
        gave(bids[1], panel[2], 5, 5, 5)
    assert set(applications_for(panel[2]).exclude(lead=cedar).values_list("number", flat=True)) >= {
        bids[0].number, bids[2].number,
    }  # fmt: skip
    for bid, points in zip(bids, ((5, 4, 4), (4, 4, 4), (3, 3, 3)), strict=True):
        for judge in panel[:2]:
            gave(bid, judge, *points)
    for bid in (bids[0], bids[2]):
        gave(bid, panel[2], 4, 4, 4)
    scored(call, cast.organiser)
    assert [one.application for one in ranking(call)] == list(bids)
    contract = award(application=bids[0], feedback="The fullest plan.", on=AWARDED_ON, actor=cast.organiser)
    for bid in bids[1:]:
        decline(application=bid, feedback="Elm Park reached more schools.", on=AWARDED_ON, actor=cast.organiser)
    assert sorted(HubApplication.objects.values_list("state", flat=True)) == ["awarded", "declined", "declined"]
    return agree_contract(contract=contract, on=AWARDED_ON, actor=cast.head)


def claim(contract: OutcomeContract, code: str, on: date, cast: Cast) -> Submission:
    return submit(item=item(contract, code), words="Done as planned", on=on, actor=cast.lead)


def verify(contract: OutcomeContract, code: str, claimed_on: date, on: date, cast: Cast) -> None:
    """Claimed, then verified; before that the verification changes nothing that is payable."""
    before = payable(contract)
    waits = claim(contract, code, claimed_on, cast)
    assert payable(contract) == before, "what is only claimed is not payable"
    accept(submission=waits, on=on, actor=cast.verifier)


def item(contract: OutcomeContract, code: str) -> OutcomeItem:
    return OutcomeItem.objects.get(contract=contract, code=code)


def payable(contract: OutcomeContract) -> int:
    """What all statements that are still open would pay, as they stand; in pence."""
    found = Statement.objects.filter(contract=contract, state="open").select_related("contract")
    return sum(work_out(one).total for one in found.order_by("cut_off"))


def frozen(contract: OutcomeContract, cut_off: date, on: date, cast: Cast) -> Statement:
    found = Statement.objects.get(contract=contract, cut_off=cut_off)
    return freeze_statement(statement=found, on=on, actor=cast.officer)


def owed(school: Organisation) -> int:
    """All that was ever owed to the school, in pence: what the payables say and what the ledger says."""
    due = Payable.objects.filter(provider=school).aggregate(sum=Sum("owed_pence"))["sum"] or 0
    to = Movement.objects.filter(credit_account="2400", credit_party=school).aggregate(sum=Sum("pence"))["sum"] or 0
    assert due == to
    return due


def cost_of(account: str) -> int:
    """The balance of an account of expense, in pence."""
    debit = Movement.objects.filter(debit_account=account).aggregate(sum=Sum("pence"))["sum"] or 0
    credit = Movement.objects.filter(credit_account=account).aggregate(sum=Sum("pence"))["sum"] or 0
    return debit - credit


@BOTH
def test_a_year_of_a_hub_is_paid_on_what_was_verified(partnership, area, actor, cast, amounts):
    contract = awarded(cast, area, partnership, actor, amounts)
    assert (contract.value_pence, contract.valid_from, contract.valid_to) == (
        amounts.monthly * 36,
        TERM.start,
        TERM.end,
    )
    assert payable(contract) == owed(cast.elm) == 0

    # Autumn: month end expects the cost while nothing is owed, and takes it back on the next day.
    for month_end in (date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30)):
        assert accrue_expected(month_end=month_end, on=date(2026, 12, 1), actor=cast.officer) == 1
    assert payable(contract) == owed(cast.elm) == cost_of("7900") == 0
    assert all(one.pence > 0 for one in OutcomeAccrual.objects.all())
    assert accrue_expected(month_end=date(2026, 11, 30), on=date(2026, 12, 1), actor=cast.officer) == 0, "once a month"
    backs = OutcomeAccrual.objects.values_list("month_end", "entry__issued_on", "reversal__issued_on")
    assert [(a == b, (c - a).days) for a, b, c in backs] == [(True, 1)] * 3
    assert JournalEntry.objects.filter(reverses__isnull=False).count() == 3

    # Only somebody outside the school verifies it.
    waits = claim(contract, "autumn-2026-outputs", date(2026, 12, 14), cast)
    for somebody in (cast.lead, cast.head, cast.organiser):
        with pytest.raises(NotAllowed):
            accept(submission=waits, on=date(2026, 12, 18), actor=somebody)
    assert payable(contract) == 0
    accept(submission=waits, on=date(2026, 12, 18), actor=cast.verifier)
    assert payable(contract) == amounts.term
    december = frozen(contract, date(2026, 12, 31), date(2027, 1, 4), cast)
    assert (december.total_pence, december.pay_on) == (amounts.term, date(2027, 1, 25))
    assert owed(cast.elm) == cost_of("7900") == amounts.term

    # Spring is sent back with a reason and verified in June: too late for April's statement.
    sent = claim(contract, "spring-2027-outputs", date(2027, 4, 28), cast)
    reason = "The register of 12 March is unsigned"
    reject(submission=sent, reason=reason, on=date(2027, 5, 22), actor=cast.verifier)
    assert (item(contract, "spring-2027-outputs").reason, payable(contract)) == (reason, 0)
    april = frozen(contract, date(2027, 4, 30), date(2027, 6, 1), cast)
    assert (april.total_pence, owed(cast.elm)) == (0, amounts.term)
    verify(contract, "spring-2027-outputs", date(2027, 6, 2), date(2027, 6, 9), cast)
    assert payable(contract) == amounts.term

    # The July review: the first and the third outcome are met, the second is not.
    for name in ("reading", "leaders"):
        verify(contract, f"year-1-{name}", date(2027, 7, 12), date(2027, 7, 20), cast)
    claim(contract, "year-1-phonics", date(2027, 7, 12), cast)
    missed = item(contract, "year-1-phonics")
    mark_not_met(item=missed, reason="Nine schools of twelve", on=date(2027, 7, 20), actor=cast.verifier)
    assert payable(contract) == amounts.term + amounts.outcomes
    verify(contract, "summer-2027-outputs", date(2027, 8, 20), date(2027, 8, 27), cast)
    august = frozen(contract, date(2027, 8, 31), date(2027, 9, 2), cast)
    assert (august.total_pence, august.pay_on) == (amounts.august, date(2027, 9, 24))
    assert owed(cast.elm) == cost_of("7900") == amounts.year
    contract.refresh_from_db()
    assert contract.settled_pence == amounts.year
    call_command("verify_ledger")

    # October: the third outcome proves wrong. December pays the next term's outputs less what is taken.
    mark_paid_due(on=date(2027, 10, 1), actor=cast.officer)
    wrong = item(contract, "year-1-leaders")
    claw_back(
        item=wrong, pence=amounts.taken, reason="Two of the leaders never took up the post", on=date(2027, 10, 12),
        actor=cast.manager,
    )  # fmt: skip
    assert owed(cast.elm) == amounts.year, "what was paid stays as it was issued"
    verify(contract, "autumn-2027-outputs", date(2027, 12, 13), date(2027, 12, 17), cast)
    second = frozen(contract, date(2027, 12, 31), date(2028, 1, 4), cast)
    assert (second.total_pence, owed(cast.elm)) == (amounts.december, amounts.year + amounts.december)


@BOTH
def test_wholly_on_outcomes_nothing_is_payable_until_july(partnership, area, actor, cast, amounts):
    contract = awarded(cast, area, partnership, actor, amounts, outputs="0")
    for cut_off, on in ((date(2026, 12, 31), date(2027, 1, 4)), (date(2027, 4, 30), date(2027, 5, 4))):
        assert payable(contract) == frozen(contract, cut_off, on, cast).total_pence == 0
    assert owed(cast.elm) == 0 and not Payable.objects.exists()
    assert accrue_expected(month_end=date(2027, 5, 31), on=date(2027, 6, 1), actor=cast.officer) == 1
    assert (owed(cast.elm), cost_of("7900")) == (0, 0)
    for name in ("reading", "leaders"):
        verify(contract, f"year-1-{name}", date(2027, 7, 12), date(2027, 7, 20), cast)
    assert payable(contract) == amounts.wholly
    assert frozen(contract, date(2027, 8, 31), date(2027, 9, 2), cast).total_pence == amounts.wholly == owed(cast.elm)


@BOTH
def test_the_head_reads_the_decision_on_the_page(partnership, area, actor, cast, amounts):
    contract = awarded(cast, area, partnership, actor, replace(amounts))
    number = HubApplication.objects.get(contract=contract).number
    client = Client()
    client.force_login(User.objects.get(person=cast.head.person_id))
    page = client.get(f"/hub-applications/{number}").content.decode()
    assert "The fullest plan." in page and contract.number in page
    outsider = Client()
    outsider.force_login(User.objects.get(person__name="Head Dell"))
    assert outsider.get(f"/hub-applications/{number}").status_code == 404
