"""The addresses of all pages; each area adds its own."""

from django.urls import include, path, register_converter

from frontend import home
from frontend.buying import KINDS


class BuyerKind:
    """school, trust or customer: what the code after it is."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(BuyerKind, "buyer")

urlpatterns = [
    path("", home.home, name="home"),
    path("choose", home.choose, name="choose"),
    path("", include("frontend.school.urls")),
    path("office/", include("frontend.office.urls")),
    path("finance/", include("frontend.finance.urls")),
]
