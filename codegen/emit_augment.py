"""The section `augment`: functions that vary images at random, by stateless operations alone.

Places (flip, shift, rotation, zoom) are one affine transform for each image, so that it is
interpolated once: https://www.tensorflow.org/api_docs/python/tf/raw_ops/ImageProjectiveTransformV3.
The seed decides all of it, so that training that goes on after an interruption sees the very
images that it would have seen without.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen import spelling
from codegen.emit_weights import is_weighted
from codegen.source import WIDTH, Group, statement
from graph.views import SHADES, mixes, switched_on, varies, views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.source import Expression, Writer
    from graph.columns import Bindings
    from graph.project import Augmentation, Port, Project
    from graph.views import View

_MIX_UP = '''\
def mix_up(inputs, targets, seed):
    """Return a batch in which each sample and its target is mixed with another one."""
    count = tf.shape(tf.nest.flatten(inputs)[0])[0]
    seeds = tf.random.split(seed, 3)
    first = tf.random.stateless_gamma([count], seeds[0], ALPHA)
    second = tf.random.stateless_gamma([count], seeds[1], ALPHA)
    share = first / (first + second)  # follows a beta distribution
    partner = tf.random.experimental.stateless_shuffle(tf.range(count), seeds[2])

    def mixed(values):
        weight = tf.reshape(share, [-1] + [1] * (len(values.shape) - 1))
        values = tf.cast(values, tf.float32)
        return weight * values + (1 - weight) * tf.gather(values, partner)

    return tf.nest.map_structure(mixed, (inputs, targets))'''

_ENLARGED = '''\
def enlarged(inputs, targets):
    """Return the training part COPIES times as large: as it is, then varied at random.

    It is made once and kept in Keras's folder, in a file that is named after the recipe.
    """
    data = (inputs, targets)
    recipe = f"COPIES copies, seed {SEED}, batches of {BATCH_SIZE}"
    recipe += ", RECIPE"
    key = hashlib.sha256(recipe.encode())
    for values in tf.nest.flatten(data):
        key.update(np.ascontiguousarray(values))
    folder = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "augmented"
    path = folder / f"NAME-COPIESx-{key.hexdigest()[:16]}.npz"
    if path.exists():
        print(f"The enlarged training set is taken from {path}.")
        with np.load(path) as file:
            return tf.nest.pack_sequence_as(data, [file[name] for name in file.files])

    def variation(copy, start):
        rows = slice(start, start + BATCH_SIZE)
        inputs, targets = tf.nest.map_structure(lambda values: values[rows], data)
        seed = tf.random.fold_in(tf.constant([SEED, copy], tf.int64), start)
        return VARIED

    starts = range(0, len(tf.nest.flatten(inputs)[0]), BATCH_SIZE)
    parts = [variation(copy, start) for copy in range(1, COPIES) for start in starts]
    whole = tf.nest.map_structure(lambda *part: np.concatenate(part), data, *parts)
    part = folder / f"part-{os.getpid()}-{path.name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(part, *tf.nest.flatten(whole))
        part.replace(path)
        path.with_suffix(".txt").write_text(f"{recipe}\\n", encoding="utf-8")
        print(f"The enlarged training set is kept as {path}.")
    except OSError as error:
        if part.exists():
            part.unlink()
        print(f"The enlarged training set can't be kept and is made each time: {error}")
    return whole'''


def augments(project: Project, bound: Bindings) -> bool:
    """Say whether the program has this section."""
    augmentation = project.training.augmentation
    return varies(augmentation, bound) or mixes(augmentation)


def modules(project: Project, bound: Bindings) -> set[str]:
    """Return the modules of the standard library that the section needs."""
    augmentation = project.training.augmentation
    pre = augmentation.how == "pre" and varies(augmentation, bound)
    return {"hashlib", "os"} if pre else set()


def emit_augment(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write the functions that the training plan's augmentation needs."""
    augmentation = project.training.augmentation
    names, _ = spelling.variables(project.graph)
    parts = []
    if varies(augmentation, bound):
        parts.append(_augment(augmentation))
        if not is_plain(bound):
            parts.append(_vary(bound, names, weighted=is_weighted(project, bound)))
        if augmentation.how == "pre":
            parts.append(_enlarged(augmentation, bound))
    if mixes(augmentation):
        parts.append(_MIX_UP.replace("ALPHA", spelling.literal(float(augmentation.mixup))))
    writer.add("\n\n\n".join(parts))


def call(bound: Bindings, seed: str) -> str:
    """Return the expression that varies `inputs` and `targets`, two values."""
    if is_plain(bound):
        return f"augment(inputs, {seed}), targets"
    return f"vary(inputs, targets, {seed})"


def is_plain(bound: Bindings) -> bool:
    """Say whether all that is varied is one Input of height × width × channels."""
    found = views(bound)
    return len(bound.inputs) == 1 and len(found) == 1 and found[0].is_plain and found[0].is_input


# --- augment ------------------------------------------------------------------------------------

