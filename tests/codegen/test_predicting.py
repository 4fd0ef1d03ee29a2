"""The listing that predicts an image file: formatted, and with the window's own numbers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import black
import numpy as np
import pytest
from PIL import Image, ImageOps

from codegen import emit_view, image_listing
from codegen.emit_predict import OwnImage
from engine.pictures import as_input, fitted, frame_of, read
from graph.binding import bind, inputs_of
from graph.inference import infer
from graph.templates import load

RUFF = Path(sys.executable).parent / "ruff"
CASES = [
    ("cnn", ""),
    ("cnn", "invert centre"),
    ("mlp", "invert"),
    ("several-inputs", ""),
    ("autoencoder", "centre"),
    ("several-outputs", ""),
]


def text_of(template: str, how: OwnImage) -> str:
    project = load(template)
    node = inputs_of(project.graph)[-1]
    return image_listing(project, infer(project), node, how, "last.weights.h5").text


@pytest.mark.parametrize(("template", "done"), CASES)
def test_the_listing_is_formatted_and_reads_as_the_window_does(
    template: str, done: str, tmp_path: Path
) -> None:
    project = load(template)
    one = bind(project, infer(project)).inputs[-1]
    frame = frame_of(one)
    assert frame is not None
    invert, centre = "invert" in done, "centre" in done
    how = OwnImage(
        *frame, minus=0, by=255, invert=invert, centre=centre, classes=tuple("0123456789")
    )
    text = text_of(template, how)
    assert black.format_str(text, mode=black.Mode()) == text
    for command in (["check", "--isolated"], ["format", "--check", "--isolated"]):
        words = [str(RUFF), *command, "-"]
        left = subprocess.run(words, input=text, text=True, capture_output=True, check=False)
        assert left.returncode == 0, left.stdout

    random = np.random.default_rng(4)
    photo = random.integers(0, 256, (90, 70, 3)).astype(np.uint8)
    Image.fromarray(photo).save(tmp_path / "image.png")
    seen, _ = fitted(read(tmp_path / "image.png"), frame, invert=invert, centre=centre)
    found = functions_of(text)["open_image"](tmp_path / "image.png")
    np.testing.assert_array_equal(found[0], as_input(seen, one))


def functions_of(text: str) -> dict[str, Any]:
    """Return the listing's functions that need no Keras."""
    tree = ast.parse(text)
    wanted = {"centred", "open_image"}
    tree.body = [
        part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name in wanted
    ]
    space: dict[str, Any] = {"np": np, "Image": Image, "ImageOps": ImageOps}
    exec(compile(tree, "listing", "exec"), space)  # noqa: S102 - our own text
    return space


def test_pixels_are_scaled_as_the_program_does_it() -> None:
    how = OwnImage(28, 28, 1, minus=127.5, by=127.5, invert=False, centre=False)
    text = text_of("cnn", how)
    assert 'pixels = np.asarray(image).reshape(1, 28, 28, 1).astype("float32")' in text
    assert "return (pixels - 127.5) / 127.5" in text


def test_a_view_finds_each_call_of_a_shared_layer() -> None:
    project = load("shared-input")
    for node, drawn in project.graph.nodes.items():
        view = emit_view(project, node)
        assert f"output of {drawn.label} " in view.text
        assert view.node_at(1) == node
        assert black.format_str(view.text, mode=black.Mode()) == view.text
