"""The benchmark of booking: two processes place orders of three places, each with its item to invoice.

What is measured is ``place_order`` as the page calls it: the basket quoted anew (price row, class, pupils, VAT by the
dated rules, the buyer's limit and the school's scheme of delegation), places taken by conditional update, order,
bookings, item to invoice and events written; one transaction each, with the server's own fsync (told as ``fsync``).
``queries`` is how many statements one such order sends, savepoints included.

The floor writes the same rows by bare INSERTs into plain tables with the same indexes, and moves the same two counters,
one transaction each: no quote, no check, no trigger, no model.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Signal
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection, connections, transaction

from catalogue.models import PlaceTaking
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.core.benchmarks import Benchmark, Round, register
from marketplace.core.models import Event
from marketplace.core.verification import verify
from marketplace.trading.bench_shop import ON, PLACES, RUNS, TOTAL, Shop
from marketplace.trading.models import Basket, Booking, Order, OrderLine
from marketplace.trading.services import place_order

PROCESSES = 2
WARM = 10  # orders that each process places before it is timed
_CONTEXT = multiprocessing.get_context("fork")


def _order(basket_id: int, actor: Actor) -> None:
    basket = Basket.objects.select_related("organisation").get(pk=basket_id)
    place_order(basket=basket, purchase_order="PO 7", expected_pence=TOTAL, on=ON, actor=actor)


_PLAIN = {
    "trading_order": Order,
    "trading_orderline": OrderLine,
    "trading_booking": Booking,
    "catalogue_placetaking": PlaceTaking,
    "invoicing_charge": Charge,
    "core_event": Event,
}


class _Floor:
    """The rows of one real order, written again and again into plain tables."""

    def __init__(self) -> None:
        order = Order.objects.order_by("-pk")[0]
        line = order.lines.get()
        rows: dict[str, Any] = {
            "trading_order": Order.objects.filter(pk=order.pk),
            "trading_orderline": order.lines.all(),
            "trading_booking": Booking.objects.filter(order_line=line),
            "catalogue_placetaking": PlaceTaking.objects.filter(source_key=line.place_source_key),
            "invoicing_charge": Charge.objects.filter(source_key=line.charge_source_key),
            "core_event": Event.objects.order_by("-pk")[:2],
        }
        self.inserts = []
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_counter (id bigint PRIMARY KEY, taken bigint NOT NULL)")
            cursor.execute(
                "TRUNCATE bench_counter; INSERT INTO bench_counter SELECT g, 0 FROM generate_series(0, 99) g"
            )
            for table, found in rows.items():
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS bench_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY"
                    " INCLUDING GENERATED)"
                )
                self._index(cursor, table)
                self.inserts.append(self._copied(table, [row.pk for row in found]))

    def _index(self, cursor: Any, table: str) -> None:
        """As many indexes as the real table has, none of them unique: the same row comes again."""
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS"
            " (SELECT FROM pg_indexes b WHERE b.tablename = 'bench_' || %s)",
            [table, table],
        )
        for [definition] in cursor.fetchall():
            plain = definition.replace("CREATE UNIQUE INDEX", "CREATE INDEX").replace(
                f" ON public.{table} ", f" ON bench_{table} "
            )
            name = plain.split()[2]
            cursor.execute(plain.replace(f"CREATE INDEX {name} ", "CREATE INDEX ", 1))

    def _copied(self, table: str, ids: Sequence[int]) -> str:
        """One statement that writes the same rows with ids of their own."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns"
                " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
                [table],
            )
            columns = cursor.fetchone()[0]
            wanted = ", ".join(map(str, ids))
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS bench_rows_{table} AS SELECT {columns} FROM {table} WHERE id IN ({wanted})"
            )
        return f"INSERT INTO bench_{table} ({columns}) SELECT {columns} FROM bench_rows_{table}"

    def order(self, number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE bench_counter SET taken = taken + 3 WHERE id = %s AND taken < 1000000", [number % RUNS]
            )
            cursor.execute("UPDATE bench_counter SET taken = taken + 1 WHERE id = %s", [50 + number % RUNS])
            for insert in self.inserts:
                cursor.execute(insert)


