"""Where frames come from: rtsp, http, file. One file a kind, one line in the registry.

The web process validates addresses and never opens a camera, so this package imports nothing by itself:

- `spec`: `SourceSpec`, `SourcePolicy`, `SourceFault` (no pixels, safe for the web);
- `address`: parsing an address, and checking it against the allowed networks (safe for the web);
- `source`: the `Source` protocol and `Picture`;
- `registry`: `open_source(spec, policy)`;
- `reader`: `CameraReader`, which reconnects and holds the latest frame only.
"""
