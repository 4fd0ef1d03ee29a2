"""Folders of images and tables: what their columns are, and what is listed as left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from graph import datasets, sources, statistics, transforms
from graph.binding import bind
from graph.checks import problems
from graph.datasets import BadData, describe, file_of, find_data, fingerprint, look_up
from graph.datavalues import FILE, IMAGE, LABEL, NUMBER
from graph.inference import infer
from graph.params import Named
from graph.project import Binding, Data, Project
from tests.graph.drawn import drawn

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))


def photos(folder: Path, *names: str, size: tuple[int, int] = (8, 6)) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, (9, 9, 9)).save(folder / name)
    return folder


def table(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def reasons(source: str, *joined: str) -> list[str]:
    return [one.sentence for one in look_up(source, joined).mismatches]


def test_a_folder_has_an_image_and_its_class(tmp_path: Path) -> None:
    folder = photos(tmp_path / "pets", *(f"{name}/{at}.png" for at in range(5) for name in "ba"))
    data = look_up(str(folder))
    image, label = data.columns
    assert (image.kind, image.stored, image.shape) == (IMAGE, FILE, (6, 8, 3))
    assert (label.kind, label.labels, label.counts) == (LABEL, ("a", "b"), (5, 5))
    assert (data.train, data.test, data.own_test) == (8, 2, False)
    assert look_up(str(folder), test_split=0.5)[3:5] == (5, 5)
    project = Project(data=Data(str(folder)))
    assert find_data(project) == tmp_path
    assert file_of(project) == folder
    before = fingerprint(project)
    photos(folder, "a/new.png")
    assert look_up(str(folder)).train == 8
    assert look_up(str(folder)).test == 3
    assert fingerprint(project) != before


def test_train_and_test_folders_are_parts(tmp_path: Path) -> None:
    folder = photos(
        tmp_path / "pets", *(f"train/{name}/{at}.png" for at in range(4) for name in "ab")
    )
    photos(folder, "test/a/0.png", "test/c/1.png")
    data = look_up(str(folder))
    assert (data.train, data.test, data.own_test) == (8, 1, True)
    assert reasons(str(folder)) == ["“c” is no known label of “label”."]
    photos(folder, "Val/a/5.png", "Val/b/5.png", "Val/b/6.png")
    data = look_up(str(folder))
    assert (data.train, data.test, data.own_test) == (11, 1, True)
    assert sources.validation_rows(datasets.table(Data(str(folder)))) == 3


def test_images_that_cannot_be_decoded_are_found_once(tmp_path: Path) -> None:
    folder = photos(tmp_path / "pets", *(f"{name}/{at}.jpg" for at in range(4) for name in "ab"))
    whole = (folder / "a/0.jpg").read_bytes()
    (folder / "a/0.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "b/1.jpg").write_text("words", encoding="utf-8")
    (folder / "b/notes.txt").write_text("words", encoding="utf-8")
    assert reasons(str(folder)) == ["b/notes.txt is not an image."]
    seen: list[tuple[int, int]] = []

    def watch(done: int, count: int) -> bool:
        seen.append((done, count))
        return True

    assert sources.check_images(look_up(str(folder)), watch) == 2
    assert seen[-1] == (8, 8)
    told = reasons(str(folder))
    assert told[0].startswith("a/0.jpg can't be read as an image")
    assert told[1:] == [
        "b/1.jpg is no PNG, JPEG, GIF or BMP image.",
        "b/notes.txt is not an image.",
    ]
    (folder / "a/0.jpg").write_bytes(whole)
    assert sources.check_images(look_up(str(folder))) == 1
    assert sources.check_images(look_up(str(folder)), lambda _done, _all: False) == 0


def test_columns_of_a_table_are_what_their_cells_are(tmp_path: Path) -> None:
    lines = ["Id;area;rooms;kind;note;split"]
    for at in range(30):
        kind = ("flat", "house")[at % 2]
        lines.append(f"{at};{at * 1.5};{at % 4};{kind};words {at};{'test' if at > 24 else 'train'}")
    data = look_up(table(tmp_path / "houses.csv", *lines))
    kinds = {column.name: column.kind for column in data.columns}
    assert kinds == {"area": NUMBER, "rooms": LABEL, "kind": LABEL}
    assert (data.train, data.test) == (25, 5)
    assert data.origins[0][2:] == ("Id", False, ";", "", "split", ("test",), ())
    both = data.column("area, rooms")
    assert both is not None
    assert (both.shape, both.members) == ((2,), ("area", "rooms"))
    assert data.column("area, note") is None
    facts = {one.column: one for one in statistics.facts(Data(str(tmp_path / "houses.csv")))}
    assert facts["kind"].counts == (("flat", 15), ("house", 15))
    assert facts["area"].mean == pytest.approx(np.mean(np.arange(30) * 1.5))


def test_a_column_of_parts_is_read_in_any_spelling_and_never_guessed(tmp_path: Path) -> None:
    words = ("Train", "train", "VAL", "Test", "testing")
    lines = [f"{at},{('x', 'y')[at % 2]},{words[at % 5]}" for at in range(50)]
    source = table(tmp_path / "t.csv", "area,kind,Set", *lines, "1.5,x,")
    data = look_up(source)
    assert (data.train, data.test, data.own_test) == (30, 20, True)
    assert [one.sentence for one in data.mismatches] == ["“Set” is empty."]
    assert data.column("Set") is None
    assert sources.validation_rows(datasets.table(Data(source))) == 10
    other = table(tmp_path / "o.csv", "area,kind,set", *(line + "ing" for line in lines))
    data = look_up(other)
    assert data.own_test is False
    assert data.column("set") is not None, "words that name no parts are labels"


def test_some_pictures_of_a_column_are_looked_at_and_broken_ones_left_out(tmp_path: Path) -> None:
    photos(tmp_path / "own", *(f"{kind}/{at}.png" for kind in ("a", "b") for at in range(30)))
    (tmp_path / "own/a/0.png").write_text("no image")
    (column, _label) = look_up(str(tmp_path / "own")).columns
    data = Data(str(tmp_path / "own"))
    seen = statistics.some_pictures(data, column)
    assert 15 <= len(seen) <= 20
    assert {one.shape for one in seen} == {(6, 8, 3)}
    images = np.full((50, 4, 5), 7, np.uint8)
    labels = np.arange(50) % 2
    parts = {"x_train": images, "x_test": images, "y_train": labels, "y_test": labels}
    np.savez(tmp_path / "own.npz", **parts)
    arrays = Data(str(tmp_path / "own.npz"))
    found = describe(arrays).column("x")
    assert found is not None
    assert {one.shape for one in statistics.some_pictures(arrays, found)} == {(4, 5)}
    (tmp_path / "own.npz").unlink()
    assert statistics.some_pictures(arrays, found) == ()


def test_rows_that_lack_something_are_listed_with_their_number(tmp_path: Path) -> None:
    photos(tmp_path, *(f"images/{at}.png" for at in range(9)))
    good = [f"{at % 8}.png,{at}.5,{('x', 'y')[at % 2]}" for at in range(40)]
    bad = ["8.png,,x", "no.png,1,x", "8.png,two,y", "8.png,1,z", "8.png,1", ",1,x", "8.png,inf,x"]
    source = table(tmp_path / "t.csv", "file,size,label", *good, *bad)
    found = {one.row: one for one in look_up(source).mismatches}
    assert {row: one.sentence for row, one in found.items()} == {
        42: "“size” is empty.",
        43: "There is no file no.png.",
        44: "“two” in “size” is no number.",
        45: "“z” stands in this row alone: a label of “label” has to stand in at least two rows.",
        46: "Row 46 of t.csv has 2 cells, and the heading 3.",
        47: "“file” is empty.",
        48: "“inf” in “size” is no number.",
    }
    data = look_up(source)
    assert {one.row for one in sources.left_out(data, ("label",))} == {45, 46}
    assert {one.row for one in sources.left_out(data, ("size", "file"))} == set(found) - {45}


def test_arrays_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "signals"
    folder.mkdir()
    np.save(folder / "x.npy", np.zeros((10, 7), "float32"))
    np.save(folder / "y.npy", np.arange(8) % 2)
    data = look_up(str(folder))
    assert {column.name: column.shape for column in data.columns} == {"x": (7,), "y": ()}
    assert (data.train, data.test) == (6, 2)
    assert reasons(str(folder)) == [
        "y.npy has no row 8: it has 8 rows.",
        "y.npy has no row 9: it has 8 rows.",
    ]
    for name in ("x", "y"):
        values = np.load(folder / f"{name}.npy")
        np.save(folder / f"{name}_train.npy", values[:6])
        np.save(folder / f"{name}_test.npy", values[6:8])
        (folder / f"{name}.npy").unlink()
    assert look_up(str(folder))[3:5] == (6, 2)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda at: at / "nowhere", "is not in the folder"),
        (lambda at: at / "none.csv", "The file none.csv is not in the folder"),
        (lambda at: photos(at / "empty", "a.png"), "holds no images"),
        (lambda at: at / table(at / "one.csv", "a,b"), "has no rows"),
        (lambda at: at / table(at / "twice.csv", "a,a", "1,2"), "the column “a” twice"),
        (lambda at: at / table(at / "t.xyz", "a"), "ends in none of"),
        (lambda at: at / table(at / "t.parquet", "a"), "Parquet"),
    ],
)
def test_sources_that_cannot_be_used_get_a_sentence(
    tmp_path: Path, make: object, said: str
) -> None:
    assert callable(make)
    with pytest.raises(BadData, match=r"\.$") as caught:
        look_up(str(make(tmp_path)))
    assert said in str(caught.value)


def test_arrays_that_lie_one_by_one_become_a_data_set_as_the_sentence_says(tmp_path: Path) -> None:
    for number in range(12):
        place = tmp_path / "signals" / ("down", "up")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        np.save(place / f"{number}.npy", np.full((20, 3), number, dtype="float32"))
    with pytest.raises(BadData, match=r"into one file, x.npy, by np.stack, .* into y.npy beside"):
        look_up(str(tmp_path / "signals"))
    files = sorted((tmp_path / "signals").glob("*/*.npy"))
    (tmp_path / "stacked").mkdir()
    np.save(tmp_path / "stacked" / "x.npy", np.stack([np.load(file) for file in files]))
    labels = [("down", "up").index(file.parent.name) for file in files]
    np.save(tmp_path / "stacked" / "y.npy", labels)
    found = look_up(str(tmp_path / "stacked"))
    assert (found.train, found.test) == (9, 3)
    assert {"x": (20, 3), "y": ()}.items() <= {one.name: one.shape for one in found.columns}.items()


def test_sources_without_a_common_row_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("id,price\na,1.5\nb,2.5\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text("id,size\nc,1.5\nd,2.5\n", encoding="utf-8")
    (tmp_path / "words.csv").write_text("name,town\nAnn,Ulm\nBob,Jena\n", encoding="utf-8")
    paths = [str(tmp_path / f"{name}.csv") for name in ("one", "two", "words")]
    with pytest.raises(BadData, match=r"no row in common.*has the key a, which two.csv doesn't"):
        look_up(paths[0], (paths[1],))
    with pytest.raises(BadData, match=r"words.csv has no column with numbers"):
        look_up(paths[2])


def test_a_joined_folder_that_nothing_takes_is_told(tmp_path: Path) -> None:
    for side in ("left", "right"):
        photos(tmp_path / side, *(f"{kind}/{at}.png" for kind in "ab" for at in range(10)))
    sides = [str(tmp_path / side) for side in ("left", "right")]
    rows = [(f"v{n}", "Input", {"shape": (6, 8, 3)}, ()) for n in (1, 2)]
    rows += [(f"f{n}", "Flatten", {}, (f"v{n}",)) for n in (1, 2)]
    rows += [("merge", "Concatenate", {}, ("f1", "f2")), ("out", "Dense", {"units": 2}, ("merge",))]
    drawing = drawn(*rows)
    data = Data(sides[0], joined=(sides[1],), inputs={n: Binding("image") for n in ("v1", "v2")})
    for given, told in ((data, True), (Data(sides[0], joined=(sides[1],)), False)):
        project = Project(drawing.graph, given)
        report = infer(project)
        found = [one for one in problems(project, report) if one.kind == "unused source"]
        assert bool(found) is told
        names = [one.column.name for one in bind(project, report).inputs if one.column is not None]
        assert names == (["image", "image"] if told else ["image", "image of right"])
    assert (
        "Nothing takes a column of right yet: choose image of right"
        in problems(Project(drawing.graph, data), infer(Project(drawing.graph, data)))[-1].sentence
    )


def test_a_vector_that_no_column_fits_is_shown_numbers_and_no_image(tmp_path: Path) -> None:
    photos(tmp_path / "images", *(f"{at}.png" for at in range(20)))
    lines = [f"{at}.png,{at}.5,{'ab'[at % 2]}" for at in range(20)]
    source = table(tmp_path / "t.csv", "file,size,kind", *lines)
    project = drawn(
        ("numbers", "Input", {"shape": (2,)}, ()), ("out", "Dense", {"units": 2}, ("numbers",))
    )
    project = Project(project.graph, Data(source))
    (one,) = bind(project, infer(project)).inputs
    assert one.column is not None
    assert one.column.name == "size"


def test_only_rows_can_be_joined(tmp_path: Path) -> None:
    source = table(tmp_path / "t.csv", "id,a", "1,2", "2,3")
    np.savez(tmp_path / "mine.npz", x_train=np.zeros(3), x_test=np.zeros(3))
    for first, second in ((source, str(tmp_path / "mine.npz")), ("mnist", source)):
        with pytest.raises(BadData, match="can't be joined"):
            describe(Data(first, joined=(second,)))


def test_transforms_say_what_does_not_fit() -> None:
    image = transforms.Sample((28, 28), "uint8", pixels=True, kind=IMAGE)
    assert transforms.apply(Named("crop", {"size": (20, 10)}), image).shape == (20, 10)
    assert transforms.apply(Named("half", {"side": "top"}), image).shape == (14, 28)
    assert transforms.trouble(Named("crop", {"size": (30, 10)}), image) == (
        "30 × 10 can't be cut out of 28 × 28."
    )
    assert (
        transforms.trouble(Named("grey"), image)
        == "It takes a colour image, and a sample is 28 × 28."
    )
    assert transforms.trouble(Named("window", {"start": 20}), image) == (
        "The window ends at 120, and a sample has 28 steps."
    )
    assert transforms.trouble(Named("twirl"), image) == "There is no transform called twirl."
    assert transforms.trouble(Named("noise", {"stddev": -1.0}), image) is not None
    assert transforms.text(Named("half", {"side": "top"})) == "top half"
    assert datasets.data_folder().name
