"""The benchmark of agreements: twelve services a school, each priced for it, contracted and charged in one round.

Its floor is ``INSERT … SELECT`` of the rows that the round wrote into copies of the tables without constraints.
"""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_offer, add_price, publish_offer
from invoicing.services import seed_chart, seed_vat_rules
from marketplace.core.actors import platform
from marketplace.core.benchmarks import Benchmark, register
from marketplace.core.benchmarks import Round as BenchRound
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.periods import Period
from marketplace.core.verification import check as check_invariant
from marketplace.core.verification import registered
from marketplace.organisations.models import Authority, Identity, Organisation, PupilCount, School
from marketplace.organisations.services.registry import add_organisation
from marketplace.organisations.services.schools import add_authority
from providers.services import add_provider
from subscriptions.agreements.models import AgreementLine
from subscriptions.agreements.services.round import Round, contract_round
from subscriptions.tiers.models import Membership

ON, OPENING = date(2026, 4, 1), date(2020, 1, 1)
TERM = Period(ON, date(2027, 4, 1))
LINES = 12
_ACTOR = platform("bench")
_counter = itertools.count(1)
_PER_PUPIL = {"sum": [{"flat": "466.14"}, {"per": "pupils", "rate": "1.14"}]}
_BY_PHASE = {
    "first": [
        {"when": {"phase": "primary"}, "per": "pupils", "rate": "5.07"},
        {"per": "pupils", "rate": "6.35"},
    ]
}
_BANDS = {
    "by": "pupils",
    "bands": [{"max": 200, "price": "610"}, {"max": 400, "price": "940"}, {"price": "1380"}],
}
_RULES: list[dict[str, Any]] = [_PER_PUPIL, _BY_PHASE, _BANDS, {"flat": "1150"}]
_TABLES = {
    "subscriptions_agreement": "id > %s",
    "subscriptions_agreementline": "agreement_id > %s",
    "subscriptions_billingperiod": "line_id IN (SELECT id FROM subscriptions_agreementline WHERE agreement_id > %s)",
    "invoicing_charge": "source_key IN (SELECT b.charge_key FROM subscriptions_billingperiod b"
    " JOIN subscriptions_agreementline l ON l.id = b.line_id WHERE l.agreement_id > %s)",
}


def _offers() -> list[Offer]:
    """The partnership and its twelve services, once."""
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        seed_chart()
        seed_vat_rules()
        ours = add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Ours", valid_from=OPENING, actor=_ACTOR)
        council = add_organisation(kind=Organisation.Kind.AUTHORITY, name="Council", valid_from=OPENING, actor=_ACTOR)
        add_authority(organisation=council, code="900", actor=_ACTOR)
        provider = add_provider(organisation=ours, code="ours", actor=_ACTOR)
        for number in range(LINES):
            offer = add_offer(
                code=f"service-{number}", kind=Offer.Kind.SERVICE, title=f"Service {number}", provider=provider,
                supply_kind=Offer.SupplyKind.OTHER, cfr_code="E28a", aar_code="BAE300", term_months=12, actor=_ACTOR,
            )  # fmt: skip
            rule = _RULES[number % len(_RULES)]
            for price_class in (PriceClass.MEMBER, PriceClass.NON_MEMBER):
                add_price(offer=offer, price_class=price_class, rule=rule, valid_from=OPENING, actor=_ACTOR)
            publish_offer(offer=offer, actor=_ACTOR)
    return list(Offer.objects.order_by("pk"))


def _schools(count: int) -> list[int]:
    """Maintained schools with a census count, every second one a member; by COPY, those that are missing."""
    have = list(School.objects.order_by("pk").values_list("pk", flat=True)[:count])
    ids = next_ids(Organisation, count - len(have))
    authority = Authority.objects.get().pk
    with transaction.atomic():
        copy_rows(
            Organisation,
            ("id", "number", "kind", "name", "notify_email"),
            ((pk, f"B{pk}", "school", f"School {pk}", "") for pk in ids),
        )
        names = ("street", "locality", "address3", "county", "postcode", "vat_number", "company_number")
        copy_rows(
            Identity,
            ("organisation_id", "valid_from", "name", "town", "country", *names),
            ((pk, OPENING, f"School {pk}", "Tidewell", "GB", *[""] * len(names)) for pk in ids),
        )
        copy_rows(
            School,
            (
                "organisation_id", "urn", "ukprn", "authority_id", "establishment_number", "type_code", "type_name",
                "status", "phase_code", "phase_name", "billing_class", "billing_class_decided",
            ),
            ((pk, f"{pk:08d}"[-8:], "", authority, "", "01", "", "1", "2", "", "maintained", False) for pk in ids),
        )  # fmt: skip
        copy_rows(
            PupilCount,
            ("school_id", "pupils", "source", "counted_on"),
            ((pk, 90 + pk % 500, "October census", date(2025, 10, 2)) for pk in ids),
        )
        copy_rows(
            Membership,
            ("organisation_id", "price_class", "valid_from"),
            ((pk, int(PriceClass.MEMBER), OPENING) for pk in ids[::2]),
        )
    return have + ids


def _next_round(offers: Sequence[Offer]) -> Round:
    return Round(f"bench-{next(_counter)}", "Services 2026 to 2027", offers, TERM)


def _agreements(size: int) -> BenchRound:
    """``size`` schools of twelve lines each; the round run again must add nothing."""
    offers, schools = _offers(), _schools(size)
    last = AgreementLine.objects.order_by("pk").last()
    if last is None:  # the floor of the first round copies what a round before it has written
        contract_round(round_=_next_round(offers), organisations=schools, on=ON, actor=_ACTOR)
        last = AgreementLine.objects.order_by("pk").last()
    before = last.agreement_id - size if last else 0
    round_ = _next_round(offers)

    def work() -> None:
        report = contract_round(round_=round_, organisations=schools, on=ON, actor=_ACTOR)
        if (report.agreements, report.lines) != (size, size * LINES):
            raise RuntimeError(f"{report.agreements} agreements, {report.lines} lines; refused: {report.refused[:3]}")

    def floor() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, where in _TABLES.items():
                cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table})")
                cursor.execute(f"INSERT INTO floor_{table} SELECT * FROM {table} WHERE {where}", [before])
            for table in _TABLES:
                cursor.execute(f"DROP TABLE floor_{table}")

    def check() -> None:
        lines = AgreementLine.objects.count()
        again = contract_round(round_=round_, organisations=schools, on=ON, actor=_ACTOR)
        if (again.agreements, again.already, AgreementLine.objects.count()) != (0, size, lines):
            raise RuntimeError("The same round again added something")
        for invariant in registered():
            if invariant.number == 16 and (found := check_invariant(invariant).violations):
                raise RuntimeError(f"{invariant.name}: {found[0]}")

    return BenchRound(work=work, floor=floor, units=size * LINES, check=check)


register(Benchmark("agreements", "lines", 1_000, _agreements))
