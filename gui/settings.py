"""What the program remembers from one start to the next."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QSettings

ThemeChoice = Literal["system", "dark", "light"]

ORGANISATION = "Layerloom"
RECENT_LIMIT = 12


class Settings:
    """Typed access to the stored settings.

    A value that can't be read (an older or damaged file) is taken as not set: no setting is worth
    a program that doesn't start.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = QSettings(ORGANISATION, ORGANISATION) if store is None else store

    @classmethod
    def in_file(cls, path: Path) -> "Settings":
        """Return settings kept in one file, apart from the user's."""
        return cls(QSettings(str(path), QSettings.Format.IniFormat))

    @property
    def theme(self) -> ThemeChoice:
        """The chosen look; ``system`` follows the operating system."""
        value = self._store.value("theme", "system")
        return next((choice for choice in get_args(ThemeChoice) if choice == value), "system")

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("theme", choice)

    @property
    def window_geometry(self) -> QByteArray:
        """Place and size of the window (`QWidget.saveGeometry`); empty if not set."""
        return self._bytes("window/geometry")

    @window_geometry.setter
    def window_geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    @property
    def window_state(self) -> QByteArray:
        """Docks and tool bars (`QMainWindow.saveState`); empty if not set."""
        return self._bytes("window/state")

    @window_state.setter
    def window_state(self, value: QByteArray) -> None:
        self._store.setValue("window/state", value)

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """The drawings opened or saved last, newest first, at most `RECENT_LIMIT`."""
        return tuple(Path(name) for name in self._names("recent_files"))

    def add_recent_file(self, path: Path) -> None:
        """Put a drawing at the head of the recent files."""
        newest = str(path.absolute())
        others = [name for name in self._names("recent_files") if name != newest]
        self._set_names("recent_files", [newest, *others][:RECENT_LIMIT])

    def forget_recent_file(self, path: Path) -> None:
        """Take a drawing out of the recent files, for instance one that is gone."""
        gone = str(path.absolute())
        self._set_names("recent_files", [n for n in self._names("recent_files") if n != gone])

    @property
    def folder(self) -> Path:
        """Where a file was opened or saved last; home if that is gone or there was none."""
        last = Path(str(self._store.value("folder", "")) or Path.home())
        return last if last.is_dir() else Path.home()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._store.setValue("folder", str(folder.absolute()))

    @property
    def favourites(self) -> tuple[str, ...]:
        """The layers that the user pinned in the library, in the order of pinning."""
        return self._names("favourites")

    @favourites.setter
    def favourites(self, layers: Iterable[str]) -> None:
        self._set_names("favourites", layers)

    def save(self) -> None:
        """Write to disk now; Qt also does so by itself after a while and at the end."""
        self._store.sync()

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def _names(self, key: str) -> tuple[str, ...]:
        # as JSON: the .ini format makes a list of one name a plain text
        try:
            value = json.loads(str(self._store.value(key, "[]")))
        except ValueError:
            return ()
        if not isinstance(value, list):
            return ()
        return tuple(dict.fromkeys(name for name in value if isinstance(name, str)))

    def _set_names(self, key: str, names: Iterable[str]) -> None:
        self._store.setValue(key, json.dumps(list(dict.fromkeys(names)), ensure_ascii=False))
