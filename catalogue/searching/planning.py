"""How PostgreSQL is to read offers that are searched by words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def reading_by_index(needed: bool) -> Iterator[None]:
    """Keeps the statements inside from testing every offer's words one by one, where ``needed``.

    The planner takes that for cheap when a word stands in many offers. It is not: the words of an offer are kept
    compressed, and unpacking them for each row costs ten times the index (measured with 32,000 of 50,000 matching:
    238 ms against 20 ms of processor time).
    """
    if not needed:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
