"""How sign-in behaves: nobody makes an account for themselves; the partnership or the school invites them."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people are added by an administrator or by their own school's office."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is wrong. Check both and try again",
        "enter_current_password": "The password you have now is wrong",
        "incorrect_password": "The password is wrong",
        "too_many_login_attempts": "Too many attempts. Wait 5 minutes, or set a new password",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
