"""Support plans and matched funding on their pages: the partnership, the school, who pays, and who is told of nothing."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine

from frontend.home import waits_of
from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.support.models import MatchedPromise, MatchedScheme, SupportPlan
from subscriptions.support.services.matching import open_scheme
from subscriptions.support.services.planning import PartTerms, agree_plan, draft_plan
from tests.conftest import START
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, person, schools

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)
PLANS, MATCHED = "/organise/support-plans", "/organise/matched-funding"
REVIEWED = {
    "held_on": "1/9/2026", "rating": "behind", "found": "Two sessions of five were missed.", "next_steps": "Weekly."
}  # fmt: skip


class Cast:
    """One school with its head and buyer, its neighbour, the council that pays, and the partnership's people."""

    def __init__(self, partnership, council, actor, folder):
        self.school, self.other = schools(
            folder, actor, {}, {"EstablishmentName": "Elm Park Primary School", "EstablishmentNumber": "2002"}
        )
        self.council = council
        self.home = add_organisation(kind=Organisation.Kind.PROVIDER, name="Hill Top", valid_from=START, actor=actor)
        self.head = person(self.school, actor, name="Hana Head", role=Role.APPROVER)
        self.buyer = person(self.school, actor, name="Bo Buyer", role=Role.BUYER)
        self.neighbour = person(self.other, actor, name="Noor Neighbour", role=Role.APPROVER)
        self.organiser = person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER)
        self.manager = person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER)
        self.auditor = person(partnership, actor, name="Ada Auditor", role=Role.AUDITOR)
        self.board = person(partnership, actor, name="Bea Board", role=Role.BOARD_MEMBER)
        self.commissioner = person(council, actor, name="Cal Council", role=Role.COMMISSIONER)

    @property
    def at_school(self) -> str:
        return f"/school/{self.school.school.urn}/support-plans"

    @property
    def at_other(self) -> str:
        return f"/school/{self.other.school.urn}/support-plans"

    def asked(self, **changes):
        """A plan as it is typed."""
        return {
            "school": self.school.name, "title": "Reading in key stage 1", "need": "Phonics is taught in three ways.",
            "programme": "Coaching.\nThen a shared scheme.", "funder": self.council.name, "first": "1/9/2026",
            "last": "23/7/2027", "every_weeks": "6", "provider_1": "Hill Top", "what_1": "Coaching", "days_1": "10",
            "pence_1": "4,500", "provider_2": self.other.number, "what_2": "Lesson study", "days_2": "1.5",
            "pence_2": "0",
        } | changes  # fmt: skip

    def plan(self, **more):
        values = {
            "school": self.school, "title": "Reading in key stage 1", "need": "Phonics.", "programme": "Coaching.",
            "term": Period(TODAY, date(2027, 7, 24)), "funder": self.council, "every_weeks": 6, "on": TODAY,
            "parts": [PartTerms(self.home, "Coaching", Decimal(10), 4_500_00)], "actor": self.organiser,
        }  # fmt: skip
        return draft_plan(**{**values, **more})


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=True):
        yield


@pytest.fixture
def cast(partnership, council, actor, tmp_path):
    return Cast(partnership, council, actor, tmp_path)


