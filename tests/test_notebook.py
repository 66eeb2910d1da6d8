"""docs/notebook.ipynb, run as a person runs it, and its page in its frame.

Run as a program, this file records the outputs in docs/notebook.ipynb.
"""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from browser import Chromium, chromium, drag
from conftest import MODULES, ROOT, environment_with, once

pytestmark = once
NOTEBOOK = ROOT / 'docs' / 'notebook.ipynb'


def execute(folder, epochs=20):
    """Execute the notebook in a copy of the project, without internet access.

    Args:
        folder: `Path` of an empty folder for the copy.
        epochs: Integer, how long to train, in place of its 20 epochs.

    Returns:
        The notebook with its outputs.
    """
    import nbformat
    from nbclient import NotebookClient

    for name in ('mains', 'checker', 'docs'):
        shutil.copytree(ROOT / name, folder / name)
    for module in MODULES:
        shutil.copy(ROOT / f'{module}.py', folder)
    environment = environment_with(
        KERAS_HOME=str(folder), https_proxy='http://127.0.0.1:9'
    )
    # The kernel sets Matplotlib's backend for notebooks, unless one is set.
    environment.pop('MPLBACKEND', None)
    notebook = nbformat.read(NOTEBOOK, 4)
    for cell in notebook.cells:
        cell.source = cell.source.replace('--epochs 20', f'--epochs {epochs}')
    client = NotebookClient(
        notebook,
        timeout=600,
        coalesce_streams=True,
        resources={'metadata': {'path': str(folder / 'docs')}},
    )
    return client.execute(env=environment)


def outputs_of(notebook, part):
    """Return the outputs of the code cell whose source has this part."""
    (cell,) = [
        cell
        for cell in notebook.cells
        if cell.cell_type == 'code' and part in cell.source
    ]
    return cell.outputs


def printed(outputs):
    """Return what was printed among the outputs of a cell."""
    return ''.join(output.get('text', '') for output in outputs)


def pictures(outputs):
    """Return the PNG pictures among the outputs of a cell."""
    return [
        output.data['image/png']
        for output in outputs
        if 'image/png' in output.get('data', ())
    ]


@pytest.fixture(scope='module')
def notebook(tmp_path_factory):
    """Return the notebook, executed."""
    pytest.importorskip('nbclient')
    pytest.importorskip('ipykernel')
    return execute(tmp_path_factory.mktemp('project'), epochs=2)


def test_its_cell_trains_and_shows_a_picture(notebook):
    trained = outputs_of(notebook, '%run mains/0-main.py')
    assert 'val_loss' in printed(trained)
    assert 'explore.html' in printed(trained)
    assert len(pictures(trained)) == 1


def test_its_cell_checks_a_solution(notebook):
    report = printed(outputs_of(notebook, '-m checker'))
    # The one mistake in the example, and it alone.
    assert 'hidden layers' in report.lower(), report


def test_its_recorded_outputs_are_small():
    assert NOTEBOOK.stat().st_size < 300_000


# Epochs take other times, and the checker draws other sizes each time.
@pytest.mark.parametrize(
    'part, lines',
    [('%run mains/0-main.py', slice(-2, None)), ('-m checker', slice(5))],
)
def test_its_recorded_outputs_are_those_of_its_cells(part, lines, notebook):
    import nbformat

    recorded = nbformat.read(NOTEBOOK, 4)
    then, now = (outputs_of(one, part) for one in (recorded, notebook))
    assert len(pictures(then)) == len(pictures(now))
    then, now = (
        re.sub('[0-9.]+', '', printed(one)).splitlines()[lines]
        for one in (then, now)
    )
    assert then == now, 'run tests/test_notebook.py to record it again'


def test_its_page_works_in_a_frame_that_is_a_sandbox(notebook, tmp_path):
    (output,) = outputs_of(notebook, 'srcdoc')
    file = tmp_path / 'notebook.html'
    file.write_text(output.data['text/html'], 'utf-8')
    with chromium() as browser:
        tab = Chromium(browser)
        tab.open(file.as_uri())
        frame = tab.page.frames[1]
        # Neither cookies nor storage.
        assert frame.evaluate('origin') == 'null'
        picture = "document.querySelector('.reconstructed').toDataURL()"
        before = frame.evaluate(picture)
        drag(
            tab.page,
            frame.locator('#pad'),
            ((0.25, 0.25), (0.5, 0.1875), (0.75, 0.25), (0.5, 0.75)),
        )
        frame.wait_for_function(f'{picture} !== {before!r}')
        assert tab.messages == []


def main():
    """Record the outputs, except for the page: it would be most of them."""
    import nbformat

    with tempfile.TemporaryDirectory() as folder:
        notebook = execute(Path(folder))
    for cell in notebook.cells:
        cell.metadata = {}
    outputs_of(notebook, 'srcdoc').clear()
    nbformat.write(notebook, NOTEBOOK)


if __name__ == '__main__':
    main()
