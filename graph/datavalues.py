"""The values that describe data: columns, data sets, where rows come from, what is wrong with them.

A data set is either *arrays* (known ones, `.npz` files, folders of `.npy` files), which are loaded
whole unless an `.npy` file is large, or *rows* (a folder of images for each class, a table, several
sources joined by key). Images in files and large arrays stay on the disk until they are trained on.
"""

from __future__ import annotations

from typing import NamedTuple

IMAGE, LABEL, NUMBER, TEXT = "image", "label", "number", "text"
# how a column is stored: in an array that is loaded, or is so large that it stays in its file; as
# the name of an image file; as text in a row
ARRAY, MAPPED, FILE, CELL = "array", "mapped", "file", "cell"


class Column(NamedTuple):
    """One column: the shape of one sample (without batch axis), dtype, and what it is.

    `classes`: number of labels; `labels` their names, where they have some, `counts` how often
    each occurs, where that is known. `take` says how it comes from the arrays `base` of the file:
    "" as it is, "left" and "right" a half of the image, "second" that of the other sample of a
    pair, "same" whether the labels of a pair are equal (0 or 1), "sum" their sum, "measures"
    numbers that are measured in the image. `lone_axis`: the file holds each label in an axis of
    its own, which is taken away. `stored`: in an array, in one that is read row by row, as the
    name of a file, or as a cell.
    `members`: the columns of numbers of which a vector is made. `origin`: the number of its source
    among those of the data set. `endings`: of the names of its files, such as `.png`.
    `in_order`: the training part has its labels one after the other: its end has few of them.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    kind: str
    classes: int | None = None
    base: str = ""
    take: str = ""
    lone_axis: bool = False
    stored: str = ARRAY
    labels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    members: tuple[str, ...] = ()
    origin: int = 0
    endings: tuple[str, ...] = ()
    in_order: bool = False


class Mismatch(NamedTuple):
    """A row that is left out: its row in a table (the heading is row 1), its place, and why.

    `column` is the column that is at fault: the row is left out where that column is used. If it
    is empty, the row is never used.
    """

    row: int | None
    where: str
    sentence: str
    column: str = ""


class Origin(NamedTuple):
    """One source of rows, as a program has to know it to read it.

    `form`: "folder" (of images for each class), "table" or "parquet". `path` is absolute. `key`:
    the column that names a row, "" for the row's number; `stem`: it holds names of files, and the
    key is the name without folder and ending. `images`: the folder of a table's images, below its
    own.
    `parts`: the column that says which rows are for testing, or "", and `tests` what stands there
    then. `renamed`: pairs of a column's name in the source and, where an earlier source has that
    name too, the one it has in the data set.
    """

    path: str
    form: str
    key: str = ""
    stem: bool = False
    delimiter: str = ","
    images: str = ""
    parts: str = ""
    tests: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def own_name(self, column: str) -> str:
        """Return the name that a column of the data set has in this source."""
        return next((own for own, given in self.renamed if given == column), column)


class DataSet(NamedTuple):
    """A data set: the name of its file without `.npz`, its columns, how many samples it has.

    `form`: "archive" (one file of arrays), "arrays" (a folder of arrays) or "rows". `test` is a
    share of the rows where the data set has no test part of its own (`own_test` is False). `keys`:
    the columns by which the rows of several tables may be matched.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    train: int
    test: int
    keras: bool = False  # does keras.datasets have it?
    form: str = "archive"
    own_test: bool = True
    origins: tuple[Origin, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    keys: tuple[str, ...] = ()

    def with_test(self, share: float) -> DataSet:
        """Return it with a share of the rows as the test part, if it has none of its own."""
        if self.own_test:
            return self
        count = self.train + self.test
        kept = int(count * (1 - share))
        return self._replace(train=kept, test=count - kept)

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or the vector of numbers of names with commas."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is not None or "," not in name:
            return found
        members = tuple(part.strip() for part in name.split(","))
        columns = [self.column(part) for part in members]
        if any(one is None or one.stored != CELL or one.members for one in columns):
            return None
        return vector(name, members)


def vector(name: str, members: tuple[str, ...]) -> Column:
    """Return the column that holds several columns of numbers side by side."""
    shape = (len(members),)
    return Column(name, shape, "float32", NUMBER, base=name, stored=CELL, members=members)


class BadData(Exception):  # noqa: N818 - it is the data that is bad, said to people
    """A data set that can't be used; the text is one sentence for people."""
