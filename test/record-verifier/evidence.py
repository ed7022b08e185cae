"""Whether a file shows that a log lied: docs/directory.md, "Evidence"."""

from typing import Any, Optional

from encoding import decode64, encode_fields, refuse, split_fields
from log import Checkpoint, VerifierKey, leaf_hash, open_checkpoint, parse_verifier_key, root_of_inclusion, roots_of_consistency

MOST_CHARACTERS = 8_388_608


def is_evidence(value: Any) -> bool:
    return isinstance(value, dict) and value.get("format") == "signet-evidence"


def judge(value: dict[str, Any], log_keys: list[str]) -> dict[str, Any]:
    """`judgement`, and whether the key of the log was given."""
    if value.get("version") != 1:
        refuse("record.version", "version")
    key = parse_verifier_key(value["logKey"]) if isinstance(value.get("logKey"), str) else None
    if key is None or not isinstance(value.get("finding"), str):
        refuse("record.form")
    given = key.text in log_keys
    return {"judgement": "proven" if _proves(value, key) else "notProven", "keyGiven": given, "finding": value["finding"]}


def _hashes(value: Any, at: str) -> list[bytes]:
    if not isinstance(value, list):
        refuse("record.form", at)
    hashes = [decode64(one) if isinstance(one, str) else None for one in value]
    if any(one is None for one in hashes):
        refuse("record.form", at)
    return [one for one in hashes if one is not None]


def _note(value: dict[str, Any], name: str, key: VerifierKey) -> Optional[Checkpoint]:
    note = value.get(name)
    if note is not None and not isinstance(note, str):
        refuse("record.form", name)
    return None if note is None else open_checkpoint(note, key)


def _proves(value: dict[str, Any], key: VerifierKey) -> bool:
    known, shown = _note(value, "known", key), _note(value, "shown", key)
    proof = _hashes(value.get("consistencyProof", []), "consistencyProof")
    if known is not None and shown is not None and _differ(known, shown, proof):
        return True
    return shown is not None and _entries_prove(value, shown)


def _differ(known: Checkpoint, shown: Checkpoint, proof: list[bytes]) -> bool:
    if known.size == shown.size:
        return (known.root, known.map_root) != (shown.root, shown.map_root)
    earlier, later = sorted((known, shown), key=lambda one: one.size)
    first = earlier.size
    if first & (first - 1) == 0:
        # A proof leaves out the root of the earlier one; here it stands before the hashes.
        if not proof:
            return False
        roots = roots_of_consistency(first, later.size, proof[0], proof[1:])
    else:
        roots = roots_of_consistency(first, later.size, earlier.root, proof)
    return roots is not None and roots[1] == later.root and roots[0] != earlier.root


def _entries_prove(value: dict[str, Any], shown: Checkpoint) -> bool:
    """What single entries prove: the last one is another map's root; one that is neither statement nor root; places of a history out of order."""
    entries = value.get("entries", [])
    if not isinstance(entries, list):
        refuse("record.form", "entries")
    places: list[tuple[int, str, int]] = []
    for one in entries:
        entry = decode64(one["entry"]) if isinstance(one.get("entry"), str) else None
        position, proof = one.get("position"), one.get("inclusionProof")
        if entry is None or type(position) is not int or proof is None:
            continue
        if root_of_inclusion(leaf_hash(entry), position, shown.size, _hashes(proof, "entries")) != shown.root:
            continue
        if position == shown.size - 1 and entry != encode_fields("signet/map-root/v1", shown.map_root):
            return True
        try:
            fields = split_fields(entry)
        except ValueError:
            return True
        if fields[:1] == [b"signet/map-root/v1"]:
            if len(fields) != 2 or len(fields[1]) != 32:
                return True
        elif fields[:1] == [b"signet/log-entry/v1"] and len(fields) >= 4 and len(fields[2]) == 8:
            places.append((position, fields[1].decode("utf-8", "replace"), int.from_bytes(fields[2], "big")))
        else:
            return True
    latest: dict[str, int] = {}
    for _, user_id, sequence in sorted(places):
        if sequence <= latest.get(user_id, -1):
            return True
        latest[user_id] = sequence
    return False
