"""Interrupted trainings go on as if nothing had happened."""

import errno
import os
import re
import shutil
import signal
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
import tensorflow as tf

from common import digits, pictures, program, training
from conftest import (
    ROOT,
    build,
    losses_of,
    main_of,
    same_results,
    start_program,
)

keras = tf.keras


class Killed(BaseException):
    """What no main catches: from here on, nothing is done any more."""


def test_killed_and_interrupted_it_ends_as_if_undisturbed(
    undisturbed, tmp_path, run_main, monkeypatch, no_xla, no_page
):
    pty = pytest.importorskip('pty')
    import fcntl
    import termios

    options, expected = undisturbed
    options = [*options, '--output', tmp_path]

    # The weights of epoch 2 are saved, its history is not.
    def killed(self):
        if len(self.rows) == 2:
            raise Killed
        write_history(self)

    write_history = training.Backup._write_history
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(training.Backup, '_write_history', killed)
        run_main('0-vanilla', *options)
    assert len(losses_of(tmp_path)) == 1

    def in_terminal():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # It is ignored below a shell's `&`.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    # In another process, somebody types Ctrl-C at a terminal.
    leader, follower = pty.openpty()
    process = start_program(
        'wait.py',
        3,
        main_of('0-vanilla'),
        *options,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        preexec_fn=in_terminal,
    )
    os.close(follower)
    seen = b''
    try:
        while part := os.read(leader, 4096):
            typed = b'waiting' in seen
            seen += part
            if b'waiting' in seen and not typed:
                os.write(leader, b'\x03')
    except OSError:  # so Linux says that the other end is closed
        pass
    os.close(leader)
    assert process.wait() == 130, seen
    seen = re.sub(r'\x1b\[[0-9;]*m', '', seen.decode())  # bold and colours
    assert seen.startswith('Resuming after epoch 2 of 4')
    # A bar that is drawn over and over.
    assert re.search(r'[\r\x08]\d/4 .*[=━]', seen)
    assert seen.splitlines()[-1].endswith(
        '0-main.py: error: interrupted. The same command resumes after the '
        'last saved epoch'
    )
    assert 'Traceback' not in seen

    done = run_main('0-vanilla', *options)
    assert not done.returncode
    resumed = re.findall('Resuming after epoch . of .', done.stdout)
    assert resumed == ['Resuming after epoch 3 of 4']
    # The same order of the digits, optimizer state and weights: no row
    # twice, none missing, none different.
    same_results(tmp_path, expected)
    assert set(os.listdir(tmp_path)) == set(os.listdir(expected))


def test_whatever_stops_it_the_same_command_ends_as_if_undisturbed(
    undisturbed, tmp_path, run_main, monkeypatch, no_xla, no_page
):
    options, expected = undisturbed
    output = tmp_path / 'stopped'
    options = ['0-vanilla', *options, '--output', output]

    def ends_in_a_line(status=1):
        done = run_main(*options)
        assert done.returncode == status
        (line,) = done.stderr.splitlines()
        assert line.endswith(
            '. The same command resumes after the last saved epoch'
        )
        return line

    for name, before, rows in (
        ('interrupted.weights.h5', 0, None),
        ('history.csv', 1, 1),
        ('reconstructions.png', 0, 4),
    ):
        writes = []

        def open_on_full_disk(
            path, mode, name=name, before=before, writes=writes
        ):
            if path.name == f'new-{name}':
                writes.append(path)
                if len(writes) > before:
                    path.write_bytes(b'half')
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return open(path, mode)

        monkeypatch.setattr(program, 'open', open_on_full_disk, raising=False)
        assert (
            f"error: [Errno 28] No space left on device: '{output / name}'"
            in ends_in_a_line()
        )
        if rows is None:
            assert not (output / 'history.csv').exists()
        else:
            assert len(losses_of(output)) == rows
        assert not list(output.glob('new-*'))
    monkeypatch.setattr(program, 'open', open)
    # A Ctrl-C between the last epoch and the end.
    with monkeypatch.context() as patch:

        def stop(*_):
            raise KeyboardInterrupt

        patch.setattr(pictures, 'save_figure', stop)
        assert 'error: interrupted' in ends_in_a_line(130)
    done = run_main(*options)
    assert not done.returncode
    assert 'Resuming after epoch 4 of 4' in done.stdout
    same_results(output, expected)
    assert sorted(os.listdir(output)) == sorted(os.listdir(expected))

    # The end let the folder go, and left nothing to resume. Now, the folder
    # itself vanishes.
    on_epoch_end = training.Backup.on_epoch_end

    def save_and_lose(self, epoch, logs=None):
        on_epoch_end(self, epoch, logs)
        assert losses_of(output) == losses_of(expected)[: epoch + 1]
        if epoch == 1:
            shutil.rmtree(output)

    monkeypatch.setattr(training.Backup, 'on_epoch_end', save_and_lose)
    assert f"No such file or directory: '{output}" in ends_in_a_line()


