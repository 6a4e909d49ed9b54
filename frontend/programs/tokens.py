"""One's own tokens: made with scopes and a last day, shown once, ended at any time."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend.buying import SignedInRequest
from frontend.formats import long_date
from marketplace.core.actors import STAFF, Actor
from marketplace.core.api.scopes import SCOPES
from marketplace.core.api.tokens import create_token, revoke_token, tokens_of
from marketplace.core.errors import DomainError
from marketplace.core.models import ApiToken
from marketplace.organisations.models import Organisation

LIVES = ((30, "30 days"), (90, "90 days"), (365, "A year"))
STAFFS_OWN = ("bank", "ledger", "events")  # nobody else finds anything there
ALL = ""


def scopes_for(actor: Actor) -> list[tuple[str, str]]:
    """The scopes that are of use to this person, in the order in which they are described."""
    return [
        (scope, words)
        for scope, words in SCOPES.items()
        if actor.has(*STAFF) or scope.partition(":")[0] not in STAFFS_OWN
    ]


class TokenForm(forms.Form):
    """``organisation`` is asked only of somebody who acts for several."""

    name = forms.CharField(label="What the token is for", max_length=80, help_text="Such as: our finance system")
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        help_text="It never reaches further than you do yourself",
        error_messages={"required": "Choose at least one thing that the token may do"},
    )
    organisation = forms.TypedChoiceField(
        label="For whom", coerce=int, empty_value=None, required=False, help_text="Narrow it where you can"
    )
    days = forms.TypedChoiceField(
        label="How long it works",
        coerce=int,
        initial=90,
        choices=LIVES,
        widget=forms.RadioSelect,
        help_text="You can end it at any time",
    )

    def __init__(self, *args: Any, actor: Actor, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["scopes"].choices = scopes_for(actor)  # type: ignore[attr-defined]
        own = Organisation.objects.filter(pk__in=actor.organisations()).order_by("name", "number")
        names = [(organisation.pk, f"{organisation.name}, {organisation.number}") for organisation in own]
        if len(names) < 2:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].choices = [(ALL, "All of them"), *names]  # type: ignore[attr-defined]

    @property
    def expires_on(self) -> date:
        """The last day on which the token works."""
        return self.on + timedelta(days=self.cleaned_data["days"])


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_tokens(request: SignedInRequest) -> HttpResponse:
    """The person's tokens and the form for another. The answer to the form is the only page that ever shows a token."""
    today = timezone.localdate()
    form = TokenForm(request.POST if request.method == "POST" else None, actor=request.actor, on=today)
    if not form.is_valid():
        return _list(request, form, today, status=400 if form.is_bound else 200)
    try:
        token, secret = create_token(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_on=form.expires_on,
            on=today,
            organisation_id=form.cleaned_data.get("organisation"),
            actor=request.actor,
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return _list(request, form, today, status=error.status)
    context = {"token": token, "secret": secret, "back_url": reverse("account-tokens")}
    return render(request, "programs/made.html", context)


def _list(request: SignedInRequest, form: TokenForm, today: date, *, status: int) -> HttpResponse:
    found = list(tokens_of(request.actor))
    narrowed = Organisation.objects.in_bulk([token.organisation_id for token in found if token.organisation_id])
    context = {
        "form": form,
        "rows": [(token, _words(token), narrowed.get(token.organisation_id or 0), _used(token)) for token in found],
        "today": today,
        "back_url": reverse("mfa_index"),
    }
    return render(request, "programs/tokens.html", context, status=status)


def _words(token: ApiToken) -> list[str]:
    return [SCOPES.get(scope, scope) for scope in token.scopes]


def _used(token: ApiToken) -> str:
    return long_date(token.last_used_at) if token.last_used_at else "Never"


@login_required
@require_POST
def end_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends a token at once."""
    token = revoke_token(pk=pk, actor=request.actor)
    messages.success(request, f"The token “{token.name}” has ended. Programs that used it are refused from now on.")
    return redirect("account-tokens")
