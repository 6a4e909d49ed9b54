"""Transactions without needless savepoints."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def in_transaction() -> Iterator[None]:
    """Within the caller's open transaction where there is one, otherwise within one of its own.

    Unlike ``transaction.atomic`` it sets no savepoint: for a verb that refuses before it writes, or undoes by itself
    what it wrote, so that its caller may catch the refusal and go on.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
