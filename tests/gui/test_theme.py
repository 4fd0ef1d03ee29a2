"""Both looks are readable, complete and can be told apart without colour."""

import re
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRectF, QSettings, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QTransform,
)
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from graph.registry import FAMILIES
from gui import icons, theme
from gui.settings import RECENT_LIMIT, Settings
from gui.theme import DARK, LIGHT, Theme

BOTH = pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
GROUNDS = ("window", "canvas", "panel", "raised", "hover", "selection", "problem")
INKS = ("text", "muted", "error", "warning", "good", "accent")


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@BOTH
def test_text_can_be_read_on_every_ground(look: Theme) -> None:
    weak = {
        (ink, ground): round(contrast(getattr(look, ink), getattr(look, ground)), 2)
        for ink in INKS
        for ground in GROUNDS
        if contrast(getattr(look, ink), getattr(look, ground)) < 4.5
    }
    assert weak == {}
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.on_accent, look.accent_hover) >= 4.5


def test_the_style_sheet_writes_in_readable_colours_alone() -> None:
    text = (theme.RESOURCES / "themes" / "layerloom.qss").read_text(encoding="utf-8")
    rules = re.findall(r"([^{}]+){([^{}]*)}", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    inks = {
        (ink, selector.strip())
        for selector, body in rules
        for ink in re.findall(r"(?<![-\w])color: \$(\w+)", body)
        if ":disabled" not in selector  # WCAG 1.4.3 asks nothing of what can't be used
    }
    assert len(inks) > 10
    assert {ink for ink, _ in inks} <= {*INKS, "on_accent"}, inks


@BOTH
def test_code_can_be_read_on_plain_and_marked_lines(look: Theme) -> None:
    for ground in (look.panel, look.selection, look.problem):
        weakest = min(contrast(colour, ground) for colour in astuple(look.syntax))
        assert weakest >= 4.5


@BOTH
def test_shapes_stand_out(look: Theme) -> None:
    # WCAG 1.4.11: what must be seen to understand a picture, 3 : 1
    for colour in (*astuple(look.families), look.edge, look.wire):
        for ground in (look.canvas, look.panel, look.raised):
            assert contrast(colour, ground) >= 3, colour


@BOTH
def test_values_are_colours(look: Theme) -> None:
    plain = [v for v in astuple(look) if isinstance(v, str)][1:]
    for value in (*plain, *astuple(look.syntax), *astuple(look.families)):
        assert QColor(value).name().upper() == value


@BOTH
def test_every_family_has_its_own_colour_and_shape(look: Theme) -> None:
    names = {field.name for field in fields(look.families)}
    assert names == set(icons.FAMILY_SHAPES) == set(FAMILIES)
    assert len(set(astuple(look.families))) == len(names)
    assert look.family("nothing of this name") == look.families.unknown


def _mask(path: QPainterPath) -> set[tuple[int, int]]:
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.fillPath(QTransform.fromScale(24, 24).map(path), QColor("black"))
    painter.end()
    return {(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 127}


def test_family_shapes_differ_without_colour() -> None:
    unit = QRectF(-0.001, -0.001, 1.002, 1.002)
    masks = {name: _mask(icons.family_path(name)) for name in icons.FAMILY_SHAPES}
    for name, mask in masks.items():
        assert unit.contains(icons.family_path(name).boundingRect()), name
        assert len(mask) > 60, name
        for other, its in masks.items():
            if name < other:
                assert len(mask & its) / len(mask | its) < 0.85, (name, other)


def test_convolution_shows_its_window() -> None:
    path = icons.family_path("convolution")
    assert path.contains(QRectF(0.4, 0.4, 0.05, 0.05))
    assert not path.intersects(QRectF(0.7, 0.7, 0.05, 0.05))


@BOTH
def test_family_icon_has_the_colour_of_the_family(qtbot: QtBot, look: Theme) -> None:
    image = icons.family_icon("core", look).pixmap(QSize(20, 20)).toImage()
    centre = image.pixelColor(image.width() // 2, image.height() // 2)
    assert centre.name().upper() == look.families.core
    assert image.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("name", icons.ACTION_ICONS)
def test_action_icons_are_drawn_inside_their_box(qtbot: QtBot, name: str) -> None:
    assert QRectF(1, 1, 22.5, 22.5).contains(icons.action_path(name).boundingRect())
    image = icons.action_icon(name, DARK).pixmap(QSize(20, 20)).toImage()
    assert any(image.pixelColor(x, y).alpha() > 127 for x in range(20) for y in range(20))


def test_an_action_icon_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        icons.action_path("no such icon")


def test_app_icon_can_be_painted(qtbot: QtBot) -> None:
    image = icons.app_icon().pixmap(QSize(64, 64)).toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2).alpha() == 255


def test_fonts_are_bundled(qtbot: QtBot) -> None:
    assert {theme.TEXT_FAMILY, theme.CODE_FAMILY} <= set(theme.load_fonts())
    widths = set()
    for weight in (QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold):
        font = theme.text_font(13, weight)
        assert QFontInfo(font).family() == theme.TEXT_FAMILY
        assert QFontInfo(font).pixelSize() == 13
        widths.add(QFontMetrics(font).horizontalAdvance("How much does it weigh?" * 4))
    assert len(widths) == 3
    assert QFontInfo(theme.code_font()).fixedPitch()
    for font in (theme.text_font(), theme.code_font()):
        assert all(QFontMetrics(font).inFontUcs4(ord(sign)) for sign in "×−·→≥≤≈✓√αΣ–“”")


def test_code_has_no_ligatures(qtbot: QtBot) -> None:
    theme.load_fonts()
    metrics = QFontMetrics(theme.code_font(40))
    apart = metrics.tightBoundingRect("-").width() + metrics.horizontalAdvance("-")
    assert metrics.tightBoundingRect("--").width() == pytest.approx(apart, abs=1)


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[QApplication]:
    font, palette = qapp.font(), qapp.palette()
    style = qapp.style().name()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


@BOTH
def test_a_window_takes_the_look(undressed: QApplication, qtbot: QtBot, look: Theme) -> None:
    theme.apply_theme(undressed, look)
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    field, button, label = QLineEdit(), QPushButton("Train"), QLabel("engine")
    button.setProperty("role", "primary")
    label.setProperty("role", "good")
    for part in (field, button, label):
        rows.addWidget(part)
    window.ensurePolished()
    window.resize(window.sizeHint())
    picture = window.grab().toImage()
    scale = picture.devicePixelRatio()

    def at(widget: QWidget, x: int, y: int) -> str:
        spot = widget.pos()
        return picture.pixelColor(int((spot.x() + x) * scale), int((spot.y() + y) * scale)).name()

    assert at(field, field.width() // 2, field.height() // 2).upper() == look.raised
    assert at(button, 8, button.height() // 2).upper() == look.accent
    assert field.height() == 28
    assert label.palette().windowText().color().name().upper() == look.good
    assert window.font().family() == theme.TEXT_FAMILY


def test_the_style_sheets_name_just_the_pictures_there_are() -> None:
    named = set()
    for look in (DARK, LIGHT):
        text = theme.style_sheet(look)
        assert "$" not in text
        named |= {Path(part.split('"')[0]) for part in text.split('url("')[1:]}
    assert named == set((theme.RESOURCES / "themes").glob("*.svg"))


def test_the_system_is_asked(qtbot: QtBot) -> None:
    assert theme.system_scheme() in theme.THEMES
    assert isinstance(theme.reduced_motion(), bool)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.in_file(tmp_path / "layerloom.ini")


def test_settings_are_empty_at_first(settings: Settings) -> None:
    assert settings.theme == "system"
    assert settings.recent_files == ()
    assert settings.favourites == ()
    assert settings.window_geometry.isEmpty()
    assert settings.window_state.isEmpty()


@BOTH
def test_a_slider_that_is_switched_off_looks_so(qtbot: QtBot, look: Theme) -> None:
    theme.apply_theme(QApplication.instance(), look)  # type: ignore[arg-type] - pytest-qt's
    slider = QSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.resize(200, 24)
    for is_on, colour in ((True, look.text), (False, look.border)):
        slider.setEnabled(is_on)
        assert slider.grab().toImage().pixelColor(7, 12).name().upper() == colour


def test_the_arrow_of_what_is_sorted_newest_first_points_down(qtbot: QtBot) -> None:
    theme.apply_theme(QApplication.instance(), LIGHT)  # type: ignore[arg-type] - pytest-qt's
    table = QTableWidget(1, 1)
    qtbot.addWidget(table)
    table.setHorizontalHeaderLabels([""])
    table.setSortingEnabled(True)
    for order, points_down in ((Qt.SortOrder.DescendingOrder, 1), (Qt.SortOrder.AscendingOrder, 0)):
        table.sortByColumn(0, order)
        image = table.horizontalHeader().viewport().grab().toImage()
        inked = [
            (x, y)
            for y in range(2, image.height() - 2)  # without the line below
            for x in range(image.width())
            if image.pixelColor(x, y).lightness() < 200
        ]
        left_end, tip = min(inked), sorted(inked)[len(inked) // 2]
        assert (left_end[1] < tip[1]) == points_down


def test_settings_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "layerloom.ini"
    first = Settings.in_file(path)
    first.theme = "dark"
    first.window_geometry = QByteArray(b"\x00\x01geometry")
    first.window_state = QByteArray(b"\xffstate")
    first.favourites = ["one", "two", "one"]
    first.add_recent_file(tmp_path / "a.loom")
    first.save()
    again = Settings.in_file(path)
    assert again.theme == "dark"
    assert again.window_geometry == QByteArray(b"\x00\x01geometry")
    assert again.window_state == QByteArray(b"\xffstate")
    assert again.favourites == ("one", "two")
    assert again.recent_files == (tmp_path / "a.loom",)


def test_recent_files_are_newest_first_and_few(settings: Settings, tmp_path: Path) -> None:
    for number in range(RECENT_LIMIT + 3):
        settings.add_recent_file(tmp_path / f"{number}.loom")
    settings.add_recent_file(tmp_path / "10.loom")
    assert settings.recent_files[0] == tmp_path / "10.loom"
    assert len(settings.recent_files) == len(set(settings.recent_files)) == RECENT_LIMIT
    settings.forget_recent_file(tmp_path / "10.loom")
    assert tmp_path / "10.loom" not in settings.recent_files


@pytest.mark.parametrize("damaged", ["no JSON", "{}", "[1, 2]", ""])
def test_damaged_settings_count_as_not_set(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "layerloom.ini"
    store = QSettings(str(path), QSettings.Format.IniFormat)
    for key in ("theme", "recent_files", "favourites", "window/geometry"):
        store.setValue(key, damaged)
    store.sync()
    settings = Settings.in_file(path)
    assert settings.theme == "system"
    assert settings.recent_files == ()
    assert settings.favourites == ()
    assert settings.window_geometry.isEmpty()
