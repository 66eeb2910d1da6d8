"""The scripts that record and measure: they start, and fit what they keep."""

import json
import re
import runpy
import sys

import pytest

from checker.mistakes import ENTRIES
from conftest import ROOT, once

pytestmark = once
SCRIPTS = [
    file
    for folder in ('experiments', 'benchmarks', 'tests/data')
    for file in sorted((ROOT / folder).glob('*.py'))
    if "__name__ == '__main__'" in file.read_text(encoding='utf-8')
]
RESULTS = ROOT / 'experiments' / 'results'
# A line of the page's table: the tasks, the losses and links to entries.
ROW = re.compile(r'^\| (?:all|[0-3](?: to [0-3])?) \| (.*) \| (.*) \|$', re.M)


@pytest.fixture
def paths(monkeypatch):
    """Let scripts find the modules beside them, and forget these again."""
    monkeypatch.setattr(sys, 'path', list(sys.path))
    for folder in ('benchmarks', 'experiments'):
        sys.path.insert(0, str(ROOT / folder))


@pytest.mark.parametrize('file', SCRIPTS, ids=lambda file: file.name)
def test_scripts_say_what_they_do(file, paths, monkeypatch, capsys):
    monkeypatch.setenv('COLUMNS', '80')
    monkeypatch.setattr(sys, 'argv', [str(file), '--help'])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(file), run_name='__main__')
    assert not end.value.code
    helped = ' '.join(capsys.readouterr().out.split())
    first_line = file.read_text(encoding='utf-8').split('"""')[1].split('\n')
    assert first_line[0] in helped


def test_every_script_is_started():
    assert len(SCRIPTS) > 8


def test_changes_of_the_recordings_fit_the_module(paths):
    import runs

    for change in runs.CHANGES:
        compile(runs.changed_source('3-variational', change), change, 'exec')


@pytest.fixture(scope='module')
def recorded():
    """Return what mistakes.py recorded of solutions, with seed 0."""
    runs = json.loads((RESULTS / 'mistakes.json').read_text())
    return {
        name.rpartition(', seed ')[0]: run
        for name, run in runs.items()
        if run['seed'] == 0
    }


def test_what_is_recorded_is_of_solutions_that_exist(recorded, paths):
    import mistakes

    entries = {
        solution.name: (solution.task, solution.mistake)
        for solution in mistakes.solutions()
    }
    for name, run in recorded.items():
        assert entries.get(name) == (run['task'], run['mistake']), name


def test_correct_solutions_are_recorded_for_comparison(recorded, paths):
    import mistakes

    assert {fault.name for fault in mistakes.CORRECT} <= set(recorded)


def entry_of(mistake):
    """Return the anchor of the entry that is about a mistake, or ''."""
    return ENTRIES[mistake].anchor if mistake else ''


def losses_of_the_page():
    """Yield each loss of the table in docs/mistakes.md, and its entries."""
    text = (ROOT / 'docs' / 'mistakes.md').read_text(encoding='utf-8')
    for losses, entries in ROW.findall(text):
        anchors = re.findall(r'\(#([\w-]+)\)', entries)
        # A part such as "0.29" is a loss; "below 1" and "nan" say less.
        for part in losses.split(', '):
            if re.fullmatch(r'\d+(\.\d+)?', part):
                yield part, anchors, 'correct' in entries


def test_a_fault_stands_behind_every_loss_of_the_page(recorded):
    missing = []
    for loss, anchors, is_correct in losses_of_the_page():
        decimals = len(loss.partition('.')[2])
        found = {
            f'{run["loss"]:.{decimals}f}'
            for run in recorded.values()
            if 'loss' in run
            and (
                entry_of(run['mistake']) in anchors
                or is_correct
                and not run['mistake']
            )
        }
        if loss not in found:
            missing.append(f'{loss}: {anchors} have {sorted(found)}')
    assert not missing
