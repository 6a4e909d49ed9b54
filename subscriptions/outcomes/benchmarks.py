"""The benchmark of outcome statements: contracts of 36 monthly statements, each worked out anew and frozen.

Each month has an amount that hangs on nothing and one that was verified; every second contract is one under which the
partnership earns. Its floor is ``INSERT … SELECT`` of the rows that freezing wrote into copies of the tables without
constraints.
"""

import itertools
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction

from invoicing.models import Charge, JournalEntry, Movement, Payable, PayableMove
from invoicing.services import seed_chart
from marketplace.core.actors import platform
from marketplace.core.benchmarks import Benchmark, Round, register
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.models import Event
from marketplace.core.periods import add_months
from marketplace.core.verification import check as check_invariant
from marketplace.core.verification import registered
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import (
    ContractVersion,
    Measure,
    OutcomeContract,
    OutcomeItem,
    Statement,
    StatementLine,
    Submission,
)
from subscriptions.outcomes.services.stating import freeze_due, preview_due

BEGIN, MONTHS = date(2026, 9, 1), 36
AFTER = date(2029, 9, 5)
ON_TIME, AT_RISK = 300_00, 700_00
_ACTOR = platform("bench")
_counter = itertools.count(1)
_WRITTEN = (StatementLine, Payable, PayableMove, JournalEntry, Movement, Charge, Event)
_VERIFIED = """
UPDATE subscriptions_outcomeitem i SET state = 'eligible', earned = i.pence / 100.0, earned_pence = i.pence,
    verified_by_submission_id = s.id, statement_id = st.id
FROM subscriptions_submission s, subscriptions_statement st
WHERE s.item_id = i.id AND st.contract_id = i.contract_id AND st.cut_off = i.service_to - 1 AND i.contract_id >= %s
"""


def _parties(count: int) -> list[int]:
    """Other parties, a claimant and a verifier's organisation; the partnership and its chart first, once."""
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        seed_chart()
        add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Ours", valid_from=BEGIN, actor=_ACTOR)
    ids = next_ids(Organisation, count)
    columns = ("id", "number", "kind", "name", "notify_email")
    copy_rows(Organisation, columns, [(pk, f"OB{pk}", "other", f"Party {pk}", "") for pk in ids])
    return ids


def _contracts(count: int) -> int:
    """Contracts agreed and all that hangs on a measure verified; returns the first contract's id."""
    parties, ids, versions = _parties(count), next_ids(OutcomeContract, count), next_ids(ContractVersion, count)
    turn, end = next(_counter), add_months(BEGIN, MONTHS)
    columns = (
        "id", "number", "kind", "side", "party_id", "title", "state", "valid_from", "valid_to", "value_pence",
        "settled_pence", "retained_pence", "carried_pence", "heads_target", "set_up_pence", "retention", "refund_rule",
        "vat_category", "vat_rate", "vat_reason", "account_id", "stream_id", "analysis_code", "purchase_order",
        "confidential", "offered_on", "agreed_on", "end_reason",
    )  # fmt: skip
    rows = []
    for at, (pk, party) in enumerate(zip(ids, parties, strict=True)):
        pays = at % 2 == 0
        rows.append((
            pk, f"B{turn}-{pk}", "hub" if pays else "council", "pays" if pays else "earns", party, f"Contract {pk}",
            "active", BEGIN, end, MONTHS * (ON_TIME + AT_RISK), 0, 0, 0, 0, 0, Decimal(0), "in_order", "O", Decimal(0),
            "Grant", "7900" if pays else "4110", "GR" if pays else "CC", "", "", False, BEGIN, BEGIN, "",
        ))  # fmt: skip
    copy_rows(OutcomeContract, columns, rows)
    value, names = MONTHS * (ON_TIME + AT_RISK), ("id", "contract_id", "number", "state", "valid_from", "value_pence")
    agreed = (
        *names, "valid_to", "reason", "changes", "proposed_on", "proposed_for", "approved_ours_on", "approved_theirs_on",
    )  # fmt: skip
    copy_rows(
        ContractVersion,
        agreed,
        [
            (pk, one, 1, "agreed", BEGIN, value, end, "", "[]", BEGIN, "ours", BEGIN, BEGIN)
            for pk, one in zip(versions, ids, strict=True)
        ],
    )
    measures = next_ids(Measure, count)
    copy_rows(
        Measure,
        (
            "id", "contract_id", "version_id", "code", "kind", "name", "definition", "unit", "tolerance", "weight", "due_on",
            "decide_days", "evidence_types", "partial", "steps", "counts",
        ),
        [
            (pk, one, version, "done", "output", "Done", "", "", Decimal(0), Decimal(1), end, 10, [], "whole", "[]", "")
            for pk, one, version in zip(measures, ids, versions, strict=True)
        ],
    )  # fmt: skip
    _items(ids, versions, measures)
    _claims(ids[0], parties)
    return ids[0]


