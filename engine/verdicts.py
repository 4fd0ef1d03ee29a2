"""What Keras makes of a program, as plain values."""

import msgspec


class SymbolicTensor(msgspec.Struct, frozen=True, kw_only=True):
    """A KerasTensor that ``build_model`` assigned; None in ``shape`` is an open size."""

    name: str
    line: int
    shape: tuple[int | None, ...]
    dtype: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """The exception at which Keras stopped, and the line of the program."""

    line: int | None
    type: str
    text: str


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of parameters; ``total`` is the sum of the other two."""

    total: int
    trainable: int
    non_trainable: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What Keras makes of a program's ``build_model``.

    Attributes:
        tensors: each assignment of a KerasTensor, in the order in which it happened.
        fault: where and why Keras stopped, None if it built the model.
        parameters: of the whole model, None if there is none.
        layers: of each layer, by name, in the model's order.
    """

    tensors: list[SymbolicTensor]
    fault: Fault | None
    parameters: Weights | None
    layers: dict[str, Weights]
