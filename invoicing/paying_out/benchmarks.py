"""The benchmark of a pay run: what providers earned is self-billed, proposed, approved and written into a bank file."""

import itertools
from datetime import UTC, date, datetime

from django.db import connection, transaction

from invoicing.benchmarks import ACTOR
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.payables.models import Payable, PayableMove
from invoicing.payees.models import PayeeAccount
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch
from invoicing.paying_out.preparing import approve_batch, prepare_batch
from invoicing.paying_out.releasing import release_batch
from invoicing.paying_out.rules.orders import Account
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.due import payment_day
from invoicing.self_billing.billing import self_bill
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.benchmarks import Benchmark, Round, register
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.models import NumberSeries
from marketplace.organisations.models import Identity, Organisation, Person
from marketplace.organisations.services.registry import add_organisation

EACH = 5
ON, PAY_ON = date(2026, 9, 1), payment_day(date(2026, 9, 2))
_rounds = itertools.count(1)
_TABLES = (
    "invoicing_document", "invoicing_documentline", "invoicing_vatgroup", "invoicing_providerinvoice",
    "invoicing_providerinvoiceline", "invoicing_journalentry", "invoicing_movement", "invoicing_paymentbatchline",
    "invoicing_paymentbatchpart",
)  # fmt: skip


def _people() -> list[Actor]:
    """Who asks, prepares, approves and releases: four people with a manager's role; the partnership first, once."""
    chart.seed_chart()
    ours = Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).first() or add_organisation(
        kind=Organisation.Kind.PARTNERSHIP, name="Bench Partnership", valid_from=date(2020, 1, 1), actor=ACTOR
    )
    made = [Person.objects.get_or_create(name=f"Bench {number}")[0] for number in range(4)]
    grants = frozenset({Grant(Role.FINANCE_MANAGER, ours.pk)})
    return [Actor(person_id=one.pk, user_id=None, name=one.name, grants=grants) for one in made]


def _providers(count: int, people: list[Actor]) -> list[int]:
    """Providers with an identity, an agreement and an account in force; each has earned five amounts."""
    ids, batch, start = next_ids(Organisation, count), next(_rounds), date(2020, 1, 1)
    columns = ("id", "number", "kind", "name", "notify_email")
    copy_rows(Organisation, columns, [(pk, f"P{pk}", "provider", f"Provider {pk}", "") for pk in ids])
    Identity.objects.bulk_create(
        Identity(organisation_id=pk, valid_from=start, name=f"Provider {pk}", town="Tidewell") for pk in ids
    )
    SelfBillingAgreement.objects.bulk_create(
        SelfBillingAgreement(
            provider_id=pk, number=f"SBA-{batch}-{pk}", valid_from=ON, valid_to=date(2027, 9, 1), vat_registered=False,
            offered_on=ON, signed_on=ON, signed_name="Bench",
        )
        for pk in ids
    )  # fmt: skip
    PayeeAccount.objects.bulk_create(
        PayeeAccount(
            organisation_id=pk, version=1, state="confirmed", account_name=f"Provider {pk}", sort_code="001613",
            account_number=f"{pk % 10**8:08}", modulus="not_checked", asked_by_id=people[0].person_id or 0, asked_on=start,
            confirmed_by_id=people[1].person_id or 0, confirmed_on=start, how_checked="Bench", usable_from=start,
        )
        for pk in ids
    )  # fmt: skip
    NumberSeries.objects.bulk_create(NumberSeries(code=f"self-billed:{pk}", prefix=f"SB-P{pk}") for pk in ids)
    _earned(ids)
    return ids


def _earned(providers: list[int]) -> None:
    payables = Payable.objects.bulk_create(
        Payable(
            source_key=f"bench:{pk}:{n}", facts_hash="", state="owed", provider_id=pk, description=f"Day {n}",
            net_pence=10_000 + n, owed_pence=10_000 + n, vat_category="O", vat_rate=0, vat_reason="Not registered",
            account_id=chart.ROYALTIES, stream_id="SI", made_on=ON,
        )
        for pk in providers
        for n in range(EACH)
    )  # fmt: skip
    entries = post(
        entries=[
            NewEntry(
                kind="payable", source_key=f"payable:{one.pk}:1", on=ON, narrative="Earned",
                movements=[
                    NewMovement(
                        one.account_id, chart.PAYABLES, one.net_pence, credit_party=one.provider_id, stream="SI"
                    )
                ],
            )
            for one in payables
        ],
        actor=ACTOR,
    )  # fmt: skip
    PayableMove.objects.bulk_create(
        PayableMove(payable=one, pence=one.net_pence, made_on=ON, reason="Earned", entry_id=entry)
        for one, entry in zip(payables, entries, strict=True)
    )


def _run(providers: list[int], people: list[Actor]) -> PaymentBatch:
    """The whole way: invoices, a batch, its approval, its release with the file."""
    self_bill(on=ON, actor=people[0], provider_ids=providers)
    batch = prepare_batch(
        pay_on=PAY_ON, payer=Account("Bench Partnership", "001614", "00000001"), on=ON, actor=people[1],
        bank_account=LedgerAccount.objects.get(pk=chart.BANK), provider_ids=providers,
    )  # fmt: skip
    batch = approve_batch(batch=batch, seen=hash_of(batch.pk), on=ON, actor=people[2])
    release_batch(
        batch=batch, form="standard18", command_key=f"bench:{batch.number}", at=datetime(2026, 9, 1, 9, tzinfo=UTC), on=ON,
        actor=people[3], user_number="000001",
    )  # fmt: skip
    return batch


def prepare(size: int) -> Round:
    """``size`` amounts due, five for each provider, so a fifth as many invoices: these are counted.

    The floor copies the rows of a run before by INSERT … SELECT.
    """
    count = max(size // EACH, 1)
    with transaction.atomic():
        people = _people()
        warm, own = _providers(count, people), _providers(count, people)
    before = {table: _last(table) for table in _TABLES}
    _run(warm, people)

    def floor() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table})")
                cursor.execute(f"INSERT INTO floor_{table} SELECT * FROM {table} WHERE id > %s", [before[table]])
            for table in _TABLES:
                cursor.execute(f"DROP TABLE floor_{table}")

    def work() -> None:
        batch = _run(own, people)
        if batch.count != count:
            raise RuntimeError(f"{batch.count} of {count} providers are paid")

    return Round(work=work, floor=floor, units=count)


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        [found] = cursor.fetchone()
    return int(found)


register(Benchmark("payrun", "invoices", 5_000, prepare))