def _items(contracts: list[int], versions: list[int], measures: list[int]) -> None:
    items: list[tuple[object, ...]] = []
    statements: list[tuple[object, ...]] = []
    for contract, version, measure in zip(contracts, versions, measures, strict=True):
        for month in range(MONTHS):
            first, after = add_months(BEGIN, month), add_months(BEGIN, month + 1)
            last = after - timedelta(days=1)
            common = (Decimal(0), 0, 0, first, after, first, last, "", "planned")
            items.append((contract, version, None, f"on-time-{month}", "On time", "nothing", ON_TIME, *common))
            items.append((contract, version, measure, f"at-risk-{month}", "At risk", "output", AT_RISK, *common))
            statements.append(
                (contract, month + 1, "open", first, last, after + timedelta(days=24), 0, 0, False, "", "")
            )
    copy_rows(
        Statement,
        (
            "contract_id", "ordinal", "state", "service_from", "cut_off", "pay_on", "total_pence", "retained_pence",
            "closing", "source_key", "purchase_order",
        ),
        statements,
    )  # fmt: skip
    copy_rows(
        OutcomeItem,
        (
            "contract_id", "version_id", "measure_id", "code", "name", "gate", "pence", "earned", "earned_pence",
            "settled_pence", "service_from", "service_to", "claimed_from", "due_on", "reason", "state",
        ),
        items,
    )  # fmt: skip


def _claims(first: int, parties: list[int]) -> None:
    """Each amount at risk claimed by one for the party that is paid, and accepted by another of another organisation."""
    claimant, verifier = (Person.objects.create(name=f"Bench {name}").pk for name in ("claimant", "verifier"))
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP).pk
    rows = OutcomeItem.objects.filter(contract__gte=first, gate="output").values_list(
        "pk", "contract__side", "contract__party"
    )
    copy_rows(
        Submission,
        (
            "item_id", "ordinal", "state", "words", "claimant_id", "claimant_organisation_id", "submitted_on", "decide_by",
            "decided_by_id", "decided_organisation_id", "decided_on", "reason",
        ),
        [
            (
                pk, 1, "accepted", "", claimant, party if side == "pays" else ours, BEGIN, AFTER, verifier,
                party if side == "earns" else ours, BEGIN, "",
            )
            for pk, side, party in rows
        ],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_VERIFIED, [first])


def _last() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for model in _WRITTEN:
            cursor.execute(f"SELECT coalesce(max({model._meta.pk.column}), 0) FROM {model._meta.db_table}")
            found[model._meta.db_table] = int(cursor.fetchone()[0])
    return found


def _floor_of(before: dict[str, int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model in _WRITTEN:
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table})")
            cursor.execute(
                f"INSERT INTO floor_{table} SELECT * FROM {table} WHERE {model._meta.pk.column} > %s", [before[table]]
            )
        for model in _WRITTEN:
            cursor.execute(f"DROP TABLE floor_{model._meta.db_table}")


def _statements(size: int) -> Round:
    """``size`` contracts of 36 statements. The floor copies what a round before has written."""
    with transaction.atomic():
        _contracts(size)
    before = _last()
    freeze_due(on=AFTER, actor=_ACTOR, most=size)
    copied = dict(before)
    with transaction.atomic():
        first = _contracts(size)
    [shown] = {one.worked.total for one in preview_due(AFTER)}

    def work() -> None:
        done = freeze_due(on=AFTER, actor=_ACTOR, most=size)
        if done != size * MONTHS:
            raise RuntimeError(f"{done} statements were frozen")

    def floor() -> None:
        _floor_of(copied)

    def check() -> None:
        if freeze_due(on=AFTER, actor=_ACTOR) or OutcomeItem.objects.filter(contract__gte=first).exclude(
            state="payable"
        ):
            raise RuntimeError("Frozen again, or something was not frozen")
        if Statement.objects.filter(contract__gte=first).exclude(total_pence=shown):
            raise RuntimeError("A statement does not come to what was shown before it was frozen")
        for invariant in registered():
            if invariant.name.startswith("outcome") and (found := check_invariant(invariant).violations):
                raise RuntimeError(f"{invariant.name}: {found[0]}")

    return Round(work=work, floor=floor, units=size * MONTHS, check=check)


register(Benchmark("outcomes", "statements", 100, _statements))
