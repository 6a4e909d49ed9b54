"""Which e-mails one wants, and when."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.messaging.models import Preference
from marketplace.messaging.services import choose
from marketplace.messaging.topics import Topic, topics_for


class ChoiceForm(forms.Form):
    """One question for each topic that can be switched off."""

    def __init__(self, topics: list[Topic], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in topics:
            self.fields[topic.code] = forms.ChoiceField(
                label=topic.words,
                help_text=topic.hint,
                choices=[(choice.value, choice.words) for choice in topic.choices],
                widget=forms.RadioSelect,
                error_messages={"required": f"Choose when to be told about {topic.words.lower()}"},
            )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_messages(request: SignedInRequest) -> HttpResponse:
    """The topics that the person's roles bring, each with its choices; those that cannot be switched off are named."""
    topics = topics_for(request.actor)
    asked = [topic for topic in topics if topic.optional]
    initial = {topic.code: topic.default.value for topic in asked} | _kept(request.actor)
    form = ChoiceForm(asked, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            choose(choices=form.cleaned_data, actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Your choice of e-mails is saved.")
            return redirect("account-messages")
    context = {
        "form": form,
        "always": [topic for topic in topics if not topic.optional],
        "back_url": reverse("mfa_index"),
    }
    return render(request, "messages/choose.html", context, status=400 if form.errors else 200)


def _kept(actor: Actor) -> dict[str, str]:
    return dict(Preference.objects.filter(person_id=actor.person_id or 0).values_list("topic", "choice"))
