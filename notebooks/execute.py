"""Run every notebook afresh and keep its outputs; what only lives with a kernel (widgets) is left out."""

import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def execute(path: Path) -> None:
    """Execute one notebook in place."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.pop("execution_count", None)
    client = NotebookClient(
        notebook, timeout=300, store_widget_state=False, record_timing=False, resources={"metadata": {"path": HERE}}
    )
    client.execute()
    for cell in notebook.cells:
        if "widget" in cell.metadata.get("tags", ()):
            cell.outputs = []
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    shutil.rmtree(HERE / "studies", ignore_errors=True)
    for found in sorted(HERE.glob("*.ipynb")):
        execute(found)
