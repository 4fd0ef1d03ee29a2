"""Write down what the installed Keras says about itself: signatures, defaults, documentation.

The window never imports Keras, so what Keras can tell is generated once into
``resources/keras_catalogue.json`` and a test holds file and installation equal.
The texts are taken from Keras's docstrings (Apache-2.0, see ``resources/NOTICE.md``).

Run ``python -m engine.introspect`` to write the file, with ``--check`` to compare only.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras

CATALOGUE = Path(__file__).resolve().parent.parent / "resources" / "keras_catalogue.json"

LAYER_ARGUMENTS = ("activity_regularizer", "trainable", "dtype", "autocast")
_NOT_PARAMETERS = ("self", "name")
_SHORT_SUMMARY = 60
_AUTOCAST = (
    "Boolean, whether floating-point inputs are cast to the layer's compute dtype before the call."
)

Record = dict[str, Any]


def build() -> Record:
    """Return the catalogue of the installed Keras as plain JSON values."""
    return {
        "keras": keras.__version__,
        "layer_arguments": _layer_arguments(),
        "layers": _layers(),
        "activations": _activations(),
        "initializers": _family(keras.initializers, keras.initializers.Initializer),
        "regularizers": _family(keras.regularizers, keras.regularizers.Regularizer),
        "constraints": _family(keras.constraints, keras.constraints.Constraint),
        "optimizers": _family(keras.optimizers, keras.optimizers.Optimizer),
        "losses": _family(keras.losses, keras.losses.Loss),
        "metrics": _family(keras.metrics, keras.metrics.Metric),
        "callbacks": _family(keras.callbacks, keras.callbacks.Callback),
        "schedules": _family(
            keras.optimizers.schedules, keras.optimizers.schedules.LearningRateSchedule
        ),
        "datasets": sorted(n for n, v in vars(keras.datasets).items() if inspect.ismodule(v)),
    }


def render(catalogue: Record) -> str:
    """Return the catalogue as stable JSON text: sorted keys, indent 1, UTF-8."""
    return json.dumps(catalogue, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parameters(owner: Any) -> list[Record]:  # noqa: ANN401 - any class or function of Keras
    """Return what a class or function of Keras takes, in its order, without name and kwargs.

    Each entry has ``name``, ``required``, ``default`` (tuples become lists; absent when
    required) and ``doc``, the text of its Args section in plain words.

    Raises:
        TypeError: a default can't be written as JSON; the catalogue would be lying.
    """
    docs = _argument_docs(owner)
    found = []
    for parameter in _signature(owner):
        entry: Record = {
            "name": parameter.name,
            "required": parameter.default is parameter.empty,
            "doc": docs.get(parameter.name, ""),
        }
        if not entry["required"]:
            entry["default"] = json.loads(json.dumps(parameter.default))
        found.append(entry)
    return found


def summary(owner: Any) -> str:  # noqa: ANN401 - any class or function of Keras
    """Return the first sentence or two of a docstring as plain text."""
    blocks = (inspect.getdoc(owner) or "").split("\n\n")
    first = _plain(blocks[0])
    following = blocks[1] if len(blocks) > 1 else ""
    if len(first) < _SHORT_SUMMARY and re.match(r"[A-Z][a-z]+(?!\w*:)[^:>\n]*\b", following):
        second = _first_sentence(_plain(following))
        if second.endswith(".") and not following.startswith(("Args:", "Example")):
            first = f"{first.rstrip('.')}. {second}"
    return first


def _layers() -> Record:
    classes = _classes(keras.layers, keras.layers.Layer)
    entries = {name: _layer(cls, aliases) for name, (cls, aliases) in classes.items()}
    entries["Input"] = {
        "module": keras.layers.Input.__module__,
        "summary": summary(keras.layers.Input),
        "parameters": parameters(keras.layers.Input),
        "layer_arguments": [],
        "aliases": [],
    }
    return entries


def _layer(cls: type, aliases: list[str]) -> Record:
    own = parameters(cls)
    return {
        "module": cls.__module__,
        "summary": summary(cls),
        "parameters": [entry for entry in own if entry["name"] not in LAYER_ARGUMENTS],
        "layer_arguments": [name for name in LAYER_ARGUMENTS if _accepts(cls, own, name)],
        "aliases": aliases,
    }


def _accepts(cls: type, own: list[Record], name: str) -> bool:
    if any(entry["name"] == name for entry in own):
        return True
    taken = inspect.signature(_initializer(cls)).parameters.values()
    if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in taken):
        return False
    if any(entry["required"] for entry in own):
        return True
    # some layers set an argument themselves and pass kwargs on: Python then refuses it twice
    try:
        cls(**{name: True if name == "trainable" else None})
    except TypeError as error:
        return "multiple values for keyword argument" not in str(error)
    except (ValueError, ImportError):  # refused for another reason than this argument
        return True
    return True


def _layer_arguments() -> list[Record]:
    docs = _argument_docs(keras.layers.Dense) | _argument_docs(keras.layers.Layer)
    docs.setdefault("autocast", _AUTOCAST)
    by_name = {entry["name"]: entry for entry in parameters(keras.layers.Layer)}
    return [by_name[name] | {"doc": docs[name]} for name in LAYER_ARGUMENTS]


def _activations() -> Record:
    helpers = {"deserialize", "get", "serialize"}
    functions = {n: v for n, v in vars(keras.activations).items() if inspect.isfunction(v)}
    return {
        name: {"summary": summary(function)}
        for name, function in functions.items()
        if name not in helpers
    }


def _family(module: Any, base: type) -> Record:  # noqa: ANN401 - a module of Keras
    return {
        name: {
            "identifier": _identifier(module, cls),
            "summary": summary(cls),
            "parameters": parameters(cls),
        }
        for name, (cls, _) in _classes(module, base).items()
        if cls is not base
    }


def _identifier(module: Any, cls: type) -> str | None:  # noqa: ANN401 - a module of Keras
    """Return the short string that Keras turns into this class or the function it wraps."""
    get: Callable[[str], Any] | None = getattr(module, "get", None)
    if get is None:
        return None
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
    for word in (snake, cls.__name__.lower()):
        try:
            found = get(word)
        except ImportError:  # the word is known, only a library behind it is not installed
            return word
        except (KeyError, TypeError, ValueError):  # unknown, or in need of arguments
            continue
        if isinstance(found, cls) or found is cls or inspect.isfunction(found):
            return word
    return None


def _classes(module: Any, base: type) -> dict[str, tuple[type, list[str]]]:  # noqa: ANN401 - a module of Keras
    """Return the public subclasses of a base by their own name, with their other names."""
    names: dict[type, list[str]] = {}
    for name, value in sorted(vars(module).items()):
        if isinstance(value, type) and issubclass(value, base):
            names.setdefault(value, []).append(name)
    chosen = {}
    for cls, public in names.items():
        name = cls.__name__ if cls.__name__ in public else public[0]
        chosen[name] = (cls, [other for other in public if other != name])
    return chosen


def _signature(owner: Any) -> Iterable[inspect.Parameter]:  # noqa: ANN401 - any class or function of Keras
    variadic = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    target = _initializer(owner) if isinstance(owner, type) else owner
    return [
        parameter
        for parameter in inspect.signature(target).parameters.values()
        if parameter.kind not in variadic and parameter.name not in _NOT_PARAMETERS
    ]


def _initializer(cls: Any) -> Any:  # noqa: ANN401 - Keras is untyped
    # asked for by name: inspect would take the __new__ with which Keras records arguments
    return cls.__init__


def _argument_docs(owner: Any) -> dict[str, str]:  # noqa: ANN401 - any class or function of Keras
    """Return the documentation of each argument; a subclass inherits what it doesn't say."""
    names = {parameter.name for parameter in _signature(owner)}
    sources = reversed(owner.__mro__) if isinstance(owner, type) else [owner]
    docs: dict[str, str] = {}
    for source in sources:
        for text in (source.__doc__, _initializer(source).__doc__):
            docs |= _args_section(inspect.cleandoc(text or ""), names)
    return docs


