"""Examples of the pages for programs, for frontend.pages."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from frontend.examples import Example, Pages, World
from marketplace.core.api.tokens import create_token, tokens_of

BUYER, TRUST = "buyer", "trust_finance"


def _with_token(world: World) -> str:
    """The buyer's page with a token on it; one is made where there is none."""
    actor, today = world.actors[BUYER], timezone.localdate()
    if not tokens_of(actor).exists():
        create_token(
            name="Our finance system", scopes=["invoices:read", "orders:write"], expires_on=today + timedelta(days=90),
            on=today, actor=actor,
        )  # fmt: skip
    return reverse("account-tokens")


PAGES: Pages = {
    "programs": [Example("anonymous", "full", lambda _: reverse("programs"), finds="For programs")],
    "account-tokens": [
        Example(BUYER, "full", _with_token, finds="Our finance system"),
        Example(TRUST, "several", lambda _: reverse("account-tokens"), finds="For whom"),
        Example(
            BUYER, "error", lambda _: reverse("account-tokens"), post={"name": "A program"}, finds="There is a problem"
        ),
    ],
}
NOT_PAGES: dict[str, str] = {"account-token-end": "posts, then leads to the tokens"}
