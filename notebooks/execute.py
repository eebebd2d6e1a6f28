"""Run every notebook afresh and keep its outputs; what only lives with a kernel (widgets) is left out.

Pictures are kept with 256 colours: a third of the size, and a plot looks the same.
"""

import base64
import io
import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

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
        shrink_pictures(cell)
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)


def shrink_pictures(cell: nbformat.NotebookNode) -> None:
    """Replace the PNG pictures of a cell by smaller ones."""
    for output in cell.get("outputs", ()):
        if picture := output.get("data", {}).get("image/png"):
            opened = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
            written = io.BytesIO()
            opened.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
                written, "PNG", optimize=True
            )
            output["data"]["image/png"] = base64.b64encode(written.getvalue()).decode() + "\n"


if __name__ == "__main__":
    shutil.rmtree(HERE / "studies", ignore_errors=True)
    for found in sorted(HERE.glob("*.ipynb")):
        execute(found)
