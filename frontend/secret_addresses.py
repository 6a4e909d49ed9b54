"""Pages whose address is a secret: a signed link that somebody without an account got by e-mail."""

from django.http import HttpResponse


def private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: it goes to no other site and into no index.

    Not "no-referrer": a browser would then send the form with the origin "null", which the check of forms refuses.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
