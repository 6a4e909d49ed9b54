"""Fields are drawn with label, hint and error in our words, and refuse what is not an answer."""

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from rendering import ATTACK, Reader, page_context, render

from frontend.fields import DatePartsField, PoundsField, ShortDateField
from frontend.form_drawing import error_list


class Booking(forms.Form):
    email = forms.EmailField(label="E-mail address", help_text="We send the invoice here")
    name = forms.CharField(label="Name of person 1", max_length=5)
    pupils = forms.IntegerField(label="Pupils", min_value=1)
    order_number = forms.CharField(label="Purchase order", required=False)
    amount = PoundsField(label="Amount", least=1)
    visit = DatePartsField(label="Date of the visit")
    due = ShortDateField(label="Due date")
    school = forms.ChoiceField(label="School", choices=[("", "Choose"), ("1", "Oakfield Primary")])
    when = forms.ChoiceField(label="Choose a date", choices=[("a", "24 March")], widget=forms.RadioSelect)
    streams = forms.MultipleChoiceField(choices=[("x", "X")], widget=forms.CheckboxSelectMultiple)
    later = forms.BooleanField(label="I will name them later", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea)
    file = forms.FileField(label="Bank statement")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


FORM_PAGE = """{% extends "layouts/page.html" %}{% from "components/form.html" import form_field %}
{% block page_title %}Book{% endblock %}
{% block content %}<h1>Book</h1>{% for f in form %}{{ form_field(f) }}{% endfor %}{% endblock %}"""


def test_every_kind_of_field_has_a_label_and_unique_ids() -> None:
    page = Reader(render(FORM_PAGE, **page_context(form=Booking())))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    labelled = {attrs.get("for") for attrs in page.all("label")}
    boxes = [a for tag in ("input", "select", "textarea") for a in page.all(tag) if a.get("type") != "hidden"]
    assert len(boxes) == 16
    assert all(attrs.get("id") in labelled for attrs in boxes)
    assert not any("placeholder" in attrs or "required" in attrs for attrs in boxes)


def test_each_error_leads_to_a_box_on_the_page_and_the_summary_says_what_the_field_says() -> None:
    form = Booking(data={"name": "Amira Khan", "pupils": "0", "email": "amira", "amount": "1.005"})
    source = render(FORM_PAGE, **page_context(form=form))
    ids = set(Reader(source).ids())
    found = error_list(form)
    assert found and all(error["href"].removeprefix("#") in ids for error in found)
    for error in found:
        assert source.count(error["text"]) >= 2, error
    assert [error["text"] for error in found] == [
        "E-mail address must be like name@school.example",
        "Name of person 1 must be 5 characters or fewer",
        "Pupils must be 1 or more",
        "Amount must not have parts of a penny",
        "Enter the date of the visit",
        "Enter the due date",
        "Choose the school",
        "Choose a date",
        "Choose streams",
        "Enter the note",
        "Choose the bank statement",
        "Enter the password",
    ]


def test_an_empty_date_whose_label_is_no_name_is_asked_for_in_plain_words() -> None:
    class Days(forms.Form):
        start = ShortDateField(label="From")
        pay_on = ShortDateField(label="To be paid on")
        holds = ShortDateField(label="Holds from")
        due = ShortDateField(label="Due date")

    assert [error["text"] for error in error_list(Days(data={}))] == [
        "Enter a date under “From”",
        "Enter a date under “To be paid on”",
        "Enter a date under “Holds from”",
        "Enter the due date",
    ]


def test_a_forms_own_words_are_kept_and_no_message_says_invalid_or_sorry() -> None:
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Enter the name of person 2"})
        count = forms.IntegerField(label="VAT lines")

    messages = [error["text"] for error in error_list(Own(data={"count": "x"}))]
    assert messages == ["Enter the name of person 2", "VAT lines must be a whole number"]
    every = " ".join(error["text"] for error in error_list(Booking(data={"school": "9", "when": "z"})))
    assert "School must be one of those listed" in every
    assert not re.search(r"invalid|valid|please|sorry", every, re.IGNORECASE)


