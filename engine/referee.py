"""Keras's own word on a program: what each statement of ``build_model`` gives (server half)."""

import ast
from collections.abc import Iterator
from typing import Any

import keras

from engine.failures import PROGRAM, line_of
from engine.program import execute, forget_earlier
from engine.protocol import Fault, SymbolicTensor, Verdict, Weights

_RESULT = "returned by build_model"  # no identifier, so no program can mean it


def judge(program: str) -> Verdict:
    """Execute the body of a program's ``build_model`` and record what Keras makes of it.

    The statements run one by one at the top level of the program's namespace, with the layers
    called on symbolic tensors, until the first one that raises.
    """
    forget_earlier()
    tensors: list[SymbolicTensor] = []
    try:
        tree = ast.parse(program, PROGRAM)
        namespace = execute(program)
        for statement in _body(tree):
            exec(compile(ast.Module([statement], []), PROGRAM, "exec"), namespace)  # noqa: S102 - running programs is what an engine is for
            tensors.extend(_tensors(statement, namespace))
    except Exception as error:  # noqa: BLE001 - a program may raise anything
        fault = Fault(line=line_of(error), type=type(error).__name__, text=str(error))
        return Verdict(tensors=tensors, fault=fault, parameters=None, layers={})
    model = namespace.get(_RESULT)
    if not isinstance(model, keras.Model):
        return Verdict(tensors=tensors, fault=None, parameters=None, layers={})
    return Verdict(
        tensors=tensors,
        fault=None,
        parameters=_count(model),
        layers={layer.name: _count(layer) for layer in model.layers},
    )


def _body(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of ``build_model``; its return becomes an assignment."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name != "build_model":
            continue
        for statement in node.body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                target = ast.Name(_RESULT, ast.Store())
                result = ast.Assign([target], statement.value, lineno=statement.lineno)
                yield ast.fix_missing_locations(ast.copy_location(result, statement))
                return
            yield statement


def _tensors(statement: ast.stmt, namespace: dict[str, Any]) -> Iterator[SymbolicTensor]:
    for node in ast.walk(statement):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Store):
            continue
        value = namespace.get(node.id)
        if isinstance(value, keras.KerasTensor):
            yield SymbolicTensor(
                name=node.id,
                line=node.lineno,
                shape=tuple(value.shape),
                dtype=str(value.dtype),
            )


def _count(owner: Any) -> Weights:  # noqa: ANN401 - a Keras layer or model, which have no types
    trainable = _size(owner.trainable_weights)
    non_trainable = _size(owner.non_trainable_weights)
    return Weights(
        total=trainable + non_trainable, trainable=trainable, non_trainable=non_trainable
    )


def _size(weights: list[Any]) -> int:
    total = 0
    for weight in weights:
        size = 1
        for length in weight.shape:
            size *= int(length)
        total += size
    return total
