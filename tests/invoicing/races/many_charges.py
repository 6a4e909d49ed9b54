"""Thousands of items to invoice, made from one charge by copying it in the database."""

from django.db import connection

from invoicing.receivables.models import Charge
from marketplace.organisations.models import Organisation
from tests.conftest import Charges

_COLUMNS = [f.column for f in Charge._meta.concrete_fields if f.column not in ("id", "source_key", "purchase_order")]
_COPY = f"""
INSERT INTO invoicing_charge (source_key, purchase_order, {", ".join(f'"{column}"' for column in _COLUMNS)})
SELECT %s || ':' || n, 'PO ' || (1000000 + n), {", ".join(f'c."{column}"' for column in _COLUMNS)}
FROM invoicing_charge c, generate_series(2, %s) n WHERE c.source_key = %s
"""


def make_charges(*, charges: Charges, school: Organisation, count: int, key: str, pence: int = 3_333) -> None:
    """``count`` items of the school, each to be invoiced alone (a purchase order of its own), keyed and described by the key."""
    charges(school, pence, key=f"{key}:1", purchase_order="PO 1000001", description=key)
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [key, count, f"{key}:1"])
        assert cursor.rowcount == count - 1
