"""Where e-mail goes, and the address that its links begin with."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

_BACKEND = "django.core.mail.backends.{}.EmailBackend"


def mail_backend(*, production: bool, demonstration: bool) -> str:
    """In production SMTP; in a demonstration files under VAR_DIR, so that no mail leaves; else the console."""
    return _BACKEND.format("smtp" if production else "filebased" if demonstration else "console")


def site_url(given: str, allowed_hosts: Sequence[str], *, production: bool) -> str:
    """What was given, without a slash at its end; else the first host that is served. Refuses where none is plain."""
    if given:
        if not given.startswith(("https://", "http://")):
            raise ImproperlyConfigured("SITE_URL must be like https://trade.example.org.")
        return given.rstrip("/")
    if not production:
        return "http://127.0.0.1:8000"
    if not allowed_hosts or allowed_hosts[0].startswith((".", "*")):
        raise ImproperlyConfigured("SITE_URL must be given, since ALLOWED_HOSTS does not begin with a plain host name.")
    return f"https://{allowed_hosts[0]}"
