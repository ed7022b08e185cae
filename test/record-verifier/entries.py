"""What entries prove that are in the tree which a log signed: docs/directory.md, "A statement", "The map" and "Evidence"."""

import re
from dataclasses import dataclass
from typing import Any, Optional

from encoding import FieldReader, Refused, encode_fields, sha256
from form import USER_ID
from histories import Histories
from log import EMPTY_MAP, Checkpoint, bits_of, leaf_hash, map_leaf, map_node, root_of_inclusion, value_in_map
from transcripts import Proof, decode_proof, statement_digest

NOT_KNOWN = "history.administrator"


@dataclass(frozen=True)
class Leaf:
    """With the entry that it is of, or only with its hash."""

    position: int
    proof: Optional[list[bytes]]
    entry: Optional[bytes]
    hash_alone: bytes

    def hash(self) -> bytes:
        return self.hash_alone if self.entry is None else leaf_hash(self.entry)


@dataclass(frozen=True)
class Head:
    """What a map says of somebody."""

    user_id: str
    siblings: list[bytes]
    leaf: Optional[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Statement:
    """`registration`: what stands beside one, else None."""

    user_id: str
    sequence: int
    proofs: list[Proof]
    registration: Optional[dict[str, Any]]


def decode_map_root(entry: bytes) -> Optional[bytes]:
    root = entry[-32:]
    return root if entry == encode_fields("signet/map-root/v1", root) else None


def decode_entry(entry: bytes) -> Optional[Statement]:
    try:
        return _decode(entry)
    except ValueError:
        return None


def _decode(entry: bytes) -> Statement:
    reader = FieldReader(entry)
    label, user_id, sequence, statement = reader.text(), reader.text(), reader.integer(), reader.bytes()
    if label != "signet/log-entry/v1" or not re.fullmatch(USER_ID, user_id):
        raise ValueError("no statement")
    proofs, registration = _proofs(statement), _registration(reader)
    said = proofs[0].said
    if said.get("userId") != user_id:
        raise ValueError("of somebody else")
    if said["purpose"] == "register":
        fits = sequence == 0 and len(proofs) == 1 and registration is not None
    else:
        fits = "previous" in said and said["sequence"] == sequence and registration is None
    if not fits:
        raise ValueError("of another place")
    return Statement(user_id, sequence, proofs, registration)


def _proofs(statement: bytes) -> list[Proof]:
    reader = FieldReader(statement)
    if reader.text() != "signet/statement/v1":
        raise ValueError("no statement")
    proofs = []
    while reader.rest:
        proofs.append(decode_proof(reader.bytes()))
    if not 1 <= len(proofs) <= 2 or any(one.transcript != proofs[0].transcript for one in proofs):
        raise ValueError("no statement")
    return proofs


def _registration(reader: FieldReader) -> Optional[dict[str, Any]]:
    if not reader.rest:
        return None
    named: dict[str, bytes] = {}
    while reader.rest:
        name = reader.text()
        if list(named) and name <= list(named)[-1]:
            raise ValueError("another order")
        named[name] = reader.bytes()
    digest = named.pop("certificates", bytes(32))
    if list(named) != ["algorithm", "kind", "registeredAtMs", "userVerification"] or len(digest) != 32:
        raise ValueError("another name")
    if named["algorithm"] not in (b"ES256", b"EdDSA", b"RS256", b"PS256") or named["kind"] not in (b"webauthn", b"pkcs11", b"software"):
        raise ValueError("another value")
    if named["userVerification"] not in (b"\0", b"\1"):
        raise ValueError("another value")
    FieldReader(encode_fields(named["registeredAtMs"])).integer()
    return {
        "algorithm": named["algorithm"].decode(),
        "kind": named["kind"].decode(),
        "userVerification": named["userVerification"] == b"\1",
    }


class KnownPart:
    """The part of a map that proofs show: what is at the end of paths, and the hashes beside them. A path is its bits as text."""

    def __init__(self, root: bytes) -> None:
        self.root = root
        self.inner: dict[str, tuple[bytes, bytes]] = {}
        self.leaves: dict[str, tuple[bytes, bytes]] = {}

    def learn(self, head: Head) -> bool:
        """Whether the proof holds."""
        key = sha256(head.user_id.encode())
        if value_in_map(self.root, key, head.siblings, head.leaf) is False:
            return False
        path = bits_of(key)[: len(head.siblings)]
        here = EMPTY_MAP
        if head.leaf is not None:
            self.leaves[path] = head.leaf
            here = map_leaf(*head.leaf)
        for sibling in reversed(head.siblings):
            path, bit = path[:-1], path[-1]
            self.inner[path] = (here, sibling) if bit == "0" else (sibling, here)
            here = map_node(*self.inner[path])
        return True

    def set(self, user_id: str, value: bytes) -> None:
        """The nodes above stay what they are; where another leaf stands alone, both go down to where their keys differ."""
        key = sha256(user_id.encode())
        bits = bits_of(key)
        depth = 0
        while bits[:depth] in self.inner:
            depth += 1
        other = self.leaves.pop(bits[:depth], None)
        if other is not None and other[0] != key:
            others = bits_of(other[0])
            while bits[depth] == others[depth]:
                self.inner[bits[:depth]] = (EMPTY_MAP, EMPTY_MAP)
                depth += 1
            beside = map_leaf(*other)
            self.inner[bits[:depth]] = (beside, beside)
            self.leaves[others[: depth + 1]] = other
            depth += 1
        self.leaves[bits[:depth]] = (key, value)
        here = map_leaf(key, value)
        for up in reversed(range(depth)):
            left, right = self.inner[bits[:up]]
            self.inner[bits[:up]] = (here, right) if bits[up] == "0" else (left, here)
            here = map_node(*self.inner[bits[:up]])
        self.root = here


@dataclass(frozen=True)
class _Held:
    position: int
    statement: Optional[Statement]
    root: Optional[bytes]


def entries_prove(leaves: list[Leaf], heads: list[Head], shown: Checkpoint) -> bool:
    assert shown.map_root is not None
    in_tree = {
        (one.position, one.entry is None): one
        for one in leaves
        if one.proof is not None and root_of_inclusion(one.hash(), one.position, shown.size, one.proof) == shown.root
    }
    at_end = leaf_hash(encode_fields("signet/map-root/v1", shown.map_root))
    if any(one.position == shown.size - 1 and one.hash() != at_end for one in in_tree.values()):
        return True
    held = []
    for one in sorted(in_tree.values(), key=lambda one: one.position):
        if one.entry is None:
            continue
        statement, root = decode_entry(one.entry), decode_map_root(one.entry)
        if statement is None and root is None:
            return True
        held.append(_Held(one.position, statement, root))
    return _out_of_order(held) or _against_maps(held, heads) or _breaks_rule(held, shown.origin)


def _out_of_order(held: list[_Held]) -> bool:
    latest: dict[str, int] = {}
    for one in held:
        if one.statement is None:
            continue
        if one.statement.sequence <= latest.get(one.statement.user_id, -1):
            return True
        latest[one.statement.user_id] = one.statement.sequence
    return False


def _against_maps(held: list[_Held], heads: list[Head]) -> bool:
    """What follows a map without a gap, until the next one. Before everything nobody is in it."""
    bases = [(one.position, one.root, heads) for one in held if one.root is not None]
    return any(_against_map(*base, held) for base in [(-1, EMPTY_MAP, []), *bases])


def _against_map(position: int, root: bytes, heads: list[Head], held: list[_Held]) -> bool:
    part, is_of_nobody = KnownPart(root), position < 0
    now: dict[str, Optional[bytes]] = {}
    for head in heads:
        if not part.learn(head):
            return False
        own = head.leaf is not None and head.leaf[0] == sha256(head.user_id.encode())
        now[head.user_id] = head.leaf[1] if own and head.leaf is not None else None
    for one in held:
        if one.position <= position:
            continue
        position += 1
        if one.position != position:
            return False
        if one.root is not None:
            return one.root != part.root
        statement = one.statement
        assert statement is not None
        # What the map says of them is not shown.
        if not is_of_nobody and statement.user_id not in now:
            return False
        before, said = now.get(statement.user_id), statement.proofs[0].said
        goes_on = before is None if statement.registration is not None else said.get("previous") == before
        if not goes_on:
            return True
        now[statement.user_id] = statement_digest(statement.proofs)
        part.set(statement.user_id, statement_digest(statement.proofs))
    return False


def _breaks_rule(held: list[_Held], log_origin: str) -> bool:
    """Histories from the registration on that hold nowhere, whoever administers there."""
    of: dict[str, list[Statement]] = {}
    for one in held:
        if one.statement is not None:
            of.setdefault(one.statement.user_id, []).append(one.statement)
    whole = {user_id: _history(all_of) for user_id, all_of in of.items() if _is_whole(all_of)}
    for user_id, history in whole.items():
        origin = history["proof"].said["serverOrigin"]
        if log_origin not in (origin.removeprefix(f"{scheme}://") + "/log" for scheme in ("http", "https") if origin.startswith(f"{scheme}://")):
            continue
        try:
            Histories(origin, whole, withheld=True).person(user_id, "")
        except Refused as refused:
            if refused.code != NOT_KNOWN:
                return True
    return False


def _is_whole(statements: list[Statement]) -> bool:
    return statements[0].registration is not None and [one.sequence for one in statements] == list(range(len(statements)))


def _history(statements: list[Statement]) -> dict[str, Any]:
    """As the log has it: without what stands beside it."""
    first = statements[0]
    said = first.proofs[0].said
    none = {"credentialId": None, "attestation": None, "certificates": None}
    return {
        "userId": first.user_id,
        "displayName": said["displayName"],
        "deviceId": said["deviceId"],
        "publicKey": said["devicePublicKey"],
        **(first.registration or {}),
        **none,
        "proof": first.proofs[0],
        "statements": [{"proofs": one.proofs, **none} for one in statements[1:]],
    }