# what each operation draws for each image: numbers from -1 to 1
_DRAWS = {
    "rotation": ("turn",),
    "zoom": ("growth",),
    "shift": ("right", "down"),
    "contrast": ("contrast",),
    "brightness": ("light",),
    "cutout": ("hole_x", "hole_y"),
}


def _augment(augmentation: Augmentation) -> str:
    """Return the function `augment`: only what is switched on stands in it."""
    on = switched_on(augmentation)
    moves = {"shift", "rotation", "zoom"} & {*on}
    lines = ["def augment(images, seed):"]
    lines += _indented(
        '"""Return a batch of images (pixels from 0 to 1), each varied at random.\n\n'
        "The seed, two whole numbers, decides how: the same one gives the same images.\n"
        '"""'
    )
    body = _drawn(augmentation, on)
    if moves:
        body += _placed(augmentation, on)
    else:
        body += _flipped(augmentation)
    body += _shaded(augmentation, on)
    if "cutout" in on:
        body += _cut(augmentation)
    return "\n".join([*lines, *_indented("\n".join(body)), "    return images"])


def _drawn(augmentation: Augmentation, on: Sequence[str]) -> list[str]:
    names = [name for part in on for name in _DRAWS.get(part, ())]
    if "flip" in on:
        names = [*_flips(augmentation), *names]
    lines = []
    if names or {"shift", "rotation", "zoom"} & {*on}:
        lines.append("count = tf.shape(images)[0]")
    if {"shift", "rotation", "zoom", "cutout"} & {*on}:
        lines.append("height, width = images.shape[1:3]")
    if not names:
        return lines
    lines.append("# numbers from -1 to 1 for each image")
    uniform = "tf.random.stateless_uniform"
    if len(names) == 1:
        return [*lines, f"{names[0]} = {uniform}([count], seed, -1, 1)"]
    lines.append(f"draws = {uniform}([{len(names)}, count], seed, -1, 1)")
    line = f"{', '.join(names)} = tf.unstack(draws)"
    if len(line) + 4 <= WIDTH:
        return [*lines, line]
    half = len(names) // 2 + 1
    return [
        *lines,
        f"{', '.join(names[:half])} = tf.unstack(draws[:{half}])",
        f"{', '.join(names[half:])} = tf.unstack(draws[{half}:])",
    ]


def _flips(augmentation: Augmentation) -> list[str]:
    both = {"horizontal": ["mirror"], "vertical": ["upend"], "both": ["mirror", "upend"]}
    return both.get(augmentation.flip, [])


def _flipped(augmentation: Augmentation) -> list[str]:
    """Write flips alone, which move no pixel to a place between two others."""
    forms = {"mirror": "images[:, :, ::-1]", "upend": "images[:, ::-1]"}
    return [
        f"images = tf.where({name}[:, None, None, None] < 0, {forms[name]}, images)"
        for name in _flips(augmentation)
    ]


def _placed(augmentation: Augmentation, on: Sequence[str]) -> list[str]:
    """Write the affine transform: where each pixel of the result lies in the image."""
    lines = ["# where each pixel comes from, seen from the middle: (xx x + xy y, yx x + yy y)"]
    if "zoom" in on:
        size = f"1 + {_number(augmentation.zoom)} * growth"
        lines.append(f"size = {size}")
    else:
        lines.append("size = tf.ones([count])")
    if "rotation" in on:
        lines.append(f"angle = turn * {_number(augmentation.rotation)} * np.pi / 180")
        lines.append("xx, xy = size * tf.cos(angle), -size * tf.sin(angle)")
        lines.append("yx, yy = size * tf.sin(angle), size * tf.cos(angle)")
    else:
        lines.append("xx, xy = size, tf.zeros([count])")
        lines.append("yx, yy = tf.zeros([count]), size")
    flips = _flips(augmentation)
    if "mirror" in flips:
        lines.append("side = tf.where(mirror < 0, -1.0, 1.0)")
        lines.append("xx, yx = side * xx, side * yx")
    if "upend" in flips:
        lines.append("side = tf.where(upend < 0, -1.0, 1.0)")
        lines.append("xy, yy = side * xy, side * yy")
    lines.append("x, y = (width - 1) / 2, (height - 1) / 2")
    left, top = "left = x - xx * x - xy * y", "top = y - yx * x - yy * y"
    if "shift" in on:
        share = _number(augmentation.shift)
        left, top = f"{left} + {share} * width * right", f"{top} + {share} * height * down"
    return [*lines, left, top, *_TRANSFORM]


_TRANSFORM = (
    "zero = tf.zeros([count])",
    "images = tf.raw_ops.ImageProjectiveTransformV3(",
    "    images=images,",
    "    transforms=tf.stack([xx, xy, left, yx, yy, top, zero, zero], axis=1),",
    "    output_shape=[height, width],",
    "    fill_value=0.0,",
    '    interpolation="BILINEAR",',
    '    fill_mode="NEAREST",',
    ")",
)


