"""What goes wrong in a training, in plain words and with the evidence. No Keras, no Qt.

Each rule looks at what a run has told and returns a note or none. The bounds are wide: a note
that comes for nothing teaches people not to read notes. Sources: I. Goodfellow, Y. Bengio,
A. Courville, Deep Learning, 2016, https://www.deeplearningbook.org, chapters 7.8 (when to stop),
8.2.4 and 10.7 (gradients that explode or vanish) and 11.4 (is it too little or too much capacity).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.observed import Facts, Observed
    from engine.protocol import Gradients

_SHOWN = 12  # values of a series that the evidence shows

KINDS = (
    "not finite",
    "no backup",
    "rate too high",
    "exploding gradients",
    "vanishing gradients",
    "dead units",
    "at chance",
    "overfitting",
    "still improving",
    "validation better",
)
"""The kinds of notes, the gravest first."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is worth knowing about a training.

    Attributes:
        kind: one of `KINDS`.
        sentence: what is the matter, with the numbers.
        advice: what to try, or why nothing has to be done.
        epoch: the epoch it is about, from 0.
        evidence: the numbers behind it, a line each.
    """

    kind: str
    sentence: str
    advice: str
    epoch: int
    evidence: tuple[str, ...] = ()


def diagnose(seen: Observed, facts: Facts) -> tuple[Note, ...]:
    """Return what is worth knowing, the gravest first; nothing of a training that goes well."""
    broken = _not_finite(seen, facts)
    if broken is not None:  # all that follows would follow from it
        exploding = [note for note in _exploding(seen, facts) if note.epoch <= broken.epoch]
        return (broken, *_no_backup(seen, facts), *exploding)
    notes = [note for rule in _RULES for note in rule(seen, facts)]
    found = {note.kind for note in notes}
    if found & {"vanishing gradients", "dead units", "at chance", "rate too high"}:
        notes = [one for one in notes if one.kind not in {"still improving", "validation better"}]
    return tuple(sorted(notes, key=lambda note: (KINDS.index(note.kind), -note.epoch)))


def _not_finite(seen: Observed, facts: Facts) -> Note | None:
    losses = seen.history.get("loss", [])
    bad = next((n for n, value in enumerate(losses) if not math.isfinite(value)), None)
    if bad is None and seen.broken is None:
        return None
    epoch = seen.broken[0] if seen.broken is not None else bad or 0
    where = f"since epoch {epoch + 1:,}"
    if seen.broken is not None and seen.broken[1]:
        where = f"since batch {seen.broken[1]:,} of epoch {epoch + 1:,} or earlier"
    rate = f", now {facts.rate:g}," if facts.rate is not None else ""
    return Note(
        kind="not finite",
        sentence=f"The loss is infinite or not a number (NaN) {where}.",
        advice=(
            f"Try a learning rate{rate} that is ten times smaller, or clipnorm=1 in the optimizer. "
            "If it happens in the very first batches, look for values that are not numbers, or "
            "very large ones, in the data."
        ),
        epoch=epoch,
        evidence=(_series("loss", losses),),
    )


def _no_backup(seen: Observed, _facts: Facts) -> Iterator[Note]:
    """Something could not be written, and the engine has said why."""
    if seen.noted:
        yield Note(
            kind="no backup",
            sentence=seen.noted[-1],
            advice=(
                "No number of the training changes. If it is cut off, Resume goes back to the "
                "last backup that could be written."
            ),
            epoch=max(0, max(map(len, seen.history.values()), default=0) - 1),
            evidence=tuple(seen.noted[-_SHOWN:]),
        )


def _rate_too_high(seen: Observed, facts: Facts) -> Iterator[Note]:
    """The loss jumps up, or is far above what guessing gives, and not as unscaled inputs begin."""
    losses = seen.history.get("loss", [])
    rate = f"The learning rate ({facts.rate:g})" if facts.rate is not None else "The learning rate"
    advice = (
        "Try one that is ten times smaller; “Find a learning rate” in the training plan shows "
        "which rates this model can bear."
    )
    evidence = (_series("loss", losses),)
    guess = facts.guessing.get("loss")
    falls = len(losses) < 2 or (len(losses) < 3 and losses[-1] < 0.7 * losses[-2])
    if guess is not None and not (facts.eased or falls) and losses[-1] > 3 * guess:
        yield Note(
            kind="rate too high",
            sentence=(
                f"{rate} is too high: the loss is {losses[-1]:.4g}, and guessing alone would give "
                f"{guess:.3g}."
            ),
            advice=advice,
            epoch=len(losses) - 1,
            evidence=evidence,
        )
        return
    jumps = [
        n
        for n in range(1, len(losses))
        if losses[n] > 1.5 * losses[n - 1] and losses[n] - losses[n - 1] > 0.25 * abs(losses[0])
    ]
    if jumps:
        at = jumps[-1]
        yield Note(
            kind="rate too high",
            sentence=(
                f"{rate} seems too high: in epoch {at + 1:,} the loss jumps from "
                f"{losses[at - 1]:.4g} to {losses[at]:.4g}."
            ),
            advice=advice,
            epoch=at,
            evidence=evidence,
        )


def _at_chance(seen: Observed, facts: Facts) -> Iterator[Note]:
    """The accuracy stays where guessing would be, and the loss where it is."""
    losses = seen.history.get("loss", [])
    if len(losses) > 1 and losses[-1] < 0.97 * losses[-2]:
        return  # the accuracy of few batches is that of the weights before them
    for name, classes in facts.classes.items():
        values = seen.history.get(name, [])
        if len(values) < 2 or classes < 2:
            continue
        most = facts.shares.get(name, 0.0)
        chance = max(1 / classes, most)
        bound = chance + min(0.03, 0.3 * chance, 0.1 * (1 - chance))
        held = seen.history.get(f"val_{name}", [])
        if max([*values[-3:], *held[-3:]]) > bound or values[-1] > 1.25 * values[0]:
            continue
        guess = f"guessing among {classes:,} classes"
        if most > 1.1 / classes:
            guess = f"always saying the most frequent of {classes:,} classes"
        yield Note(
            kind="at chance",
            sentence=(
                f"{name} stays at {values[-1]:.1%} after {len(values):,} epochs, and {guess} "
                f"gives {chance:.1%}: the model learns nothing."
            ),
            advice=(
                "Try another learning rate, fewer layers or relu in place of sigmoid or tanh, "
                "another initializer; and see in Data whether inputs and labels belong together."
            ),
            epoch=len(values) - 1,
            evidence=(
                _series(name, values),
                f"{guess}: {chance:.4f}",
                _series("loss", losses),
            ),
        )


def _overfitting(seen: Observed, _facts: Facts) -> Iterator[Note]:
    """The loss on validation data has turned and rises while that on training data falls."""
    losses, held = seen.history.get("loss", []), seen.history.get("val_loss", [])
    if len(held) < 5 or len(held) != len(losses) or not np.isfinite(held).all():
        return
    # of three neighbours the one in the middle: the loss on few samples jumps up and down
    calm = np.median(np.lib.stride_tricks.sliding_window_view(held, 3), axis=1)
    best = int(np.argmin(held))
    if held[best] <= 0 or losses[best] <= 0:
        return
    rise, fall = float(calm[-1] / calm.min() - 1), 1 - losses[-1] / losses[best]
    risen = held[-1] / held[best] - 1
    if len(held) < best + 3 or min(rise, risen) < 0.1 or fall < 0.05:
        return
    yield Note(
        kind="overfitting",
        sentence=(
            f"Overfitting begins at epoch {best + 2:,}: since epoch {best + 1:,} val_loss has "
            f"risen by {risen:.0%}, from {held[best]:.4g} to {held[-1]:.4g}, "
            f"while the training loss fell by {fall:.0%}."
        ),
        advice=(
            "Keep the weights of the best epoch (ModelCheckpoint), stop there (EarlyStopping), or "
            "try Dropout, augmentation, more data or a smaller model."
        ),
        epoch=best + 1,
        evidence=(_series("loss", losses), _series("val_loss", held)),
    )


def _still_improving(seen: Observed, facts: Facts) -> Iterator[Note]:
    """The run is over, and its loss was still falling fast."""
    name = "val_loss" if seen.history.get("val_loss") else "loss"
    values = seen.history.get(name, [])
    if len(values) < max(4, facts.epochs) or not np.isfinite(values).all() or min(values) <= 0:
        return
    back = max(2, len(values) // 4)
    fall = 1 - values[-1] / values[-1 - back]
    steady = all(later < before for before, later in zip(values[-3:], values[-2:], strict=False))
    if values[-1] > min(values) or fall < 0.15 or not steady:
        return
    yield Note(
        kind="still improving",
        sentence=(
            f"{name} was still falling when the training ended: by {fall:.0%} in the last "
            f"{back:,} epochs, to {values[-1]:.4g}."
        ),
        advice="Train for more epochs: the run can be continued where it ended.",
        epoch=len(values) - 1,
        evidence=(_series(name, values),),
    )


def _validation_better(seen: Observed, facts: Facts) -> Iterator[Note]:
    """The loss is lower on data that isn't trained on, which worries people."""
    losses, held = seen.history.get("loss", []), seen.history.get("val_loss", [])
    if len(held) < 3 or len(losses) < 3 or min(losses[-2:]) <= 0:
        return
    share = max(held[-1] / losses[-1], held[-2] / losses[-2])
    if not share < 0.67:
        return
    why = (
        "That is normal here: Dropout, augmentation or a regularizer makes training harder than "
        "the validation."
        if facts.eased
        else "The validation data may be easier, or too small: see in Data how it is split off."
    )
    yield Note(
        kind="validation better",
        sentence=(
            f"val_loss ({held[-1]:.4g}) is much lower than the training loss ({losses[-1]:.4g})."
        ),
        advice=why,
        epoch=len(held) - 1,
        evidence=(_series("loss", losses), _series("val_loss", held)),
    )


