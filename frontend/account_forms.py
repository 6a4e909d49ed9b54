"""The sign-in forms with our words: the same rules as django-allauth's, other labels and hints.

Settings name them in ``ACCOUNT_FORMS`` and ``MFA_FORMS``. Labels live on the fields, not in the templates,
because the error summary is made from them too.
"""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "oldpassword": "Your password now",
    "password1": "New password",
    "password2": "New password again",
    "code": "Code",
}
MISSING = {
    "login": "Enter your e-mail address",
    "email": "Enter your e-mail address",
    "password": "Enter your password",
    "oldpassword": "Enter the password you have now",
    "password1": "Enter a new password",
    "password2": "Enter the new password again",
    "code": "Enter the code from your app, or one of your recovery codes",
}
WRONG_CODE = "The code is wrong or has run out. Enter the one that the app shows now"


def password_hint() -> str:
    """What a new password must be, with the length that the settings demand."""
    lengths = [getattr(rule, "min_length", 0) for rule in get_default_password_validators()]
    return f"At least {max(lengths, default=1)} characters. Not your name, not one that many people use."


class _OurWords:
    """Replaces the labels and hints of the fields after the form has made them."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.error_messages["required"] = MISSING.get(name, field.error_messages["required"])
            field.help_text = password_hint() if name == "password1" else ""


class _OurCode(_OurWords):
    """Says what a code is when the one given is wrong."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code != "incorrect_code":
                raise
            raise ValidationError(WRONG_CODE, code=error.code) from error


class LoginForm(_OurWords, account.LoginForm):
    """E-mail address and password."""


class ResetPasswordForm(_OurWords, account.ResetPasswordForm):
    """The address to which the link goes."""


class ResetPasswordKeyForm(_OurWords, account.ResetPasswordKeyForm):
    """The new password, after the link."""


class ChangePasswordForm(_OurWords, account.ChangePasswordForm):
    """The old and the new password."""


class SetPasswordForm(_OurWords, account.SetPasswordForm):
    """A first password."""


class ReauthenticatePasswordForm(_OurWords, account.ReauthenticateForm):
    """The password once more, before a change to how one signs in."""


class AuthenticateForm(_OurCode, mfa.AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateCodeForm(_OurCode, mfa.ReauthenticateForm):
    """A code once more, before a change to how one signs in."""


class ActivateTOTPForm(_OurCode, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""
