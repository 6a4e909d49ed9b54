"""The addresses of the pages for programs."""

from django.urls import path

from frontend.programs import docs, tokens

urlpatterns = [
    path("api/docs", docs.api_docs, name="programs"),
    path("account/tokens", tokens.account_tokens, name="account-tokens"),
    path("account/tokens/<int:pk>/end", tokens.end_token, name="account-token-end"),
]