def test_a_plan_is_drawn_up_agreed_by_the_head_and_reviewed(cast):
    organiser, head = signed_in(cast.organiser), signed_in(cast.head)
    made = organiser.post(f"{PLANS}/new", cast.asked())
    plan = SupportPlan.objects.get()
    assert made["Location"] == f"{PLANS}/{plan.number}"
    assert (plan.state, plan.cost_pence, plan.valid_to, plan.parts.count()) == ("draft", 4_500_00, date(2027, 7, 24), 2)
    page = text_of(organiser.get(made["Location"]))
    assert "With school" in page and "Take the plan back" in page and "Write up the review" not in page
    assert "In all 11.5 £4,500.00" in page

    [waiting] = [one for one in waits_of(cast.head, TODAY) if "support plan" in one["text"]]
    assert waiting["href"] == f"{cast.at_school}/{plan.number}"
    page = text_of(head.get(waiting["href"]))
    assert "To agree" in page and f"Agree the plan, £4,500.00 paid by {cast.council.name}" in page
    assert head.post(waiting["href"]).status_code == 302
    page = text_of(head.get(waiting["href"]))
    assert "Running" in page and "Agree the plan" not in page
    again = head.post(waiting["href"])
    assert again.status_code == 400 and "is agreed now" in text_of(again)
    assert not [one for one in waits_of(cast.head, TODAY) if "support plan" in one["text"]]

    first = plan.reviews.first()
    here = f"{PLANS}/{plan.number}/reviews/{first.pk}"
    late = organiser.post(here, REVIEWED | {"held_on": "2/9/2026"})
    assert late.status_code == 400 and "must be today or in the past" in text_of(late)
    organiser.post(here, REVIEWED)
    twice = organiser.post(here, REVIEWED)
    assert twice.status_code == 400 and "already" in text_of(twice)
    page = text_of(head.get(waiting["href"]))
    assert "Behind plan. Held on 1 September 2026, written by Olu Organiser" in page
    assert "Two sessions of five were missed." in page and "Weekly." in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"school": "Nowhere"}, "No organisation is called “Nowhere”"),
        ({"last": "31/8/2026"}, "Last day must be on or after the first day"),
        ({"what_2": ""}, "What of part 2 is missing"),
        (
            {f"{name}_{at}": "" for name in ("provider", "what", "days", "pence") for at in (1, 2)},
            "Enter who gives the support",
        ),
        ({"need": ""}, "Enter what the school needs"),
        ({"provider_1": "Oakfield Primary School"}, "somebody else must give the support"),
        ({"school": "Hill Top"}, "A support plan is for one school"),
    ],
)
def test_what_does_not_fit_is_said_and_no_plan_is_made(cast, changes, says):
    refused = signed_in(cast.organiser).post(f"{PLANS}/new", cast.asked(**changes))
    assert refused.status_code == 400 and says in text_of(refused)
    assert not SupportPlan.objects.exists()


def test_the_list_is_narrowed_and_a_draft_is_taken_back_with_a_reason(cast):
    plan, organiser = cast.plan(), signed_in(cast.organiser)
    assert "Oakfield Primary School" in text_of(organiser.get(PLANS, {"state": "draft"}))
    assert "No plans are like that" in text_of(organiser.get(PLANS, {"state": "agreed"}))
    here = f"{PLANS}/{plan.number}"
    refused = organiser.post(here, {"reason": ""})
    assert refused.status_code == 400 and "Enter why the plan is taken back" in text_of(refused)
    organiser.post(here, {"reason": "Drawn up twice"})
    plan.refresh_from_db()
    assert plan.state == "withdrawn"
    assert "Drawn up twice" in text_of(signed_in(cast.head).get(f"{cast.at_school}/{plan.number}"))


def test_others_take_over_once_the_school_agrees(cast):
    plan = agree_plan(plan=cast.plan(), on=TODAY, actor=cast.head)
    organiser, here = signed_in(cast.organiser), f"{PLANS}/{plan.number}"
    assert "Let others take over" in text_of(organiser.get(here))
    typed = {
        "from_day": "4/1/2027", "reason": "Hill Top has no coach any more.", "every_weeks": "6",
        "provider_1": cast.other.name, "what_1": "Coaching", "days_1": "8", "pence_1": "3,600",
    }  # fmt: skip
    refused = organiser.post(f"{here}/take-over", typed | {"from_day": "1/9/2026"})
    assert refused.status_code == 400 and "within the plan's term" in text_of(refused)
    organiser.post(f"{here}/take-over", typed)
    follows = SupportPlan.objects.get(follows=plan)
    page = text_of(organiser.get(here))
    assert "Running" in page and "waits for the school to agree" in page and "Let others take over" not in page
    signed_in(cast.head).post(f"{cast.at_school}/{follows.number}")
    assert "Taken over" in text_of(organiser.get(here))


def test_who_meets_a_plan_and_who_is_told_of_nothing(cast):
    open_plan = agree_plan(plan=cast.plan(), on=TODAY, actor=cast.head)
    secret = agree_plan(plan=cast.plan(confidential=True, title="Leadership"), on=TODAY, actor=cast.head)
    ours, theirs, council = f"{PLANS}/{{}}", f"{cast.at_school}/{{}}", "/council/support-plans/{}"

    def seen(actor, path):
        return [signed_in(actor).get(path.format(one.number)).status_code for one in (open_plan, secret)]

    assert seen(cast.organiser, ours) == [200, 200]
    assert seen(cast.manager, ours) == seen(cast.auditor, ours) == [200, 404]
    assert seen(cast.board, ours) == seen(cast.head, ours) == seen(cast.commissioner, ours) == [404, 404]
    assert seen(cast.head, theirs) == [200, 200]
    assert seen(cast.buyer, theirs) == [200, 404]
    assert seen(cast.neighbour, theirs) == seen(cast.organiser, theirs) == [404, 404]
    assert seen(cast.neighbour, f"{cast.at_other}/{{}}") == [404, 404]
    assert seen(cast.commissioner, council) == [200, 200]
    assert seen(cast.head, council) == seen(cast.organiser, council) == [404, 404]
    for reader, path in ((cast.auditor, PLANS), (cast.buyer, cast.at_school)):
        listed = text_of(signed_in(reader).get(path))
        assert "Reading in key stage 1" in listed and "Leadership" not in listed
    listed = text_of(signed_in(cast.commissioner).get("/council/support-plans"))
    assert "Reading in key stage 1" in listed and "Leadership" in listed


