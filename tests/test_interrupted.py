"""Killed trainings go on as if nothing had happened."""
import csv
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from conftest import ROOT, run_python

EPOCHS = 40


def command(main, data, output, *more):
    """Return the command line of a main."""
    return [str(ROOT / 'mains' / f'{main}-main.py'), '--epochs', str(EPOCHS),
            '--data', str(data), '--output', str(output), *more]


def start_and_kill(args, output, epochs, how):
    """Start a main and kill it once it has done some more epochs."""
    process = subprocess.Popen([sys.executable, *args], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    goal = rows(output) + epochs
    while rows(output) < goal:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(how)
    out, err = process.communicate()
    return process.returncode, out, err


def rows(output):
    """Return how many epochs the history in a folder has."""
    file = output / 'history.csv'
    return max(0, len(file.read_text().splitlines()) - 1) if (
        file.exists()) else 0


@pytest.fixture(scope='module')
def undisturbed(data, tmp_path_factory):
    """Return the output folder of a training that nothing interrupted."""
    output = tmp_path_factory.mktemp('undisturbed')
    run_python(*command(0, data, output))
    return output


def test_killed_several_times_ends_as_if_undisturbed(
        data, undisturbed, tmp_path):
    args = command(0, data, tmp_path)
    for how in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        status, out, err = start_and_kill(args, tmp_path, 3, how)
        if how == signal.SIGINT:
            assert status == 130
            assert 'the same command goes on' in err.splitlines()[-1]
            assert 'Going on after epoch' in out
        else:
            assert status == -signal.SIGKILL
    done = run_python(*args)
    going_on = [line for line in done.stdout.splitlines()
                if line.startswith('Going on after epoch ')]
    assert len(going_on) == 1 and f' of {EPOCHS}' in going_on[0]
    # The same order of the digits, optimizer state and weights: no row
    # twice, none missing, none different.
    expected = (undisturbed / 'history.csv').read_text()
    assert (tmp_path / 'history.csv').read_text() == expected
    for name in ('encoder', 'decoder'):
        weights = [tf.keras.models.load_model(folder / f'{name}.keras')
                   .get_weights() for folder in (undisturbed, tmp_path)]
        for first, second in zip(*weights):
            np.testing.assert_array_equal(first, second)
    assert not list(tmp_path.glob('new-*'))
    assert not (tmp_path / 'interrupted').exists()


def test_started_again_after_the_end_it_starts_anew(
        data, undisturbed):
    args = command(0, data, undisturbed)
    before = (undisturbed / 'history.csv').read_text()
    done = run_python(*args)
    assert 'Going on' not in done.stdout
    assert 'Epoch 1/' in done.stdout
    assert (undisturbed / 'history.csv').read_text() == before


def test_other_options_are_not_mixed_in(data, tmp_path):
    args = command(3, data, tmp_path)
    start_and_kill(args, tmp_path, 3, signal.SIGKILL)
    before = (tmp_path / 'history.csv').read_text()
    with np.load(data) as arrays:
        other = tmp_path / 'other.npz'
        np.savez(other, **{**arrays, 'x_train': arrays['x_train'][::-1]})
    for options in (['--seed', 7, '--batch-size', 99, '--data', other],
                    ['--epochs', 1]):
        done = run_python(*args, *options, check=False)
        assert done.returncode == 2
        line = done.stderr.splitlines()[-1]
        assert str(tmp_path / 'interrupted') in line
        assert all(option in line for option in options[::2])
    assert (tmp_path / 'history.csv').read_text() == before
    # The right options still go on, and more epochs are no other options.
    done = run_python(*args, '--epochs', EPOCHS + 1)
    assert 'Going on after epoch' in done.stdout
    with open(tmp_path / 'history.csv', newline='') as file:
        epochs = [int(row['epoch']) for row in csv.DictReader(file)]
    assert epochs == list(range(EPOCHS + 1))


def test_a_kill_while_saving_leaves_the_old_file(tmp_path):
    from files import save_whole
    path = tmp_path / 'file'
    path.write_text('old')

    def killed(beside):
        with open(beside, 'w') as file:
            file.write('ne')
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_whole(path, killed)
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]
    script = tmp_path / 'die.py'
    script.write_text(f'''
import os, pathlib, signal, sys
sys.path.insert(0, {str(ROOT / 'mains')!r})
from files import save_whole
def die(beside):
    open(beside, 'w').write('ne')
    os.kill(os.getpid(), signal.SIGKILL)
save_whole(pathlib.Path({str(path)!r}), die)
''')
    assert run_python(script, check=False).returncode == -signal.SIGKILL
    assert path.read_text() == 'old'
