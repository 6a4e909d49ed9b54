"""Examples of the sign-in pages, for frontend.pages."""

from django.urls import reverse

from frontend.examples import Example, Pages

SOMEBODY = "buyer"


def _page(name: str, role: str = SOMEBODY, state: str = "full", **more: str) -> list[Example]:
    return [Example(role, state, lambda _: reverse(name), finds=more.get("finds", ""))]


PAGES: Pages = {
    "account_login": [
        *_page("account_login", "anonymous", finds="Sign in"),
        Example(
            "anonymous",
            "error",
            lambda _: reverse("account_login"),
            post={"login": "somebody@school.example", "password": ""},
            finds="Enter your password",
        ),
    ],
    "account_logout": _page("account_logout"),
    "account_inactive": _page("account_inactive", "anonymous"),
    "account_signup": _page("account_signup", "anonymous"),
    "account_reauthenticate": _page("account_reauthenticate", finds="password"),
    "account_email": _page("account_email"),
    "account_email_verification_sent": _page("account_email_verification_sent", "anonymous"),
    "account_change_password": [
        *_page("account_change_password"),
        Example(
            SOMEBODY,
            "error",
            lambda _: reverse("account_change_password"),
            post={"oldpassword": "not this one", "password1": "short", "password2": "shorter"},
            finds="There is a problem",
        ),
    ],
    "account_reset_password": [
        *_page("account_reset_password", "anonymous"),
        Example(
            "anonymous",
            "error",
            lambda _: reverse("account_reset_password"),
            post={"email": ""},
            finds="Enter your e-mail address",
        ),
    ],
    "account_reset_password_done": _page("account_reset_password_done", "anonymous"),
    "account_reset_password_from_key": [
        Example(
            "anonymous",
            "error",
            lambda _: reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "gone"}),
        )
    ],
    "account_reset_password_from_key_done": _page("account_reset_password_from_key_done", "anonymous"),
    "account_confirm_email": [
        Example("anonymous", "error", lambda _: reverse("account_confirm_email", kwargs={"key": "gone"}))
    ],
    "mfa_index": _page("mfa_index"),
    "mfa_activate_totp": _page("mfa_activate_totp"),
}

NOT_PAGES: dict[str, str] = {
    "account_set_password": "leads to changing it for everybody who has one",
    "account_confirm_login_code": "signing in by a code in an e-mail is off",
    "mfa_authenticate": "stands only between password and code of one sign-in",
    "mfa_reauthenticate": "stands only before a change, for somebody with an authenticator app",
    "mfa_deactivate_totp": "for somebody with an authenticator app",
    "mfa_view_recovery_codes": "for somebody with an authenticator app",
    "mfa_generate_recovery_codes": "for somebody with an authenticator app",
    "mfa_download_recovery_codes": "a file",
}
