"""Two organisations with one of everything, and how every address of the API is filled with what is theirs.

Who adds an address adds a line here: `tests/test_strangers.py` fails for one that it does not know how to fill. What the world
is made of is in `made` and `crisis`, what is sent in `bodies` (a file for each app), whose ids an address and a query take in
`owners`, and who is answered otherwise than with success in `unusual`.
"""

from __future__ import annotations

from tests.world.bodies import BODIES, FORMS
from tests.world.made import world
from tests.world.owners import FILTERS, OWNED_BY, WITHOUT_ID
from tests.world.shapes import Body, Ids, World
from tests.world.unusual import UNUSUAL

__all__ = ["BODIES", "FILTERS", "FORMS", "OWNED_BY", "UNUSUAL", "WITHOUT_ID", "Body", "Ids", "World", "world"]
