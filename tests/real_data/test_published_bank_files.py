"""Published bank files, where the folder of shared data lies beside the project: what we read and write is their shape."""

import json
from datetime import date
from pathlib import Path

import pytest

from invoicing.banking.demonstration import SampleLine
from invoicing.banking.demonstration_files import barclays_file
from invoicing.banking.rules import barclays, camt053
from invoicing.banking.rules.reading import StatementRefused
from tests.browser.site import ROOT
from tests.invoicing.banking.files import IBAN

DATA = ROOT.parent / "shared" / "data" / "bank"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of shared data does not lie beside the project")


def published(name: str) -> bytes:
    """A statement of a public parser's tests as if its account were ours and in pounds: they are in euro."""
    raw = Path(DATA / "camt" / name).read_bytes().replace(b'"EUR"', b'"GBP"').replace(b">EUR<", b">GBP<")
    return raw.replace(b"NL26VAYB8060476890", IBAN.encode())


def test_the_barclays_layout_is_the_published_one() -> None:
    layouts = json.loads((DATA / "uk_csv_layouts.json").read_text())["layouts"]
    layout = next(one for one in layouts if one["bank"] == "Barclays")
    assert ",".join(barclays.HEADER) == layout["header"]
    sample = "\r\n".join([layout["header"], *layout["sample"], ""]).encode()
    lines = barclays.parse(sample, sort_code="200000", account_number="12345678").lines
    assert [(line.on, line.pence, line.kind) for line in lines] == [
        (date(2026, 7, 15), 245_000, "DIRECTDEP"), (date(2026, 8, 3), -1_099, "PAYMENT"),
    ]  # fmt: skip
    assert lines[1].description == "NETFLIX.COM ON 02 AUG BCC"
    written = barclays_file(
        [SampleLine("FPI", "A SCHOOL INV-000001", 12_345)],
        opening_pence=0, days=[date(2027, 3, 31)], sort_code="200000", account_number="12345678",
    )  # fmt: skip
    assert written.decode().splitlines()[0] == layout["header"]


def test_a_published_file_of_two_statements_is_read_whole() -> None:
    parsed = camt053.parse(published("camt053.v2.multi.statement.xml"))
    assert (parsed.opening_pence, parsed.closing_pence) == (1_815, 2_000)
    assert [(line.on, line.pence) for line in parsed.lines] == [(date(2014, 12, 31), 885), (date(2014, 12, 31), -700)]
    assert parsed.lines[1].description == "Company Name 2 000000002 Transaction Description 2"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("camt053.v2.all-balance-types.xml", "Line 68 begins the closing balance £4.04, but the opening balance £1.01"),
        ("camt053.v2.five.decimals.xml", "make £27.00. An entry is missing or changed"),
        ("camt053.v2.minimal.xml", "has an amount in SEK"),
        ("camt053.v2.with-party-ids.xml", "has an amount in SEK"),
    ],
)
def test_published_files_that_do_not_tie_or_mix_currencies_are_refused_with_the_line(name: str, reason: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        camt053.parse(published(name))
    assert reason in refused.value.message and refused.value.facts["line"]


def test_a_published_file_as_it_is_is_refused_for_its_currency() -> None:
    for path in sorted((DATA / "camt").glob("*.xml")):
        with pytest.raises(StatementRefused, match="in EUR"):
            camt053.parse(path.read_bytes())