def _vanishing(seen: Observed, _facts: Facts) -> Iterator[Note]:
    """A layer's gradient is next to nothing beside that of a later layer, in the last two looks."""
    if not seen.gradients:
        return
    last, earlier = seen.gradients[-1], seen.gradients[-2:][0]
    weak = [name for name in last.norms if _share(last, name) < 1e-4 > _share(earlier, name)]
    if not weak:
        return
    first = weak[0]
    names = list(last.norms)
    strong = max(names[names.index(first) :], key=lambda name: last.norms[name])
    others = f" (and {len(weak) - 1:,} more)" if len(weak) > 1 else ""
    ratio = last.norms[first] / last.norms[strong]
    yield Note(
        kind="vanishing gradients",
        sentence=(
            f"The gradient of {first}{others} vanishes: its norm is {last.norms[first]:.2g}, that "
            f"of {strong} {last.norms[strong]:.2g}, a ratio of {ratio:.1g}. {first} hardly learns."
        ),
        advice=(
            "Try relu in place of sigmoid or tanh, he_normal or glorot_uniform as initializer, "
            "BatchNormalization between the layers, a shortcut with Add, or fewer layers."
        ),
        epoch=last.epoch,
        evidence=_norms(last),
    )


def _exploding(seen: Observed, _facts: Facts) -> Iterator[Note]:
    """A layer's gradient is not finite, or has grown a thousandfold to something large."""
    if not seen.gradients:
        return
    first, last = seen.gradients[0], seen.gradients[-1]
    for name, norm in last.norms.items():
        before = first.norms.get(name, norm)
        if math.isfinite(norm) and not (norm > 1000 and norm > 1000 * before):
            continue
        since = f"since epoch {first.epoch + 1:,}"
        yield Note(
            kind="exploding gradients",
            sentence=(
                f"The gradient of {name} explodes: its norm has grown from {before:.2g} to "
                f"{norm:.2g} {since}."
                if math.isfinite(norm)
                else f"The gradient of {name} explodes: its norm is no finite number any more."
            ),
            advice="Try clipnorm=1 in the optimizer, or a learning rate that is ten times smaller.",
            epoch=last.epoch,
            evidence=_norms(last),
        )
        return


