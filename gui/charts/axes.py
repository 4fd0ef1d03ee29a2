"""The axes of all plots: figures in the code face, calm lines, no ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor

from gui.theme import code_font

if TYPE_CHECKING:
    from gui.theme import Theme


def dress_axes(view: Any, theme: Theme) -> None:  # noqa: ANN401 - a PlotWidget, which has no types
    """Give background and axes of a plot a theme's colours."""
    view.setBackground(theme.panel)
    for side in ("left", "bottom"):
        axis = view.getPlotItem().getAxis(side)
        axis.setStyle(tickFont=code_font(11), tickLength=0, tickTextOffset=6)
        axis.setPen(QColor(theme.border))
        axis.setTextPen(QColor(theme.muted))
        axis.setZValue(-1)  # its grid lies under the curves


def make_plain(plot: Any, right: int) -> None:  # noqa: ANN401 - a PlotItem, which has no types
    """Leave out what pyqtgraph offers besides: the wheel zooms, and so does dragging.

    `right`: pixels that stay free there.
    """
    plot.vb.setMouseMode(plot.vb.RectMode)
    plot.hideButtons()
    plot.setMenuEnabled(False)
    plot.setContentsMargins(0, 0, right, 0)
