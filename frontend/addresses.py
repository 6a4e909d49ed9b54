"""Pages to go back to, as a browser names them: only those of this site."""

from django.utils.http import url_has_allowed_host_and_scheme


def own_address(asked: str | None, *, otherwise: str = "") -> str:
    """The address that was asked for where it is a path of this site; ``otherwise`` for anything else."""
    given = asked or ""
    ours = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if ours else otherwise
