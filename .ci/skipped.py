"""Fails if a test was skipped that CI must run: python skipped.py JUNIT_XML.

Only what needs something that CI may lack (the evaluation data beside the project, a real PX4, a
browser, a user who is not root, PyTorch) may be skipped, and its reason must say so.
"""

import sys
import xml.etree.ElementTree as ElementTree

EXCUSED = (
    "evaluation data is not here",
    "no PX4 was given",
    "no Chromium on this machine",
    "root writes where it likes",
    "this user cannot mount a disk to fill",
    "PyTorch is not here",
)


def main(report: str) -> int:
    """1 if a skip has no excuse; each is named."""
    status = 0
    for case in ElementTree.parse(report).iter("testcase"):
        for skip in case.iter("skipped"):
            # A module that was not even collected has its reason in the text.
            reason = f"{skip.get('message') or ''} {skip.text or ''}".strip()
            if skip.get("type") == "pytest.xfail":
                # It ran and fails as its mark says: known, named, and not hidden.
                print(f"not yet: {case.get('name')}: {reason}")
                continue
            if not any(excuse in reason for excuse in EXCUSED):
                print(
                    f"skipped without excuse: {case.get('classname')}.{case.get('name')}: {reason}"
                )
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
