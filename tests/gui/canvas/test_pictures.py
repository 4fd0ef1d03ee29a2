"""What the painter puts on the screen and into figures: colours, levels of detail, files."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from graph.project import Project
from gui import figures
from gui.canvas.painter import Level
from gui.theme import DARK, LIGHT, THEMES
from tests.gui.canvas.conftest import shared_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from gui.theme import Scheme
    from tests.gui.canvas.conftest import Hand


def count(image: QImage, colour: str) -> int:
    """Return how many pixels have exactly a colour."""
    wanted = QColor(colour).rgb()
    small = image.convertToFormat(QImage.Format.Format_RGB32)
    return sum(
        small.pixel(x, y) == wanted for x in range(small.width()) for y in range(small.height())
    )


def test_selection_is_painted_in_the_accent(hand: Hand) -> None:
    hand.view.show_minimap(False)
    part = hand.view.node_rect(hand.id("conv1")).adjusted(-4, -4, 4, 4)
    before = count(hand.view.grab(part).toImage(), DARK.accent)
    hand.click(hand.middle("conv1"))
    after = count(hand.view.grab(part).toImage(), DARK.accent)
    assert before == 0
    assert after > part.width()


def test_problems_are_painted_in_the_error_colour(open_canvas: Callable[[Project], Hand]) -> None:
    for flat in (True, False):
        hand = open_canvas(shared_input(flat=flat))
        hand.view.show_minimap(False)
        part = hand.view.node_rect(hand.id("merge")).adjusted(-60, -12, 12, 12)
        found = count(hand.view.grab(part).toImage(), DARK.error)
        assert (found > 100) is not flat


def test_a_selected_broken_wire_is_still_an_error(open_canvas: Callable[[Project], Hand]) -> None:
    hand = open_canvas(shared_input(flat=False))
    start, end = hand.out("pool2"), hand.into("merge", 1)
    part = QRect(start, end).normalized().adjusted(8, 0, -8, 0)
    before = hand.view.grab(part).toImage()
    hand.click(hand.middle("pool2"))
    after = hand.view.grab(part).toImage()
    assert after != before
    assert count(after, DARK.error) > 50


def test_levels_of_detail(hand: Hand) -> None:
    seen = {}
    box = hand.id("merge")
    for zoom in (1.0, 0.4, 0.1):
        hand.view.zoom_by(zoom / hand.view.zoom)
        hand.view.center_on(hand.view.drawing.node_rect(box).center())
        image = hand.view.grab(hand.view.node_rect(box)).toImage()
        seen[Level.at(zoom)] = count(image, DARK.families.merge) / (image.width() * image.height())
    assert list(seen) == [Level.FULL, Level.TITLE, Level.BLOCK]
    assert seen[Level.FULL] < 0.05
    assert seen[Level.TITLE] < 0.2
    assert seen[Level.BLOCK] > 0.5


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("project", [shared_input(), shared_input(flat=False)])
def test_a_figure_as_svg_has_no_text_that_needs_a_font(
    qapp: QApplication, tmp_path: Path, name: Scheme, project: Project
) -> None:
    path = tmp_path / "figure.svg"
    figures.render(project, path, THEMES[name])
    root = ET.parse(path).getroot()  # noqa: S314 - we have just written it
    tags = [one.tag.rpartition("}")[2] for one in root.iter()]
    assert "text" not in tags
    assert "image" not in tags
    assert tags.count("path") > 80
    assert root.find("{http://www.w3.org/2000/svg}title").text == "shared input"


def test_a_figure_as_pdf_has_its_fonts_inside(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "figure.pdf"
    figures.render(shared_input(), path, LIGHT)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"/FontFile" in data
    assert b"/Subtype /Image" not in data


def test_a_figure_as_png_is_as_large_as_asked(qapp: QApplication, tmp_path: Path) -> None:
    sizes = {}
    for scale in (1.0, 3.0):
        path = tmp_path / f"{scale}.PNG"
        figures.render(shared_input(), path, LIGHT, scale)
        sizes[scale] = QImage(str(path)).size()
    assert sizes[3.0].width() == pytest.approx(3 * sizes[1.0].width(), abs=3)
    assert sizes[1.0].width() > 1136
    path = tmp_path / "bare.png"
    figures.render(shared_input(), path, LIGHT, background=False)
    assert QImage(str(path)).pixelColor(0, 0).alpha() == 0


def test_what_goes_wrong_with_a_figure(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to paint"):
        figures.render(Project(), tmp_path / "empty.svg", DARK)
    with pytest.raises(ValueError, match=r"\.svg, \.pdf, \.png"):
        figures.render(shared_input(), tmp_path / "figure.bmp", DARK)
    with pytest.raises(OSError, match="missing"):
        figures.render(shared_input(), tmp_path / "missing" / "figure.svg", DARK)
