"""The drawing: values, edits, layer catalogue, inference, problems, layout and project files.

Nothing here knows Qt, Keras or TensorFlow. A drawing is an immutable value
(`graph.project.Project`); an edit makes a new one (`graph.edits.apply`); all that can be said of
it is computed by functions (`graph.inference.infer`, `graph.summary`, `graph.arrange`).
"""
