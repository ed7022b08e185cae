#!/usr/bin/env python3
"""Verifies records of calls and evidence against logs, from docs/record.md and the pages that it names alone.

usage: verify.py [--log-key KEY]... [--anchor PEM]... FILE...   prints one JSON line for each file: its name and verdict
       verify.py --list FILE   files by lines of JSON: `file`, `logKeys`, and `anchors` as base64url of DER
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from certificates import certificates_in
from cms import is_signed_data
from encoding import Refused, decode64, refuse
from evidence import is_evidence, judge
from form import MOST_BYTES, read_json, read_record
from record import RecordVerifier


def check_what_it_is(raw: bytes) -> None:
    """What people take for a file that can be verified by itself, and what became of one on its way."""
    if len(raw) > MOST_BYTES:
        refuse("record.tooLarge")
    if not raw:
        refuse("record.empty")
    if is_signed_data(raw):
        refuse("record.signedDocument")
    if re.match(rb'\{\s*"format":\s*"signet-', raw) and not raw.rstrip().endswith(b"}"):
        refuse("record.cut")


def verify(raw: bytes, log_keys: list[str], anchors: list[bytes]) -> dict[str, Any]:
    """The verdict on a file."""
    try:
        check_what_it_is(raw)
        value = read_json(raw)
        if is_evidence(value):
            return {"verdict": "evidence", **judge(raw.decode("utf-8"), value, log_keys)}
        meant, written = read_record(raw, value)
        return {"verdict": "record", "report": RecordVerifier(meant, written, log_keys, anchors).verify()}
    except Refused as refused:
        return {"verdict": "refused", "code": refused.code, "at": refused.at}


def jobs(options: argparse.Namespace) -> list[tuple[Path, list[str], list[bytes]]]:
    """Each file with the keys and anchors that are given for it."""
    anchors = [one for name in options.anchor for one in certificates_in(Path(name).read_text())]
    listed = [json.loads(line) for line in Path(options.list).read_text().splitlines()] if options.list is not None else []
    of_list = [(Path(one["file"]), one["logKeys"], [decode64(anchor) or b"" for anchor in one["anchors"]]) for one in listed]
    return [(Path(one), options.log_key, anchors) for one in options.files] + of_list


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log-key", action="append", default=[])
    parser.add_argument("--anchor", action="append", default=[])
    parser.add_argument("--list")
    parser.add_argument("files", nargs="*")
    refused = False
    for path, log_keys, anchors in jobs(parser.parse_args()):
        verdict = verify(path.read_bytes(), log_keys, anchors)
        refused = refused or verdict["verdict"] == "refused"
        print(json.dumps({"file": path.name, **verdict}))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
