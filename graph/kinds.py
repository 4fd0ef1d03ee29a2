"""What each setting of Keras's named objects may be, by the name of the setting.

Keras's signatures say how a setting is called and what it is by default, not what it may be. Where
one name means two things, the entry is for (class, setting).
"""

from __future__ import annotations

from graph.params import (
    Bool,
    Choice,
    Float,
    Int,
    Ints,
    Kind,
    Numbers,
    Rate,
    Text,
    Unset,
)
from graph.paths import RunPath

_SHARE = Float(minimum=0, maximum=1)
_COUNT = Int(minimum=0)
_THRESHOLD = Float(minimum=0, maximum=1, optional=True)
_MODE = Choice(("auto", "min", "max"))
_SCALAR = Choice(("macro", "micro", "weighted"))  # "none" gives a number for each label

_Kinds = dict[str | tuple[str, str], Kind]

# initializers, regularizers, constraints
_LAYER_PARTS: _Kinds = {
    "seed": Int(minimum=0, optional=True),
    "input_axes": Ints(optional=True),
    "output_axes": Ints(optional=True),
    "stddev": Float(minimum=0),
    "scale": Float(above=0),
    "l1": Float(minimum=0),
    "l2": Float(minimum=0),
    "factor": Float(minimum=0),
    "max_value": Float(minimum=0),
    "min_value": Float(minimum=0),
    "rate": _SHARE,
    "axis": Int(),
    "window": Text(optional=True),
    ("VarianceScaling", "mode"): Choice(("fan_in", "fan_out", "fan_avg")),
    ("VarianceScaling", "distribution"): Choice(
        ("truncated_normal", "untruncated_normal", "uniform")
    ),
    ("OrthogonalRegularizer", "mode"): Choice(("rows", "columns")),
    ("STFT", "side"): Choice(("real", "imag")),
    ("STFT", "scaling"): Choice(("density", "spectrum")),
}

_OPTIMIZERS: _Kinds = {
    "learning_rate": Rate(),
    "momentum": _SHARE,
    "rho": _SHARE,
    "beta_1": Float(minimum=0, below=1),
    "beta_2": Float(minimum=0, below=1),
    "adam_beta_1": Float(minimum=0, below=1),
    "adam_beta_2": Float(minimum=0, below=1),
    "epsilon": Float(minimum=0),
    "epsilon_1": Float(minimum=0),
    "epsilon_2": Float(minimum=0),
    "clip_threshold": Float(above=0),
    "ema_momentum": _SHARE,
    "weight_decay": Float(minimum=0, optional=True),
    "adam_weight_decay": Float(minimum=0, optional=True),
    "adam_lr_ratio": Float(above=0),
    "clipnorm": Float(above=0, optional=True),
    "clipvalue": Float(above=0, optional=True),
    "global_clipnorm": Float(above=0, optional=True),
    "ema_overwrite_frequency": Int(minimum=1, optional=True),
    "loss_scale_factor": Float(above=0, optional=True),
    "gradient_accumulation_steps": Int(minimum=2, optional=True),
    "initial_accumulator_value": Float(minimum=0),
    "l1_regularization_strength": Float(minimum=0),
    "l2_regularization_strength": Float(minimum=0),
    "l2_shrinkage_regularization_strength": Float(minimum=0),
    ("Ftrl", "learning_rate_power"): Float(maximum=0),
    ("Ftrl", "beta"): Float(minimum=0),
    "ns_steps": Int(minimum=1),
    "exclude_layers": Unset("it is a list of patterns of layers' names"),
    "warmup_steps": _COUNT,
}

_SCHEDULES: _Kinds = {
    "initial_learning_rate": Float(minimum=0),
    "decay_steps": Int(minimum=1),
    "first_decay_steps": Int(minimum=1),
    "decay_rate": Float(above=0),
    "end_learning_rate": Float(minimum=0),
    "power": Float(above=0),
    "warmup_target": Float(above=0, optional=True),
    "t_mul": Float(minimum=1),
    "m_mul": Float(above=0),
    ("CosineDecay", "alpha"): _SHARE,
    ("CosineDecayRestarts", "alpha"): _SHARE,
    "boundaries": Ints(minimum=1, at_least=1),
    "values": Numbers(),
}

_LOSSES: _Kinds = {
    "reduction": Choice(("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight")),
    "label_smoothing": _SHARE,
    "ignore_class": Int(optional=True),
    "gamma": Float(minimum=0),
    "q": Float(above=0, maximum=1),
    "delta": Float(above=0),
    "margin": _SHARE,
    "alpha": Float(minimum=0),
    ("BinaryFocalCrossentropy", "alpha"): _SHARE,
    ("CategoricalFocalCrossentropy", "alpha"): Numbers(),
    "beta": Float(above=0),
    ("Dice", "axis"): Ints(optional=True),
    ("Tversky", "axis"): Ints(optional=True),
    ("Tversky", "beta"): Float(minimum=0),
}

_METRICS: _Kinds = {
    "threshold": _THRESHOLD,
    ("BinaryAccuracy", "threshold"): _SHARE,
    ("BinaryIoU", "threshold"): _SHARE,
    "thresholds": _THRESHOLD,  # several give several numbers, and a curve has one
    ("AUC", "thresholds"): Numbers(optional=True),
    "num_thresholds": Int(minimum=2),
    "curve": Choice(("ROC", "PR", "PRGAIN")),
    "summation_method": Choice(("interpolation", "minoring", "majoring")),
    "num_labels": Int(minimum=1, optional=True),
    "label_weights": Numbers(optional=True),
    "average": _SCALAR,
    "class_aggregation": Choice(("uniform_average", "variance_weighted_average")),
    "num_regressors": _COUNT,
    "k": Int(minimum=1),
    "top_k": Int(minimum=1, optional=True),
    "class_id": Int(minimum=0, optional=True),
    "num_classes": Int(minimum=2),
    "target_class_ids": Ints(minimum=0, at_least=1),
    "recall": _SHARE,
    "precision": _SHARE,
    "specificity": _SHARE,
    "sensitivity": _SHARE,
}

_CALLBACKS: _Kinds = {
    "monitor": Text(),
    "mode": _MODE,
    "patience": _COUNT,
    "min_delta": Float(minimum=0),
    "baseline": Float(optional=True),
    "start_from_epoch": _COUNT,
    "cooldown": _COUNT,
    "min_lr": Float(minimum=0),
    "verbose": Int(minimum=0, maximum=1),
    "filename": RunPath(),
    "log_dir": RunPath(),
    "separator": Text(),
    "histogram_freq": _COUNT,
    "embeddings_freq": _COUNT,
    "profile_batch": _COUNT,
    "embeddings_metadata": Unset("it is a table of layers and files"),
    "update_freq": Choice(("epoch", "batch")),
    ("ReduceLROnPlateau", "factor"): Float(above=0, below=1),
    ("LearningRateScheduler", "shape"): Choice(("step", "exponential", "warm-up")),
    ("LearningRateScheduler", "factor"): Float(above=0, maximum=1),
    ("LearningRateScheduler", "epochs"): Int(minimum=1),
}

KINDS: _Kinds = {
    **_LAYER_PARTS,
    **_OPTIMIZERS,
    **_SCHEDULES,
    **_LOSSES,
    **_METRICS,
    **_CALLBACKS,
}


def guessed(default: object, *, required: bool) -> Kind:
    """Return the kind of a setting that no table names, by its default."""
    if isinstance(default, bool):
        return Bool()
    if isinstance(default, int):
        return Int()
    if isinstance(default, float):
        return Float()
    if isinstance(default, list):
        return Ints()
    return Text(optional=not required)
