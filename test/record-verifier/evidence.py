"""Whether a file shows that a log lied: docs/directory.md, "Evidence"."""

import re
from typing import Any, Optional

from encoding import MOST, decode64, refuse, utf16_length
from entries import Head, Leaf, entries_prove
from form import USER_ID
from log import Checkpoint, VerifierKey, open_checkpoint, parse_verifier_key, rebuild_roots
from transcripts import decode_proof

MOST_CHARACTERS, MOST_TEXT, MOST_HASHES, MOST_SIBLINGS = 8_388_608, 131_072, 65, 256
FINDINGS = {
    "missing", "otherKey", "badCheckpoint", "rolledBack", "forked", "otherView", "tiles", "withheld", "entries", "unknownEntry", "outOfOrder",
    "rule", "map", "missingMap",
}  # fmt: skip


def is_evidence(value: Any) -> bool:
    if not isinstance(value, dict) or isinstance(value.get("version"), bool):
        return False
    return value.get("format") == "signet-evidence" and value.get("version") == 1


def judge(text_of_file: str, value: dict[str, Any], log_keys: list[str]) -> dict[str, Any]:
    """`judgement`, and whether the key of the log was given."""
    if utf16_length(text_of_file) > MOST_CHARACTERS or value.get("finding") not in FINDINGS:
        _malformed()
    for name, form in {"serverOrigin": _text, "logKey": _text, "foundAtMs": _count}.items():
        form(value.get(name))
    beside = {name: form(value[name]) for name, form in OPTIONAL.items() if name in value}
    if log_keys and value["logKey"] not in log_keys:
        refuse("record.otherLog", "logKey")
    key = parse_verifier_key(value["logKey"])
    proven = key is not None and _proves(beside, key)
    return {"judgement": "proven" if proven else "notProven", "keyGiven": bool(log_keys), "finding": value["finding"]}


# Form


def _malformed() -> Any:
    refuse("record.form", "format")


def _text(value: Any) -> str:
    return value if isinstance(value, str) and utf16_length(value) <= MOST_TEXT else _malformed()


def _count(value: Any) -> int:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return int(value) if whole and not isinstance(value, bool) and 0 <= value <= MOST else _malformed()


def _hash(value: Any) -> bytes:
    data = decode64(value) if isinstance(value, str) else None
    return data if data is not None and len(data) == 32 else _malformed()


def _list(value: Any, most: int) -> list[Any]:
    return value if isinstance(value, list) and len(value) <= most else _malformed()


def _hashes(value: Any, most: int = MOST_HASHES) -> list[bytes]:
    return [_hash(one) for one in _list(value, most)]


def _proofs(value: Any) -> None:
    """Of what people saw; whose they are, others know."""
    if not _list(value, 2):
        _malformed()
    for one in value:
        data = decode64(one) if isinstance(one, str) else None
        try:
            proof = decode_proof(data or b"")
        except ValueError:
            _malformed()
        if proof.said["purpose"] not in ("call", "join"):
            _malformed()


def _leaf(value: Any) -> Leaf:
    fields = value if isinstance(value, dict) else _malformed()
    position = _count(fields.get("position"))
    proof = _hashes(fields["inclusionProof"]) if "inclusionProof" in fields else None
    entry = decode64(fields["entry"]) if isinstance(fields.get("entry"), str) else None
    return Leaf(position, proof, entry, _hash(fields.get("leafHash")) if entry is None else b"")


def _head(value: Any) -> Head:
    fields = value if isinstance(value, dict) else _malformed()
    user_id, siblings = fields.get("userId"), _hashes(fields.get("siblings"), MOST_SIBLINGS)
    if not isinstance(user_id, str) or not re.fullmatch(USER_ID, user_id):
        _malformed()
    if "leaf" not in fields:
        return Head(user_id, siblings, None)
    leaf = fields["leaf"] if isinstance(fields["leaf"], dict) else _malformed()
    return Head(user_id, siblings, (_hash(leaf.get("key")), _hash(leaf.get("value"))))


OPTIONAL: dict[str, Any] = {
    "known": _text,
    "shown": _text,
    "consistencyProof": _hashes,
    "proofs": _proofs,
    "shownLogKey": _text,
    "userId": _text,
    "sequence": _count,
    "position": _count,
    "entries": lambda value: [_leaf(one) for one in _list(value, MOST_CHARACTERS)],
    "heads": lambda value: [_head(one) for one in _list(value, MOST_CHARACTERS)],
    "mapRoot": _hash,
}


# What is proven


def _proves(beside: dict[str, Any], key: VerifierKey) -> bool:
    known, shown = (open_checkpoint(beside[name], key) if name in beside else None for name in ("known", "shown"))
    if any(one is not None and one.map_root is None for one in (known, shown)):
        return True
    if known is not None and shown is not None and _differ(known, shown, beside.get("consistencyProof", [])):
        return True
    return shown is not None and entries_prove(beside.get("entries", []), beside.get("heads", []), shown)


def _differ(known: Checkpoint, shown: Checkpoint, proof: list[bytes]) -> bool:
    if known.size == shown.size:
        return (known.root, known.map_root) != (shown.root, shown.map_root)
    earlier, later = sorted((known, shown), key=lambda one: one.size)
    # Where a proof leaves out the root of the earlier one, it stands before the hashes here.
    roots: Optional[tuple[bytes, bytes]] = rebuild_roots(earlier.size, later.size, proof)
    return roots is not None and roots[1] == later.root and roots[0] != earlier.root
