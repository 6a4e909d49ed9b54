"""How the API describes itself: what every operation may answer is said once, here."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from marketplace.core.api.errors import ErrorSerializer

_ALWAYS = {
    "401": "No token, or one that does not work",
    "403": "You may see this, but not do it; or the token's scopes do not reach",
    "404": "There is nothing here that you may see",
    "406": "This API answers in JSON",
}
_READS = {"400": "A filter or a page that cannot be read"}
_WRITES = {
    "400": "Something in the request must be mended; nothing was done",
    "409": "Refused as things stand, or the same key is in flight; nothing was done",
    "413": "Too large",
    "415": "Not a kind of body that is read here",
    "422": "The Idempotency-Key was used for another request",
}
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="8 to 64 signs of your own; the same key within 24 hours gives the same answer and does nothing twice.",
    pattern=r"^[\x21-\x7e]{8,64}$",
)


class Described(AutoSchema):
    """Adds to each operation its refusals, its key, and its scope."""

    def get_override_parameters(self) -> list[Any]:
        writes = self.method not in ("GET", "HEAD", "OPTIONS") and not getattr(self.view, "calculates", False)
        return [KEY] if writes else []

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular narrows it so
        area = getattr(self.view, "area", "")
        reads = self.method == "GET" or getattr(self.view, "calculates", False)
        scope = f"\n\nScope: `{area}:{'read' if reads else 'write'}`." if area else ""
        return f"{super().get_description()}{scope}"

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list of rows is one by its ``columns``: its pages and filters are described then."""
        if hasattr(self.view, "columns"):
            return self.method == "GET"
        return bool(super()._is_list_view(serializer))

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        answers = {**_ALWAYS, **(_READS if self.method == "GET" else _WRITES)}
        for status, words in answers.items():
            if status not in bodies:
                bodies[status] = {**self._get_response_for_code(ErrorSerializer, status), "description": words}
        return bodies
