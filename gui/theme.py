"""The look: one frozen record of colours for dark and for light, fonts, and the style sheet.

Everything that paints asks a `Theme` for its colours, so a third look is one more record. The
contrast of each text colour with each background it stands on is at least 4.5 : 1 (WCAG 2.2,
success criterion 1.4.3); a test computes it from the values below.

Widgets choose a variant by a dynamic property ``role``; the variants stand at the top of
``resources/themes/layerloom.qss``.
"""

import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Scheme = Literal["dark", "light"]

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
TEXT_FAMILY = "Inter"
CODE_FAMILY = "JetBrains Mono"

# all in device-independent pixels; distances are multiples of 4
TINY, SMALL, MEDIUM, LARGE, HUGE = 4, 8, 12, 16, 24
FIELD_RADIUS = 6
NODE_RADIUS = 8
WIRE_WIDTH = 2.0
TEXT_SIZE = 13
SMALL_SIZE = 12
CODE_SIZE = 12
MOTION_MS = 150


@dataclass(frozen=True, slots=True)
class Syntax:
    """Colours of program text, on `Theme.panel` and on the two marked lines."""

    keyword: str
    string: str
    number: str
    call: str
    comment: str


@dataclass(frozen=True, slots=True)
class Families:
    """One colour for each family of layers; the shapes are in `gui.icons`."""

    input: str
    convolution: str
    pooling: str
    core: str
    merge: str
    regularisation: str
    normalisation: str
    activation: str
    reshape: str
    recurrent: str
    attention: str
    augmentation: str
    backbone: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the window, as ``#RRGGBB``.

    Backgrounds from back to front: ``window``, ``canvas`` (with ``grid`` dots), ``panel`` (docks
    and nodes), ``raised`` (fields, chips), ``hover``. ``selection`` marks a chosen row or line,
    ``problem`` a line at fault. ``text``, ``muted``, ``accent``, ``error``, ``warning`` and
    ``good`` may be written on any of them; ``on_accent`` on ``accent``. ``disabled`` is text that
    can't be used and ``edge`` the outline of a box that is ticked.
    """

    name: Scheme
    window: str
    canvas: str
    grid: str
    panel: str
    raised: str
    hover: str
    border: str
    edge: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    problem: str
    error: str
    warning: str
    good: str
    wire: str
    syntax: Syntax
    families: Families

    def family(self, name: str) -> str:
        """Return the colour of a family; a name that is not known has the colour of unknown."""
        return getattr(self.families, name, self.families.unknown)


DARK = Theme(
    name="dark",
    window="#14161A",
    canvas="#101216",
    grid="#232831",
    panel="#1A1D23",
    raised="#23272F",
    hover="#2A2F38",
    border="#2D323B",
    edge="#6B7585",
    text="#E6E8EC",
    muted="#98A2B3",
    disabled="#5D6675",
    accent="#5B9DFF",
    accent_hover="#7AB0FF",
    on_accent="#0B1524",
    selection="#1F2D44",
    problem="#35212A",
    error="#FF6B6B",
    warning="#F2B84B",
    good="#4FC98E",
    wire="#8A94A6",
    syntax=Syntax(
        keyword="#C79BFF", string="#9BD08B", number="#F0A868", call="#74B2FF", comment="#98A2B3"
    ),
    families=Families(
        input="#2BB3A3",
        convolution="#4C8DFF",
        pooling="#57B65B",
        core="#9A7BFF",
        merge="#F0883E",
        regularisation="#8A94A6",
        normalisation="#39B5D6",
        activation="#D9A514",
        reshape="#E0709C",
        recurrent="#D273E8",
        attention="#A6C63C",
        augmentation="#C2936A",
        backbone="#7381E8",
        unknown="#798394",
    ),
)

LIGHT = Theme(
    name="light",
    window="#F2F4F7",
    canvas="#FBFCFD",
    grid="#E1E5EB",
    panel="#FFFFFF",
    raised="#F5F7FA",
    hover="#EDF0F5",
    border="#DDE2E9",
    edge="#7F8998",
    text="#1B1F27",
    muted="#5C6675",
    disabled="#9AA3B0",
    accent="#2563EB",
    accent_hover="#1D55D0",
    on_accent="#FFFFFF",
    selection="#E8F0FE",
    problem="#FDECED",
    error="#C92A36",
    warning="#8F5C00",
    good="#14764A",
    wire="#7A8494",
    syntax=Syntax(
        keyword="#8B34C9", string="#2A762E", number="#A65300", call="#1F5FD0", comment="#5C6675"
    ),
    families=Families(
        input="#1B9385",
        convolution="#3B7DF2",
        pooling="#3A983F",
        core="#8562F5",
        merge="#D96A18",
        regularisation="#78828F",
        normalisation="#1891B3",
        activation="#B18200",
        reshape="#D4568A",
        recurrent="#B94BD0",
        attention="#708C12",
        augmentation="#A3754B",
        backbone="#5563D6",
        unknown="#7B8494",
    ),
)

THEMES: dict[Scheme, Theme] = {"dark": DARK, "light": LIGHT}


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt, once a process, and return their families.

    Needs a QGuiApplication. A font that can't be read is left out, and Qt takes the system's.
    """
    numbers = [
        QFontDatabase.addApplicationFont(str(path))
        for path in sorted((RESOURCES / "fonts").iterdir())
        if path.suffix in {".otf", ".ttf"}
    ]
    names = {name for n in numbers if n >= 0 for name in QFontDatabase.applicationFontFamilies(n)}
    return tuple(sorted(names))


