"""Project files (`.loom`): JSON, versioned, in a stable order, read without running anything.

`dumps` and `loads` go between a project and its text; `read` and `write` between a project and a
file. What can't be read raises `BadFile` with one sentence that names the place; a file is
written beside the old one and put in its place in one step, so that a full disk loses nothing.
Parts of a file that this version doesn't know are kept in `Project.extra` and written back.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from graph import registry
from graph.migrations import NEWEST, migrate
from graph.params import Named, Value
from graph.project import Data, Graph, Layer, Link, Node, Port, Project, Training

if TYPE_CHECKING:
    from pathlib import Path

_KNOWN = {"layerloom", "name", "graph", "data", "training"}


class BadFile(Exception):  # noqa: N818 - it is the file that is bad, said to people
    """A project file that can't be read or written; its text is one sentence for people."""


def dumps(project: Project) -> str:
    """Return the text of a project: the same for the same project, a line for each part."""
    graph = project.graph
    content = {
        "layerloom": NEWEST,
        "name": project.name,
        "graph": {
            "layers": {key: _layer_out(layer) for key, layer in graph.layers.items()},
            "nodes": graph.nodes,
            "links": graph.links,
            "outputs": [[port.node, port.output] for port in graph.outputs],
            "serial": graph.serial,
        },
        "data": value_out(project.data),
        "training": value_out(project.training),
        **project.extra,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1).decode() + "\n"


def _layer_out(layer: Layer) -> dict[str, Any]:
    spec = registry.find(layer.kind)
    params = {key: value_out(value) for key, value in layer.params.items()}
    return {"kind": spec.name if spec else layer.kind, "name": layer.name, "params": params}


def value_out(value: Value | msgspec.Struct) -> object:
    """Return a value, or a record with all it holds, as the plain values of JSON."""
    if isinstance(value, Named):
        inner = {key: value_out(part) for key, part in value.settings.items()}
        return {"class": value.name, "settings": inner} if inner else {"class": value.name}
    if isinstance(value, msgspec.Struct):
        return {key: value_out(part) for key, part in msgspec.structs.asdict(value).items()}
    if isinstance(value, tuple):
        return [value_out(part) for part in value]
    if isinstance(value, Mapping):  # raw data of an unknown layer
        return {key: value_out(part) for key, part in value.items()}
    return value


def value_in(raw: object) -> Any:  # noqa: ANN401 - the values of JSON
    """Return what `value_out` gave; records stay mappings, for `msgspec.convert`."""
    if isinstance(raw, Mapping):
        if "class" in raw and isinstance(raw["class"], str) and raw.keys() <= {"class", "settings"}:
            settings = raw.get("settings", {})
            if isinstance(settings, Mapping):
                return Named(raw["class"], {key: value_in(part) for key, part in settings.items()})
        return {key: value_in(part) for key, part in raw.items()}
    if isinstance(raw, list):
        return tuple(value_in(part) for part in raw)
    return raw


def loads(text: str | bytes) -> Project:
    """Return the project of a text; raise BadFile with a sentence that names the place."""
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"it isn't valid JSON ({_place(text, error)}); it may be cut off") from None
    if not isinstance(raw, dict) or "layerloom" not in raw:
        raise BadFile("it is JSON, but not a Layerloom project")
    version = raw["layerloom"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadFile(f"its version is {version!r}, which no Layerloom has written")
    if version > NEWEST:
        raise BadFile(
            f"a newer Layerloom wrote it (file version {version}, this one reads up to {NEWEST}); "
            "update Layerloom to open it"
        )
    try:
        return _build(migrate(raw))
    except (msgspec.ValidationError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFile(f"a part of it is not what it should be: {_reason(error)}") from None


def _place(text: str | bytes, error: Exception) -> str:
    words = str(error)
    if "byte" not in words:
        return f"{len(text):,} characters, the end is missing" if "truncated" in words else words
    at = int("".join(sign for sign in words.rpartition("byte")[2] if sign.isdecimal()) or 0)
    raw = text if isinstance(text, bytes) else text.encode()
    line = raw.count(b"\n", 0, at) + 1
    return f"line {line}"


def _reason(error: Exception) -> str:
    return f"“{error.args[0]}” is missing" if isinstance(error, KeyError) else str(error)


def _build(raw: dict[str, Any]) -> Project:
    drawing = raw["graph"]
    layers = {
        key: Layer(str(layer["kind"]), str(layer["name"]), value_in(layer.get("params", {})))
        for key, layer in drawing["layers"].items()
    }
    graph = Graph(
        layers,
        msgspec.convert(drawing["nodes"], dict[str, Node]),
        msgspec.convert(drawing.get("links", {}), dict[str, Link]),
        tuple(Port(str(node), int(output)) for node, output in drawing.get("outputs", [])),
        int(drawing.get("serial", 0)),
    )
    _check_ids(graph)
    return Project(
        graph,
        msgspec.convert(value_in(raw.get("data", {})), Data),
        msgspec.convert(value_in(raw.get("training", {})), Training),
        str(raw.get("name", "untitled")),
        {key: part for key, part in raw.items() if key not in _KNOWN},
    )


def _check_ids(graph: Graph) -> None:
    for key, node in graph.nodes.items():
        if node.layer not in graph.layers:
            raise ValueError(f"node {key} calls layer {node.layer}, which is not in the file")
    for key, link in graph.links.items():
        for end in (link.source, link.target):
            if end not in graph.nodes:
                raise ValueError(f"wire {key} ends at node {end}, which is not in the file")
    for port in graph.outputs:
        if port.node not in graph.nodes:
            raise ValueError(f"the output {port.node} is not in the file")


def read(path: Path) -> Project:
    """Return the project in a file; raise BadFile with one sentence that says what to do."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise BadFile(f"There is no file {path}. Check its name and folder.") from None
    except OSError as error:
        raise BadFile(f"{path} can't be read: {error.strerror}.") from None
    try:
        return loads(text)
    except BadFile as bad:
        raise BadFile(f"{path.name} can't be opened: {bad}. The file was left as it is.") from None


def write(path: Path, project: Project) -> None:
    """Write a project to a file in one step; raise BadFile with a sentence, the old file kept."""
    write_text(path, dumps(project))


def write_text(path: Path, text: str) -> None:
    """Write a text to a file in one step: all of it or nothing. Raises BadFile."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        reason = error.strerror or str(error)
        raise BadFile(
            f"{path} can't be written: {reason}. Free some space or choose another folder; "
            "nothing was lost."
        ) from None
