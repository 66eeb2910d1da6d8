"""The scripts that record and measure: they start, and fit what they keep."""

import json
import re
import runpy
import sys

import numpy as np
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


def test_a_sweep_that_refuses_something_ends_with_1(paths, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / 'tests')
    import sweep

    monkeypatch.setattr(sys, 'argv', ['sweep.py'])
    monkeypatch.setattr(sweep, 'sweep', lambda count: (1, 100))
    assert sweep.main() == 1


def test_ratios_say_how_many_times_the_mains_take(paths):
    import report
    import speed

    times = {report.MAINS: [2, 4], 'another way': [6, 4]}
    assert speed.with_ratios(times)['another way'] == ([6, 4], [3, 1])


def test_what_was_measured_before_stays_recorded(paths, monkeypatch, tmp_path):
    import speed

    file = tmp_path / 'speed.json'
    file.write_text('{"steps": 1, "rounds": {"steps": 5}}')
    monkeypatch.setattr(speed, 'FILE', file)
    speed.recorded_with({'large': 2, 'rounds': {'large': 3}})
    assert json.loads(file.read_text()) == {
        'steps': 1,
        'large': 2,
        'rounds': {'steps': 5, 'large': 3},
    }


# A code of 1, a mean of 7 and a log variance of 3, whatever is trained.
CONSTANT = """
from tensorflow import keras

def constant(value):
    return keras.initializers.Constant(value)

def autoencoder(input_dims, hidden_layers, latent_dims):
    x = keras.Input((input_dims,))
    outputs = [
        keras.layers.Dense(2, None, True, 'zeros', constant(value))(x)
        for value in (1, 7, 3)
    ]
    encoder = keras.Model(x, outputs)
    encoder.trainable = False
    y = keras.layers.Dense(input_dims, 'sigmoid')(encoder(x)[0])
    auto = keras.Model(x, y)
    auto.compile('adam', 'binary_crossentropy')
    return encoder, None, auto
"""


def test_the_codes_that_are_recorded_of_task_3_are_means(paths):
    import mistakes

    solution = mistakes.Fault('', 3, '', '', text=CONSTANT)
    x = np.zeros((4, 28, 28), 'float32')
    assert mistakes.symptoms(solution, x, x, 1)['mean'] == 7


def test_the_seed_of_a_recording_decides_the_order(paths, monkeypatch):
    import runs

    monkeypatch.setattr('common.training.has_xla', lambda: False)
    pixels = np.random.default_rng(0).integers(
        256, size=(300, 12), dtype='uint8'
    )
    losses = []
    for seed in (0, 1):
        *_, auto = runs.build('0-vanilla', 12, [], 2)
        found = runs.train(auto, pixels, runs.scaled(pixels), 1, seed)
        losses.append(found['val_loss'])
    assert losses[0] != losses[1]
