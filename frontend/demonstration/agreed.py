"""Services agreed by hand: some that run and are charged with the months, an offer that waits, renewals to decide."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from invoicing.vat.rules.kinds import SupplyKind
from marketplace.core.actors import Actor
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, Every
from subscriptions.asking.services import ask_change
from subscriptions.renewals.by_hand import ByHand, agree_by_hand, work_out_by_hand
from subscriptions.renewals.preparing import next_term
from subscriptions.services import charge_due, give_notice, prepare_renewal, remind_due, suspend

BUYER_SCHOOL, HEAD_SCHOOL, ACADEMY = (
    "Lantern Street Primary School",
    "Saltpans Primary School",
    "Beaconsea Primary Academy",
)
_FIRST = 0
_BEGAN_MONTHS_AGO = 8
UPLIFT = Decimal("3.5")
# Which school, what, pence a year, how often it is charged, CFR code, what happens at its end.
_RUNNING = [
    (BUYER_SCHOOL, "Clerking of governors", 84_000, Every.MONTH, "E28a", "ask"),
    (BUYER_SCHOOL, "Hosting of the website", 36_000, Every.YEAR, "E20D", "ask"),
    (BUYER_SCHOOL, "Minibus checks", 29_500, Every.TERM, "E28a", "ask"),
    (HEAD_SCHOOL, "Data protection officer", 96_000, Every.YEAR, "E28a", "automatic"),
    (ACADEMY, "Estates helpdesk", 240_000, Every.MONTH, "E12", "ask"),
]
_RENEWED = ("Clerking of governors", "Hosting of the website")

Step = tuple[date, int, Callable[[], object]]


def agreed_services(directory: Directory, year: Year, officer: Actor) -> list[Step]:
    """What happens on which day: agreements are made with the first batch of their term, and charged before each later one."""
    starts = add_months(year.today.replace(day=1), -_BEGAN_MONTHS_AGO)
    made = min(day for day in year.batches() if day >= starts)
    steps: list[Step] = [
        (made, _FIRST, partial(_agree, directory, number, starts, made, officer)) for number in range(len(_RUNNING))
    ]
    return [
        *steps,
        *((day, _FIRST, partial(charge_due, on=day, actor=officer)) for day in year.batches() if day > made),
    ]


def _agree(directory: Directory, number: int, starts: date, on: date, officer: Actor) -> None:
    school, title, pence, every, cfr, renewal = _RUNNING[number]
    _by_hand(directory, school, title, pence, starts, every, cfr, renewal, paper="Signed letter, contracts folder 7", on=on, officer=officer)  # fmt: skip


def _by_hand(
    directory: Directory, school: str, title: str, pence: int, starts: date, every: Every, cfr: str, renewal: str,
    *, paper: str, on: date, officer: Actor,
) -> Agreement:  # fmt: skip
    asked = ByHand(
        title=title, organisation=directory.find(school), kind=Agreement.Kind.SERVICE,
        term=Period.months_from(starts, 12), pence=pence, supply=SupplyKind.OTHER, account_code="4200",
        stream_code="BS", billing=Billing(every=every), cfr_code=cfr, notice_weeks=12, renewal=renewal,
    )  # fmt: skip
    gross = work_out_by_hand(asked, on=on).whole.gross.pence
    return agree_by_hand(
        source_key=f"demonstration:{school}:{title}", asked=asked, paper=paper, expected_pence=gross, on=on,
        actor=officer,
    )  # fmt: skip


def add_agreed(directory: Directory, *, today: date, actor: Actor) -> None:
    """How it stands today: an offer and two renewals wait for a school, one service is stopped and one is paused."""
    officer, buyer = directory.signed["finance_officer"], directory.signed["buyer"]
    month = add_months(today.replace(day=1), 1)
    _by_hand(directory, BUYER_SCHOOL, "Premises advice", 118_000, month, Every.YEAR, "E28a", "ask", paper="", on=today, officer=officer)  # fmt: skip
    for title in _RENEWED:
        one = _running(directory, BUYER_SCHOOL, title)
        prepare_renewal(agreement=one, term=next_term(one), uplift=UPLIFT, on=today, actor=officer)
    give_notice(agreement=_running(directory, BUYER_SCHOOL, "Minibus checks"), on=today, actor=buyer)
    suspend(
        agreement=_running(directory, ACADEMY, "Estates helpdesk"), on=today, today=today,
        reason="The site is closed for building works", actor=officer,
    )  # fmt: skip
    remind_due(on=today, actor=actor)
    ask_change(
        agreement=_running(directory, HEAD_SCHOOL, "Data protection officer"), kind="end",
        on=add_months(today.replace(day=1), 2), reason="Our trust does this from next term", today=today,
        actor=directory.signed["head"],
    )  # fmt: skip


def _running(directory: Directory, school: str, title: str) -> Agreement:
    return Agreement.objects.get(organisation=directory.find(school), title=title, state=Agreement.State.ACTIVE)
