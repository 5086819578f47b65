"""`python -m nv_desktop.sandbox`."""

from __future__ import annotations

import sys

from nv_desktop.sandbox.server import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
