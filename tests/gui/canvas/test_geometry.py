"""Where things stand, and that what an edit updates is what a fresh look gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont

from graph import edits, placing
from graph.checks import problems
from graph.inference import infer
from graph.project import Link, Port, Project
from gui.canvas import arrays
from gui.canvas.faces import MAX_WIDTH, MIN_WIDTH, Measure, Style
from gui.canvas.geometry import SLACK, Area, Geometry
from gui.canvas.hits import Hit, hit
from gui.canvas.room import free_place_in
from tests.gui.canvas.conftest import shared_input

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@pytest.fixture
def measure(qapp: QApplication) -> Measure:
    return Measure()


def shown(project: Project, measure: Measure) -> Geometry:
    geometry = Geometry(measure)
    report = infer(project)
    geometry.show(project, report, problems(project, report))
    return geometry


def by_label(project: Project, label: str) -> str:
    return next(key for key, node in project.graph.nodes.items() if node.label == label)


STEPS = (
    lambda p: edits.MoveNodes(
        {by_label(p, "conv1"): (240.0, -40.0), by_label(p, "merge"): (9.0, 200.0)}
    ),
    lambda p: edits.SetParams(p.graph.nodes[by_label(p, "conv1")].layer, {"filters": 12345}),
    lambda p: edits.Rename(by_label(p, "flat1"), "a_long_name_for_a_layer_that_needs_more_room"),
    lambda p: placing.connect(p, by_label(p, "hidden1"), by_label(p, "merge")),  # a circle
    lambda p: edits.Disconnect((next(iter(p.graph.links)),)),
    lambda p: placing.share(p, by_label(p, "output"), 0.0, 0.0)[0],
    lambda p: edits.SetOutputs((Port(by_label(p, "pool1")), Port(by_label(p, "output")))),
    lambda p: edits.RemoveNodes((by_label(p, "pool2"), by_label(p, "visible"))),
    lambda p: placing.new_node(p, "Input", 0.0, 0.0)[0],
    lambda _: edits.RenameProject("other"),
)


def test_updates_give_what_a_fresh_look_gives(measure: Measure) -> None:
    project = shared_input()
    report = infer(project)
    geometry = Geometry(measure)
    geometry.show(project, report, problems(project, report))
    for make in STEPS:
        step = make(project)
        project, change = edits.apply(project, step)
        report = infer(project, report, change)
        geometry.show(project, report, problems(project, report), change)
        fresh = shown(project, measure)
        assert geometry.keys == fresh.keys, step
        assert geometry.faces == fresh.faces, step
        for name in ("rect", "line", "box", "ends", "severity", "broken", "family"):
            assert np.array_equal(getattr(geometry, name), getattr(fresh, name)), (step, name)


def test_a_move_lays_only_its_own_wires_anew(measure: Measure) -> None:
    project = shared_input()
    geometry = shown(project, measure)
    before = geometry.line.copy()
    key = by_label(project, "pool1")
    geometry.place({key: (452.0, 52.0)})
    changed = np.flatnonzero((geometry.line != before).any(axis=1))
    wired = {
        row for row, link in enumerate(project.graph.links.values())
        if key in {link.source, link.target}
    }  # fmt: skip
    assert set(changed.tolist()) == wired


def test_a_node_is_as_wide_as_its_texts(measure: Measure) -> None:
    project = shared_input()
    widths = {face.name: face.width for face in shown(project, measure).faces}
    assert widths["flat1"] == MIN_WIDTH
    assert widths["merge"] > MIN_WIDTH  # "merge" and "Concatenate"
    assert all(width % 4 == 0 for width in widths.values())
    long = edits.Rename(by_label(project, "conv1"), "c" * 200)
    project, _ = edits.apply(project, long)
    face = shown(project, measure).faces[1]
    assert face.width <= MAX_WIDTH
    assert face.name.endswith("…")


def test_what_stands_on_nodes(measure: Measure) -> None:
    faces = {face.name: face for face in shown(shared_input(), measure).faces}
    conv = faces["conv1"]
    assert [chip.text for chip in conv.chips] == ["32", "3 × 3"]
    assert (conv.shape, conv.params, conv.kind) == ("26 × 26 × 32", "320", "Conv2D")
    assert [chip.text for chip in faces["output"].chips] == ["10", "softmax"]
    assert faces["output"].after == "output"
    assert faces["hidden1"].params == "1,001,700"
    assert faces["merge"].inputs == 3  # one for each wire, and a free one
    assert faces["visible"].inputs == 0


def test_ports_of_a_row_are_level_whatever_the_heights(measure: Measure) -> None:
    project = shared_input()
    geometry = shown(project, measure)
    line = dict(zip(geometry.links, geometry.line.tolist(), strict=True))
    flat = by_label(project, "flat1")
    wire = next(key for key, one in project.graph.links.items() if one.target == flat)
    assert line[wire][1] == line[wire][3]


def test_hits(measure: Measure) -> None:
    project = shared_input(flat=False)
    geometry = shown(project, measure)
    conv, merge = by_label(project, "conv1"), by_label(project, "merge")
    out = geometry.port_point(conv, "out", 0)
    assert hit(geometry, out.x() + 3, out.y() - 3) == Hit("port", conv, "out", 0)
    second = geometry.port_point(merge, "in", 1)
    assert hit(geometry, second.x(), second.y() + 2) == Hit("port", merge, "in", 1)
    box = geometry.node_rect(merge)
    assert hit(geometry, box.right() + 3, box.top() - 3) == Hit("badge", merge)
    assert hit(geometry, box.center().x(), box.top() + 10) == Hit("node", merge)
    assert hit(geometry, -500.0, -500.0) == Hit()
    wire = next(key for key, one in project.graph.links.items() if one.target == merge)
    middle = arrays.middles(geometry.line[[geometry.link_row[wire]]])[0]
    assert hit(geometry, middle[0] + 4, middle[1]) == Hit("wire", wire)
    assert hit(geometry, middle[0] + 40, middle[1]).what == "nothing"


def test_a_problem_marks_its_node_and_wire(measure: Measure) -> None:
    project = shared_input(flat=False)
    geometry = shown(project, measure)
    merge, pool = by_label(project, "merge"), by_label(project, "pool2")
    assert geometry.severity[geometry.row[merge]] == 2
    assert any("5,408" in sentence for sentence in geometry.sentences[merge])
    broken = [geometry.links[row] for row in np.flatnonzero(geometry.broken).tolist()]
    assert [(project.graph.links[key].source) for key in broken] == [pool]


def test_a_circle_marks_all_its_wires(measure: Measure) -> None:
    project = shared_input()
    merge, hidden = by_label(project, "merge"), by_label(project, "hidden1")
    project, _ = edits.apply(project, placing.connect(project, hidden, merge))
    geometry = shown(project, measure)
    broken = {geometry.links[row] for row in np.flatnonzero(geometry.broken).tolist()}
    ends = {(project.graph.links[key].source, project.graph.links[key].target) for key in broken}
    assert ends == {(merge, hidden), (hidden, merge)}


@pytest.mark.parametrize(
    "row",
    [(0, 0, 300, 80), (0, 0, 20, 400), (300, 0, 0, 200), (300, 10, 0, 0), (0, 0, 0, 0)],
)
def test_wires_stay_in_their_boxes_and_meet_their_ports(row: tuple[int, int, int, int]) -> None:
    rows = np.array([row], np.float64)
    points = arrays.points_on(rows, np.linspace(0, 1, 40))[0]
    left, top, right, bottom = arrays.boxes(rows)[0]
    assert (points >= (left - 1e-9, top - 1e-9)).all()
    assert (points <= (right + 1e-9, bottom + 1e-9)).all()
    assert points[0].tolist() == list(row[:2])
    assert points[-1].tolist() == list(row[2:])
    path = arrays.curves(rows)
    assert path.elementCount() == 7
    assert (path.elementAt(6).x, path.elementAt(6).y) == row[2:]
    assert np.allclose(arrays.middles(rows)[0], points[40], atol=1e-9)


def test_input_slots_with_gaps_stand_in_order(measure: Measure) -> None:
    project = shared_input()
    merge, visible = by_label(project, "merge"), by_label(project, "visible")
    project, _ = edits.apply(project, edits.Connect("i99", Link(visible, merge, 7)))
    geometry = shown(project, measure)
    assert geometry.port_of_slot(merge, 7) == 2
    assert geometry.input_at(merge, 2) == (7, "i99")
    assert geometry.input_at(merge, 3) == (8, None)


def test_nodes_in_an_area(measure: Measure) -> None:
    project = shared_input()
    geometry = shown(project, measure)
    inside = geometry.nodes_in(Area(200, -10, 500, 90))
    assert [geometry.faces[row].name for row in inside.tolist()] == ["conv1", "pool1"]
    assert not len(Geometry(measure).nodes_in(Area(-1, -1, 1, 1)))


def test_the_bundled_fonts_are_used(measure: Measure) -> None:
    assert measure.fonts[Style.NAME].weight() == QFont.Weight.DemiBold
    wide, narrow = measure.width(Style.FIGURE, "WWW"), measure.width(Style.FIGURE, "iii")
    assert wide == pytest.approx(narrow)


def test_a_node_finds_the_nearest_free_place_in_what_is_seen(measure: Measure) -> None:
    geometry = shown(shared_input(), measure)
    taken = geometry.node_rect(geometry.keys[0])
    seen = taken.adjusted(-400, -200, 400, 40)  # no room below it
    place = free_place_in(geometry, seen, taken.topLeft(), 120, 50)
    node = QRectF(place, QSizeF(120, 50))
    assert seen.contains(node)
    area = Area(node.left(), node.top(), node.right(), node.bottom())
    assert not len(geometry.nodes_in(area, SLACK))
    outside = free_place_in(geometry, seen, seen.bottomRight() + QPointF(90, 90), 120, 50)
    assert seen.contains(QRectF(outside, QSizeF(120, 50)))


def test_where_nothing_is_free_in_view_a_node_stands_below(measure: Measure) -> None:
    geometry = shown(shared_input(), measure)
    taken = geometry.node_rect(geometry.keys[0])
    place = free_place_in(geometry, taken, taken.topLeft(), taken.width(), taken.height())
    assert place.y() >= taken.bottom()
