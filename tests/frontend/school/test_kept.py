"""What a person keeps: favourites by a button, searches, the calendar's address; each sees only their own."""

import pytest
from django.test import Client

from catalogue.models import CalendarFeed, Favourite, Offer, SavedSearch
from catalogue.services import withdraw_offer
from marketplace.core.actors import Actor
from tests.frontend.school.visits import text_of

pytestmark = pytest.mark.django_db


def test_a_star_marks_an_offer_and_leads_back_to_the_results(as_sam: Client, base: str, course: Offer) -> None:
    page = as_sam.get(f"{base}/find?q=leaders").content.decode()
    assert "Add to favourites" in page and 'action="/me/favourites/safeguarding"' in page
    answer = as_sam.post("/me/favourites/safeguarding", {"do": "add", "next": f"{base}/find?q=leaders"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{base}/find?q=leaders"
    assert "Safeguarding for new leaders is among your favourites" in text_of(answer)
    assert "Remove from favourites" in text_of(answer)
    kept = text_of(as_sam.get("/me/kept"))
    assert "1 favourite" in kept and "Safeguarding for new leaders" in kept and "Next: 24 Mar 2027" in kept
    as_sam.post("/me/favourites/safeguarding", {"do": "remove"})
    assert not Favourite.objects.exists() and "No favourites yet" in text_of(as_sam.get("/me/kept"))


def test_the_way_back_never_leads_to_another_site(as_sam: Client, course: Offer) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = as_sam.post("/me/favourites/safeguarding", {"next": elsewhere})
        assert answer.headers["Location"] == "/me/kept"


def test_a_visitor_sees_no_star_and_is_asked_to_sign_in(course: Offer) -> None:
    assert "favourites" not in text_of(Client().get("/find"))
    for path in ("/me/favourites/safeguarding", "/me/searches", "/me/calendar-address"):
        assert Client().post(path).headers["Location"].startswith("/account/login/")
    assert not Favourite.objects.exists()


def test_what_was_withdrawn_cannot_be_marked(as_sam: Client, course: Offer, actor: Actor) -> None:
    withdraw_offer(offer=course, actor=actor)
    assert as_sam.post("/me/favourites/safeguarding").status_code == 404


def test_a_search_is_kept_from_the_results_and_its_emails_can_be_stopped(
    as_sam: Client, base: str, course: Offer
) -> None:
    assert "Keep this search" not in text_of(as_sam.get(f"{base}/find"))
    assert "Keep this search" in text_of(as_sam.get(f"{base}/find?q=leaders&kind=course"))
    page = text_of(as_sam.post("/me/searches", {"q": "leaders", "kind": "course"}, follow=True))
    assert "The search is kept" in page and "“leaders”, course" in page and "comes by e-mail once a week" in page
    search = SavedSearch.objects.get()
    assert 'href="/find?q=leaders&amp;kind=course"' in as_sam.get("/me/kept").content.decode()
    assert "It sends no e-mails" in text_of(as_sam.post(f"/me/searches/{search.pk}", {"do": "no_email"}, follow=True))
    as_sam.post(f"/me/searches/{search.pk}", {"do": "remove"})
    assert not SavedSearch.objects.exists()


def test_a_search_for_everything_is_refused_in_words(as_sam: Client) -> None:
    page = text_of(as_sam.post("/me/searches", {"q": " "}, follow=True))
    assert "Enter a word or choose a filter first" in page and not SavedSearch.objects.exists()


def test_what_another_keeps_does_not_exist(as_sam: Client, as_outsider: Client, course: Offer) -> None:
    as_sam.post("/me/searches", {"q": "leaders"})
    as_sam.post("/me/favourites/safeguarding")
    search = SavedSearch.objects.get()
    assert as_outsider.post(f"/me/searches/{search.pk}", {"do": "remove"}).status_code == 404
    page = text_of(as_outsider.get("/me/kept"))
    assert "leaders" not in page and "No favourites yet" in page and SavedSearch.objects.exists()


def test_the_calendars_address_is_made_renewed_and_ended(as_sam: Client) -> None:
    assert "Make an address for my calendar" in text_of(as_sam.get("/me/kept"))
    as_sam.post("/me/calendar-address", {"do": "renew"})
    first = CalendarFeed.objects.get().key
    assert "/me/calendar/" in text_of(as_sam.get("/me/kept"))
    page = text_of(as_sam.post("/me/calendar-address", {"do": "renew"}, follow=True))
    assert "the one before leads nowhere" in page and CalendarFeed.objects.get().key != first
    as_sam.post("/me/calendar-address", {"do": "end"})
    assert not CalendarFeed.objects.exists()
