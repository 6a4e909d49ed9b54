"""A hub's contract in force, the people of each side, and the shortest way to each state of an item."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Submission
from subscriptions.outcomes.services.claiming import add_evidence, submit
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.deciding import accept, mark_not_met, reject
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.evidence import Shown
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms
from tests.conftest import OUTSIDE, STANDARD, START
from tests.shop import person

BEGIN = date(2026, 9, 1)
YEAR = Period(BEGIN, date(2027, 9, 1))
AUTUMN, SPRING = Period(BEGIN, date(2027, 1, 1)), Period(date(2027, 1, 1), date(2027, 5, 1))
CLAIMED = date(2027, 1, 4)
DECIDED = date(2027, 1, 11)


@dataclass(frozen=True)
class Cast:
    """``lead`` and ``teacher`` at Elm Park, ``vera`` verifies for Moor End, ``vic`` for the partnership."""

    elm: Organisation
    moor: Organisation
    lead: Actor
    teacher: Actor
    vera: Actor
    vic: Actor
    organiser: Actor
    manager: Actor
    outsider: Actor


def school(name: str, actor: Actor) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor)


def cast_of(partnership: Organisation, actor: Actor) -> Cast:
    elm, moor, far = (school(name, actor) for name in ("Elm Park Primary", "Moor End Primary", "Far Away Primary"))
    return Cast(
        elm=elm,
        moor=moor,
        lead=person(elm, actor, name="Lena Lead", role=Role.HUB_LEAD),
        teacher=person(elm, actor, name="Tom Teacher", role=Role.DELEGATE),
        vera=person(moor, actor, name="Vera Verifier", role=Role.VERIFIER),
        vic=person(partnership, actor, name="Vic Verifier", role=Role.VERIFIER),
        organiser=person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER),
        manager=person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER),
        outsider=person(far, actor, name="Otto Outsider", role=Role.HUB_LEAD),
    )


def measures(**more: object) -> list[MeasureTerms]:
    return [
        MeasureTerms(
            "autumn-outputs", "output", "Autumn outputs", date(2027, 1, 31), unit="people", target=Decimal(40),
            partial="proportional", evidence_types=("register",), **more,  # type: ignore[arg-type]
        ),
        MeasureTerms("spring-outputs", "output", "Spring outputs", date(2027, 5, 31), evidence_types=("report",)),
        MeasureTerms(
            "reading", "outcome", "Reading at the expected standard", date(2027, 7, 31), unit="per cent",
            baseline=Decimal(60), target=Decimal(80), tolerance=Decimal("0.5"), partial="steps",
            steps=((Decimal("0.5"), Decimal("0.4")), (Decimal("0.75"), Decimal("0.7"))),
        ),
    ]  # fmt: skip


def items() -> list[ItemTerms]:
    return [
        ItemTerms("base", "Release of the lead", 1_200_00, YEAR, BEGIN, date(2027, 8, 31)),
        ItemTerms("autumn", "Autumn outputs", 2_800_00, AUTUMN, date(2026, 12, 1), date(2027, 1, 31), "autumn-outputs"),
        ItemTerms("spring", "Spring outputs", 2_800_00, SPRING, date(2027, 4, 1), date(2027, 5, 31), "spring-outputs"),
        ItemTerms("reading", "Reading outcome", 3_600_00, YEAR, date(2027, 7, 1), date(2027, 7, 31), "reading"),
    ]


def statements() -> list[StatementTerms]:
    return [
        StatementTerms(BEGIN, date(2026, 12, 31), date(2027, 1, 25)),
        StatementTerms(date(2027, 1, 1), date(2027, 4, 30), date(2027, 5, 25)),
        StatementTerms(date(2027, 5, 1), date(2027, 8, 31), date(2027, 9, 25)),
    ]


def hub_draft(cast: Cast, **more: object) -> OutcomeContract:
    """£10,400.00 for a year, drawn up."""
    values: dict[str, object] = {
        "kind": "hub", "side": "pays", "party": cast.elm, "title": "Reading hub", "term": YEAR,
        "value": Money(10_400_00), "vat": OUTSIDE, "account_code": "7900", "stream_code": "SI",
        "measures": measures(), "items": items(), "statements": statements(),
    }  # fmt: skip
    values.update(more)
    return draft_contract(terms=ContractTerms(**values), on=BEGIN, actor=cast.organiser)  # type: ignore[arg-type]


def hub_contract(cast: Cast, **more: object) -> OutcomeContract:
    """The same, offered, and agreed by the lead."""
    made = hub_draft(cast, **more)
    offer_contract(contract=made, on=BEGIN, actor=cast.organiser)
    return agree_contract(contract=made, on=BEGIN, actor=cast.lead)


def council_contract(cast: Cast, council: Organisation) -> OutcomeContract:
    """The same terms the other way round: the council pays, the partnership claims."""
    made = draft_contract(
        terms=ContractTerms(
            kind="council", side="earns", party=council, title="Reading for the council", term=YEAR, value=Money(10_400_00),
            vat=STANDARD, account_code="4110", stream_code="CC", measures=measures(), items=items(),
            statements=statements(),
        ), on=BEGIN, actor=cast.organiser,
    )  # fmt: skip
    offer_contract(contract=made, on=BEGIN, actor=cast.organiser)
    return agree_contract(contract=made, on=BEGIN, actor=commissioner_of(council))


def commissioner_of(council: Organisation) -> Actor:
    """Cora Commissioner, who buys for the council; the same person however often she is asked for."""
    found = Person.objects.filter(name="Cora Commissioner").first()
    if found is None:
        return person(council, platform("test"), name="Cora Commissioner", role=Role.COMMISSIONER)
    return Actor(found.pk, None, found.name, frozenset({Grant(Role.COMMISSIONER, council.pk)}))


def item(contract: OutcomeContract, code: str = "autumn") -> OutcomeItem:
    return OutcomeItem.objects.select_related("contract__party", "measure").get(contract=contract, code=code)


def show(cast: Cast, one: OutcomeItem, type: str = "register", **more: object) -> None:
    values: dict[str, object] = {"label": "Registers of the autumn term", "type": type, "link": "https://example.org/r"}
    values.update(more)
    add_evidence(item=one, shown=Shown(**values), on=CLAIMED, actor=cast.lead)  # type: ignore[arg-type]


def submitted(cast: Cast, contract: OutcomeContract, claimed: str = "40") -> Submission:
    """The autumn's outputs, claimed on 4 January 2027."""
    one = item(contract)
    show(cast, one)
    return submit(item=one, claimed=Decimal(claimed), on=CLAIMED, actor=cast.lead)


def accepted(cast: Cast, contract: OutcomeContract, claimed: str = "40") -> Submission:
    return accept(submission=submitted(cast, contract, claimed), on=DECIDED, actor=cast.vera)


def rejected(cast: Cast, contract: OutcomeContract) -> Submission:
    made = submitted(cast, contract)
    return reject(submission=made, reason="The register of 12 March is unsigned", on=DECIDED, actor=cast.vera)


def not_met(cast: Cast, contract: OutcomeContract) -> OutcomeItem:
    made = submitted(cast, contract)
    return mark_not_met(item=made.item, reason="Nobody came", on=DECIDED, actor=cast.vera)


def also(actor: Actor, role: Role, organisation: Organisation) -> Actor:
    """The same person with one more role."""
    return Actor(actor.person_id, actor.user_id, actor.name, actor.grants | {Grant(role, organisation.pk)})
