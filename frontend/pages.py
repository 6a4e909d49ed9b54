"""The register of all pages: for each name of the URL configuration, examples of its states.

Operations of the API (``api-…``) are no pages: they are held against their own description.

A named page without an example, and an example of a page that is gone, fail a test. What is no page (a file, an
address that only posts) is listed with the reason.
"""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from frontend import account_pages, visit_pages
from frontend.audit import pages as audit
from frontend.council import pages as council
from frontend.examples import Example, Pages, World
from frontend.finance import outcome_pages as outcome_statements
from frontend.finance import pages as finance
from frontend.finance import plan_pages, purse_pages, self_billing_pages, sharing_pages
from frontend.hubs import pages as hubs
from frontend.jobs import pages as jobs
from frontend.me import day_pages
from frontend.messages import pages as messages
from frontend.office import pages as office
from frontend.organise import (
    accreditation_pages,
    desk_pages,
    offer_pages,
    outcome_pages,
    policy_pages,
    price_pages,
    rate_pages,
    service_terms_pages,
    support_pages,
)
from frontend.organise import pages as organise
from frontend.people import pages as people
from frontend.programs import pages as programs
from frontend.school import consultant_pages, found_pages
from frontend.school import pages as school
from frontend.verify import pages as verify
from frontend.webhooks import pages as webhooks

__all__ = ["NOT_PAGES", "PAGES", "Example", "World", "missing", "names", "world"]

PAGES: Pages = {
    **account_pages.PAGES,
    **office.PAGES,
    **people.PAGES,
    **hubs.PAGES,
    **jobs.PAGES,
    **accreditation_pages.PAGES,
    **desk_pages.PAGES,
    **council.PAGES,
    **offer_pages.PAGES,
    **outcome_pages.PAGES,
    **policy_pages.PAGES,
    **price_pages.PAGES,
    **rate_pages.PAGES,
    **service_terms_pages.PAGES,
    **support_pages.PAGES,
    **organise.PAGES,
    **school.PAGES,
    **found_pages.PAGES,
    **consultant_pages.PAGES,
    **day_pages.PAGES,
    **finance.PAGES,
    **outcome_statements.PAGES,
    **plan_pages.PAGES,
    **purse_pages.PAGES,
    **self_billing_pages.PAGES,
    **sharing_pages.PAGES,
    **audit.PAGES,
    **messages.PAGES,
    **programs.PAGES,
    **webhooks.PAGES,
    **visit_pages.PAGES,
    **verify.PAGES,
}
NOT_PAGES: dict[str, str] = {
    **account_pages.NOT_PAGES,
    **accreditation_pages.NOT_PAGES,
    **jobs.NOT_PAGES,
    **outcome_pages.NOT_PAGES,
    **council.NOT_PAGES,
    **messages.NOT_PAGES,
    **office.NOT_PAGES,
    **self_billing_pages.NOT_PAGES,
    **programs.NOT_PAGES,
    **school.NOT_PAGES,
    **day_pages.NOT_PAGES,
    **found_pages.NOT_PAGES,
    **price_pages.NOT_PAGES,
    **rate_pages.NOT_PAGES,
    **getattr(finance, "NOT_PAGES", {}),
}


def world() -> World:
    """The demonstration in this database."""
    return World()


def names() -> set[str]:
    """Every name of the URL configuration."""
    return set(_names(get_resolver().url_patterns))


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def missing() -> list[str]:
    """Names without an example and without a reason why they need none."""
    pages = {name for name in names() if not name.startswith("api-")}
    return sorted(pages - set(PAGES) - set(NOT_PAGES))
