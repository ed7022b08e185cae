"""Who somebody is, and by which devices: docs/protocol.md, "Key histories" and "Administrators"."""

import base64
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from encoding import Refused, encode64, refuse, sha256
from form import is_name
from signatures import VERIFIED, check_device_signature, load_key
from transcripts import Proof, certificates_digest, encode_statement, statement_digest

MOST_DEVICES = 16
MOST_STATEMENTS, MOST_BYTES = 320, 262_144
ADMINISTRATORS = (32, 32_768)
PLAIN = (224, 98_304)
ANEW = (32, 32_768)
FREE = (1, 5_120)
MOST_STEPS = 64
WHY = ("lost", "replaced", "stolen", "ended")
PURPOSES = ("add-device", "revoke-device", "rename", "certify", "recover", "appoint", "dismiss")


def device_id(public_key: bytes) -> str:
    return encode64(sha256(public_key)[:16])


def guest_id_of(public_key: bytes) -> str:
    return "~" + base64.b32encode(sha256(public_key)[:16]).decode().rstrip("=").lower()


def is_fit_for_kind(kind: str, beside: dict[str, Any]) -> bool:
    """Key handle and attestation are WebAuthn's, certificates are for all others."""
    names = ("certificates",) if kind == "webauthn" else ("credentialId", "attestation")
    return all(beside[name] is None for name in names)


def verifies_user(proof: Proof) -> bool:
    return proof.kind == "webauthn" and len(proof.authenticator_data) > 32 and bool(proof.authenticator_data[32] & VERIFIED)


@dataclass(frozen=True)
class Device:
    device_id: str
    kind: str
    algorithm: str
    public_key: bytes
    verifies: bool
    certificates: Optional[tuple[bytes, ...]] = None
    revoked: Optional[tuple[int, str]] = None


@dataclass
class Person:
    """A folded history. `heads`: the digest of each statement, with the devices that counted from there on."""

    user_id: str
    display_name: str
    devices: dict[str, Device] = field(default_factory=dict)
    heads: dict[bytes, frozenset[str]] = field(default_factory=dict)
    head: bytes = b""
    # What the history says of administrating: None where it says neither.
    administers: Optional[bool] = None
    recovered: Optional[tuple[int, str]] = None
    # On how many further histories, one resting on the next, this one rests.
    steps: int = 0

    def counting(self) -> list[str]:
        return [one.device_id for one in self.devices.values() if one.revoked is None]


