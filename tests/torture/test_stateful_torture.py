"""The machine of receivables at full length: every invariant, and a second book, after each of thousands of steps."""

import csv
import io
import shutil
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.ledger.hledger import journal_lines
from tests.invoicing.books import balances
from tests.invoicing.stateful.base import Ground
from tests.invoicing.stateful.machine import COUNTED, walk
from tests.invoicing.stateful.worlds import trading_world

pytestmark = [pytest.mark.django_db, pytest.mark.torture]
LEAST, LENGTH, TIMES = 2_000, 50, 5
HLEDGER = shutil.which("hledger")


def test_thousands_of_steps(partnership, oakfield, council, actor, chance, tmp_path):
    compared: Counter[str] = Counter()

    def hledger_says_the_same(ground: Ground) -> None:
        found = by_hledger(tmp_path / "books.journal")
        assert found == balances()
        compared["walks"] += 1

    tally = walk(
        world=trading_world(partnership, oakfield, council, actor),
        number=chance.randrange(10**6),
        least=LEAST,
        length=LENGTH,
        each=COUNTED,
        times=TIMES,
        at_end=hledger_says_the_same if HLEDGER else None,
    )
    print("\n".join(tally.lines()))
    print(f"hledger read {compared['walks']} of {tally.walks} sets of books and found our balances")
    assert tally.steps >= LEAST
    assert tally.checks >= tally.steps
    assert {name: tally.effect[name] for name in COUNTED if tally.effect[name] < TIMES} == {}
    assert not HLEDGER or compared["walks"] == tally.walks


def by_hledger(path: Path) -> dict[str, int]:
    """Pence by account code, as hledger adds up our export."""
    path.write_text("\n".join(journal_lines()) + "\n", encoding="utf-8")
    done = subprocess.run(
        [str(HLEDGER), "-f", str(path), "bal", "-N", "--flat", "--depth", "2", "-O", "csv"],
        capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}, check=True,
    )  # fmt: skip
    return {
        account.split(":")[1].split(" ")[0]: int(Decimal(amount.replace("£", "").replace(",", "")) * 100)
        for account, amount in list(csv.reader(io.StringIO(done.stdout)))[1:]
        if amount != "0"
    }
