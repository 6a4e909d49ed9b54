"""A small shop for tests, made through public services only."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_offer, add_price, add_run, publish_offer
from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.gias import import_register
from marketplace.organisations.services.people import actor_for, add_person, give_role
from providers.models import Provider
from providers.services import add_provider
from tests.organisations.register_files import ACADEMY, GROUP, SCHOOL

LONDON = ZoneInfo("Europe/London")
START = date(2020, 1, 1)
EXEMPT_REASON = "training by an eligible body"


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    """A register file of these rows."""
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list({name: None for row in rows for name in row}), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def schools(tmp_path: Path, actor: Actor, *rows: dict[str, str]) -> list[Organisation]:
    """Schools of the register with these cells changed, their pupils counted in the October 2025 census."""
    given = [SCHOOL | {"URN": f"90100{i}", "CensusDate": "02-10-2025"} | row for i, row in enumerate(rows)]
    _import(tmp_path, given, None, actor)
    return [Organisation.objects.get(school__urn=row["URN"]) for row in given]


def trust_with(tmp_path: Path, actor: Actor, *names: str) -> tuple[Organisation, list[Organisation]]:
    """A trust and its academies."""
    rows = [ACADEMY | {"URN": f"90200{i}", "EstablishmentName": name} for i, name in enumerate(names)]
    _import(tmp_path, rows, [GROUP], actor)
    academies = [Organisation.objects.get(school__urn=row["URN"]) for row in rows]
    return Organisation.objects.get(trust__uid=GROUP["Group UID"]), academies


def _import(tmp_path: Path, rows: list[dict[str, str]], groups: list[dict[str, str]] | None, actor: Actor) -> None:
    report = import_register(
        file=write_rows(tmp_path / "schools.csv", rows),
        links=None,
        groups=write_rows(tmp_path / "groups.csv", groups) if groups else None,
        authorities=[],
        dry_run=False,
        on=date(2025, 12, 1),
        actor=actor,
    )
    assert not report.refusals, report.refusals


def buyer(
    *organisations: Organisation, limit: int | None = None, role: Role = Role.BUYER, person_id: int = 501
) -> Actor:
    """Somebody who buys for these organisations, up to a limit in pence."""
    grants = frozenset(Grant(role, organisation.pk, limit) for organisation in organisations)
    return Actor(person_id=person_id, user_id=None, name="Sam Buyer", grants=grants)


def person(
    organisation: Organisation,
    actor: Actor,
    *,
    name: str = "Sam Buyer",
    role: Role = Role.BUYER,
    limit: int | None = None,
    on: date = date(2026, 9, 1),
) -> Actor:
    """A real person with a sign-in and a role, as the actor they are on a day."""
    email = f"{name.lower().replace(' ', '.')}.{organisation.pk}@example.org"
    made = add_person(name=name, email=email, password=None, actor=actor)
    give_role(
        person=made,
        role=role,
        organisation=organisation,
        valid_from=START,
        actor=actor,
        spending_limit_pence=limit,
    )
    assert made.user is not None
    return actor_for(user=made.user, on=on)


class Shop:
    """Offers with prices, by the partnership's own provider unless told otherwise."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.provider: Provider = add_provider(organisation=partnership(), code="partnership", actor=actor)

    def offer(
        self,
        code: str,
        *,
        prices: dict[PriceClass, dict[str, Any]] | None = None,
        published: bool = True,
        **values: Any,
    ) -> Offer:
        given: dict[str, Any] = {
            "kind": Offer.Kind.SERVICE,
            "title": code.replace("-", " ").capitalize(),
            "provider": self.provider,
            "supply_kind": Offer.SupplyKind.OTHER,
            "vat_category": "S",
            "cfr_code": "E28a",
            "aar_code": "BAE300",
        } | values
        offer = add_offer(code=code, actor=self.actor, **given)
        for price_class, rule in (prices or {}).items():
            add_price(offer=offer, price_class=price_class, rule=rule, valid_from=START, actor=self.actor)
        return publish_offer(offer=offer, actor=self.actor) if published else offer

    def course(self, code: str = "safeguarding", *, member: str = "140", other: str = "180", **values: Any) -> Offer:
        """A course at a price for each place, exempt from VAT."""
        prices = {
            PriceClass.MEMBER: {"rate": member, "per": "quantity"},
            PriceClass.NON_MEMBER: {"rate": other, "per": "quantity"},
        }
        given = {
            "kind": Offer.Kind.COURSE,
            "title": "Safeguarding for new leaders",
            "supply_kind": Offer.SupplyKind.TRAINING,
            "vat_category": "E",
            "vat_reason": EXEMPT_REASON,
            "cfr_code": "E09",
            "aar_code": "BAE090",
            "prices": prices,
        } | values
        return self.offer(code, **given)

    def run(
        self, offer: Offer, *, day: date = date(2027, 3, 24), places: int = 20, code: str = "", **values: Any
    ) -> CourseRun:
        """One day from half past nine to half past three, London time."""
        starts = datetime(day.year, day.month, day.day, 9, 30, tzinfo=LONDON)
        given: dict[str, Any] = {"mode": CourseRun.Mode.FACE_TO_FACE, "venue": "Tidewell"} | values
        return add_run(
            offer=offer,
            code=code or f"{offer.code}-{day:%Y%m%d}",
            starts_at=starts,
            ends_at=starts + timedelta(hours=6),
            capacity=places,
            actor=self.actor,
            **given,
        )
