"""Private files: whatever names one by its id, here it is read."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from marketplace.core.api.binary import FileView, file_answer
from marketplace.core.file_kinds import ALL_KINDS
from marketplace.core.files import open_file

_ANY: Any = {(200, kind): OpenApiTypes.BINARY for kind in sorted({one.content_type for one in ALL_KINDS})}


class PrivateFileView(FileView):
    """One file."""

    area = "files"

    @extend_schema(operation_id="file", responses=_ANY, tags=["files"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The content of a file, for whoever may see what it belongs to: evidence, a receipt, a paper of an application or an
        approval, a document of a contract. Each sight is recorded."""
        found = open_file(file_id=pk, actor=self.actor)
        return file_answer(bytes(found.content), kind=found.content_type, name=found.name)