def test_readers_of_a_plan_change_nothing(cast):
    plan = cast.plan()
    assert signed_in(cast.buyer).post(f"{cast.at_school}/{plan.number}").status_code == 403
    assert signed_in(cast.manager).post(f"{PLANS}/{plan.number}", {"reason": "No"}).status_code == 403
    assert signed_in(cast.manager).get(f"{PLANS}/new").status_code == 404
    assert signed_in(cast.commissioner).post(f"/council/support-plans/{plan.number}").status_code == 405
    assert "Agree the plan" not in text_of(signed_in(cast.buyer).get(f"{cast.at_school}/{plan.number}"))
    plan.refresh_from_db()
    assert plan.state == "draft"


SCHEME = {
    "code": "jpd-2026", "title": "Joint practice development", "share": "50", "most": "500", "budget": "250",
    "first": "1/9/2026", "last": "31/8/2027", "evidence": "receipt", "account": "7900", "stream": "SI",
}  # fmt: skip


def test_a_scheme_is_opened_by_a_finance_manager_and_promised_from_after_it_was_shown(cast):
    manager, organiser = signed_in(cast.manager), signed_in(cast.organiser)
    assert organiser.get(f"{MATCHED}/new").status_code == 404
    assert manager.post(f"{MATCHED}/new", SCHEME)["Location"] == f"{MATCHED}/jpd-2026"
    taken = manager.post(f"{MATCHED}/new", SCHEME)
    assert taken.status_code == 400 and "There is a scheme jpd-2026 already" in text_of(taken)
    assert MatchedScheme.objects.get().share == Decimal("0.5")
    here = f"{MATCHED}/jpd-2026/promise"
    assert manager.get(here).status_code == 404

    typed = {"school": cast.school.name, "what": "Cover for lesson study", "spend": "400", "by": "20/11/2026"}
    shown = text_of(organiser.post(here, typed | {"do": "check"}))
    assert "£200.00 would be promised to Oakfield Primary School" in shown and "Promise £200.00" in shown
    assert not MatchedPromise.objects.exists(), "checking promises nothing"
    assert organiser.post(here, typed | {"do": "promise", "expected": "20000"}).status_code == 302
    contract = OutcomeContract.objects.get()
    assert (contract.kind, contract.state, contract.value_pence) == ("matched", "offered", 200_00)
    less = organiser.post(here, typed | {"do": "promise", "expected": "20000", "school": cast.other.name})
    assert less.status_code == 400 and "£50.00 can be promised to Elm Park Primary School" in text_of(less)
    page = text_of(organiser.get(f"{MATCHED}/jpd-2026"))
    assert page.count("£50.00") == 1 and contract.number in page and "With them" in page, page


def test_the_school_agrees_and_reaches_its_claim_from_its_page(cast):
    scheme = open_scheme(
        code="jpd", title="Joint practice development", share=Decimal("0.5"), most=Money(500_00),
        budget=Money(2_000_00), term=Period(TODAY, date(2027, 9, 1)), evidence="receipt", account_code="7900",
        stream_code="SI", actor=cast.manager,
    )  # fmt: skip
    typed = {"school": cast.school.name, "what": "Cover", "spend": "400", "by": "20/11/2026", "expected": "20000"}
    signed_in(cast.organiser).post(f"{MATCHED}/{scheme.code}/promise", typed | {"do": "promise"})
    head, contract = signed_in(cast.head), OutcomeContract.objects.get()
    page = head.get(cast.at_school)
    assert f'href="/hub/{contract.number}/contract"' in page.content.decode() and "£200.00" in text_of(page)
    assert head.post(f"/hub/{contract.number}/contract", {"do": "agree"}).status_code == 302
    page = head.get(cast.at_school)
    assert f'href="/hub/{contract.number}"' in page.content.decode()
    claims = text_of(head.get(f"/hub/{contract.number}"))
    assert "Matched: Cover" in claims
    claim = text_of(head.get(f"/hub/{contract.number}/returns/match"))
    assert "receipt" in claim.lower(), claim
    assert "Matched funding promised" not in text_of(signed_in(cast.buyer).get(cast.at_school))
