"""Programs on Parquet files, with the package that reads them and without."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any

import pytest

from graph.datasets import BadData, describe
from graph.params import Named
from graph.project import Binding, Data
from tests.codegen.own_data import network, on, run, table, text_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.engine
@pytest.mark.may_skip("pyarrow is a package that a Parquet file asks for")
def test_a_parquet_file_is_read_and_trained_on_as_a_table_is(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    rows = list(csv.DictReader(table(tmp_path).read_text(encoding="utf-8").splitlines()))
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    columns |= {name: [float(cell) for cell in columns[name]] for name in ("area", "price")}
    columns["area"][7] = None
    columns["kind"] = pyarrow.array(columns["kind"]).dictionary_encode()  # as pandas's categories
    columns["__index_level_0__"] = list(range(len(rows)))  # as pandas adds it
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "houses.parquet")
    data = Data(
        str(tmp_path / "houses.parquet"),
        {"numbers": Binding("numbers", transforms=(Named("standardise"),))},
        {"output:0": Binding("kind")},
    )
    found = describe(data)
    assert [one.name for one in found.columns] == ["area", "rooms", "price", "kind", "numbers"]
    assert [one.sentence for one in found.mismatches] == ["“area” is empty."]
    assert (found.train, found.test) == (29, 10)
    project = on(network({"numbers": (2,)}, 1, "sigmoid"), data)
    text = text_of(project)
    run(text.partition("if __name__")[0] + f"main({str(tmp_path)!r})", tmp_path)


def test_a_parquet_file_without_its_package_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "t.parquet").touch()
    with pytest.raises(BadData, match=r"needs the package pyarrow: pip install pyarrow, or save"):
        describe(Data(str(tmp_path / "t.parquet")))
