"""HTTPS where browsers of other machines come: a certificate from an authority of this installation's own.

Browsers decode video, record sound and receive pushes only in a secure context, which on another machine means HTTPS.
People install `ca.crt` once; certificates are then renewed without anybody's doing.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_LIFE = dt.timedelta(days=3650)
# Browsers refuse certificates that are valid for longer than 398 days.
_LIFE = dt.timedelta(days=390)
_RENEW_BEFORE = dt.timedelta(days=30)
_ANY = {"0.0.0.0", "::"}  # noqa: S104  (what an operator may have asked for)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where a certificate, its key and its authority lie."""

    certificate: Path
    key: Path
    authority: Path


def is_local(host: str) -> bool:
    """Say whether only this machine reaches `host`: browsers trust it without HTTPS."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def names_of(host: str) -> list[str]:
    """Return the names and addresses under which people reach a process that listens on `host`, the best first."""
    if host not in _ANY:
        return [host, "localhost", "127.0.0.1"]
    names = [socket.gethostname(), "localhost", "127.0.0.1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the address that leads out
        except OSError:
            return names
        return [str(probe.getsockname()[0]), *names]


def ensure(folder: Path, names: list[str], now: dt.datetime) -> Certificate:
    """Return a certificate for `names` that is valid for 30 days or more, made when there is none.

    Args:
        folder: where it is kept, for this account only.
        names: host names and addresses, in any order.
        now: the time it has to be valid at, with its zone.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = Certificate(folder / "web.crt", folder / "web.key", folder / "ca.crt")
    if not (found.certificate.exists() and found.key.exists() and _is_good(found.certificate, names, now)):
        _issue(found, folder / "ca.key", names, now)
    return found


def _is_good(path: Path, names: list[str], now: dt.datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(held) == set(_general(names)) and certificate.not_valid_after_utc - now > _RENEW_BEFORE


def _issue(target: Certificate, authority_key: Path, names: list[str], now: dt.datetime) -> None:
    """Make a certificate, and before it the authority unless there is one."""
    if not (authority_key.exists() and target.authority.exists()):
        signer = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"Vigie on {socket.gethostname()}")
        root = (
            _draft(name, name, signer.public_key(), now, _AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        _write(authority_key, _pem(signer))
        _write(target.authority, root.public_bytes(serialization.Encoding.PEM))
    signer = _load(authority_key)
    issuer = x509.load_pem_x509_certificate(target.authority.read_bytes()).subject
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _draft(_name(names[0]), issuer, key.public_key(), now, _LIFE)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(target.key, _pem(key))
    _write(target.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _draft(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: dt.datetime,
    life: dt.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))  # clocks of other machines
        .not_valid_after(now + life)
    )


def _general(names: list[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _load(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is no key of this installation's authority.")
    return key


def _write(path: Path, content: bytes) -> None:
    """Write a file for this account only, in one step."""
    draft = path.with_suffix(path.suffix + ".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(content)
    draft.replace(path)
