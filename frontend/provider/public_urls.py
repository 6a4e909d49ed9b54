"""Addresses of consultants for everybody, of letters for schools, and of referees' links."""

from django.urls import URLPattern, path

from frontend.provider import letters, profiles, references

_LETTER = "<buyer:kind>/<slug:code>/consultants/<slug:consultant>/letter"

urlpatterns: list[URLPattern] = [
    path("consultants", profiles.consultants, name="consultants"),
    path("consultants/<slug:code>", profiles.consultant, name="consultant"),
    path("references/sent", references.done, name="reference-done"),
    path("references/<slug:token>", references.reference, name="reference"),
    path(_LETTER, letters.letter, name="school-consultant-letter"),
    path(f"{_LETTER}.pdf", letters.letter_file, name="school-consultant-letter-file"),
]