def _shaded(augmentation: Augmentation, on: Sequence[str]) -> list[str]:
    """Write contrast, brightness and noise."""
    lines = []
    if "contrast" in on:
        most = _number(augmentation.contrast)
        lines.append("mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)")
        lines.append(f"strength = 1 + {most} * contrast[:, None, None, None]")
        lines.append("images = mean + strength * (images - mean)")
    if "brightness" in on:
        lines.append(f"images += {_number(augmentation.brightness)} * light[:, None, None, None]")
    if "noise" in on:
        lines.append("other = tf.random.fold_in(seed, 1)")
        lines.append("noise = tf.random.stateless_normal(tf.shape(images), other)")
        lines.append(f"images += {_number(augmentation.noise)} * noise")
    if {*SHADES} & {*on}:
        lines.append("images = tf.clip_by_value(images, 0.0, 1.0)")
    return lines


def _cut(augmentation: Augmentation) -> list[str]:
    """Write the blanked rectangle. From its middle to its edge are `cutout` of half the image."""
    most = _number(augmentation.cutout)
    return [
        f"# {augmentation.cutout:.0%} of height and width are blanked somewhere",
        f"rows = abs(tf.linspace(-1.0, 1.0, height) - hole_y[:, None]) < {most}",
        f"columns = abs(tf.linspace(-1.0, 1.0, width) - hole_x[:, None]) < {most}",
        "hole = rows[:, :, None] & columns[:, None, :]",
        "images = tf.where(hole[..., None], 0.0, images)",
    ]


def _number(value: float) -> str:
    return spelling.literal(float(value))


def _indented(text: str) -> list[str]:
    return [f"    {line}" if line else "" for line in text.split("\n")]


# --- vary, enlarged -----------------------------------------------------------------------------


_NOT_FOR_IMAGES = frozenset({"inputs", "targets", "seed", "other", "weights", "augment", "tf"})


def _vary(bound: Bindings, names: dict[str, str], *, weighted: bool) -> str:
    """Return the function `vary`: from a batch to one with all its images varied.

    `weighted`: what comes as targets is a pair of targets and samples' weights.
    """
    found = views(bound)
    variables: dict[Port, str] = {}
    for one in (*bound.inputs, *bound.outputs):
        taken = {*variables.values(), *_NOT_FOR_IMAGES}
        variables[one.port] = spelling.identifier(names[one.port.node], taken)
    inputs = [variables[one.port] for one in bound.inputs]
    targets = [variables[one.port] for one in bound.outputs]
    with_targets = any(not view.is_input for view in found)
    lines = [f"{', '.join(inputs)} = inputs"]
    if with_targets:
        given = f"{_tuple(targets)}, weights" if weighted else ", ".join(targets)
        lines.append(f"{given} = targets")
    if any(view.is_second for view in found):
        lines.append("# the second sample of a pair is varied by itself")
        lines.append("other = tf.random.fold_in(seed, 2)")
    for at, view in enumerate(found):
        name = variables[view.bound.port]
        twin = next((one for one in found[:at] if one.is_same(view)), None)
        value = _varied(view, name) if twin is None else _again(view, twin, variables)
        lines.append(statement(f"{name} = ", value))
    made = f"({_tuple(targets)}, weights)" if weighted else _tuple(targets)
    parts = (_tuple(inputs), made if with_targets else "targets")
    lines.append(f"return {', '.join(parts)}")
    words = '"""Return a batch with its images varied, those of one sample all alike."""'
    return "\n".join(["def vary(inputs, targets, seed):", *_indented("\n".join([words, *lines]))])


def _varied(view: View, name: str) -> Group:
    """Return the expression that varies one image, given as the model takes it."""
    value = name
    if view.largest != 1:
        value = f'tf.cast({value}, "float32") / {view.largest}'
    if view.bound.target != view.shape:
        value = f"tf.reshape({value}, {(-1, *view.shape)})"
    seed = "other" if view.is_second else "seed"
    made = Group("augment", (value, seed))
    if view.bound.target != view.shape:
        made = Group("tf.reshape", (made, str((-1, *view.bound.target))))
    return made._replace(head=f"{view.largest} * {made.head}") if view.largest != 1 else made


def _again(view: View, twin: View, variables: dict[Port, str]) -> Expression:
    """Return the expression for an image that was varied already: an Input that is a target too."""
    name = variables[twin.bound.port]
    if view.bound.target == twin.bound.target:
        return name
    return Group("tf.reshape", (name, str((-1, *view.bound.target))))


def _tuple(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _enlarged(augmentation: Augmentation, bound: Bindings) -> str:
    on = switched_on(augmentation)
    recipe = ", ".join(f"{name} {getattr(augmentation, name)}" for name in on)
    name = spelling.identifier(bound.data.name if bound.data is not None else "data")
    words = {
        "COPIES": str(augmentation.copies),
        "RECIPE": recipe,
        "NAME": name,
        "VARIED": call(bound, "seed"),
    }
    return re.sub("|".join(words), lambda found: words[found[0]], _ENLARGED)
