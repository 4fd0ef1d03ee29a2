"""What the canvas does to a drawing: each a step that can be undone, made from plain edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from graph import fragment, placing, registry
from graph.edits import (
    Batch,
    Connect,
    Disconnect,
    Edit,
    MoveNodes,
    RemoveNodes,
    Rename,
    SetOutputs,
    apply,
)
from graph.project import Link, Port
from graph.spec import Calls
from graph.topology import downstream, wiring
from gui.canvas.faces import GRID, Face, Measure, Place, make_face

if TYPE_CHECKING:
    from graph.project import Graph, Layer, Project
    from gui.canvas.geometry import Geometry
    from gui.document import Document

GAP = 48.0  # between nodes that are wired to each other


class Loose(NamedTuple):
    """The end of a wire that hangs in the air: which port it comes from."""

    node: str
    side: str  # of the node's port: "out" or "in"
    place: int  # output of that node, or input slot


def _tr(text: str) -> str:
    return QCoreApplication.translate("canvas", text)


def snap(value: float) -> float:
    """Return the nearest place on the grid of 4 pixels."""
    return round(value / GRID) * GRID


def takes_input(kind: str) -> bool:
    """Say whether a layer of this kind can stand behind another."""
    spec = registry.find(kind)
    return spec is None or spec.calls is not Calls.SOURCE


def face_of_kind(kind: str, project: Project, measure: Measure) -> Face:
    """Return the face that a fresh layer of a kind will have."""
    added, _ = placing.new_node(project, kind, 0.0, 0.0)
    layer: Layer | None = added.layer
    if layer is None:  # a new node always comes with its layer
        raise ValueError(f"{kind} has no layer")
    return make_face(layer, None, Place(added.node.label), measure)


def add(document: Document, kind: str, x: float, y: float, loose: Loose | None = None) -> str:
    """Add a layer at a place, wired to a loose end if there is one; return the node's id."""
    added, key = placing.new_node(document.project, kind, snap(x), snap(y))
    edit: Edit = added
    if loose is not None and (loose.side == "in" or takes_input(kind)):
        wire = document.project.graph.fresh_ids(3)[2]
        link = (
            Link(loose.node, key, 0, loose.place)
            if loose.side == "out"
            else Link(key, loose.node, loose.place, 0)
        )
        edit = Batch((added, Connect(wire, link)))
    document.push(edit, _tr("Add {0}").format(kind))
    document.select(frozenset({key}))
    return key


def insert(document: Document, link: str, kind: str, box: QRectF) -> str:
    """Put a layer into a wire, and make room for its box behind; return the new node's id."""
    corner = snap(box.left()), snap(box.top())
    edit, key = placing.insert_on_link(document.project, link, kind, *corner)
    edit = _with_room(document.project.graph, link, box, edit)
    document.push(edit, _tr("Insert {0}").format(kind))
    document.select(frozenset({key}))
    return key


def fits_into_wires(document: Document, key: str) -> bool:
    """Say whether a node could go into a wire: it has no wires yet, and takes an input."""
    graph = document.project.graph
    wires = wiring(graph)
    return not wires.into[key] and not wires.out_of[key] and takes_input(graph.layer_of(key).kind)


def insert_node(document: Document, link: str, key: str, box: QRectF) -> None:
    """Put a node that has no wires into a wire, at its box, and make room for that behind."""
    graph = document.project.graph
    place = MoveNodes({key: (snap(box.left()), snap(box.top()))})
    edit = Batch((place, placing.wire_into(graph, link, key, graph.fresh_ids(2))))
    label = _tr("Insert {0}").format(graph.nodes[key].label)
    document.push(_with_room(graph, link, box, edit), label)


def box_in(drawing: Geometry, link: str, box: QRectF) -> QRectF:
    """Return where a box goes in a wire: not onto the node that the wire comes from."""
    wire = drawing.graph.links[link]
    source, target = drawing.node_rect(wire.source), drawing.node_rect(wire.target)
    if source.left() >= target.left():
        return box
    return QRectF(QPointF(max(box.left(), source.right() + GAP), box.top()), box.size())


def _with_room(graph: Graph, link: str, box: QRectF, edit: Edit) -> Edit:
    """Return an edit, and with it what moves the nodes behind a wire to make room for a box."""
    wire = graph.links[link]
    source, target = graph.nodes[wire.source], graph.nodes[wire.target]
    shift = snap(box.right() + GAP - target.x)
    if source.x >= target.x or shift <= 0:
        return edit
    behind = downstream(graph, [wire.target]) - {wire.source}
    places = {
        other: (graph.nodes[other].x + shift, graph.nodes[other].y)
        for other in behind
        if graph.nodes[other].x >= target.x
    }
    return Batch((edit, MoveNodes(places)))


