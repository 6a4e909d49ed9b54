"""The addresses of people and their roles."""

from django.urls import path

from frontend.people import giving, listing, person

urlpatterns = [
    path("people", listing.people, name="people"),
    path("people/add", giving.add, name="people-add"),
    path("people/<int:pk>", person.person, name="person"),
    path("people/<int:pk>/name", person.name, name="person-name"),
    path("people/<int:pk>/roles/add", giving.add, name="person-role-add"),
    path("people/<int:pk>/roles/<int:role>/end", person.end, name="person-role-end"),
    path("people/<int:pk>/roles/<int:role>/limit", person.limit, name="person-role-limit"),
]
