"""How a table is sent to the API, whatever is in it: a file's bytes as base64, or text that was pasted."""

from __future__ import annotations

import base64
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from soc.csv_cells import Problem
from soc.people.serializers import Strict


class SheetInput(Strict):
    """A table: a file's bytes as base64, or text that was pasted. What is validated has `content`, the bytes."""

    file = serializers.CharField(
        required=False, write_only=True, help_text="The bytes as they lie on the disk, base64."
    )
    text = serializers.CharField(required=False, write_only=True, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The table's bytes, from either."""
        if ("file" in attrs) == ("text" in attrs):
            raise serializers.ValidationError(_("Choose a file, or paste its rows."))
        try:
            content = (
                base64.b64decode(attrs.pop("file"), validate=True) if "file" in attrs else attrs.pop("text").encode()
            )
        except ValueError as error:
            raise serializers.ValidationError({"file": _("The file arrived damaged. Choose it again.")}) from error
        return {**attrs, "content": content}


class RowProblem(serializers.Serializer[Any]):
    """What is wrong with a cell."""

    name = serializers.CharField(help_text="The field, or “row”.")
    sentence = serializers.CharField()


def written_problems(problems: list[Problem]) -> list[dict[str, str]]:
    """Problems as `RowProblem` writes them."""
    return [{"name": one.field, "sentence": one.sentence} for one in problems]