def text_font(px: int = TEXT_SIZE, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the text face at a size in pixels."""
    font = QFont(TEXT_FAMILY)
    font.setPixelSize(px)
    font.setWeight(weight)
    return font


def code_font(px: int = CODE_SIZE, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the face of figures and code at a size in pixels; all its letters are as wide."""
    font = QFont(CODE_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(px)
    font.setWeight(weight)
    return font


def palette(theme: Theme) -> QPalette:
    """Return the palette for what the style sheet doesn't paint."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.canvas,
    }
    result = QPalette()
    for which, colour in colours.items():
        result.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.disabled))
    return result


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of the whole application in a theme's colours.

    Raises:
        KeyError: the template names a colour that a theme doesn't have.
    """
    folder = RESOURCES / "themes"
    template = Template((folder / "layerloom.qss").read_text(encoding="utf-8"))
    colours = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    return template.substitute(colours, images=folder.as_posix(), code_family=CODE_FAMILY)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress a whole application; may be called again to change the theme."""
    load_fonts()
    if app.style().name() != "fusion":
        app.setStyle("Fusion")  # the one style that looks and measures alike on all systems
    app.setFont(text_font())
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))


def system_scheme() -> Scheme:
    """Return what the operating system is set to; light where it doesn't say."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme is Qt.ColorScheme.Dark else "light"


@cache
def reduced_motion() -> bool:
    """Tell whether the system asks for no animations; asked once a process.

    Qt has no word for it (6.11), so this asks where each system keeps it: macOS its Accessibility
    setting, Windows SPI_GETCLIENTAREAANIMATION, GNOME ``enable-animations``.
    """
    if sys.platform == "win32":
        return _windows_reduces_motion()
    if sys.platform == "darwin":
        return _answer("defaults", "read", "com.apple.universalaccess", "reduceMotion") == "1"
    question = ("gsettings", "get", "org.gnome.desktop.interface", "enable-animations")
    return _answer(*question) == "false"


def _answer(program: str, *arguments: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program of the system, no user's text
            [path, *arguments], capture_output=True, text=True, timeout=0.5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _windows_reduces_motion() -> bool:
    import ctypes  # noqa: PLC0415 - windll is there on Windows alone

    animated = ctypes.c_int(1)
    user32 = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore] # only on Windows
    user32.SystemParametersInfoW(0x1042, 0, ctypes.byref(animated), 0)
    return not animated.value
