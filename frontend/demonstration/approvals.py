"""Orders that somebody else must approve: one waits for a colleague, one for a chair of governors, one was declined."""

from datetime import date

from frontend.demonstration.calendar import day_before
from frontend.demonstration.courses import COURSES
from frontend.demonstration.directory import Directory, add_one
from frontend.demonstration.orders import PlannedLine, PlannedOrder
from frontend.demonstration.people import SIGN_INS, SMALL_LIMIT_PENCE, SignIn, name_for
from frontend.demonstration.placing import gross_of, put_in_basket, read_shelf
from frontend.demonstration.shop import run_code, run_days
from marketplace.core.actors import Actor, Role
from marketplace.organisations.services.delegation import set_approval_rule
from marketplace.trading.models import Approval
from marketplace.trading.services import Answer, ask_approval, decide

COLLEAGUES, GOVERNORS, DECLINED = "Marrambridge School", "Osprey Bank Primary School", "Saltpans Primary School"
CHAIR, CHAIR_EMAIL = "the chair of governors", "chair@osprey-bank.example"
REASON = "Not in this year's plan: bring it to the budget meeting"
_COURSE = "new-to-safeguarding"


def add_approvals(directory: Directory, *, today: date, actor: Actor) -> None:
    """What waits for a second person today, and what one of them turned down. Nothing here is charged."""
    set_approval_rule(
        organisation=directory.find(GOVERNORS), from_pence=SMALL_LIMIT_PENCE, valid_from=directory.since,
        email=CHAIR_EMAIL, title=CHAIR, actor=actor,
    )  # fmt: skip
    course = next(one for one in COURSES if one.code == _COURSE)
    run = run_code(course.code, run_days(course, today)[-1][1])
    office = [_office(directory, school, today, actor) for school in (COLLEAGUES, DECLINED)]
    places = PlannedLine(course.code, COLLEAGUES, 3, run, named=2)
    _ask(directory, COLLEAGUES, [places, PlannedLine("adviser-day", COLLEAGUES)], day_before(today, 3), office[0])
    _ask(
        directory,
        GOVERNORS,
        [PlannedLine("adviser-day", GOVERNORS, 2)],
        day_before(today, 4),
        directory.signed["small_limit"],
    )
    asked = _ask(directory, DECLINED, [PlannedLine("inset-day", DECLINED)], day_before(today, 20), office[1])
    head = directory.signed["head"]
    decide(approval=asked, answer=Answer.DECLINE, reason=REASON, on=day_before(today, 18), actor=head)


def _office(directory: Directory, school: str, today: date, actor: Actor) -> Actor:
    """Somebody in the school's office who may order a little, without a sign-in."""
    domain = next(one.email.split("@")[1] for one in SIGN_INS.values() if one.organisation == school)
    email = f"admin@{domain}"
    sign_in = SignIn(email, name_for(f"office {school}"), "", school, (Role.BUYER,), SMALL_LIMIT_PENCE)
    return add_one(directory, sign_in, None, today, actor)


def _ask(directory: Directory, school: str, lines: list[PlannedLine], on: date, buyer: Actor) -> Approval:
    planned = PlannedOrder(on, school, lines, "PO20417" if school == COLLEAGUES else "")
    basket, filled = put_in_basket(directory, read_shelf(), planned, buyer)
    order = ask_approval(
        basket=basket, purchase_order=planned.purchase_order, expected_pence=gross_of(filled, on), on=on, actor=buyer
    )
    return Approval.objects.get(order=order)
