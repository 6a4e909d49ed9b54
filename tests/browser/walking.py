"""What a person does on the pages, step by step, for the journeys. Only what is visible is read and clicked."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

_POUNDS = re.compile(r"(−?)£([\d,]+)\.(\d\d)")


def pence(text: str) -> int:
    """The one amount in a text, in pence. Raises where there is none or more than one."""
    (amount,) = amounts(text)
    return amount


def amounts(text: str) -> list[int]:
    """Every amount in a text, in pence: "£1,234.50 of −£19.75" → [123450, -1975]."""
    return [
        int(sign.replace("−", "-") + pounds.replace(",", "") + part) for sign, pounds, part in _POUNDS.findall(text)
    ]


def pounds(pence: int) -> str:
    """Pence as every page writes them, computed here and not by the code under test."""
    return f"{'−' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def main(page: Page) -> str:
    """All that the page says between header and footer."""
    return page.inner_text("main")


def heading(page: Page) -> str:
    return page.inner_text("h1")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Presses the button of the main part with this name and waits for the page that answers."""
    button(page, name).click()
    page.wait_for_load_state("load")


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name)


def follow(page: Page, name: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Follows the first link of the main part with this name."""
    page.get_by_role("main").get_by_role("link", name=name, exact=exact).first.click()
    page.wait_for_load_state("load")


def step_sums(page: Page) -> list[tuple[list[int], int]]:
    """Every working shown on a page: its amounts, and the total beneath them."""
    found = []
    for steps in page.locator("dl.app-steps").all():
        total = steps.locator(".app-steps__total dd")
        if total.count():
            rows = steps.locator(".govuk-summary-list__row:not(.app-steps__total) dd").all_inner_texts()
            found.append(([amount for row in rows for amount in amounts(row)], pence(total.inner_text())))
    return found


@dataclass(frozen=True)
class Date:
    """A date of a course as the offer's page shows it."""

    label: str
    left: int


def open_dates(page: Page) -> list[Date]:
    """The dates with a place left, in the order shown."""
    found = []
    for item in page.locator(".govuk-radios__item").all():
        left = re.search(r"(\d+) places? left", item.inner_text())
        if left:
            found.append(Date(item.locator("label").inner_text(), int(left[1])))
    return found


def begin(page: Page, home: str) -> None:
    """From the home page to Find, with an empty basket."""
    page.goto(home)
    open_find(page)
    empty_basket(page)


def roomiest(page: Page) -> Date:
    """The date with most places left."""
    return max(open_dates(page), key=lambda one: one.left)


def open_find(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Find").click()


def open_offer(page: Page, title: str) -> None:
    """From wherever a buyer is, through the search, to one offer."""
    open_find(page)
    page.get_by_label("Search", exact=True).fill(title)
    press(page, "Search")
    follow(page, title, exact=True)


def add_places(page: Page, *, date: str, people: int) -> int:
    """On an offer's page: chooses a date and how many, puts them in the basket; returns the price shown, in pence."""
    page.get_by_label(date).check()
    page.get_by_label("Number of people").fill(str(people))
    press(page, "Update price")
    ((_, total),) = step_sums(page)
    press(page, re.compile(rf"^Add {people} places?$"))
    return total


def empty_basket(page: Page) -> None:
    """Takes every line out of the basket."""
    open_basket(page)
    while (remove := button(page, re.compile("^Remove"))).count():
        remove.first.click()
        page.wait_for_load_state("load")


def open_basket(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Basket")).click()


def place_order(page: Page, *, total: int, purchase_order: str = "") -> str:
    """On the check page: orders at the sum shown and returns the order's number."""
    if purchase_order:
        page.get_by_label("Purchase order").fill(purchase_order)
    press(page, f"Place order {pounds(total)}")
    assert heading(page) == "Order placed", main(page)
    number = re.search(r"ORD-\d+", main(page))
    assert number is not None
    return number[0]


def order_places(page: Page, home: str, *, title: str, people: int, purchase_order: str) -> tuple[str, int]:
    """Orders places on the roomiest date of a course; returns the order's number and its sum in pence."""
    begin(page, home)
    open_offer(page, title)
    total = add_places(page, date=roomiest(page).label, people=people)
    return place_order(page, total=total, purchase_order=purchase_order), total


_LOOKS = 60  # times that a job's page is asked again on a machine with much to do


def issue_batch(page: Page, home: str) -> tuple[list[int], list[str]]:
    """Finance issues what is due today; returns [net, VAT, gross] in pence and the numbers from first to last."""
    preview_batch(page, home)
    shown = table_totals(page, "Ready to issue")
    press(page, re.compile("^Issue "))
    for _ in range(_LOOKS):
        if "issued" in heading(page):
            break
        page.wait_for_timeout(1000)
        follow(page, "Look again now")
    assert "issued" in heading(page), main(page)
    return shown, re.findall(r"INV-\d+", page.inner_text(".govuk-panel"))


def preview_batch(page: Page, home: str) -> None:
    """Opens the preview of today's batch from finance's navigation."""
    page.goto(home)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Invoicing").click()
    page.get_by_role("link", name="Invoice batch", exact=True).click()
    press(page, "Show what would be issued")


def table_totals(page: Page, caption: str) -> list[int]:
    """The amounts in the last row of the table with this caption, in pence."""
    table = page.locator("table", has=page.locator("caption", has_text=re.compile(f"^{re.escape(caption)}$")))
    return amounts(table.locator("tfoot").inner_text())


def fact(page: Page, key: str) -> str:
    """What a summary list says beside a key."""
    row = page.locator(".govuk-summary-list__row", has=page.get_by_text(key, exact=True))
    return row.first.locator(".govuk-summary-list__value").inner_text()


def upload_bank_file(page: Page, home: str, file: Path) -> None:
    """Finance uploads a bank's file through the page of the account."""
    open_section(page, home, "Bank")
    follow(page, re.compile("^Upload a file"))
    page.get_by_label("Bank file").set_input_files(file)
    press(page, "Check and import")


def open_section(page: Page, home: str, name: str) -> None:
    page.goto(home)
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def confirm_sure(page: Page) -> int:
    """Confirms all sure matches at once; returns how many."""
    sure = button(page, re.compile(r"^Confirm \d+ sure match"))
    count = int(re.findall(r"\d+", sure.inner_text())[0])
    assert page.locator("input[name=sure]:checked").count() == count
    sure.click()
    assert f"{count} line{'s' if count > 1 else ''} matched." in main(page)
    return count


def match_the_rest(page: Page) -> dict[str, list[int]]:
    """Line by line: the first proposal where there is one, what nobody knows as unidentified, money out as charges.

    Returns the pence of each line by how it was explained.
    """
    done: dict[str, list[int]] = {"proposal": [], "unidentified": [], "charges": []}
    for _ in range(60):
        if "Statement closed at" in main(page):
            return done
        amount, choices = line_pence(page), page.get_by_role("radio")
        if choices.count():
            how = "unidentified" if choices.first.get_attribute("value") == "unidentified" else "proposal"
            choices.first.check()
            press(page, re.compile("^Match"))
        else:
            how = "charges"
            page.get_by_label("Ledger account").select_option("7100")
            page.get_by_label("What it is for").fill("Bank charges")
            press(page, f"Post {pounds(amount)} to this account")
        assert pounds(amount) in page.inner_text(".govuk-notification-banner")
        done[how].append(amount)
    raise AssertionError(main(page))


def line_pence(page: Page) -> int:
    """The amount of the bank line that is being decided."""
    return pence(page.inner_text(".app-bank-line__amount"))


def closing_pence(file: Path) -> int:
    """The balance of the newest line, which Lloyds writes first: of "…,12345.60" the pence."""
    return int(file.read_text().splitlines()[1].rsplit(",", 1)[1].replace(".", ""))


def bank_agrees_at(page: Page, home: str, figure: int) -> bool:
    """Whether the bank's page says that bank and ledger agree, both at this figure."""
    open_section(page, home, "Bank")
    row = page.locator("table", has=page.get_by_text("Accounts", exact=True)).locator("tbody tr").first.inner_text()
    return "Agrees" in row and amounts(row).count(figure) == 2
