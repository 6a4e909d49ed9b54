"""The addresses of all pages; each area adds its own."""

from django.urls import include, path, register_converter

from frontend import agreement_terms, decide, files, home, release
from frontend.buying import KINDS
from frontend.office import imports


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
    path("imports", imports.imports, name="imports"),
    path("", include("frontend.people.urls")),
    path("", include("frontend.jobs.urls")),
    path("decide/sent", decide.sent, name="decide-sent"),
    path("decide/recorded/<slug:answer>", decide.done, name="decide-done"),
    path("decide/<slug:token>", decide.decide, name="decide"),
    path("decide/<slug:token>/new-link", decide.new_link, name="decide-new-link"),
    path("release/done/<slug:answer>", release.done, name="release-by-link-done"),
    path("release/<slug:token>", release.release, name="release-by-link"),
    path("files/<int:pk>", files.file, name="file"),
    path("", include("frontend.school.request_urls")),
    path("", include("frontend.school.visit_urls")),
    path("", include("frontend.school.purse_urls")),
    path("", include("frontend.school.services_urls")),
    path("", include("frontend.school.plan_urls")),
    path("", include("frontend.school.register_urls")),
    path("", include("frontend.school.desk_urls")),
    path("", include("frontend.school.shared_urls")),
    path("", include("frontend.school.support_urls")),
    path("", include("frontend.school.adviser_urls")),
    path("", include("frontend.school.found_urls")),
    path("", include("frontend.school.waiting_urls")),
    path("", include("frontend.school.waiver_urls")),
    path("", include("frontend.school.resource_urls")),
    path("", include("frontend.school.urls")),
    path("", include("frontend.me.public_urls")),
    path("me/", include("frontend.me.urls")),
    path("me/", include("frontend.me.day_urls")),
    path("me/", include("frontend.me.network_urls")),
    path("", include("frontend.provider.public_urls")),
    path("provider/", include("frontend.provider.accreditation_urls")),
    path("provider/", include("frontend.provider.rate_urls")),
    path("provider/", include("frontend.provider.request_urls")),
    path("provider/", include("frontend.provider.money_urls")),
    path("provider/", include("frontend.provider.payee_urls")),
    path("", include("frontend.provider.visit_urls")),
    path("provider/", include("frontend.provider.urls")),
    path("organise/", include("frontend.organise.accreditation_urls")),
    path("organise/", include("frontend.organise.rate_urls")),
    path("organise/", include("frontend.organise.booking_urls")),
    path("organise/", include("frontend.organise.visit_urls")),
    path("organise/", include("frontend.organise.desk_urls")),
    path("organise/", include("frontend.organise.date_urls")),
    path("organise/", include("frontend.organise.offer_urls")),
    path("organise/", include("frontend.organise.price_urls")),
    path("organise/", include("frontend.organise.policy_urls")),
    path("organise/", include("frontend.organise.waiting_urls")),
    path("organise/", include("frontend.organise.register_urls")),
    path("organise/", include("frontend.organise.network_urls")),
    path("organise/", include("frontend.organise.resource_urls")),
    path("organise/", include("frontend.organise.sla_urls")),
    path("organise/", include("frontend.organise.outcome_urls")),
    path("organise/", include("frontend.organise.council_urls")),
    path("organise/", include("frontend.organise.support_urls")),
    path("council/", include("frontend.council.urls")),
    path("", include("frontend.outcomes.statement_urls")),
    path("", include("frontend.outcomes.variation_urls")),
    path("terms-of-service/<slug:code>/<int:version>", agreement_terms.terms_of_service, name="terms-of-service"),
    path("office/", include("frontend.office.urls")),
    path("finance/", include("frontend.finance.self_billing_urls")),
    path("finance/", include("frontend.finance.paying_out_urls")),
    path("finance/", include("frontend.finance.margin_urls")),
    path("finance/", include("frontend.finance.outcome_urls")),
    path("finance/", include("frontend.finance.purse_urls")),
    path("finance/", include("frontend.finance.agreement_urls")),
    path("finance/", include("frontend.finance.sla_urls")),
    path("finance/", include("frontend.finance.plan_urls")),
    path("finance/", include("frontend.finance.membership_urls")),
    path("finance/", include("frontend.finance.shared_urls")),
    path("finance/", include("frontend.finance.desk_urls")),
    path("finance/", include("frontend.finance.allowance_urls")),
    path("finance/", include("frontend.finance.urls")),
    path("audit/", include("frontend.audit.urls")),
    path("", include("frontend.hubs.urls")),
    path("", include("frontend.hub.urls")),
    path("", include("frontend.verify.urls")),
    path("", include("frontend.messages.urls")),
    path("", include("frontend.programs.urls")),
    path("", include("frontend.webhooks.urls")),
]
