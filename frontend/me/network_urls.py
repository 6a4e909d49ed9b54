"""Addresses of a member's networks."""

from django.urls import path

from frontend.me import networks

urlpatterns = [
    path("networks", networks.networks, name="me-networks"),
    path("networks/<int:pk>", networks.network, name="me-network"),
    path("networks/<int:pk>/mail", networks.mail, name="me-network-mail"),
    path("networks/<int:pk>/book/<slug:run>", networks.book, name="me-network-book"),
]
