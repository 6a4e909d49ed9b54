"""Who the caller is, and what they may do where."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from marketplace.core.models import ApiToken
from marketplace.organisations.models import Organisation


class GrantSerializer(serializers.Serializer[Any]):
    """A role at an organisation, today."""

    role = serializers.CharField()
    organisation = serializers.CharField(help_text="Customer number, such as C-000042.")
    organisation_name = serializers.CharField()
    spending_limit_pence = serializers.IntegerField(allow_null=True, help_text="Empty means no limit.")


class MeSerializer(serializers.Serializer[Any]):
    """The person behind the token."""

    name = serializers.CharField()
    email = serializers.EmailField()
    scopes = serializers.ListField(child=serializers.CharField(), help_text="Empty for a signed-in session.")
    grants = GrantSerializer(many=True)


class MeView(ApiView):
    """Who the caller is."""

    @extend_schema(operation_id="me", responses=MeSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        """Who the caller is: the person, the token's scopes, and today's roles."""
        grants = sorted(self.actor.grants, key=lambda grant: (grant.organisation_id, grant.role))
        named = Organisation.objects.in_bulk({grant.organisation_id for grant in grants})
        token = request.auth
        return Response(
            {
                "name": self.actor.name,
                "email": getattr(request.user, "email", ""),
                "scopes": token.scopes if isinstance(token, ApiToken) else [],
                "grants": [
                    {
                        "role": grant.role.value,
                        "organisation": named[grant.organisation_id].number,
                        "organisation_name": named[grant.organisation_id].name,
                        "spending_limit_pence": grant.spending_limit_pence,
                    }
                    for grant in grants
                ],
            }
        )