def test_codes_times_and_numbers_are_refused_in_plain_words_and_a_form_given_twice_says_so_once() -> None:
    class Typed(forms.Form):
        code = forms.SlugField(label="Code")
        starts = forms.TimeField(label="Deadline")
        days = forms.DecimalField(label="Days")

    form = Typed(data={"code": "not a code!", "starts": "25:00", "days": "x"})
    assert [error["text"] for error in error_list(form, [form])] == [
        "Code must be letters, digits and hyphens",
        "Deadline must be a time, like 15:30",
        "Days must be a number",
    ]


def test_a_passwords_value_never_comes_back_and_other_answers_do_escaped() -> None:
    page = render(FORM_PAGE, **page_context(form=Booking(data={"password": "s3cret", "name": ATTACK})))
    assert "s3cret" not in page and ATTACK not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_errors_of_a_formset_and_of_the_whole_form_are_listed_too() -> None:
    class Two(forms.Form):
        first = forms.CharField(label="First name")

        def clean(self) -> None:
            raise forms.ValidationError("Names must differ")

    formset = forms.formset_factory(Two, extra=0, min_num=1)(
        data={"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-first": ""}
    )
    assert error_list(formset, None, [], "Plain") == [
        {"text": "Names must differ", "href": "#id_form-0-first"},
        {"text": "Enter the first name", "href": "#id_form-0-first"},
        {"text": "Plain"},
    ]


def one(field: forms.Field, data: Any, name: str = "x") -> tuple[Any, list[str]]:
    """The cleaned value of a one-field form, and its errors."""
    form = type("One", (forms.Form,), {name: field})(data=data if isinstance(data, dict) else {name: data})
    return (form.cleaned_data[name], []) if form.is_valid() else (None, [e["text"] for e in error_list(form)])


@pytest.mark.parametrize(
    ("typed", "pence"),
    [("1,234.5", 123450), ("£1,234.50", 123450), ("0", 0), ("12", 1200), (" 7.00 ", 700)],
)
def test_pounds_become_whole_pence(typed: str, pence: int) -> None:
    assert one(PoundsField(label="Amount"), typed) == (pence, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.001", "Amount must not have parts of a penny"),
        ("twelve", "Amount must be pounds and pence, like 12.50"),
        ("NaN", "Amount must be pounds and pence, like 12.50"),
        ("Infinity", "Amount must be pounds and pence, like 12.50"),
        ("-5", "Amount must be between £0.00 and £100,000,000.00"),
        ("−5", "Amount must be between £0.00 and £100,000,000.00"),
        ("1e12", "Amount must be between £0.00 and £100,000,000.00"),
        ("😀", "Amount must be pounds and pence, like 12.50"),
        ("", "Enter the amount"),
    ],
)
def test_pounds_refuse_what_is_not_an_amount(typed: str, said: str) -> None:
    assert one(PoundsField(label="Amount"), typed) == (None, [said])


def test_a_date_in_three_boxes() -> None:
    def parts(day: str, month: str, year: str) -> tuple[Any, list[str]]:
        return one(DatePartsField(label="Visit date"), {"x_day": day, "x_month": month, "x_year": year})

    assert parts("29", "2", "2028") == (date(2028, 2, 29), [])
    assert parts("29", "2", "2027") == (None, ["Visit date must be a real date, like 27 3 2027"])
    assert parts("1", "", "") == (None, ["Visit date must include a month and year"])
    assert parts("", "", "") == (None, ["Enter the visit date"])
    assert parts("1", "1", "27") == (None, ["Visit date must be a real date, like 27 3 2027"])


def test_finance_types_a_date_in_one_box_day_first() -> None:
    for typed in ("1/9/26", "01/09/2026", "1 Sep 2026", "1 September 2026", "2026-09-01"):
        assert one(ShortDateField(label="Due date"), typed) == (date(2026, 9, 1), [])
    assert one(ShortDateField(label="Due date"), "31/2/26") == (
        None,
        ["Due date must be a real date, like 1/9/26"],
    )
