"""Which images can't be decoded: found once, and kept in a small file of the user's cache.

Every image is decoded as a whole, since a file that was cut off looks well from its beginning. A
file that hasn't changed since isn't looked at again.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

_BEGINNINGS = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM")
_EVERY = 100
NO_IMAGE = "is no PNG, JPEG, GIF or BMP image"
"""What is said of a file that doesn't begin as such images do, which programs see by themselves."""


class _Seen(msgspec.Struct):
    """What was seen of the images of one source: by name, when changed (ns), and what is wrong."""

    files: dict[str, tuple[int, str]] = {}


def _cache(source: str) -> Path:
    name = hashlib.sha256(source.encode()).hexdigest()[:32]
    chosen = os.environ.get("LAYERLOOM_CACHE")
    folder = Path(chosen) if chosen else Path(platformdirs.user_cache_dir("layerloom"))
    return folder / "images" / f"{name}.json"


def load(source: str) -> dict[str, str]:
    """Return what is wrong with the images of a source, by name, as far as it was checked."""
    return {name: why for name, (_, why) in _load(source).files.items() if why}


def stamp(source: str) -> int:
    """Return when something was last found out about a source's images; 0 if nothing was."""
    try:
        return _cache(source).stat().st_mtime_ns
    except OSError:
        return 0


def _load(source: str) -> _Seen:
    return _decoded(_cache(source), stamp(source))


@lru_cache(maxsize=8)
def _decoded(path: Path, modified: int) -> _Seen:
    if not modified:
        return _Seen()
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Seen)
    except (OSError, msgspec.DecodeError):
        return _Seen()


def check(
    source: str, folder: Path, names: tuple[str, ...], watch: Callable[[int, int], bool]
) -> int:
    """Decode the images of a source that are new or changed; return how many are bad."""
    known = _load(source).files
    seen: dict[str, tuple[int, str]] = {}
    for done, name in enumerate(names):
        if done % _EVERY == 0 and not watch(done, len(names)):
            break
        try:
            modified = (folder / name).stat().st_mtime_ns
        except OSError:
            continue  # that it isn't there is seen at every look
        before = known.get(name)
        if before is not None and before[0] == modified:
            seen[name] = before
        else:
            seen[name] = modified, _verdict(folder / name, name)
    else:
        watch(len(names), len(names))
    if seen != known:
        _write(_cache(source), _Seen(seen))
    return sum(bool(why) for _, why in seen.values())


def _write(path: Path, seen: _Seen) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(msgspec.json.encode(seen))
    part.replace(path)


def _verdict(path: Path, name: str) -> str:
    """Return what is wrong with an image; "" if nothing is."""
    from PIL import Image  # noqa: PLC0415 - it costs the window's start

    try:
        with path.open("rb") as file:
            if not file.read(4).startswith(_BEGINNINGS):
                return f"{name} {NO_IMAGE}"
        with Image.open(path) as image:
            if image.format == "BMP" and image.mode != "RGB":
                return f"{name} is a BMP image without colours, which TensorFlow can't read"
            image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        return f"{name} can't be read as an image ({str(error).rstrip('.')})"
    return ""
