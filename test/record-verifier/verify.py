#!/usr/bin/env python3
"""Verifies records of calls and evidence against logs, from docs/record.md and docs/directory.md alone.

usage: verify.py [--log-key KEY]... FILE...   prints one JSON line for each file: its name and verdict
       verify.py [--log-key KEY]... --folder FOLDER   all files of a folder
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from encoding import Refused
from evidence import is_evidence, judge
from form import read_json, read_record
from record import RecordVerifier


def verify(raw: bytes, log_keys: list[str]) -> dict[str, Any]:
    """The verdict on a file."""
    try:
        value = read_json(raw)
        if is_evidence(value):
            return {"verdict": "evidence", **judge(raw.decode("utf-8"), value, log_keys)}
        meant, written = read_record(raw, value)
        return {"verdict": "record", "report": RecordVerifier(meant, written, log_keys).verify()}
    except Refused as refused:
        return {"verdict": "refused", "code": refused.code, "at": refused.at}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log-key", action="append", default=[])
    parser.add_argument("--folder")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    files = [Path(one) for one in options.files]
    if options.folder is not None:
        files += sorted(path for path in Path(options.folder).iterdir() if path.is_file())
    refused = False
    for path in files:
        verdict = verify(path.read_bytes(), options.log_key)
        refused = refused or verdict["verdict"] == "refused"
        print(json.dumps({"file": path.name, **verdict}))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
