"""Where frames come from: rtsp, http, file. One file a kind, one line in the registry."""
