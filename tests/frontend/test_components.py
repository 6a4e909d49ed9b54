"""Every component says what it promises, escapes its input and refuses what it must."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from markupsafe import Markup
from rendering import ATTACK, Reader, a_request, render

from frontend.formats import STATES, UnknownState
from frontend.jinja import query, sortable

TABLE = '{% from "components/table.html" import table %}{{ table("Your invoices", columns, rows, **more) }}'
COLUMNS = [{"text": "Number", "key": "number"}, {"text": "State"}, {"text": "Amount", "numeric": True}]


def draw_table(rows: list[Any], columns: list[Any] = COLUMNS, **more: Any) -> str:
    return render(TABLE, columns=columns, rows=rows, more=more)


def test_a_table_has_caption_row_heads_numbers_right_and_a_total() -> None:
    page = draw_table([[{"text": "INV-1", "href": "/i/1"}, None, "£5.00"]], total=["1 invoice", None, "£5.00"])
    reader = Reader(page)
    assert "Your invoices</caption>" in page and page.count('scope="row"') == 2 and "<tfoot" in page
    assert page.count("govuk-table__cell--numeric") == 2
    assert 'href="/i/1">INV-1</a>' in page
    assert {cell.get("data-label") for cell in reader.all("td")} == {"State", "Amount"}
    assert all(cell.get("role") == "cell" for cell in reader.all("td"))


def test_a_finance_table_scrolls_in_a_named_region_that_the_keyboard_reaches() -> None:
    page = draw_table([["INV-1", "x", "y"]], finance=True)
    region = next(attrs for attrs in Reader(page).all("div") if attrs.get("role") == "region")
    assert region["tabindex"] == "0" and region["aria-labelledby"] in Reader(page).ids()
    assert "app-table--cards" not in page and "data-label" not in page


def test_the_first_cell_is_given_a_brief_for_phones_without_another_text() -> None:
    page = draw_table(
        [[{"text": "INV-1", "href": "/i/1", "brief": f"Open {ATTACK}"}, "x", "y"], ["2", "x", "y"]], finance=True
    )
    briefs = [attrs["data-brief"] for attrs in Reader(page).all("th") if "data-brief" in attrs]
    assert briefs == [f"Open {ATTACK}"] and ATTACK not in page and 'href="/i/1">INV-1</a></th>' in page


def test_a_table_escapes_text_and_keeps_safe_html() -> None:
    page = draw_table([[ATTACK, {"text": ATTACK, "href": "/"}, Markup("<b>£5</b>")]])
    assert ATTACK not in page and page.count("&lt;script&gt;") == 2 and "<b>£5</b>" in page


def test_a_cell_of_several_parts_stands_as_one_beside_its_label_on_a_card() -> None:
    """A card sets label and cell side by side: without one box each part of the cell would be a column."""
    source = """{% from "components/table.html" import table %}
        {%- set own %}<a href="/1">HA-1</a> <strong>Sent</strong>{% endset %}
        {{ table("Calls", [{"text": "Call"}, {"text": "Yours"}], [["Reading", {"html": own}]]) }}"""
    assert 'data-label="Yours"><div><a href="/1">HA-1</a> <strong>Sent</strong></div></td>' in render(source)


def test_an_empty_table_says_what_would_stand_there() -> None:
    page = draw_table([], empty="No bookings yet. Places you book appear here.")
    assert "<table" not in page and "No bookings yet." in page


def test_headings_sort_by_link_turn_round_and_forget_the_page() -> None:
    request = a_request("/invoices?sort=number&page=3&state=open")
    drawn = sortable(COLUMNS, request)
    assert drawn[0]["sorted"] == "ascending" and drawn[0]["href"] == "?state=open&sort=-number"
    assert "href" not in drawn[1]
    assert 'aria-sort="ascending"' in draw_table([["1", "2", "3"]], columns=drawn)
    assert sortable(COLUMNS, None)[0] == {**COLUMNS[0], "sorted": "none", "href": "?sort=number"}


def test_the_query_string_changes_one_parameter_and_keeps_the_rest() -> None:
    assert query(a_request("/x?q=a+b&page=2"), page=3) == "?q=a+b&page=3"
    assert query(a_request("/x?q=a&q=b&page=2"), page=None) == "?q=a&q=b"
    assert query(None, page=1) == "?page=1"


def test_pagination_says_the_page_and_is_absent_when_there_is_one() -> None:
    source = '{% from "components/filters.html" import pagination %}{{ pagination(page, request, "invoices") }}'
    many = render(source, page=Paginator(range(212), 25).get_page(2), request=a_request("/x?state=open"))
    assert "Page 2 of 9" in many and "26 to 50 of 212 invoices" in " ".join(many.split())
    assert 'href="?state=open&amp;page=3" rel="next"' in " ".join(many.split())
    assert render(source, page=Paginator(range(25), 25).get_page(1), request=a_request()).strip() == ""


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_state_draws_its_word_in_its_colour(state: str) -> None:
    page = render('{% from "components/states.html" import tag %}{{ tag(state) }}', state=state)
    word, colour = STATES[state]
    assert word in page and f"govuk-tag--{colour}" in page


def test_an_unknown_state_raises_rather_than_showing_nothing() -> None:
    with pytest.raises(UnknownState):
        render('{% from "components/states.html" import tag %}{{ tag("lost") }}')


def test_what_waits_has_verb_amount_date_and_who_is_next() -> None:
    source = '{% from "components/states.html" import waits %}{{ waits(items, "Nothing waits for you.") }}'
    item = {"text": "Sign the visit of 4 March", "href": "/v/1", "pence": 135000, "due": date(2027, 3, 18)}
    page = " ".join(render(source, items=[{**item, "next": f"Then finance {ATTACK}"}]).split())
    assert 'href="/v/1">Sign the visit of 4 March</a> by 18 March 2027' in page
    assert "£1,350.00" in page and "Then finance &lt;script" in page
    assert "Nothing waits for you." in render(source, items=[])


def test_a_price_shows_each_step_its_note_and_the_total() -> None:
    source = '{% from "components/money.html" import money_steps %}{{ money_steps(steps, 14000) }}'
    steps = [
        {"text": "List price £180.00, members £140.00", "pence": None},
        {"text": "2 places from Gold", "pence": 0, "note": "2 of 6 left"},
        {"text": "1 at the member price", "pence": 14000},
    ]
    values = re.findall(r'summary-list__value">(.*?)</dd>', render(source, steps=steps))
    assert values == ["", "£0.00", "£140.00", "£140.00"]
    assert "2 of 6 left" in render(source, steps=steps)


def test_filters_can_be_removed_one_by_one_and_say_how_many_match() -> None:
    source = """{% from "components/filters.html" import filters, chosen_filters %}
    {% call filters() %}<label for="q">Word</label><input id="q" name="q">{% endcall %}
    {{ chosen_filters("12 courses", [{"text": "Online", "remove_url": "?q=a"}], "?") }}"""
    page = render(source)
    assert 'method="get"' in page and 'id="q"' in page and "12 courses" in page
    assert 'href="?q=a"' in page and "Remove this filter: " in page and "Remove all" in page


def test_messages_success_is_green_and_all_are_escaped() -> None:
    messages = [Message(constants.SUCCESS, "Order placed"), Message(constants.WARNING, ATTACK)]
    page = render('{% from "components/blocks.html" import flash %}{{ flash(m) }}', m=messages)
    assert page.count("govuk-notification-banner--success") == 1 and ATTACK not in page
    assert page.count('id="banner-1"') == 1 and page.count('id="banner-2"') == 1


def test_cards_panels_figures_history_and_help_escape_what_they_are_given() -> None:
    source = """{% from "components/blocks.html" import confirm_panel, inset_help, summary_card %}
    {% from "components/money.html" import headline_figures %}
    {% from "components/states.html" import timeline %}
    {{ summary_card(bad, [{"key": "Name", "value": bad, "href": "/c"}], [{"text": "Remove", "href": "/r"}]) }}
    {% call confirm_panel("Order placed", bad, "Your order number") %}<p>Next</p>{% endcall %}
    {{ inset_help(bad) }}{{ headline_figures([{"figure": "£5.00", "label": bad, "href": "/f"}]) }}
    {{ timeline([{"title": bad, "by": bad, "when": "1 Sep 2026", "text": bad}]) }}"""
    page = render(source, bad=ATTACK)
    assert ATTACK not in page
    assert "<p>Next</p>" in page and 'href="/c">Change<span class="govuk-visually-hidden"> name' in page
    assert page.count("&lt;script&gt;") >= 8
