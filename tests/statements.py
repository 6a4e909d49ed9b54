"""What is sent to the database, statements past Django's cursor included, which Django's own counting does not see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def sent() -> Iterator[list[str]]:
    """The texts of all statements that are sent within the block, in their order."""
    texts: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(cursor: psycopg.Cursor[Any], *given: Any, **more: Any) -> Any:
        texts.append(str(given[0]))
        return execute(cursor, *given, **more)

    with patch.object(psycopg.Cursor, "execute", counted):
        yield texts
