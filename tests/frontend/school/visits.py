"""A person at a browser, and the words of the page before them."""

import re
from html import unescape
from typing import Any

from django.test import Client

from marketplace.core.actors import Actor
from marketplace.core.models import User


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def hidden_fields(response: Any) -> dict[str, str]:
    """The hidden fields of a page's last form, without its token."""
    form = response.content.decode().split("<form")[-1]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {name: unescape(value) for name, value in found.items() if name != "csrfmiddlewaretoken"}


def text_of(response: Any) -> str:
    """The words of a page with its white space collapsed, tags taken out."""
    plain = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain))).replace(" .", ".").replace(" ,", ",").strip()
