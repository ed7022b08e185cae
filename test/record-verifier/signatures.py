"""Public keys and signatures: docs/protocol.md, "Shared parts"; WebAuthn level 2, section 7.2."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from encoding import encode64, refuse, sha256
from transcripts import Proof

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FIELD_PRIME = 2**255 - 19
# The y of all points of small order, as RFC 8032 encodes them, without the bit of the sign.
SMALL_ORDER_Y = {
    0,
    1,
    FIELD_PRIME - 1,
    FIELD_PRIME,
    FIELD_PRIME + 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
}
PRESENT, VERIFIED = 1, 4


def is_small_order(point: bytes) -> bool:
    return int.from_bytes(point, "little") & (2**255 - 1) in SMALL_ORDER_Y


@lru_cache(maxsize=4096)
def load_key(algorithm: str, der: bytes) -> Any:
    """A key of this algorithm in its one encoding, or None."""
    try:
        key: Any = serialization.load_der_public_key(der)
    except Exception:
        return None
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    try:
        if key.public_bytes(serialization.Encoding.DER, spki) != der:
            return None
    except Exception:
        return None
    if algorithm == "ES256":
        return key if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1" else None
    if algorithm == "EdDSA":
        return key if isinstance(key, ed25519.Ed25519PublicKey) and not is_small_order(der[-32:]) else None
    if algorithm in ("RS256", "PS256"):
        return key if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 8192 and _is_safe(key.public_numbers().e) else None
    return None


def _is_safe(exponent: int) -> bool:
    return exponent % 2 == 1 and 65_537 <= exponent < 2**32


@lru_cache(maxsize=65536)
def _holds(algorithm: str, der: bytes, signature: bytes, message: bytes) -> bool:
    key = load_key(algorithm, der)
    try:
        if algorithm == "ES256":
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif algorithm == "EdDSA":
            key.verify(signature, message)
        elif algorithm == "RS256":
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return True
    except (InvalidSignature, ValueError):
        return False


def ed25519_holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """By 32 bytes of a key."""
    if len(public_key) != 32 or is_small_order(public_key) or len(signature) != 64:
        return False
    return _holds("EdDSA", bytes.fromhex("302a300506032b6570032100") + public_key, signature, message)


def raw_signature_holds(algorithm: str, der: bytes, signature: bytes, message: bytes) -> bool:
    """Of bytes themselves, by the key of a device; ECDSA in DER."""
    if algorithm == "ES256" and not _is_dss(signature):
        return False
    return (algorithm != "EdDSA" or len(signature) == 64) and _holds(algorithm, der, signature, message)


def _is_dss(signature: bytes) -> bool:
    """The one encoding of two scalars."""
    try:
        r, s = utils.decode_dss_signature(signature)
    except ValueError:
        return False
    return 0 < r < P256_ORDER and 0 < s < P256_ORDER and utils.encode_dss_signature(r, s) == signature


def _der_of(raw: bytes, at: str) -> bytes:
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if len(raw) != 64 or not (0 < r < P256_ORDER and 0 < s < P256_ORDER):
        refuse("proof.encoding", at)
    return utils.encode_dss_signature(r, s)


def check_terminal_signature(proof: Proof, terminal_key: bytes, at: str) -> None:
    if proof.kind != "terminal":
        refuse("proof.signer", at)
    if not ed25519_holds(terminal_key, proof.signature, proof.digest):
        refuse("proof.signature", at)


def check_device_signature(proof: Proof, device: Any, at: str) -> None:
    """By a device: `algorithm`, `public_key`, `kind`, and whether it checks its user, which counts for WebAuthn alone."""
    if device.kind == "webauthn":
        if proof.kind != "webauthn":
            refuse("proof.signer", at)
        message = _check_assertion(proof, device.verifies, at)
    else:
        if proof.kind != device.kind:
            refuse("proof.signer", at)
        # Key files hold no RSA keys.
        if device.kind == "software" and device.algorithm in ("RS256", "PS256"):
            refuse("proof.algorithm", at)
        message = proof.digest
    signature = proof.signature
    if device.algorithm == "ES256":
        if device.kind == "webauthn":
            if not _is_dss(signature):
                refuse("proof.encoding", at)
        else:
            signature = _der_of(signature, at)
    elif device.algorithm == "EdDSA" and len(signature) != 64:
        refuse("proof.encoding", at)
    if not _holds(device.algorithm, device.public_key, signature, message):
        refuse("proof.signature", at)


def _check_assertion(proof: Proof, verifies: bool, at: str) -> bytes:
    """What the authenticator signed, once it is an assertion over this transcript at its own server."""
    try:
        client = json.loads(proof.client_data.decode("utf-8"))
    except ValueError:
        refuse("proof.clientData", at)
    if not isinstance(client, dict) or client.get("type") != "webauthn.get" or client.get("challenge") != encode64(proof.digest):
        refuse("proof.clientData", at)
    origin = proof.said["serverOrigin"]
    if client.get("origin") != origin:
        refuse("proof.origin", at)
    if client.get("crossOrigin", False) is not False:
        refuse("proof.clientData", at)
    data = proof.authenticator_data
    if len(data) < 37:
        refuse("proof.malformed", at)
    if data[:32] != sha256((urlsplit(origin).hostname or "").encode()):
        refuse("proof.rpId", at)
    if not data[32] & PRESENT:
        refuse("proof.userPresence", at)
    if verifies and not data[32] & VERIFIED:
        refuse("proof.userVerification", at)
    return data + sha256(proof.client_data)
