"""Addresses of a claimant's desk, each under the number of its contract."""

from django.urls import URLPattern, path

from frontend.hub import contracts, heads, returns

urlpatterns: list[URLPattern] = [
    path("hub", returns.hubs, name="hub"),
    path("hub/<slug:number>", returns.returns, name="hub-returns"),
    path("hub/<slug:number>/returns/<slug:code>", returns.one_return, name="hub-return"),
    path("hub/<slug:number>/statements", contracts.statements, name="hub-statements"),
    path("hub/<slug:number>/statements/<int:ordinal>/heads/<slug:code>", heads.heads, name="hub-heads"),
    path("hub/<slug:number>/contract", contracts.contract, name="hub-contract"),
    path("hub/<slug:number>/deputies", contracts.deputies, name="hub-deputies"),
]