def _args_section(text: str, names: set[str]) -> dict[str, str]:
    # the heading may itself be indented: some examples in Keras start at the left margin
    section = re.search(r"^( *)Arg(?:ument)?s:\n((?:\1 +.*\n?|\s*\n)+)", text, re.MULTILINE)
    if section is None:
        return {}
    found: dict[str, list[str]] = {}
    current: list[list[str]] = []
    margin = None
    for line in section[2].splitlines():
        item = re.match(r"(\s+)`?\*{0,2}(\w+(?:, \w+)*)`?\s*(?:\([^)]*\))?:\s*(.*)", line)
        known = [name for name in item[2].split(", ") if name in names] if item else []
        if item and (len(item[1]) <= (margin or len(item[1])) or known):
            margin = min(len(item[1]), margin or len(item[1]))
            current = [found.setdefault(name, [item[3]]) for name in known if name not in found]
        else:
            for body in current:
                body.append(line.strip())
    return {name: _plain("\n".join(body)) for name, body in found.items()}


def _plain(text: str) -> str:
    """Return prose without Markdown: one line a paragraph or list item."""
    text = text.split("```", maxsplit=1)[0]
    text = re.sub(r"\[([^\]]+)\]\(\s*[^)\s]+\s*\)", r"\1", text)
    text = text.replace("`", "").replace("**", "")
    text = re.sub(r"\n\s*([-*]|\d+\.) ", r"\n\n- ", text.strip())
    paragraphs = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", text))
    return "\n".join(part for part in paragraphs if part)


def _first_sentence(text: str) -> str:
    end = re.search(r"(?<!e\.g)(?<!i\.e)\.(?=\s+[A-Z]|$)", text)
    return text[: end.end()] if end else text


def main(arguments: list[str]) -> int:
    """Write the catalogue, or compare it with ``--check``; return 1 if it is out of date."""
    text = render(build())
    if "--check" not in arguments:
        CATALOGUE.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if CATALOGUE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(
        f"{CATALOGUE.name} doesn't match Keras {keras.__version__}; "
        "run python -m engine.introspect to write it again.\n"
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
