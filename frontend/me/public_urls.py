"""Addresses for who needs no account: an evaluation by its link, a certificate by its number."""

from django.urls import path

from frontend import certificates, evaluating
from frontend.me import networks

urlpatterns = [
    path("evaluate/sent", evaluating.evaluated, name="evaluated"),
    path("evaluate/<str:token>", evaluating.evaluation, name="evaluate"),
    path("certificates/<slug:number>", certificates.check, name="certificate-check"),
    path("networks/stop/<str:token>", networks.stop, name="network-stop"),
]
