"""Where e-mail goes by default, and what links begin with; production never prints its e-mails away."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace.settings.mail import mail_backend, site_url


def test_production_sends_a_demonstration_keeps_files_and_anything_else_prints() -> None:
    assert mail_backend(production=True, demonstration=True).endswith("smtp.EmailBackend")
    assert mail_backend(production=False, demonstration=True).endswith("filebased.EmailBackend")
    assert mail_backend(production=False, demonstration=False).endswith("console.EmailBackend")


def test_links_begin_with_what_was_given_else_with_the_first_host() -> None:
    assert site_url("https://trade.example.org/", ["x.example.org"], production=True) == "https://trade.example.org"
    assert site_url("", ["x.example.org", "y.example.org"], production=True) == "https://x.example.org"
    assert site_url("", ["*"], production=False) == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("given", "hosts"), [("trade.example.org", ["x"]), ("", ["*"]), ("", [".example.org"]), ("", [])]
)
def test_an_address_that_no_link_can_begin_with_is_refused(given: str, hosts: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        site_url(given, hosts, production=True)
