"""Property tests are not timed: a loaded machine is no failure. What Twilio's stand-in needs."""

from __future__ import annotations

import pytest
from hypothesis import settings

from soc.embedded.assets import AssetFault
from tests.peers import twilio_description

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def twilio_described() -> None:
    """Twilio's own description is here, against which its stand-in answers; without a network there may be none."""
    try:
        twilio_description.description()
    except AssetFault as fault:
        pytest.skip(f"Twilio's description could not be had: {fault}")
