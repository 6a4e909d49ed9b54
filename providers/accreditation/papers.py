"""Who sees the files of evidence: the provider that gave them, and those who accredit. Each sight is recorded."""

from marketplace.core.actors import Actor, Role
from marketplace.core.files import visible_to
from providers.accreditation.models import Evidence

OWNER = "evidence"


@visible_to(OWNER)
def sees_evidence(actor: Actor, owner: str) -> bool:
    """Organisers and the panel see all; a provider what it or its consultants gave, a consultant their own."""
    if actor.system or actor.has(Role.ORGANISER, Role.PANEL):
        return True
    found = Evidence.objects.select_related("provider", "consultant__provider").filter(pk=owner).first()
    if found is None:
        return False
    provider = found.provider
    if found.consultant is not None:
        if found.consultant.person_id is not None and found.consultant.person_id == actor.person_id:
            return True
        provider = found.consultant.provider
    return provider is not None and provider.organisation_id in actor.organisations(Role.PROVIDER)
