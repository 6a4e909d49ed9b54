"""Journeys 5, 6 and 12, walked as our finance officer walks them: the bank, the invoice batch, a figure explained."""

import re
from pathlib import Path

import pytest

from tests.browser.site import Site
from tests.browser.visitor import Visitors
from tests.browser.walking import (
    amounts,
    bank_agrees_at,
    button,
    closing_pence,
    confirm_sure,
    fact,
    follow,
    heading,
    issue_batch,
    line_pence,
    main,
    match_the_rest,
    open_section,
    order_places,
    pence,
    pounds,
    press,
    preview_batch,
    step_sums,
    table_totals,
    upload_bank_file,
)

COURSE = "Safer recruitment"

both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])


@both_ways
def test_a_batch_issues_what_its_preview_showed_and_then_nothing(site: Site, visitors: Visitors, scripts: bool) -> None:
    school = visitors.page("approver", scripts=scripts)
    _, ordered = order_places(school, f"{site.url}/", title=COURSE, people=1, purchase_order="MAR-2043")
    school.close()
    page = visitors.page("finance_officer", scripts=scripts)
    preview_batch(page, f"{site.url}/")
    net, vat, gross = table_totals(page, "Ready to issue")[-3:]
    assert (net + vat, [net, vat, gross]) == (gross, table_totals(page, "By rate of VAT"))
    issue = button(page, re.compile("^Issue "))
    count = int(re.findall(r"Issue (\d+) invoices?, ", issue.inner_text())[0])
    assert issue.inner_text().endswith(pounds(gross)) and gross >= ordered > 0

    issue.click()
    assert heading(page) == f"{count} invoice{'s' if count > 1 else ''} issued, {pounds(gross)}"
    assert table_totals(page, "Invoices issued") == [net, vat, gross]
    ends = [int(number) for number in re.findall(r"INV-(\d+)", page.inner_text(".govuk-panel"))]
    assert ends[-1] - ends[0] + 1 == count  # no number is left out

    preview_batch(page, f"{site.url}/")
    assert "No item is ready to be invoiced" in main(page)
    assert button(page, re.compile("^Issue ")).count() == 0
    page.close()


@both_ways
def test_a_bank_file_is_matched_to_its_last_line_and_closes_at_its_figure(
    site: Site, visitors: Visitors, tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "lloyds.csv"
    site.manage("demo_statement", "--bank", "lloyds", "--output", str(file))
    closing = closing_pence(file)
    page = visitors.page("finance_officer", scripts=scripts)
    upload_bank_file(page, f"{site.url}/", file)
    assert fact(page, "Closing balance") == f"{pounds(closing)}, ties"
    assert int(fact(page, "New")) == len(file.read_text().splitlines()) - 1
    opening, moved = pence(fact(page, "Opening balance")), pence(fact(page, "Lines"))
    assert opening + moved == closing

    press(page, "Match lines")
    assert confirm_sure(page) >= 1

    page.get_by_role("radio", name=re.compile("^Unidentified receipt")).check()
    amount = line_pence(page)
    press(page, re.compile("^Match"))
    assert pounds(amount) in page.inner_text(".govuk-notification-banner")
    press(page, re.compile(f"^Undo my last: {re.escape(pounds(amount))}"))
    assert "Match undone. The line waits again." in main(page)
    assert line_pence(page) == amount

    explained = match_the_rest(page)
    assert all(explained.values()), explained  # some of each kind
    assert pence(page.inner_text(".govuk-panel")) == closing
    follow(page, "Unidentified receipts")
    assert set(explained["unidentified"]) <= set(amounts(main(page)))
    assert bank_agrees_at(page, f"{site.url}/", closing)
    upload_bank_file(page, f"{site.url}/", file)
    assert heading(page).startswith("0 new lines") and int(fact(page, "New")) == 0
    page.close()


@both_ways
def test_a_figure_of_the_trial_balance_opens_down_to_the_steps_of_a_price(
    site: Site, visitors: Visitors, scripts: bool
) -> None:
    school = visitors.page("approver", scripts=scripts)
    order_places(school, f"{site.url}/", title=COURSE, people=2, purchase_order="MAR-2044")
    school.close()
    finance = visitors.page("finance_officer", scripts=scripts)
    _, numbers = issue_batch(finance, f"{site.url}/")
    finance.close()

    page = visitors.page("auditor", scripts=scripts)
    open_section(page, f"{site.url}/", "Ledger")
    debit, credit = table_totals(page, "Trial balance")
    assert debit == credit > 0
    account = page.locator("tbody tr", has=page.get_by_text("1100", exact=True))
    name, figure = account.get_by_role("link").inner_text(), pence(account.inner_text())
    follow(page, name, exact=True)
    assert table_totals(page, "Movements")[-1] == figure

    movements = page.locator("tbody tr", has=page.get_by_role("link", name=numbers[-1]))
    posted = sum(amounts(text)[0] for text in movements.all_inner_texts())  # net and VAT are movements of their own
    movements.first.get_by_role("link", name=re.compile("^Entry")).click()
    assert table_totals(page, "Legs") == [posted, posted]
    follow(page, f"Invoice {numbers[-1]}")
    assert heading(page).startswith(f"Invoice {numbers[-1]}")
    net, vat = table_totals(page, "Lines")
    assert net + vat == posted

    line = page.locator("table", has=page.get_by_text("Lines", exact=True)).locator("tbody tr").first
    priced = amounts(line.inner_text())[-2]
    line.get_by_role("link").first.click()
    assert "How the price came about" in main(page)
    ((steps, total),) = step_sums(page)
    assert total == priced and sum(steps) == total
    page.close()
