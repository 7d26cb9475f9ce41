"""A device with passkeys, in software: it makes real key pairs and real signatures, as a browser passes them on."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "http://localhost"
Json = dict[str, Any]


@dataclass
class Device:
    """One passkey on one device, for one host."""

    origin: str = ORIGIN
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    signatures: int = 0
    owner: bytes = b""
    checks_owner: bool = True

    def make(self, options: Json) -> Json:
        """Answer a question for a new passkey."""
        asked = options["publicKey"]
        self.owner = websafe_decode(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = CoseKey.parse(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}  # ES256, P-256
        )
        made = AttestedCredentialData.create(Aaguid.NONE, self.credential, public)
        data = AuthenticatorData.create(
            self._host(asked["rp"]["id"]), self._flags() | AuthenticatorData.FLAG.AT, 0, bytes(made)
        )
        attestation = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", asked["challenge"])
        response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(bytes(attestation))}
        return self._answer(response)

    def sign(self, options: Json) -> Json:
        """Answer a question for a known passkey."""
        asked = options["publicKey"]
        self.signatures += 1
        data = AuthenticatorData.create(self._host(asked["rpId"]), self._flags(), self.signatures)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.owner),
        }
        return self._answer(response)

    def _answer(self, response: Json) -> Json:
        name = websafe_encode(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _host(self, name: str) -> bytes:
        return hashlib.sha256(name.encode()).digest()

    def _flags(self) -> AuthenticatorData.FLAG:
        present = AuthenticatorData.FLAG.UP
        return present | AuthenticatorData.FLAG.UV if self.checks_owner else present
