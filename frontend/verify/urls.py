"""Addresses of the verifier's desk."""

from django.urls import URLPattern, path

from frontend.verify import deciding, heads, sampling

urlpatterns: list[URLPattern] = [
    path("verify", deciding.to_decide, name="verify"),
    path("verify/decided", deciding.decided, name="verify-decided"),
    path("verify/sample", sampling.sample, name="verify-sample"),
    path(
        "verify/<slug:number>/statements/<int:statement>/heads/<slug:code>/<int:ordinal>",
        heads.heads,
        name="verify-heads",
    ),
    path("verify/<slug:number>/<slug:code>", deciding.unclaimed, name="verify-item"),
    path("verify/<slug:number>/<slug:code>/<int:ordinal>", deciding.decide, name="verify-decide"),
]
