"""Put Layerloom's own packages on the path, then run its command line."""

import sys
from pathlib import Path

_HOME = str(Path(__file__).resolve().parent)
if _HOME not in sys.path:
    sys.path.insert(0, _HOME)


def main() -> int:
    """Run the command line and return its exit status."""
    from cli.app import main as run  # noqa: PLC0415 - the path above must be set first

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
