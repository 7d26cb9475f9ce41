"""The ASGI application: pages and API by Django, sockets by Channels."""

import os
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")

import django

django.setup(set_prefix=False)  # before anything below imports models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from crisis.activations.routing import websocket_urlpatterns as talk  # noqa: E402
from detection.routing import websocket_urlpatterns as live  # noqa: E402
from soc.body_limit import limit_bodies  # noqa: E402
from soc.broadcast.routing import websocket_urlpatterns as broadcast  # noqa: E402
from soc.people.sockets import SocketDoor  # noqa: E402
from soc.request_threads import InOneTurn, RequestThreads  # noqa: E402

# WhiteNoise's answers are iterators of the synchronous kind; Django reads such a file whole, which is what is wanted here.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

websocket_urlpatterns = [*broadcast, *live, *talk]

application = ProtocolTypeRouter(
    {
        "http": limit_bodies(RequestThreads(InOneTurn())),
        "websocket": SocketDoor(URLRouter(websocket_urlpatterns)),
    }
)
