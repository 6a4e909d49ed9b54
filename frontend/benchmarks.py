"""The benchmark of the list pages: each asked for by a signed-in person, as a browser would, over long lists.

The work is one visit to each list, many times over: address, session, roles, queries, template. Its floor is the bare
SELECT of the rows that stand on the page (all their columns, in the page's order), as often: what no page of them could
do without. ``size`` is how many rows each list has in all, of which a page shows 50 (a customer's own pages 25).
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invoicing.banking.demonstration import SampleLine, lloyds_file
from invoicing.banking.models import BankStatement
from invoicing.banking.services import ensure_bank_account, import_statement
from invoicing.ledger import chart
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core.actors import Role, platform
from marketplace.core.benchmarks import Benchmark, Round, percentiles, register
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.organisations.models import Identity, Organisation, Person
from marketplace.organisations.services.people import add_person, give_role
from marketplace.organisations.services.registry import add_organisation

ACTOR = platform("bench")
VISITS = 20  # of each page in a round
PER_PAGE, OWN_PER_PAGE = 50, 25
_SINCE = date(2020, 1, 1)
_OFFICER, _BUYER = "officer@bench.example", "buyer@bench.example"


def prepare(size: int) -> Round:
    """Lists of ``size`` rows, once for all rounds; the visitors sign in before each."""
    if not Organisation.objects.exists():
        _fill(size)
    officer, buyer = _signed_in(_OFFICER), _signed_in(_BUYER)
    pages = _pages()

    def work() -> dict[str, float]:
        taken: dict[str, list[float]] = defaultdict(list)
        for _ in range(VISITS):
            for name, path in pages.items():
                begun = time.perf_counter()
                response = (buyer if name == "school_invoices" else officer).get(path)
                taken[name].append(time.perf_counter() - begun)
                if response.status_code != 200:
                    raise RuntimeError(f"{path} answered {response.status_code}")
        each = {f"{name}_p95_ms": percentiles(seconds)["p95_ms"] for name, seconds in taken.items()}
        return percentiles([one for seconds in taken.values() for one in seconds]) | each

    def floor() -> None:
        with connection.cursor() as cursor:
            for _ in range(VISITS):
                for sql, params in _bare():
                    cursor.execute(sql, params)
                    cursor.fetchall()

    return Round(work=work, floor=floor, units=VISITS * len(pages))


def _pages() -> dict[str, str]:
    """The lists by the name of their figure."""
    customer, statement = _customer(), BankStatement.objects.get()
    return {
        "documents": reverse("finance-invoices"),
        "items": reverse("finance-invoicing"),
        "customers": reverse("finance-customers"),
        "bank_lines": reverse("finance-bank-statement", kwargs={"account": statement.account_id, "pk": statement.pk}),
        "school_invoices": reverse("school-invoices", kwargs={"kind": "customer", "code": customer.number}),
    }


def _bare() -> Iterator[tuple[str, list[int]]]:
    """For each list the SELECT of the rows on its first page."""
    document = "SELECT * FROM invoicing_document WHERE state = 'issued'"
    yield f"{document} ORDER BY issued_on DESC, id DESC LIMIT %s", [PER_PAGE]
    yield "SELECT * FROM invoicing_charge WHERE state = 'pending' ORDER BY bill_on, id LIMIT %s", [PER_PAGE]
    yield "SELECT * FROM organisations_organisation ORDER BY name, id LIMIT %s", [PER_PAGE]
    lines = "SELECT * FROM invoicing_bankline WHERE statement_id = %s ORDER BY position LIMIT %s"
    yield lines, [BankStatement.objects.values_list("pk", flat=True)[0], PER_PAGE]
    own = f"{document} AND customer_id = %s ORDER BY issued_on DESC, id DESC LIMIT %s"
    yield own, [_customer().pk, OWN_PER_PAGE]


def _customer() -> Organisation:
    """Whose own pages are visited."""
    return Organisation.objects.get(name="Bench School")


def _signed_in(email: str) -> Client:
    client = Client()
    user = Person.objects.get(email=email).user
    if user is None:
        raise RuntimeError(f"{email} has no sign-in")
    client.force_login(user)
    return client


def _fill(size: int) -> None:
    today = timezone.localdate()
    chart.seed_chart()
    kinds = Organisation.Kind
    ours = add_organisation(kind=kinds.PARTNERSHIP, name="Bench Partnership", valid_from=_SINCE, actor=ACTOR)
    school = add_organisation(kind=kinds.OTHER, name="Bench School", valid_from=_SINCE, actor=ACTOR)
    for email, role, at in ((_OFFICER, Role.FINANCE_OFFICER, ours), (_BUYER, Role.BUYER, school)):
        person = add_person(name=email.partition("@")[0].title(), email=email, password=None, actor=ACTOR)
        give_role(person=person, role=role, organisation=at, valid_from=_SINCE, actor=ACTOR)
    others = _customers(size)
    _items([school.pk] * size, ours.pk, today, "own")
    _items(others, ours.pk, today, "others")
    run_billing(on=today, actor=ACTOR)
    _items(others, ours.pk, today, "waiting")
    _statement(size, today)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server's own housekeeping would have done soon after


def _customers(count: int) -> list[int]:
    ids = next_ids(Organisation, count)
    with transaction.atomic():
        copy_rows(
            Organisation,
            ("id", "number", "kind", "name", "notify_email"),
            ((pk, f"B{pk}", "other", f"Customer {pk}", "") for pk in ids),
        )
        Identity.objects.bulk_create(
            Identity(organisation_id=pk, valid_from=_SINCE, name=f"Customer {pk}", town="Tidewell") for pk in ids
        )
    return ids


def _items(customers: list[int], seller: int, on: date, key: str) -> None:
    """An item to invoice for each, with a purchase order of its own, so that each becomes an invoice."""
    Charge.objects.bulk_create(
        Charge(
            source_key=f"{key}:{n}", facts_hash="", consumer_id=pk, invoice_to_id=pk, supplier_id=seller,
            description=f"Service {n}", quantity=Decimal(1), unit_price_pence=10_000 + n, net_pence=10_000 + n,
            vat_category="S", vat_rate=Decimal("0.20"), account_id="4200", stream_id="BS", bill_on=on,
            purchase_order=f"PO-{n}",
        )
        for n, pk in enumerate(customers)
    )  # fmt: skip


def _statement(size: int, on: date) -> None:
    account = ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds", actor=ACTOR
    )
    data = lloyds_file(
        [SampleLine("FPI", f"PAYER {n} REF {n}", 1_000 + n) for n in range(size)],
        opening_pence=100_000,
        days=[on - timedelta(days=1)],
        sort_code="",
        account_number="",
    )
    import_statement(account=account, data=data, file_name="bench.csv", confirm_at=None, actor=ACTOR)


register(Benchmark("pages", "pages", 1_000, prepare))