def test_another_start_is_not_mixed_in(
    data, tmp_path, run_main, stop_after, monkeypatch, no_xla, no_page
):
    args = ['1-sparse', '--epochs', 2, '--output', tmp_path]
    with np.load(data) as arrays:
        arrays = dict(arrays)
    test = arrays['x_test'], arrays['y_test']
    train = arrays['x_train'], arrays['y_train']
    turned = arrays['x_train'][::-1], arrays['y_train']
    other = tmp_path / 'other.npz'
    np.savez(
        other,
        x_train=turned[0],
        y_train=turned[1],
        x_test=test[0],
        y_test=test[1],
    )
    # As if MNIST were within reach.
    monkeypatch.setattr(digits, '_mnist', lambda: (train, test))
    stop_after(2)
    assert run_main(*args).returncode == 130
    before = (tmp_path / 'history.csv').read_bytes()

    def refused(*options):
        done = run_main(*args, *options)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert str(tmp_path / 'interrupted.weights.h5') in line
        assert 'To start again, remove that file or choose another' in line
        assert (tmp_path / 'history.csv').read_bytes() == before
        return line

    line = refused('--seed', 7, '--batch-size', 99, '--data', other)
    assert '--seed was 0, now 7; --batch-size was 256, now 99' in line
    assert '--data was 192 digits' in line
    assert 'without --data' not in line
    assert '2 epochs are done, but --epochs is 1' in refused('--epochs', 1)
    with monkeypatch.context() as patch:
        patch.setattr(digits, '_mnist', lambda: (turned, test))
        line = refused()
        assert 'without --data, the digits depend on whether MNIST' in line
    with monkeypatch.context() as patch:
        module = __import__('1-sparse')
        autoencoder = module.autoencoder
        patch.setattr(
            module, 'autoencoder', lambda *sizes: autoencoder(*sizes[:3], 1)
        )
        assert 'the model has changed' in refused()
    # What a layer adds to the loss is in its source alone.
    with monkeypatch.context() as patch:
        shutil.copy(ROOT / '1-sparse.py', tmp_path)
        with open(tmp_path / '1-sparse.py', 'a') as file:
            file.write('# changed\n')
        patch.setattr(training, 'ROOT', tmp_path)
        assert 'but 1-sparse.py has changed. To resume' in refused()
    with monkeypatch.context() as patch:
        patch.setattr(training, 'KERAS_VERSION', (3, 99))
        line = refused()
        assert re.search(r'but Keras was \d\.\d+, now 3\.99\. To resume', line)
    # The same digits as a file are the same, and more epochs no other start.
    done = run_main(*args, '--epochs', 3, '--data', data)
    assert not done.returncode
    assert 'Resuming after epoch 2 of 3' in done.stdout
    assert losses_of(tmp_path)[:2] == before.decode().splitlines()[1:]
    assert len(losses_of(tmp_path)) == 3


PIXELS = np.random.default_rng(0).integers(256, size=(53, 12), dtype='uint8')
X = digits.scaled(PIXELS)


def train(output, poisoned=99, x_test=X[:13], workers=False):
    """Train a small model as the mains do; return it.

    From the epoch `poisoned` on, all digits are NaN.
    """
    options = SimpleNamespace(
        module='1-sparse',
        epochs=4,
        batch_size=8,
        seed=0,
        data=None,
        output=output,
        several_workers=workers,
    )
    *_, auto = build('1-sparse', 12, [8, 6], 4, 0.01)
    auto.run_eagerly = True  # tracing would take longer than all steps
    backup = training.Backup(auto, PIXELS, x_test, options)
    batches, steps = training.shuffled_batches(PIXELS, options, backup.epoch)

    def poison(number, batch):
        bad = number + backup.epoch * steps >= poisoned * steps
        batch = tf.where(bad, tf.constant(np.nan, 'float32'), batch[0])
        return batch, batch

    auto.fit(
        batches.enumerate().map(poison),
        steps_per_epoch=steps,
        epochs=4,
        initial_epoch=backup.epoch,
        validation_data=(x_test, x_test),
        callbacks=[backup],
        shuffle=False,
        verbose=0,
    )
    return auto


@pytest.fixture
def fails(tmp_path, capsys):
    """Return a function: a training in `tmp_path` ends in one line."""

    def line(status, **options):
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            train(tmp_path, **options)
        assert end.value.code == status
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return line


def test_a_loss_that_is_not_finite_keeps_what_was_before(
    tmp_path, capsys, fails
):
    line = fails(1, poisoned=0)
    assert 'the loss became NaN or infinite' in line
    assert line.endswith('Nothing was saved')
    # Of weights that the last update spoils, only `val_loss` tells.
    assert fails(1, x_test=X[:13] * np.nan) == line
    assert not os.listdir(tmp_path)
    for _ in range(2):  # the same command gives the same
        line = fails(1, poisoned=2)
        assert f'remove {tmp_path / "interrupted.weights.h5"}' in line
        assert len(losses_of(tmp_path)) == 2
    auto = train(tmp_path)
    assert 'Resuming after epoch 2 of 4' in capsys.readouterr().out
    assert int(auto.optimizer.iterations) == 4 * 7
    assert len(losses_of(tmp_path)) == 4


def test_states_that_cannot_be_used_are_refused(tmp_path, fails):
    fails(1, poisoned=2)
    file = tmp_path / 'interrupted.weights.h5'
    good = file.read_bytes()

    def with_state(text):
        file.write_bytes(good)
        with h5py.File(file, 'a') as opened:
            del opened['state']
            if text:
                opened['state'] = text
        return file.read_bytes()

    for content in (
        b'',
        b'hello\n',
        good[:-500],
        good[: len(good) // 2],
        with_state(None),
        with_state('no JSON'),
        with_state('{}'),
    ):
        file.write_bytes(content)
        line = fails(2)
        assert 'it cannot be read' in line and str(file) in line
        assert 'To start again, remove that file' in line
    # Several workers cannot go on with that of one, nor do they leave one.
    file.write_bytes(good)
    line = fails(2, workers=True)
    assert 'several workers' in line and str(file) in line
    assert file.read_bytes() == good
    file.unlink()
    train(tmp_path, workers=True)
    assert not file.exists()
    assert len(losses_of(tmp_path)) == 4
