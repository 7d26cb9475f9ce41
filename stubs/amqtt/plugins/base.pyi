from typing import Any

from amqtt.session import Session

class BaseAuthPlugin:
    config: Any
    async def authenticate(self, *, session: Session) -> bool | None: ...
