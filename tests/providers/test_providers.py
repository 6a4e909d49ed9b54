import pytest

from marketplace.core.errors import NotAllowed, WrongInput
from providers.models import Provider
from providers.services import add_provider
from tests.shop import buyer

pytestmark = pytest.mark.django_db


def test_an_organisation_is_a_provider_once_under_a_code_of_its_own(partnership, oakfield, actor):
    add_provider(organisation=partnership, code="partnership", actor=actor)
    with pytest.raises(WrongInput, match="is a provider already"):
        add_provider(organisation=partnership, code="again", actor=actor)
    with pytest.raises(WrongInput, match="belongs to another provider"):
        add_provider(organisation=oakfield, code="partnership", actor=actor)
    assert Provider.objects.count() == 1


def test_a_buyer_adds_no_providers(oakfield, actor):
    with pytest.raises(NotAllowed, match="You may not add providers"):
        add_provider(organisation=oakfield, code="oakfield", actor=buyer(oakfield))
    assert not Provider.objects.exists()
