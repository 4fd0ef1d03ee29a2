"""Exceptions of a user's program as sentences for people."""

import errno
import re
import traceback

from engine.protocol import Failed

PROGRAM = "program.py"
"""The file name under which every program is compiled, by which its lines are found."""

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_HDF5_ERRNO = re.compile(r"errno = (\d+)")
_MEMORY = "ResourceExhaustedError"
# TensorFlow puts the operation that has read the file before its name
_NO_FILE = re.compile(r"(?:.*(?:: |\}\} ))?(\S[^;]*); No such file or directory")
_LONGEST = 500  # characters of an exception's text in a sentence


def failed(error: BaseException, folder: str | None = None) -> Failed:
    """Describe an exception.

    Args:
        error: what was raised while the program ran.
        folder: where the program writes, for sentences on a full or read-only disk.
    """
    line = line_of(error)
    return Failed(
        sentence=_sentence(error, line, folder),
        line=line,
        traceback="".join(traceback.format_exception(error)),
    )


def line_of(error: BaseException) -> int | None:
    """Return the program's innermost line (from 1) that an exception passed, if any."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == PROGRAM
    ]
    if isinstance(error, SyntaxError) and error.filename == PROGRAM:
        lines.append(error.lineno)
    return lines[-1] if lines else None


def text_of(error: BaseException) -> str:
    """Return the part of an exception's text that says what is wrong, without colours."""
    paragraphs = [part.strip() for part in _ANSI.sub("", str(error)).split("\n\n") if part.strip()]
    if not paragraphs:
        return ""
    # Keras puts where it happened first, TensorFlow the operations' stack
    if paragraphs[0].startswith("Exception encountered when calling") and len(paragraphs) > 1:
        return paragraphs[1]
    if paragraphs[0].startswith("Graph execution error"):
        lines = _ANSI.sub("", str(error)).splitlines()
        marks = [number for number, text in enumerate(lines) if "[[{{node" in text]
        return lines[marks[0] - 1].strip() if marks else paragraphs[-1]
    return paragraphs[0]


def _sentence(error: BaseException, line: int | None, folder: str | None) -> str:
    disk = _disk_sentence(error, folder)
    if disk:
        return disk
    if isinstance(error, MemoryError) or type(error).__name__ == _MEMORY:
        return _memory_sentence(error)
    if missing := _missing_file(error):
        return f"The file {missing} is missing. Put it back, then train or resume."
    if isinstance(error, ModuleNotFoundError):
        return f"The program needs the module “{error.name}”, which is not installed."
    if isinstance(error, FileNotFoundError) and error.errno is None and line is not None:
        return str(error)  # raised by the program itself, as a sentence that says what to do
    place = f"Line {line} of the program" if line else "The program"
    if isinstance(error, SystemExit):
        return f"{place} ended the program by itself."
    text = text_of(error)
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + " …"
    return f"{place} failed with {type(error).__name__}" + (f": {text}" if text else ".")


def _memory_sentence(error: BaseException) -> str:
    """Say which batch size was too much, and which to try."""
    size = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == PROGRAM:
            size = frame.f_globals.get("BATCH_SIZE")
    if not isinstance(size, int):
        return (
            "There is not enough memory for this. "
            "A smaller batch size needs less; so does a smaller model."
        )
    less = f"Try a batch size of {size // 2:,}" if size > 1 else "Try smaller inputs"
    return f"There is not enough memory for a batch of {size:,}. {less}, or a smaller model."


def _missing_file(error: BaseException) -> str | None:
    """Return the file that a program, or TensorFlow in its stead, has not found."""
    if isinstance(error, FileNotFoundError):
        return str(error.filename) if error.errno is not None and error.filename else None
    if type(error).__name__ == "NotFoundError":
        found = _NO_FILE.search(text_of(error))
        return found.group(1) if found else None
    return None


def _disk_sentence(error: BaseException, folder: str | None) -> str | None:
    """Name the folder if a disk is full or may not be written to."""
    code = getattr(error, "errno", None)
    if code is None and isinstance(error, OSError | RuntimeError):
        found = _HDF5_ERRNO.search(str(error))  # h5py keeps the number in its text
        code = int(found.group(1)) if found else None
    place = getattr(error, "filename", None) or folder or "the run"
    if code in {errno.ENOSPC, errno.EDQUOT}:
        return f"There is no space left on the disk that holds {place}."
    if code == errno.EFBIG:
        return f"{place} can't hold so large a file: the system sets a limit to the size of files."
    if code in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return f"{place} may not be used: it is read-only or belongs to someone else."
    return None
