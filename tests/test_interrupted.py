"""Interrupted trainings go on as if nothing had happened."""
import json
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from data.make_interrupted import train

from common import backup, digits, training
from conftest import (
    ROOT,
    environment_with,
    losses_of,
    main_of,
    run_python,
    same_models,
)

DATA = ROOT / 'tests' / 'data'


def start_and_kill(args, output, how):
    """Start a main and kill it once it has done some more epochs."""
    process = subprocess.Popen([sys.executable, *map(str, args)], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment_with(),
                               # It is ignored below a shell's `&`.
                               preexec_fn=lambda: signal.signal(
                                   signal.SIGINT, signal.default_int_handler))
    goal = finished(output) + 3
    while finished(output) < goal:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(how)
    return process, *process.communicate()


def finished(output):
    """Return how many epochs the history in a folder has."""
    return (len(losses_of(output)) if (output / 'history.csv').exists()
            else 0)


def test_killed_at_any_moment_it_ends_as_if_undisturbed(
        data, tmp_path, run_main):
    # So many that on a busy machine it is killed before its end.
    options = ['--epochs', 20, '--data', data, '--output']
    output = tmp_path / 'killed'
    args = [main_of('0-vanilla'), *options, output]
    process, _, _ = start_and_kill(args, output, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    process, out, err = start_and_kill(args, output, signal.SIGINT)
    assert process.returncode == 130
    assert 'the same command goes on' in err
    assert len(err.splitlines()) == 1
    assert 'Going on after epoch' in out
    done = run_python(*args)
    going_on = [line for line in done.stdout.splitlines()
                if line.startswith('Going on after epoch ')]
    assert len(going_on) == 1 and ' of 20' in going_on[0]
    # The same order of the digits, optimizer state and weights: no row
    # twice, none missing, none different.
    undisturbed = tmp_path / 'undisturbed'
    assert not run_main('0-vanilla', *options, undisturbed).returncode
    assert losses_of(output) == losses_of(undisturbed)
    same_models(output, undisturbed)
    assert not list(output.glob('new-*'))
    assert not (output / 'interrupted.npz').exists()


@pytest.fixture
def stop_after(monkeypatch):
    """Return a function: a Ctrl-C comes once so many epochs are saved."""
    save = backup.Backup.save

    def stop(epochs):
        def stopping_save(self, epoch, logs):
            save(self, epoch, logs)
            if epoch + 1 == epochs:
                raise KeyboardInterrupt
        monkeypatch.setattr(backup.Backup, 'save', stopping_save)
    return stop


def test_convolutional_goes_on_to_the_bit(
        data, tmp_path, run_main, stop_after):
    options = ['--epochs', 3, '--data', data, '--output']
    expected = tmp_path / 'undisturbed'
    assert not run_main('2-convolutional', *options, expected).returncode
    stop_after(2)
    done = run_main('2-convolutional', *options, tmp_path)
    assert done.returncode == 130
    assert losses_of(tmp_path) == losses_of(expected)[:2]
    done = run_main('2-convolutional', *options, tmp_path)
    assert not done.returncode
    assert 'Going on after epoch 2 of 3' in done.stdout
    assert losses_of(tmp_path) == losses_of(expected)
    same_models(tmp_path, expected)


def test_started_again_after_the_end_it_starts_anew(
        data, tmp_path, run_main, no_xla):
    options = ['--epochs', 1, '--data', data, '--output', tmp_path]
    assert not run_main('0-vanilla', *options).returncode
    before = losses_of(tmp_path)
    done = run_main('0-vanilla', *options)
    assert 'Going on' not in done.stdout
    assert '4/4 - ' in done.stdout
    assert losses_of(tmp_path) == before


def test_other_options_model_or_digits_are_not_mixed_in(
        data, tmp_path, run_main, stop_after, monkeypatch, no_xla):
    args = ['1-sparse', '--epochs', 2, '--output', tmp_path]
    with np.load(data) as arrays:
        arrays = dict(arrays)
    test = arrays['x_test'], arrays['y_test']
    train = arrays['x_train'], arrays['y_train']
    turned = arrays['x_train'][::-1], arrays['y_train']
    other = tmp_path / 'other.npz'
    np.savez(other, x_train=turned[0], y_train=turned[1], x_test=test[0],
             y_test=test[1])
    # As if MNIST were within reach.
    monkeypatch.setattr(digits, '_mnist', lambda: (train, test))
    stop_after(1)
    assert run_main(*args).returncode == 130
    before = (tmp_path / 'history.csv').read_bytes()

    def refused(*options):
        done = run_main(*args, *options)
        assert done.returncode == 2
        line, = done.stderr.splitlines()
        assert str(tmp_path / 'interrupted.npz') in line
        assert 'To start anew, remove that file or name another' in line
        assert (tmp_path / 'history.csv').read_bytes() == before
        return line

    stop_after(2)
    assert run_main(*args).returncode == 130
    before = (tmp_path / 'history.csv').read_bytes()
    line = refused('--seed', 7, '--batch-size', 99, '--data', other)
    assert '--seed was 0, now 7; --batch-size was 256, now 99' in line
    assert '--data was 1,024 digits' in line
    assert 'without --data' not in line
    assert '2 epochs are done, --epochs is 1' in refused('--epochs', 1)
    with monkeypatch.context() as patch:
        patch.setattr(digits, '_mnist', lambda: (turned, test))
        line = refused()
        assert 'without --data, these depend on whether MNIST' in line
    with monkeypatch.context() as patch:
        module = __import__('1-sparse')
        autoencoder = module.autoencoder
        patch.setattr(module, 'autoencoder',
                      lambda *sizes: autoencoder(*sizes[:3], 1))
        assert 'the model is another one now' in refused()
    # The same digits as a file are the same, and more epochs no other start.
    done = run_main(*args, '--epochs', 3, '--data', data)
    assert not done.returncode
    assert 'Going on after epoch 2 of 3' in done.stdout
    assert losses_of(tmp_path)[:2] == before.decode().splitlines()[1:]
    assert len(losses_of(tmp_path)) == 3


@pytest.mark.parametrize('version', ['2.15', '3.15'])
def test_another_keras_goes_on_with_weights_and_optimizer(
        version, tmp_path, capsys, no_xla):
    # Written by tests/data/make_interrupted.py.
    state = (DATA / f'interrupted-{version}.npz').read_bytes()
    (tmp_path / 'interrupted.npz').write_bytes(state)
    auto = train(tmp_path, epochs=4)
    out = capsys.readouterr().out
    assert 'Going on after epoch 2 of 4' in out
    this = getattr(tf.keras, '__version__', tf.__version__)
    if not this.startswith(version):
        assert f'started with Keras {version}' in out
        assert f'this is {this}' in out
    assert auto.optimizer.iterations == 4 * 7
    expected, got = (np.loadtxt(file, delimiter=',', skiprows=1) for file in
                     (DATA / f'interrupted-{version}.csv',
                      tmp_path / 'history.csv'))
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def interrupted(tmp_path):
    """Interrupt a small training after 2 of 4 epochs; return its file."""
    with pytest.raises(SystemExit):
        train(tmp_path, epochs=4, stop_after=2)
    return tmp_path / 'interrupted.npz'


def state_in(output):
    """Return the backup of a new training like the interrupted one."""
    *_, auto = __import__('1-sparse').autoencoder(12, [8, 6], 4, 0.01)
    options = SimpleNamespace(output=output, epochs=4, seed=0, batch_size=8,
                              data=None)
    x = np.zeros((8, 12), 'float32')
    return backup.Backup(auto, x, x, options)


def test_unreadable_states_are_refused_and_never_unpickled(
        tmp_path, capsys, no_xla):
    file = interrupted(tmp_path)
    good = file.read_bytes()
    with np.load(file) as npz:
        arrays = dict(npz)
    exploded = tmp_path / 'exploded'

    class Bomb:
        def __reduce__(self):
            return open, (str(exploded), 'w')

    def saved(**changes):
        np.savez(file, **{**arrays, **changes})
        return file.read_bytes()

    start, rows = json.loads(arrays['start_and_rows'].item())
    for content in (b'', b'hello\n', good[:-500], good[:len(good) // 2],
                    good[:3000] + b'?' * 99 + good[3099:],
                    saved(weight_0=np.array([Bomb()], object)),
                    saved(start_and_rows=np.array([Bomb()], object)),
                    saved(start_and_rows=b'{}'),
                    saved(start_and_rows=b'no JSON')):
        file.write_bytes(content)
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            state_in(tmp_path).restore()
        assert end.value.code == 2
        line, = capsys.readouterr().err.splitlines()
        assert 'it cannot be read' in line and str(file) in line
        assert 'To start anew, remove that file' in line
    assert not exploded.exists()


def test_several_workers_do_not_go_on_with_the_state_of_one(
        tmp_path, capsys, monkeypatch, no_xla):
    file = interrupted(tmp_path)
    before = file.read_bytes()
    monkeypatch.setenv('TF_CONFIG', '{}')
    state = state_in(tmp_path)
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        state.restore()
    assert end.value.code == 2
    line, = capsys.readouterr().err.splitlines()
    assert 'several workers' in line and str(file) in line
    # Nor do they leave one.
    state.save(0, {'loss': 1.0, 'val_loss': 1.0})
    assert file.read_bytes() == before


@pytest.fixture
def poisoned(monkeypatch):
    """Return a function: all digits of an epoch and later are NaN."""
    healthy = training.shuffled_batches

    def poison(first):
        def batches(x, batch_size, seed, epoch):
            def poisoned(x, y):
                x = tf.where(epoch >= first, tf.constant(np.nan), x)
                return x, x
            return healthy(x, batch_size, seed, epoch).map(poisoned)
        monkeypatch.setattr(training, 'shuffled_batches', batches)
    return poison


def test_a_loss_that_is_not_finite_keeps_what_was_before(
        tmp_path, capsys, poisoned, no_xla):
    def ends_with():
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            train(tmp_path, epochs=4)
        assert end.value.code == 1
        line, = capsys.readouterr().err.splitlines()
        assert 'the loss is not finite any more' in line
        return line

    poisoned(0)
    assert ends_with().endswith('Nothing was saved')
    assert not list(tmp_path.glob('*.*'))
    poisoned(2)
    for _ in range(2):  # the same command gives the same
        line = ends_with()
        assert 'The state after epoch 2 is kept' in line
        assert f'remove {tmp_path / "interrupted.npz"}' in line
        assert len(losses_of(tmp_path)) == 2
    poisoned(9)
    train(tmp_path, epochs=4)
    assert 'Going on after epoch 2 of 4' in capsys.readouterr().out
    other = tmp_path / 'undisturbed'
    other.mkdir()
    train(other, epochs=4)
    assert losses_of(tmp_path) == losses_of(other)


def test_weights_that_are_not_finite_end_even_the_last_epoch(
        tmp_path, capsys, monkeypatch, no_xla):
    # A loss is of before the update, and only `val_loss` of after it.
    def nan_batches(x, batch_size):
        return healthy(x * np.nan, batch_size)

    healthy = training.batches_in_order
    monkeypatch.setattr(training, 'batches_in_order', nan_batches)
    with pytest.raises(SystemExit) as end:
        train(tmp_path, epochs=1)
    assert end.value.code == 1
    assert 'not finite' in capsys.readouterr().err
    assert not list(tmp_path.glob('*.*'))
