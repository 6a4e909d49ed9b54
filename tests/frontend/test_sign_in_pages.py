"""The sign-in pages ask and answer in our words."""

import re

import pytest
from django import forms
from rendering import NAMES, Reader, a_request, render_page

from frontend import account_forms


def sign_in_form(data: dict[str, str] | None = None) -> forms.Form:
    return account_forms.LoginForm(data=data)


def test_sign_in_asks_in_our_words_and_each_label_belongs_to_its_box() -> None:
    page = render_page("account/login.html", form=sign_in_form(), user_label=None)
    reader = Reader(page)
    labelled = {attrs.get("for") for attrs in reader.all("label")}
    assert {"id_login", "id_password"} <= labelled
    assert "E-mail address" in page and "csrfmiddlewaretoken" in page and "Forgot" not in page


def test_an_empty_sign_in_says_what_to_enter() -> None:
    page = render_page("account/login.html", form=sign_in_form({"login": "", "password": ""}))
    assert "<title>Error: Sign in" in page
    assert page.count("Enter your e-mail address") == 2 and page.count("Enter your password") == 2


def test_the_address_with_which_somebody_signs_in_is_never_called_another_of_theirs() -> None:
    request = a_request("/account/email/")
    request.user = type("User", (), {"email": "sam@oakfield.example", "is_authenticated": True})()
    addresses = [
        {"email": "sam@oakfield.example", "primary": False},
        {"email": "old@oakfield.example", "primary": False},
    ]
    page = render_page("account/email.html", request=request, emailaddresses=addresses)
    assert page.count("You sign in with") == 1 and page.count("Also yours") == 1
    assert page.index("You sign in with") < page.index("sam@oakfield.example") < page.index("Also yours")


ACCOUNT_PAGES = [name for name in NAMES if name.startswith(("account/", "mfa/"))]


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_every_sign_in_page_has_one_heading_and_says_the_same_in_its_title(name: str) -> None:
    class Plain(forms.Form):
        code = forms.CharField(label="Code")
        secret = "ABCDEFGH"

    codes = type("Codes", (), {"get_unused_codes": lambda self: ["11112222"]})()
    page = render_page(
        name,
        form=Plain(),
        authenticators={"totp": True, "recovery_codes": codes},
        unused_codes=["11112222"],
        total_count=10,
        can_view_codes=True,
        can_download_codes=True,
        can_generate_codes=True,
        unused_code_count=1,
        totp_svg_data_uri="data:image/svg+xml;base64,AAAA",
        action_url="/account/password/reset/key/set",
        emailaddresses=[],
    )
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", page)
    titles = re.findall(r"<title>(.*?) – Tidewell Schools Partnership</title>", page)
    assert len(headings) == 1 and titles == headings
    assert all(image.get("alt") for image in Reader(page).all("img"))