def _dead(seen: Observed, _facts: Facts) -> Iterator[Note]:
    """Most of the units of a ReLU layer are 0 for all samples, in the last two looks."""
    if not seen.gradients:
        return
    last, earlier = seen.gradients[-1], seen.gradients[-2:][0]
    most = {
        name: share
        for name, share in last.dead.items()
        if share >= 0.75 and earlier.dead.get(name, 0.0) >= 0.75
    }
    if not most:
        return
    worst = max(most, key=lambda name: most[name])
    yield Note(
        kind="dead units",
        sentence=(
            f"{most[worst]:.0%} of the units of {worst} are dead: their ReLU gives 0 for every "
            "sample that was looked at, so that they can't learn any more."
        ),
        advice=(
            "Try a smaller learning rate, he_normal as initializer, LeakyReLU in place of relu, or "
            "BatchNormalization before it."
        ),
        epoch=last.epoch,
        evidence=tuple(f"{name}: {share:.0%} dead" for name, share in last.dead.items()),
    )


_RULES: tuple[Callable[[Observed, Facts], Iterator[Note]], ...] = (
    _no_backup,
    _rate_too_high,
    _exploding,
    _vanishing,
    _dead,
    _at_chance,
    _overfitting,
    _still_improving,
    _validation_better,
)


def _share(seen: Gradients, name: str) -> float:
    """Return a layer's norm as a share of the largest of it and the layers behind it."""
    names = list(seen.norms)
    if name not in seen.norms:
        return 1.0
    largest = max(seen.norms[one] for one in names[names.index(name) :])
    return seen.norms[name] / largest if 0 < largest < math.inf else 1.0


def _series(name: str, values: Sequence[float]) -> str:
    """Return a line of values, the newest last: `loss: … 0.91 0.72 0.65 (epochs 3 to 5)`."""
    shown = values[-_SHOWN:]
    first = len(values) - len(shown) + 1
    numbers = " ".join(f"{value:.4g}" for value in shown)
    return f"{name}, epochs {first:,} to {len(values):,}: {numbers}"


def _norms(seen: Gradients) -> tuple[str, ...]:
    """Return a line for each layer, in the order of the model."""
    return tuple(f"{name}: gradient norm {norm:.3g}" for name, norm in seen.norms.items())
