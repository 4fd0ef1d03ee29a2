"""The sections that predict: a model with a layer's maps beside its outputs, and an own image file.

Sources: https://keras.io/getting_started/faq/ ("How can I obtain the output of an intermediate
layer?"), https://pillow.readthedocs.io/en/stable/reference/ImageOps.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codegen import spelling
from codegen.emit_maps import emit_output
from codegen.source import Group, statement
from graph.datasets import LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.source import Writer
    from graph.binding import Bindings
    from graph.columns import Bound
    from graph.project import Project

_CENTRED = '''\
def centred(image):
    """Return a drawing as MNIST has its digits: sized to a box, its mass in the middle."""
    sheet = Image.new(image.mode, (WIDTH, HEIGHT))
    if image.getbbox() is None:
        return sheet
    ink = image.crop(image.getbbox())
    scale = min(WIDTH * 20 / 28 / ink.width, HEIGHT * 20 / 28 / ink.height)
    size = max(1, round(ink.width * scale)), max(1, round(ink.height * scale))
    ink = ink.resize(size, Image.Resampling.BILINEAR)
    mass = np.asarray(ink.convert("L"), dtype="float64")
    rows, columns = np.indices(mass.shape) * mass / max(1, mass.sum())
    left = round((WIDTH - 1) / 2 - columns.sum())
    top = round((HEIGHT - 1) / 2 - rows.sum())
    sheet.paste(ink, (left, top))
    return sheet'''


class OwnImage(NamedTuple):
    """How an image file becomes an Input's array; `height` and `width` in pixels.

    `minus` is subtracted from each pixel, which is divided by `by` then. `sample`: the test sample
    whose inputs are taken for the other Inputs. `classes`: their names, if they are known.
    """

    height: int
    width: int
    channels: int
    minus: float
    by: float
    invert: bool
    centre: bool
    sample: int = 0
    classes: tuple[str, ...] = ()


def emit_with_layer(writer: Writer, project: Project, node: str) -> None:
    """Write the function that puts a node's output beside the model's own."""
    label = project.graph.nodes[node].label
    writer.add("def with_layer(model):", node)
    doc = f'"""Return the model with the output of {label} beside its predictions."""'
    writer.add(doc, node, indent=4)
    emit_output(writer, project, node)
    writer.add("return keras.Model(model.inputs, [*model.outputs, output])", node, indent=4)


def emit_read_image(writer: Writer, one: Bound, how: OwnImage) -> None:
    """Write the function that reads an image file for an Input, and what it needs."""
    node = one.port.node
    if how.centre:
        centred = _CENTRED
        for name, side in (("WIDTH", how.width), ("HEIGHT", how.height)):
            centred = centred.replace(f"({name} - 1) / 2", f"{(side - 1) / 2:g}")
            centred = centred.replace(f"{name} * 20 / 28", f"{side * 20 / 28:g}")
            centred = centred.replace(name, str(side))
        writer.add(centred + "\n\n")
    lines = [
        'image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")',
        'white = Image.new("RGBA", image.size, "white")',
        "image = Image.alpha_composite(white, image).convert(" + _MODES[how.channels] + ")",
    ]
    lines += ["image = ImageOps.invert(image)"] if how.invert else []
    if how.centre:
        lines += ["image = centred(image)"]
    else:
        size = f"({how.width}, {how.height})"
        pad = Group("ImageOps.pad", ("image", size, "Image.Resampling.BOX", "ground"))
        lines += ["ground = image.getpixel((0, 0))", statement("image = ", pad)]
    shape = [size or -1 for size in one.spec.shape[1:]] if one.spec is not None else [-1]
    pixels = f"np.asarray(image).reshape({', '.join(map(str, (1, *shape)))})"
    lines += [f'pixels = {pixels}.astype("float32")']
    value = f"(pixels - {how.minus:.9g})" if how.minus else "pixels"
    lines += [f"return {value} / {how.by:.9g}" if how.by != 1 else f"return {value}"]
    # `read_NAME` is what reads an Input called NAME from files
    writer.add("def open_image(path):", node)
    writer.add(
        '"""Return an image file as the model takes it, in a batch of one."""', node, indent=4
    )
    for line in lines:
        writer.add(line, node, indent=4)


def emit_predict_script(
    writer: Writer, bound: Bindings, one: Bound, how: OwnImage, weights: str
) -> None:
    """Write what predicts an image file when the listing is run."""
    names = how.classes
    if names:
        parts = tuple(spelling.text(name) for name in names)
        writer.add(statement("CLASSES = ", Group("", parts, "[]"), indent=0))
        writer.add("\n")
    writer.add('if __name__ == "__main__":')
    writer.add("model = build_model()", indent=4)
    load = Group("model.load_weights", (spelling.text(weights),))
    writer.add(statement("", load), indent=4)
    given = 'open_image("image.png")'
    if len(bound.inputs) > 1:
        writer.add('data = load_data(Path(__file__).parent / "data")', indent=4)
        writer.add('inputs, _ = data["test"]', indent=4)
        writer.add(f"given = [values[[{how.sample}]] for values in inputs]", indent=4)
        writer.add(f"given[{bound.inputs.index(one)}] = {given}", indent=4)
        given = "given"
    writer.add(f"outputs = tf.nest.flatten(model.predict({given}, verbose=0))", indent=4)
    for number, output in enumerate(bound.outputs):
        _emit_output(writer, number, output, names)


def _emit_output(writer: Writer, number: int, output: Bound, names: Sequence[str]) -> None:
    """Write what prints one output: its most probable classes, or its numbers."""
    units = output.spec.shape[-1] if output.spec is not None else None
    if output.column is None or output.column.kind != LABEL or units in {None, 1}:
        writer.add(f"print(outputs[{number}][0])", output.port.node, indent=4)
        return
    line = f"for number in np.argsort(-outputs[{number}][0])[:5]:"
    writer.add(line, output.port.node, indent=4)
    name = "CLASSES[number]" if len(names) == units else "number"
    shown = f'print({name}, f"{{outputs[{number}][0, number]:.4f}}")'
    writer.add(shown, output.port.node, indent=8)


_MODES = {1: '"L"', 3: '"RGB"'}
