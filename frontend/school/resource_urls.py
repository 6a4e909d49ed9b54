"""Addresses of a school's resources and licences."""

from django.urls import URLPattern, path

from frontend.school import resources

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/resources", resources.resources, name="school-resources"),
    path(f"{BUYER}/resources/files/<int:pk>", resources.resource_file, name="school-resource-file"),
    path(f"{BUYER}/resources/<int:pk>/renew", resources.renew, name="school-licence-renew"),
    path(f"{BUYER}/royalties", resources.royalties, name="school-royalties"),
]
