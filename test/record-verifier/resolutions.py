"""What was approved with devices: docs/protocol.md, "Resolutions"."""

import re
from typing import Any

from encoding import WHITE, FieldReader, encode64, refuse, utf16_length
from form import ID, USER_ID


def decode_resolution(data: bytes, at: str) -> dict[str, Any]:
    try:
        return _decode(data)
    except ValueError:
        refuse("resolution.malformed", at)


def _decode(data: bytes) -> dict[str, Any]:
    reader = FieldReader(data)
    if reader.text() != "signet/resolution/v1":
        raise ValueError("no resolution")
    said: dict[str, Any] = {
        "serverOrigin": reader.text(),
        "callId": reader.text(),
        "callProofDigest": reader.bytes(),
        "proposer": reader.text(),
        "number": reader.integer(),
        "epoch": reader.integer(),
        "rule": reader.text(),
        "needed": reader.integer(),
    }
    said["userIds"] = reader.many(reader.text)
    kind = reader.text()
    if kind == "text":
        said["text"] = reader.text()
    elif kind == "file":
        said["file"] = {"name": reader.text(), "sha256": reader.bytes(), "sizeBytes": reader.integer()}
        if len(said["file"]["sha256"]) != 32 or said["file"]["name"] == "":
            raise ValueError("no file")
    else:
        raise ValueError("neither text nor file")
    reader.end()
    people, needed = said["userIds"], said["needed"]
    if not all(re.fullmatch(USER_ID, one) for one in [said["proposer"], *people]) or len(people) > 256 or not re.fullmatch(ID, said["callId"]):
        raise ValueError("no people")
    if len(said["callProofDigest"]) != 32:
        raise ValueError("no call")
    if said["rule"] not in ("all", "some", "named") or said["number"] < 1 or sorted(set(people)) != people or not people:
        raise ValueError("no rule")
    if not 1 <= needed <= len(people) or (said["rule"] != "some" and needed != len(people)):
        raise ValueError("no number")
    if "file" in said and utf16_length(said["file"]["name"]) > 255:
        raise ValueError("no name")
    if "text" in said and (len(said["text"]) > 4_000 or said["text"].strip(WHITE) == ""):
        raise ValueError("no text")
    return said


def subject_of(said: dict[str, Any]) -> dict[str, Any]:
    """As a report has it."""
    if "text" in said:
        return {"type": "text", "text": said["text"]}
    return {"type": "file", **said["file"], "sha256": encode64(said["file"]["sha256"])}


class Tally:
    """What came of it, by what was said first."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said, self.state = said, "open"
        self.decisions: dict[str, str] = {}

    def take(self, proof: Any, digest: bytes, at: str) -> None:
        words = proof.said
        if words["number"] != self.said["number"] or words["resolutionDigest"] != digest:
            refuse("resolution.otherText", at)
        if words["userId"].startswith("~"):
            refuse("resolution.guest", at)
        if words["purpose"] == "withdraw":
            if words["userId"] != self.said["proposer"]:
                refuse("resolution.notProposer", at)
            if self.state != "open":
                refuse("resolution.closed", at)
            self.state = "withdrawn"
            return
        if words["userId"] not in self.said["userIds"]:
            refuse("resolution.notAsked", at)
        if words["userId"] in self.decisions:
            refuse("resolution.decided", at)
        if self.state != "open":
            refuse("resolution.closed", at)
        self.decisions[words["userId"]] = words["decision"]
        approved = sum(one == "approve" for one in self.decisions.values())
        rejected = len(self.decisions) - approved
        if approved >= self.said["needed"]:
            self.state = "adopted"
        elif len(self.said["userIds"]) - rejected < self.said["needed"]:
            self.state = "rejected"
