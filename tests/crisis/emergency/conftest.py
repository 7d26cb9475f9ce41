"""What tests of emergency services share: somebody who prepares plans, and a client of hers."""

from __future__ import annotations

import pytest

from soc.people.rights import Role
from tests import factories
from tests.crisis.browser import Browser


@pytest.fixture
def ada(db: None) -> Browser:
    """Prepares plans for all sites."""
    return Browser(factories.MemberFactory(roles=[Role.ADMINISTRATOR]))
