"""A program beside the browser: it prepares what a test needs and puts back what it left."""

from __future__ import annotations

import httpx

from tests.e2e.installation import Account


class Api:
    """A program signed in as a member, by session; it signs in anew where a test has ended that."""

    def __init__(self, address: str, account: Account) -> None:
        # A connection each: the server may close one that was not used for a while just when it is used again.
        self._client = httpx.Client(base_url=address, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))
        self._account = account
        self._sign_in()

    def _sign_in(self) -> None:
        self._client.cookies.clear()
        self._client.get("/api/session/")
        credentials = {"name": self._account.name, "password": self._account.password}
        answer = self._send("POST", "/api/session/", credentials)
        assert answer.status_code == 200, answer.text

    def _send(self, method: str, path: str, body: object = None) -> httpx.Response:
        token = self._client.cookies.get("csrftoken") or ""
        return self._client.request(method, path, json=body, headers={"X-CSRFToken": token})

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        answer = self._send(method, path, body)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in()
            answer = self._send(method, path, body)
        return answer

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, body: object) -> httpx.Response:
        return self._ask("POST", path, body)

    def patch(self, path: str, body: object) -> httpx.Response:
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> httpx.Response:
        return self._ask("DELETE", path)

    def set_cameras(self, settings: dict[str, object], *, but: str = "") -> None:
        """Change every camera, but the one of this name."""
        for camera in self.get("/api/cameras/?page_size=200").json()["results"]:
            if camera["name"] != but:
                answer = self.patch(f"/api/cameras/{camera['id']}/", settings)
                assert answer.status_code == 200, answer.text

    def close(self) -> None:
        self._client.close()
