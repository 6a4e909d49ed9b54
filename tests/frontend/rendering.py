"""What the tests of the pages share: the environment, a request, a page's context, a reader of elements."""

from html.parser import HTMLParser
from typing import Any

from csp.middleware import CheckableLazyObject
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.utils.html import format_html

from frontend.jinja import TEMPLATES, environment

ENVIRONMENT = environment()
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
ATTACK = "<script>alert(1)</script>"


class Reader(HTMLParser):
    """Collects a page's elements with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.elements if attrs.get("id")]


def a_request(path: str = "/invoices?state=open&page=2") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = type("User", (), {"email": "amira@oakfield.example", "is_authenticated": True})()
    return request


def page_context(**more: Any) -> dict[str, Any]:
    request = more.pop("request", None) or a_request()
    token = get_token(request)
    return {
        "request": request,
        "csrf_token": token,
        "csrf_input": format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token),
        "partnership": {"name": "Tidewell Schools Partnership"},
        "demonstration": True,
        "nav": [
            {"text": "Home", "href": "/", "active": False},
            {"text": "Invoices", "href": "/invoices", "active": True},
        ],
        "acting_for": {"name": "Oakfield Primary", "change_url": "/change"},
        "user_label": "Amira Khan",
        "basket_count": 2,
        "basket_url": "/basket",
        "csp_nonce": CheckableLazyObject(lambda: "n0nce"),
        "messages": [],
        **more,
    }


def render(source: str, **context: Any) -> str:
    return ENVIRONMENT.from_string(source).render(**context)


def render_page(name: str, **context: Any) -> str:
    return ENVIRONMENT.get_template(name).render(**page_context(**context))
