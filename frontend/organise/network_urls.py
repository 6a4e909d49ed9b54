"""Addresses of the organisers' pages about networks."""

from django.urls import path

from frontend.organise import networks

urlpatterns = [
    path("networks", networks.networks, name="organise-networks"),
    path("networks/new", networks.new, name="organise-network-new"),
    path("networks/<slug:code>", networks.network, name="organise-network"),
    path("networks/<slug:code>/members/new", networks.member_new, name="organise-network-member-new"),
    path("networks/<slug:code>/members/<int:pk>/end", networks.member_end, name="organise-network-member-end"),
    path("networks/<slug:code>/meetings/new", networks.meeting_new, name="organise-network-meeting-new"),
    path("networks/<slug:code>/letters/new", networks.letter_new, name="organise-network-letter-new"),
]
