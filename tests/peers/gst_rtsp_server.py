"""The same ``/live`` from GStreamer's RTSP server: an implementation that is not ours, where Debian's packages are there.

Run by the system's Python, which has `gi`; it therefore imports nothing of this project. ``--clip`` is a file of access units,
or of JPEG pictures, each after its length (4 bytes, big endian). `appsrc` stamps them itself: a looped file would give every
packet timestamp 0.
"""

from __future__ import annotations

import argparse
import itertools
import json
import struct
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

FPS = 10
WAYS = {
    "h264": "caps=video/x-h264,stream-format=byte-stream,alignment=au ! h264parse ! rtph264pay name=pay0 pt=96",
    "h265": "caps=video/x-h265,stream-format=byte-stream,alignment=au ! h265parse ! rtph265pay name=pay0 pt=96",
    "jpeg": "caps=image/jpeg,framerate=10/1 ! jpegparse ! rtpjpegpay name=pay0 pt=26",
}


def units(path: Path) -> list[bytes]:
    """The access units of a clip file."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def fed_by(clip: list[bytes], codec: str) -> GstRtspServer.RTSPMediaFactory:
    """A factory that feeds every client's pipeline in real time."""

    def configure(_factory: object, media: GstRtspServer.RTSPMedia) -> None:
        source = media.get_element().get_by_name_recurse_up("source")
        count = itertools.count()

        def push() -> bool:
            number = next(count)
            buffer = Gst.Buffer.new_wrapped(clip[number % len(clip)])
            buffer.pts = buffer.dts = number * Gst.SECOND // FPS
            buffer.duration = Gst.SECOND // FPS
            return bool(source.emit("push-buffer", buffer) == Gst.FlowReturn.OK)

        GLib.timeout_add(1000 // FPS, push)

    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( appsrc name=source is-live=true format=time {WAYS[codec]} )")
    factory.connect("media-configure", configure)
    return factory


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--auth", choices=("none", "basic", "digest"), default="none")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--codec", choices=tuple(WAYS), default="h264")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = fed_by(units(options.clip), options.codec)
    if options.auth != "none":
        _guard(server, factory, options)
    server.get_mount_points().add_factory("/live", factory)
    loop = GLib.MainLoop()
    server.attach(None)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


def _guard(
    server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, options: argparse.Namespace
) -> None:
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if options.auth == "basic":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    permissions = GstRtspServer.RTSPPermissions()
    for permission in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", permission, True)
    factory.set_permissions(permissions)
    server.set_auth(auth)


if __name__ == "__main__":
    main()
