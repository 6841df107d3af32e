"""`python -m tests.eye PYTHON`: reads every template anew with a Python that has emupos, and keeps the readings."""

import sys

from tests.eye.readings import KEPT, kept_form, read_all

if __name__ == "__main__":
    KEPT.write_text(kept_form(read_all(sys.argv[1])), encoding="utf-8")
    sys.stdout.write(f"{KEPT} is written anew.\n")