class Histories:
    """
    All entries of a file, folded once each, and as far as an administrator's word needs.

    `withheld`: as a log has them, without handles, attestations and certificates.
    """

    def __init__(self, server_origin: str, entries: dict[str, Any], withheld: bool = False) -> None:
        self.server_origin = server_origin
        self.withheld = withheld
        self.depth = 0
        self.entries = entries
        self.folded: dict[tuple[str, int], Person] = {}
        self.digests: dict[str, list[bytes]] = {
            user_id: [statement_digest([entry["proof"]]), *(statement_digest(one["proofs"]) for one in entry["statements"])]
            for user_id, entry in entries.items()
        }

    def person(self, user_id: str, at: str, length: Optional[int] = None) -> Person:
        entry = self.entries[user_id]
        statements = entry["statements"]
        length = len(statements) if length is None else length
        if (user_id, length) not in self.folded:
            self.folded[user_id, length] = self._fold(entry, statements[:length], at)
        return self.folded[user_id, length]

    def _fold(self, entry: dict[str, Any], statements: list[dict[str, Any]], at: str) -> Person:
        person = self._register(entry, at)
        digests = self.digests[entry["userId"]]
        person.head = digests[0]
        person.heads[person.head] = frozenset(person.counting())
        room = _Room()
        for i, statement in enumerate(statements):
            place = f"{at}.statements[{i}]"
            self._apply(person, i + 1, statement, room, place)
            person.head = digests[i + 1]
            person.heads[person.head] = frozenset(person.counting())
        return person

    def _register(self, entry: dict[str, Any], at: str) -> Person:
        proof: Proof = entry["proof"]
        said = proof.said
        if entry["userId"].startswith("~"):
            bare = entry["kind"] == "software" and entry["certificates"] is None and not entry["statements"]
            if not bare or entry["userId"] != guest_id_of(entry["publicKey"]):
                refuse("directory.badEntry", at)
        if said["purpose"] != "register":
            refuse("proof.purpose", at)
        if said["serverOrigin"] != self.server_origin:
            refuse("proof.origin", at)
        if said["userId"] != entry["userId"]:
            refuse("proof.user", at)
        if said["deviceId"] != entry["deviceId"] or device_id(entry["publicKey"]) != entry["deviceId"]:
            refuse("proof.device", at)
        if said["displayName"] != entry["displayName"]:
            refuse("proof.user", at)
        if said["devicePublicKey"] != entry["publicKey"]:
            refuse("directory.badEntry", at)
        if not is_fit_for_kind(entry["kind"], entry):
            refuse("directory.badEntry", at)
        if load_key(entry["algorithm"], entry["publicKey"]) is None:
            refuse("proof.algorithm", at)
        certificates = None if entry["certificates"] is None else tuple(entry["certificates"])
        device = Device(
            entry["deviceId"], entry["kind"], entry["algorithm"], entry["publicKey"], entry["userVerification"], certificates
        )
        check_device_signature(proof, device, at)
        if entry["userVerification"] != verifies_user(proof):
            refuse("proof.userVerification", at)
        return Person(entry["userId"], entry["displayName"], {device.device_id: device})

    def _apply(self, person: Person, sequence: int, statement: dict[str, Any], room: "_Room", at: str) -> None:
        """Purpose, room and signatures that belong together; who may sign here; what is signed; what it does."""
        proofs: list[Proof] = statement["proofs"]
        proof = proofs[0]
        said = proof.said
        purpose = said["purpose"]
        if purpose not in PURPOSES:
            refuse("proof.purpose", at)
        room.take(said, statement, person, at)
        if any(one.transcript != proof.transcript for one in proofs):
            refuse("history.proofs", at)
        administrator = said.get("administrator", "")
        if purpose in ("recover", "appoint") and administrator == "":
            refuse("history.administrator", at)
        if administrator:
            signer = self._administrator(person, said, at)
        elif said.get("administratorHead", b"") != b"":
            refuse("history.administrator", at)
        else:
            signer = self._own(person, said["deviceId"], at)
        if said["serverOrigin"] != self.server_origin:
            refuse("proof.origin", at)
        if said["userId"] != person.user_id:
            refuse("proof.user", at)
        if said["sequence"] != sequence:
            refuse("history.sequence", at)
        if said["previous"] != person.head:
            refuse("history.previous", at)
        check_device_signature(proof, signer, at)
        self._check_beside(statement, at)
        getattr(self, "_" + purpose.replace("-", "_"))(person, said, statement, signer, at)

    def _check_beside(self, statement: dict[str, Any], at: str) -> None:
        """As many signatures as the purpose wants, and nothing that belongs to another one."""
        said = statement["proofs"][0].said
        brings = said["purpose"] in ("add-device", "recover")
        if len(statement["proofs"]) != (2 if brings else 1):
            refuse("history.proofs", at)
        beside = {name for name in ("credentialId", "attestation", "certificates") if statement[name] is not None}
        if brings:
            if "certificates" in beside or not is_fit_for_kind(said["newDeviceKind"], statement):
                refuse("history.proofs", at)
        elif beside - ({"certificates"} if said["purpose"] == "certify" else set()):
            refuse("history.proofs", at)

    def _own(self, person: Person, signer: str, at: str) -> Device:
        device = person.devices.get(signer)
        if device is None:
            refuse("history.deviceUnknown", at)
        if device.revoked is not None:
            refuse("history.deviceRevoked", at)
        return device

    def _administrator(self, person: Person, said: dict[str, Any], at: str) -> Device:
        """By their own history up to the head that is named. Whom the configuration named is not known offline: who is in the file counts."""
        name = said["administrator"]
        if name == person.user_id or name not in self.entries:
            refuse("history.administrator", at)
        if said["administratorHead"] not in self.digests[name]:
            refuse("history.administrator", at)
        other = self._up_to(name, at, self.digests[name].index(said["administratorHead"]))
        if other.administers is False or other.steps > MOST_STEPS:
            refuse("history.administrator", at)
        person.steps = max(person.steps, other.steps + 1)
        return self._own(other, said["deviceId"], at)

    def _up_to(self, user_id: str, at: str, length: int) -> Person:
        self.depth += 1
        try:
            if self.depth > MOST_STEPS + 1:
                refuse("history.administrator", at)
            return self.person(user_id, at, length)
        except Refused:
            refuse("history.administrator", at)
        finally:
            self.depth -= 1

    def _bring(self, person: Person, said: dict[str, Any], statement: dict[str, Any], at: str) -> None:
        key = said["newDevicePublicKey"]
        if said["newDeviceId"] != device_id(key) or said["newDeviceKind"] not in ("webauthn", "pkcs11", "software"):
            refuse("history.newDevice", at)
        if said["newDeviceAlgorithm"] not in ("ES256", "EdDSA", "RS256", "PS256") or load_key(said["newDeviceAlgorithm"], key) is None:
            refuse("history.newDevice", at)
        if not is_name(said["newDeviceName"]):
            refuse("history.name", at)
        if said["newDeviceId"] in person.devices:
            refuse("history.deviceTaken", at)
        own: Proof = statement["proofs"][1]
        device = Device(said["newDeviceId"], said["newDeviceKind"], said["newDeviceAlgorithm"], key, verifies_user(own))
        check_device_signature(own, device, at)
        person.devices[device.device_id] = device

    def _add_device(self, person: Person, said: dict[str, Any], statement: dict[str, Any], _signer: Device, at: str) -> None:
        if len(person.counting()) >= MOST_DEVICES:
            refuse("history.tooManyDevices", at)
        self._bring(person, said, statement, at)

    def _recover(self, person: Person, said: dict[str, Any], statement: dict[str, Any], _signer: Device, at: str) -> None:
        for one in person.counting():
            person.devices[one] = replace(person.devices[one], revoked=(said["issuedAtMs"], "replaced"))
        self._bring(person, said, statement, at)
        person.recovered = (said["issuedAtMs"], said["administrator"])

    def _revoke_device(self, person: Person, said: dict[str, Any], _statement: dict[str, Any], _signer: Device, at: str) -> None:
        device = person.devices.get(said["revokedDeviceId"])
        if device is None or device.revoked is not None or said["why"] not in WHY:
            refuse("history.revokedDevice", at)
        if said["administrator"] == "" and len(person.counting()) == 1:
            refuse("history.lastDevice", at)
        person.devices[device.device_id] = replace(device, revoked=(said["issuedAtMs"], said["why"]))

    def _rename(self, person: Person, said: dict[str, Any], _statement: dict[str, Any], _signer: Device, at: str) -> None:
        if not is_name(said["name"]):
            refuse("history.name", at)
        if said["renamedDeviceId"] == "":
            person.display_name = said["name"]
        elif said["renamedDeviceId"] not in person.counting():
            refuse("history.name", at)

    def _certify(self, person: Person, said: dict[str, Any], statement: dict[str, Any], signer: Device, at: str) -> None:
        if signer.kind == "webauthn":
            refuse("certificate.notAccepted", at)
        if self.withheld:
            return
        if statement["certificates"] is None or certificates_digest(statement["certificates"]) != said["certificatesDigest"]:
            refuse("history.certificates", at)
        person.devices[signer.device_id] = replace(signer, certificates=tuple(statement["certificates"]))

    def _appoint(self, person: Person, _said: dict[str, Any], _statement: dict[str, Any], _signer: Device, at: str) -> None:
        if person.administers is True:
            refuse("history.appointed", at)
        person.administers = True

    def _dismiss(self, person: Person, _said: dict[str, Any], _statement: dict[str, Any], _signer: Device, at: str) -> None:
        if person.administers is False:
            refuse("history.dismissed", at)
        person.administers = False


