"""What computer a run was made on, in words. No Keras, no Qt."""

import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path


def facts(devices: Sequence[str]) -> dict[str, str]:
    """Return what is known of this computer, by name: devices, processor, cores, memory, system.

    Args:
        devices: what the engine computes on, as it names them.
    """
    return {"devices": ", ".join(devices), **_computer()}


@cache
def _computer() -> dict[str, str]:
    known = {
        "processor": _processor(),
        "cores": str(os.cpu_count() or ""),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    return {name: words for name, words in known.items() if words}


def _processor() -> str:
    """Return the processor's name; Python knows it on macOS and Windows alone."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n"):
            name, _, words = line.partition(":")
            if name.strip() == "model name":
                return words.strip()
    return platform.processor()


def _memory() -> str:
    """Return the size of the memory, or "" where the system doesn't say (Windows)."""
    with suppress(AttributeError, OSError, ValueError):
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return f"{size / 2**30:.1f} GiB"
    return ""
