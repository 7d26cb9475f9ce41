"""What makes a PDF of a template and data, for every room that hands something out."""

from __future__ import annotations

import pytest

from soc.documents.rendering import NoSuchTemplate, render


@pytest.mark.parametrize("name", ["nothing.typ", "../models.py", "audits/../../models.py", "/etc/passwd", ""])
def test_only_a_template_of_an_app_is_rendered(name: str) -> None:
    with pytest.raises(NoSuchTemplate):
        render(name, {}, "en")