class _Room:
    """How long a history may become: statements, the registration among them, and the bytes of those that follow it."""

    def __init__(self) -> None:
        self.size = (1, 0)
        self.recovered: Optional[tuple[int, int]] = None

    def take(self, said: dict[str, Any], statement: dict[str, Any], person: Person, at: str) -> None:
        """Before the statement does what it does."""
        purpose = said["purpose"]
        self.size = _sum(self.size, (1, _bytes_of(statement)))
        takes_away = purpose in ("revoke-device", "recover", "dismiss")
        if not (takes_away and said["administrator"] != ""):
            counting = len(person.counting()) + {"add-device": 1, "revoke-device": -1}.get(purpose, 0)
            free = counting if takes_away else counting + 1
            kept = _sum(self.size, (FREE[0] * free, FREE[1] * free), ADMINISTRATORS)
        else:
            kept = self.size
        plain = PLAIN
        if self.recovered is not None:
            anew = _sum(self.recovered, ANEW)
            plain = (max(PLAIN[0], anew[0]), max(PLAIN[1], anew[1]))
        if not _within(kept, (MOST_STATEMENTS, MOST_BYTES)) or not (takes_away or _within(self.size, plain)):
            refuse("history.full", at)
        if purpose == "recover":
            self.recovered = self.size


def _bytes_of(statement: dict[str, Any]) -> int:
    """Of the statement and of what travels beside it."""
    attestation = statement["attestation"]
    said = "" if attestation is None else attestation["format"] + attestation["aaguid"]
    beside = sum(map(len, statement["certificates"] or [])) + len(statement["credentialId"] or b"") + len(said)
    return len(encode_statement(statement["proofs"])) + beside


def _sum(*sizes: tuple[int, int]) -> tuple[int, int]:
    return (sum(one[0] for one in sizes), sum(one[1] for one in sizes))


def _within(size: tuple[int, int], room: tuple[int, int]) -> bool:
    return size[0] <= room[0] and size[1] <= room[1]
