"""Running a program's text in a namespace of its own (server half)."""

import contextlib
import gc
import linecache
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from engine.failures import PROGRAM

_NAME = "program"


def execute(source: str) -> dict[str, Any]:
    """Run a program's top level in a fresh module and return its namespace.

    Its ``main`` is not called. The module stands in `sys.modules`, as dataclasses and pickles
    demand. Raises whatever the program raises, and `SyntaxError`.
    """
    module = types.ModuleType(_NAME)
    module.__file__ = PROGRAM
    sys.modules[_NAME] = module
    show_lines(source)
    exec(compile(source, PROGRAM, "exec"), module.__dict__)  # noqa: S102 - running programs is what an engine is for
    return module.__dict__


def append(namespace: dict[str, Any], source: str, section: str) -> None:
    """Run a section as if it stood below the program that made the namespace."""
    listing = source.rstrip("\n") + "\n\n\n" + section
    show_lines(listing)
    above = listing.count("\n") - section.count("\n")
    exec(compile("\n" * above + section, PROGRAM, "exec"), namespace)  # noqa: S102 - as above


def show_lines(source: str) -> None:
    """Let tracebacks and AutoGraph, which looks at functions' source, find the program's lines."""
    linecache.cache[PROGRAM] = (len(source), None, source.splitlines(keepends=True), PROGRAM)


def forget_earlier() -> None:
    """Bring Keras into the state that it has in a fresh process, and free what is unused."""
    keras.utils.clear_session(free_memory=False)  # collected below, once
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.enable_traceback_filtering()
    tf.config.run_functions_eagerly(False)
    gc.collect()


@contextlib.contextmanager
def running_in(folder: str) -> Iterator[None]:
    """Make a folder the working directory and, as for any Python script, first on the path.

    Modules that were imported from there are forgotten: the next run may bring its own.
    """
    with contextlib.chdir(folder):
        path = str(Path.cwd())
        known = set(sys.modules)
        sys.path.insert(0, path)
        try:
            yield
        finally:
            with contextlib.suppress(ValueError):  # the program may have taken it off
                sys.path.remove(path)
            for name in set(sys.modules) - known:
                file = getattr(sys.modules[name], "__file__", None)
                if file and Path(file).is_relative_to(path):
                    del sys.modules[name]