def connect(
    document: Document, link: Link, replaced: str | None = None, taken: str | None = None
) -> None:
    """Draw a wire; it replaces the one in its port, and the one that was taken off its port."""
    graph = document.project.graph
    (key,) = graph.fresh_ids(1)
    gone = tuple(old for old in (replaced, taken) if old is not None)
    if any(graph.links[old] == link for old in gone):
        return
    same = [old for old, other in graph.links.items() if other == link]
    if same:
        return
    edit: Edit = Connect(key, link)
    if gone:
        edit = Batch((Disconnect(tuple(dict.fromkeys(gone))), edit))
    names = [graph.nodes[link.source].label, graph.nodes[link.target].label]
    text = _tr("Connect {0} to {1}")
    if replaced is not None and replaced != taken:
        names.append(graph.nodes[graph.links[replaced].source].label)
        text = _tr("Connect {0} to {1} instead of {2}")
    document.push(edit, text.format(*names))


def disconnect(document: Document, links: tuple[str, ...]) -> None:
    """Take wires out."""
    document.push(Disconnect(links), _tr("Disconnect"))


def disconnect_node(document: Document, key: str) -> None:
    """Take all wires of a node out."""
    wires = wiring(document.project.graph)
    links = tuple(dict.fromkeys(wires.into[key] + wires.out_of[key]))
    if links:
        document.push(Disconnect(links), _tr("Disconnect"))


def rename(document: Document, key: str, label: str) -> None:
    """Give a node another name."""
    was = document.project.graph.nodes[key].label
    if label != was:
        document.push(Rename(key, label), _tr("Rename {0}").format(was))


def copy(document: Document) -> None:
    """Put the selected nodes on the clipboard."""
    text = fragment.cut_out(document.project, document.selected_nodes)
    data = QMimeData()
    data.setData(fragment.MIME, text.encode())
    data.setText(text)
    QGuiApplication.clipboard().setMimeData(data)


def can_paste() -> bool:
    """Say whether nodes are on the clipboard."""
    return QGuiApplication.clipboard().mimeData().hasFormat(fragment.MIME)


def paste(document: Document, text: str, place: QPointF | None = None) -> None:
    """Add a fragment, at a place if there is one; raise BadFile if the text is none."""
    at = (snap(place.x()), snap(place.y())) if place is not None else ()
    edit, keys = fragment.paste(document.project, text, *at)
    document.push(edit, _tr("Paste"))
    document.select(frozenset(keys))


def close_gap(document: Document) -> None:
    """Take the selected nodes out, and wire what each one fed to what fed it.

    Only a node with one input has something to put in its place; others go with their wires.
    """
    project, steps = document.project, list[Edit]()
    for key in wiring(project.graph).order:
        if key in document.selected_nodes:
            edit: Edit | None = None
            if wiring(project.graph).out_of[key]:
                edit = placing.take_out(project, key)
            edit = edit or RemoveNodes((key,))
            project, _ = apply(project, edit)
            steps.append(edit)
    if steps:
        document.push(Batch(tuple(steps)), _tr("Remove and close the gap"))


def delete_selected(document: Document) -> None:
    """Take out what is selected, nodes and wires."""
    graph, nodes = document.project.graph, document.selected_nodes
    loose = tuple(
        sorted(
            key
            for key in document.selected_links & graph.links.keys()
            if not {graph.links[key].source, graph.links[key].target} & nodes
        )
    )
    edits: list[Edit] = []
    if nodes:
        edits.append(RemoveNodes(tuple(sorted(nodes))))
    if loose:
        edits.append(Disconnect(loose))
    if edits:
        document.push(Batch(tuple(edits)), _tr("Delete"))


def share(document: Document, key: str, x: float, y: float) -> str:
    """Call a node's layer once more, at a place; return the new node's id."""
    edit, made = placing.share(document.project, key, snap(x), snap(y))
    document.push(edit, _tr("Call this layer once more"))
    document.select(frozenset({made}))
    return made


def is_output(document: Document, key: str) -> bool:
    """Say whether the model returns an output of a node."""
    return any(port.node == key for port in document.project.graph.outputs)


def toggle_output(document: Document, key: str) -> None:
    """Let the model return a node's output, or no longer."""
    outputs = document.project.graph.outputs
    label = document.project.graph.nodes[key].label
    if is_output(document, key):
        kept = tuple(port for port in outputs if port.node != key)
        document.push(SetOutputs(kept), _tr("Don't return {0}").format(label))
    else:
        document.push(SetOutputs((*outputs, Port(key))), _tr("Return {0}").format(label))


def move(
    document: Document,
    places: dict[str, tuple[float, float]],
    source: object,
    merge: str | None = None,
) -> None:
    """Put nodes to other places."""
    names = [document.project.graph.nodes[key].label for key in places]
    label = names[0] if len(names) == 1 else _tr("{0} layers").format(len(names))
    document.push(MoveNodes(places), _tr("Move {0}").format(label), source=source, merge=merge)
