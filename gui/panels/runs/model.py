"""The tables of runs for Qt: the list with its ticks, and the comparison of what is ticked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap

from engine import compare
from gui.parts.tables import RowsModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtCore import QObject

    from engine.compare import Facts, Pair
    from gui.parts.tables import Index
    from gui.theme import Theme

_BEFORE, _AFTER = ("name", "when"), ("epochs", "parameters", "time", "status")
_WORDS = {"name", "status"}
_YEAR = 365  # days
_SWATCH = 10  # pixels


def colours(theme: Theme) -> tuple[str, ...]:
    """Return the colours that runs are drawn in, in the order they are given out."""
    of = theme.families
    return (
        *(theme.accent, of.merge, of.pooling, of.core, of.activation),
        *(of.reshape, of.normalisation, of.recurrent, of.attention, of.augmentation),
    )


def swatch(colour: str) -> QIcon:
    """Return a small square of a colour."""
    made = QPixmap(_SWATCH, _SWATCH)
    made.fill(QColor(colour))
    icon = QIcon(made)
    icon.addPixmap(made, QIcon.Mode.Selected)  # Qt's own would be tinted
    return icon


class RunsModel(RowsModel[compare.Facts]):
    """The runs that fit a filter, in the order of a column; each can be ticked.

    Signals:
        ticks_changed(): other runs are ticked.
    """

    ticks_changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[str, ...] = ()
        self._name_columns(_columns(()))
        self._all: tuple[Facts, ...] = ()
        self._filter: tuple[str, ...] = ()
        self._key, self._descending = "when", True
        self._ticked: dict[Path, int] = {}  # the number of its colour
        self._told: dict[Path, str] = {}  # by what the ticked runs are told from each other
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self._tell_all()

    # --- what is shown ------------------------------------------------------------------------

    def show_runs(self, runs: tuple[Facts, ...]) -> None:
        """Show these runs; ticks stay where their runs are still there."""
        self._all = runs
        there = {one.run.path for one in runs}
        gone = self._ticked.keys() - there
        for path in gone:
            del self._ticked[path]
        wanted = _columns(compare.columns(runs))
        if wanted != self.columns:
            self.beginResetModel()
            self._name_columns(wanted)
            self.rows = self._wanted_rows()
            self.endResetModel()
        else:
            self._rearrange()
        if gone:
            self.ticks_changed.emit()

    def set_filter(self, text: str) -> None:
        """Show the runs alone in which all these words occur."""
        self._filter = tuple(text.casefold().split())
        self._rearrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show the runs in the order of a column; what has nothing there comes last."""
        if 0 <= column < len(self.columns):
            self._key = self.columns[column]
            self._descending = order == Qt.SortOrder.DescendingOrder
            self._rearrange()

    def _rearrange(self) -> None:
        rows = self._wanted_rows()
        if [one.run.path for one in rows] == [one.run.path for one in self.rows]:
            self.rows = rows
            self._tell_all()
            return
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        paths = [self.rows[index.row()].run.path for index in kept]
        self.rows = rows
        places = {one.run.path: at for at, one in enumerate(rows)}
        moved = [
            self.index(places[path], index.column()) if path in places else QModelIndex()
            for index, path in zip(kept, paths, strict=True)
        ]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _wanted_rows(self) -> list[Facts]:
        found = (one for one in self._all if all(word in _text(one) for word in self._filter))
        return compare.in_order(found, self._key, descending=self._descending)

    def _tell_all(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _name_columns(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        figures = [at for at, key in enumerate(columns) if key not in _WORDS]
        right = [at for at in figures if columns[at] != "when"]
        heads = ("run" if key == "name" else key for key in columns)
        self.set_columns(heads, figures, right)

    # --- ticks --------------------------------------------------------------------------------

    def ticked(self) -> list[tuple[Facts, str]]:
        """Return the ticked runs with their colours, the oldest first."""
        known = colours(self._theme)
        runs = [one for one in self._all if one.run.path in self._ticked]
        runs.sort(key=lambda one: one.run.path.name)
        return [(one, known[self._ticked[one.run.path] % len(known)]) for one in runs]

    def tick(self, paths: Sequence[Path], *, only: bool = False) -> None:
        """Tick runs by their folders; with ``only``, no others."""
        if only:
            self._ticked.clear()
        for path in paths:
            free = (number for number in range(len(self._ticked) + 1))
            taken = set(self._ticked.values())
            self._ticked.setdefault(path, next(one for one in free if one not in taken))
        self._tell_all()
        self.ticks_changed.emit()

    def show_names(self, told: dict[Path, str]) -> None:
        """Show the ticked runs by names that tell them from each other."""
        if told != self._told:
            self._told = told
            self._tell_all()

    def clear_ticks(self) -> None:
        """Tick no run."""
        self.tick((), only=True)

    # --- for Qt -------------------------------------------------------------------------------

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return the heading of a column."""
        # the first click puts the best on top
        if (
            orientation is Qt.Orientation.Horizontal
            and role == Qt.ItemDataRole.InitialSortOrderRole
        ):
            return _order(compare.largest_first(self.columns[section]))
        return super().headerData(section, orientation, role)

    @property
    def sorted_by(self) -> tuple[int, Qt.SortOrder]:
        """Return the column that orders the runs, and the direction."""
        column = self.columns.index(self._key) if self._key in self.columns else -1
        return column, _order(self._descending)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the first column be ticked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def text(self, row: Facts, column: int) -> str:
        """Return what a cell shows."""
        key = self.columns[column]
        told = self._told.get(row.run.path) if key == "name" else None
        return told or cell(row, key)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as above
        """Return what a cell shows, and how."""
        one, key = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and key in _WORDS:
            return self._status_colour(one.status)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(one)
        if key == "name" and role in {
            Qt.ItemDataRole.CheckStateRole,
            Qt.ItemDataRole.DecorationRole,
        }:
            return self._tick_of(one.run.path, role)
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: ANN401 - as above
        """Tick a run, or take its tick away."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        path = self.rows[index.row()].run.path
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.tick([path])
        else:
            self._ticked.pop(path, None)
            self.dataChanged.emit(index, index)
            self.ticks_changed.emit()
        return True

    def _tick_of(self, path: Path, role: int) -> Any:  # noqa: ANN401 - what Qt wants for the role
        number = self._ticked.get(path)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Unchecked if number is None else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.DecorationRole and number is not None:
            known = colours(self._theme)
            return swatch(known[number % len(known)])
        return None

    def _status_colour(self, status: str) -> QColor | None:
        theme = self._theme
        known = {"failed": theme.error, "stopped": theme.warning, "interrupted": theme.warning}
        return QColor(known[status]) if status in known else None


class Compared(NamedTuple):
    """A row of the comparison: a run's name and colour, and what it has come to in a metric."""

    name: str
    colour: str
    pair: Pair


# where there is little room, the last ones have to be scrolled to
_HEADS = ("run", "test", "training", "validation", "gap", "best", "at epoch")


class ComparisonModel(RowsModel[Compared]):
    """The ticked runs beside each other, in one metric."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.set_columns(map(self.tr, _HEADS), range(1, len(_HEADS)))

    def text(self, row: Compared, column: int) -> str:
        """Return what a cell shows."""
        return _comparison_cells(row)[column]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return what a cell shows, and how."""
        if index.column() == 0 and role == Qt.ItemDataRole.DecorationRole:
            return swatch(self.rows[index.row()].colour)
        if index.column() == 0 and role == Qt.ItemDataRole.ToolTipRole:
            role = Qt.ItemDataRole.DisplayRole
        return super().data(index, role)


def _comparison_cells(row: Compared) -> tuple[str, ...]:
    pair = row.pair
    at = "" if pair.best_epoch is None else str(pair.best_epoch)
    last = map(_figure, (pair.training, pair.validation, pair.gap))
    return (row.name, _figure(pair.test), *last, _figure(pair.best), at)


def cell(one: Facts, key: str) -> str:
    """Return what a run's cell shows in a column."""
    info = one.run.info
    match key:
        case "name":
            return info.name
        case "when":
            return _when(one.made) if one.made is not None else ""
        case "status":
            return one.status
        case "epochs":
            return str(one.epochs)
        case "parameters":
            return f"{info.parameters:,}" if info.parameters is not None else ""
        case "time":
            return compare.duration(info.seconds)
    return _figure(one.figures.get(key))


def _columns(figures: Sequence[str]) -> tuple[str, ...]:
    """Return all columns: what people look for first stands at the left."""
    first = [name for name in figures if name.startswith(("test ", f"best {compare.VALIDATION}"))]
    rest = [name for name in figures if name not in first]
    name, when = _BEFORE
    return (name, *first[:1], when, *first[1:], *_AFTER, *rest)


def _order(descending: bool) -> Qt.SortOrder:  # noqa: FBT001 - it is what is named
    return Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder


def _when(made: datetime) -> str:
    """Return a time in as few letters as tell it from others."""
    now = datetime.now(UTC).astimezone()
    if made.date() == now.date():
        return f"{made:%H:%M}"
    return f"{made:%m-%d %H:%M}" if (now - made).days < _YEAR else f"{made:%Y-%m-%d}"


def _text(one: Facts) -> str:
    """Return the words of a run that a filter looks into."""
    made = f"{one.made:%Y-%m-%d %H:%M}" if one.made is not None else ""
    return f"{one.run.info.name} {made} {one.status}".casefold()


def _tip(one: Facts) -> str:
    info = one.run.info
    versions = ", ".join(f"{name} {version}" for name, version in info.versions.items())
    lines = (
        info.name,
        f"{one.made:%Y-%m-%d %H:%M:%S}" if one.made is not None else "",
        f"{one.status}: {info.sentence}" if info.sentence else one.status,
        compare.plan_of(one.run),
        f"seed {info.seed}" if info.seed is not None else "",
        info.data.partition(" sha256")[0],
        versions,
        ", ".join(info.hardware.values()),
        one.run.path.name,
    )
    return "\n".join(line for line in lines if line)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
