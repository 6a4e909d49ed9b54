"""Every template compiles; the layout holds its parts in order, for everybody and in every state."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from rendering import ATTACK, ENVIRONMENT, NAMES, Reader, page_context, render, render_page


class Booking(forms.Form):
    name = forms.CharField(label="Name of person 1")


FORM_PAGE = """{% extends "layouts/page.html" %}{% from "components/form.html" import form_field %}
{% block page_title %}Book{% endblock %}
{% block content %}<h1>Book</h1>{% for f in form %}{{ form_field(f) }}{% endfor %}{% endblock %}"""


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name: str) -> None:
    assert ENVIRONMENT.get_template(name)


def test_the_parts_of_a_page_stand_in_their_order() -> None:
    form = Booking(data={})
    page = render(FORM_PAGE, **page_context(form=form, back_url="/back"))
    parts = [
        "Demonstration: fictional",
        "app-header",
        "Buying for",
        "govuk-service-navigation",
        "govuk-back-link",
    ]
    parts += ["govuk-error-summary", "<h1"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "Basket (2<" in page and 'href="/basket"' in page
    assert "Amira Khan" in page and "Sign out" in page and "Sign in" not in page


def test_the_title_says_errors_and_pages() -> None:
    source = '{% extends "layouts/page.html" %}{% block page_title %}Invoices{% endblock %}'
    second = Paginator(range(90), 25).get_page(1)
    plain = render(source, **page_context())
    paged = render(source, **page_context(page_obj=second, form=Booking(data={})))
    assert "<title>Invoices – Tidewell Schools Partnership</title>" in plain
    assert "<title>Error: Invoices (page 1 of 4) – Tidewell Schools Partnership</title>" in paged


def test_no_script_stands_inline_without_the_nonce_even_while_the_nonce_is_still_lazy() -> None:
    page = render_page("layouts/page.html")
    inline = [attrs for attrs in Reader(page).all("script") if "src" not in attrs]
    assert len(inline) == 2
    assert all(attrs.get("nonce") == "n0nce" for attrs in inline)
    assert not re.search(r"\son[a-z]+=", page) and " style=" not in page


def test_nothing_of_gov_uk_own_marks_is_shown() -> None:
    page = render_page("layouts/page.html").lower()
    assert not re.search(r"crown|crest|open government licence|gov\.uk", page)


def test_the_finance_layout_is_dense_and_the_page_layout_is_not() -> None:
    assert "app-finance" in render_page("layouts/finance.html")
    assert "app-finance" not in render_page("layouts/page.html")


def test_someone_not_signed_in_sees_no_navigation_basket_or_sign_out() -> None:
    page = render_page(
        "layouts/page.html", nav=[], acting_for=None, user_label=None, basket_url=None, demonstration=False
    )
    assert "Sign in" in page
    for absent in ("Sign out", "Buying for", "Basket", "Demonstration", "govuk-service-navigation__list"):
        assert absent not in page


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("404", "Page not found"),
        ("403", "You cannot do this"),
        ("400", "We could not read this request"),
        ("403_csrf", "This page was open too long"),
        ("500", "There is a problem with this service"),
    ],
)
def test_error_pages_render_even_without_any_context(name: str, heading: str) -> None:
    bare = ENVIRONMENT.get_template(f"errors/{name}.html").render()
    assert f"<title>{heading} – Schools partnership</title>" in bare
    assert bare.count("<h1") == 1 and 'type="module"' not in bare


def test_a_refusal_says_what_happened_each_detail_and_the_way_back_escaped() -> None:
    page = render_page("errors/domain.html", message=f"Not matched {ATTACK}", detail=["CN-000031"], back_url="/bank")
    assert "Not matched &lt;script&gt;" in page and "<li>CN-000031</li>" in page and 'href="/bank"' in page
    assert "Nothing has been changed" in page and ATTACK not in page
