"""The section `activation_maps`: what one layer makes of one sample of the test data.

Source: https://keras.io/getting_started/faq/ ("How can I obtain the output of an intermediate
layer?"). A layer that is called several times has an output for each of its calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import Group, statement
from graph import registry
from graph.spec import Calls
from graph.topology import wiring

if TYPE_CHECKING:
    from codegen.source import Writer
    from graph.project import Project

_PICTURE = '''\
def picture_of(maps):
    """Return the maps side by side, as one grey picture of shape (height, width, 1)."""
    maps = np.atleast_3d(maps)
    columns = int(np.ceil(np.sqrt(maps.shape[-1])))
    missing = -maps.shape[-1] % columns
    edges = ((1, 0), (1, 0), (0, missing))
    maps = np.pad(maps, edges, constant_values=maps.min())
    height, width, count = maps.shape
    tiles = maps.reshape(height, width, count // columns, columns)
    return tiles.transpose(2, 0, 3, 1).reshape(-1, columns * width, 1)'''


def emit_maps(writer: Writer, project: Project, node: str) -> None:
    """Write the function that gives the output of a node for one sample."""
    writer.add("def activation_maps(model, data, sample):", node)
    doc = '"""Return a test sample\'s inputs and the layer\'s output for it, without batch axis."""'
    writer.add(doc, node, indent=4)
    writer.add('inputs, _ = data["test"]', node, indent=4)
    writer.add("one = [values[[sample]] for values in tf.nest.flatten(inputs)]", node, indent=4)
    emit_output(writer, project, node)
    writer.add("maps = keras.Model(model.inputs, output)(one)[0]", node, indent=4)
    writer.add(
        "return [values[0] for values in one], keras.ops.convert_to_numpy(maps)", node, indent=4
    )


def emit_output(writer: Writer, project: Project, node: str) -> None:
    """Write what finds a node's output in the model and calls it `output`."""
    graph = project.graph
    layer = graph.layer_of(node)
    spec = registry.find(layer.kind)
    calls = wiring(graph).calls[graph.nodes[node].layer]
    found = Group("model.get_layer", (spelling.text(layer.name),))
    writer.add(statement("layer = ", found), node, indent=4)
    several = spec is not None and len(spec.outputs) > 1
    if len(calls) > 1 and spec is not None and spec.calls is not Calls.SOURCE:
        place = calls.index(node)
        writer.add(
            "# the layer is called several times; Keras keeps the calls in order", node, indent=4
        )
        writer.add(f"output = layer._inbound_nodes[{place}].output_tensors[0]", node, indent=4)
    else:
        writer.add(f"output = layer.output{'[0]' if several else ''}", node, indent=4)


def emit_maps_script(writer: Writer, weights: str, sample: int) -> None:
    """Write what saves the maps of one sample as a picture when the listing is run."""
    writer.add(_PICTURE)
    writer.add("\n")
    writer.add('if __name__ == "__main__":')
    writer.add('data = load_data(Path(__file__).parent / "data")', indent=4)
    writer.add("model = build_model()", indent=4)
    load = Group("model.load_weights", (spelling.text(weights),))
    writer.add(statement("", load), indent=4)
    writer.add(f"inputs, maps = activation_maps(model, data, sample={int(sample)})", indent=4)
    writer.add('keras.utils.save_img("maps.png", picture_of(maps))', indent=4)
    writer.add('print("Saved as", Path("maps.png").absolute())', indent=4)
