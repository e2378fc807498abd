"""``python -m service.commands`` is ``autok-cloud``."""

from __future__ import annotations

import sys

from service.commands import main

if __name__ == "__main__":
    sys.exit(main())