class _Together:
    """Processes that have opened their connections, warmed up, and wait for the word."""

    def __init__(self, parts: Sequence[Callable[[], None]], warm: Sequence[Callable[[], None]]) -> None:
        self._go, self._pipes = _CONTEXT.Event(), list[Connection]()
        connections.close_all()
        for part, before in zip(parts, warm, strict=True):
            here, there = _CONTEXT.Pipe(duplex=False)
            _CONTEXT.Process(target=_process, args=(before, part, self._go, there), daemon=True).start()
            there.close()
            self._pipes.append(here)
        self._wait()

    def run(self) -> None:
        """All begin; returns when the last has committed its last order."""
        self._go.set()
        self._wait()

    def _wait(self) -> None:
        for pipe in self._pipes:
            if (error := pipe.recv()) is not None:
                raise RuntimeError(f"A process failed: {error}")


def _process(before: Callable[[], None], part: Callable[[], None], go: Signal, pipe: Connection) -> None:
    """A forked process with a connection of its own; it ends without touching what it inherited."""
    try:
        before()
        pipe.send(None)
        go.wait()
        part()
        pipe.send(None)
    except Exception as error:
        pipe.send(repr(error))
    finally:
        connections.close_all()
        os._exit(0)


def _orders(baskets: Sequence[tuple[int, Actor]]) -> None:
    for basket_id, actor in baskets:
        _order(basket_id, actor)


def _floors(floor: _Floor, numbers: Sequence[int]) -> None:
    for number in numbers:
        floor.order(number)


def _statements(work: Callable[[], None]) -> int:
    """How many statements ``work`` sends to the server, savepoints and those past Django's cursor included."""
    sent, execute = [], psycopg.Cursor.execute

    def counted(cursor: psycopg.Cursor[Any], *given: Any, **more: Any) -> Any:
        sent.append(str(given[0]))
        return execute(cursor, *given, **more)

    with patch.object(psycopg.Cursor, "execute", counted):
        work()
    return len(sent)


_shops: dict[str, Shop] = {}


def _prepare(size: int) -> Round:
    """``size`` baskets, half for each process; the shop stands once for all rounds."""
    database = str(connection.settings_dict["NAME"])
    shop = _shops.get(database) or _shops.setdefault(database, Shop())
    each = max(size // PROCESSES, 1)
    filled = shop.baskets((each + WARM) * PROCESSES + 2)
    _order(*filled[0])
    queries = _statements(partial(_order, *filled[1]))
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        fsync = float(cursor.fetchone()[0] == "on")
    floor, rest = _Floor(), filled[2:]
    shares = [rest[index::PROCESSES] for index in range(PROCESSES)]
    plain = _Together(
        [partial(_floors, floor, range(index, each * PROCESSES, PROCESSES)) for index in range(PROCESSES)],
        [partial(_floors, floor, range(WARM))] * PROCESSES,
    )
    real = _Together(
        [partial(_orders, share[WARM:]) for share in shares], [partial(_orders, share[:WARM]) for share in shares]
    )
    before = Order.objects.count()
    return Round(
        work=partial(_work, real, queries, fsync),
        floor=plain.run,
        units=each * PROCESSES,
        check=partial(_check, before + each * PROCESSES),
    )


def _work(processes: _Together, queries: int, fsync: float) -> Mapping[str, float]:
    processes.run()
    return {"queries": float(queries), "fsync": fsync}


def _check(orders: int) -> None:
    """Every order stands with its three places and its item; no date holds more than it has."""
    found = (Order.objects.count(), Booking.objects.count(), Charge.objects.count())
    if found != (orders, orders * PLACES, orders):
        raise RuntimeError(f"{orders} orders were placed, but there are (orders, places, items) {found}")
    wrong = [finding for finding in verify() if finding.violations and finding.invariant.number in (10, 15, 26)]
    if wrong:
        raise RuntimeError(f"{wrong[0].invariant.name}: {wrong[0].violations[:2]}")


register(Benchmark("booking", "orders", 1_000, _prepare))
