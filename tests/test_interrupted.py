"""Interrupted trainings go on as if nothing had happened."""

import errno
import os
import re
import shutil
import signal
import tempfile
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
import tensorflow as tf

from common import digits, pictures, program, training
from conftest import (
    build,
    losses_of,
    main_of,
    same_results,
    start_program,
)

keras = tf.keras


class Killed(BaseException):
    """What no main catches: from here on, nothing is done any more."""


def type_ctrl_c(*args):
    """Run a program in a terminal, and type Ctrl-C once it waits.

    Returns:
        Its status, and what is seen, without bold and colours.
    """
    pty = pytest.importorskip('pty')
    import fcntl
    import termios

    def in_terminal():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # It is ignored below a shell's `&`.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    leader, follower = pty.openpty()
    process = start_program(
        *args,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        preexec_fn=in_terminal,
    )
    os.close(follower)
    seen = read_until(leader, b'waiting')
    os.write(leader, b'\x03')
    seen += read_until(leader, None)
    os.close(leader)
    return process.wait(), re.sub(r'\x1b\[[0-9;]*m', '', seen.decode())


def read_until(terminal, end):
    """Return what a terminal shows until some bytes, or until it closes."""
    seen = b''
    while end is None or end not in seen:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # so Linux says that the other end is closed
            break
        if not part:
            break
        seen += part
    return seen


def test_killed_and_interrupted_it_ends_as_if_undisturbed(
    undisturbed, tmp_path, run_main, monkeypatch, no_xla, no_page
):
    options, expected = undisturbed
    options = [*options, '--output', tmp_path]

    # Killed: the weights of epoch 2 are saved, its history is not.
    def killed(self):
        if len(self.rows) == 2:
            raise Killed
        write_history(self)

    write_history = training.Backup._write_history
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(training.Backup, '_write_history', killed)
        run_main('0-vanilla', *options)
    assert len(losses_of(tmp_path)) == 1

    # In another process, somebody types Ctrl-C.
    status, seen = type_ctrl_c('wait.py', 3, main_of('0-vanilla'), *options)
    assert status == 130, seen
    check_what_is_seen(seen)

    done = run_main('0-vanilla', *options)
    assert not done.returncode
    resumed = re.findall('Resuming after epoch . of .', done.stdout)
    assert resumed == ['Resuming after epoch 3 of 4']
    # The same order of the digits, optimizer state and weights: no row
    # twice, none missing, none different.
    same_results(tmp_path, expected)
    assert set(os.listdir(tmp_path)) == set(os.listdir(expected))


def check_what_is_seen(seen):
    """Check what a terminal shows of a resumed, interrupted main."""
    assert seen.startswith('Resuming after epoch 2 of 4')
    # A bar that is drawn over and over.
    assert re.search(r'[\r\x08]\d/4 .*[=━]', seen)
    assert seen.splitlines()[-1].endswith(
        '0-main.py: error: interrupted. The same command resumes after the '
        'last saved epoch'
    )
    assert 'Traceback' not in seen


def fill_disk(monkeypatch, name, after=0):
    """Let there be no room for a file, once it was written so many times."""
    writes = []

    def open_on_full_disk(path, mode):
        if path.name == f'new-{name}':
            writes.append(path)
            if len(writes) > after:
                path.write_bytes(b'half')
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return open(path, mode)

    monkeypatch.setattr(program, 'open', open_on_full_disk, raising=False)


def fill_disk_of_keras(monkeypatch):
    """Let there be no room for a model."""

    def save(self, path):
        with open(path, 'w') as file:
            file.write('half')
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(keras.Model, 'save', save)


def stop_drawing(monkeypatch):
    """Let a Ctrl-C come between the last epoch and the end."""

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(pictures, 'save_figure', stop)


def ends_in_a_line(done, status=1):
    """Return the line that a main ends with."""
    assert done.returncode == status
    (line,) = done.stderr.splitlines()
    assert line.endswith(
        '. The same command resumes after the last saved epoch'
    )
    return line


def test_whatever_stops_it_the_same_command_ends_as_if_undisturbed(
    undisturbed, tmp_path, run_main, monkeypatch, no_xla, no_page
):
    options, expected = undisturbed
    output = tmp_path / 'stopped'
    command = ['0-vanilla', *options, '--output', output]
    no_room = "error: [Errno 28] No space left on device: '{}'".format

    # Before anything is written; then of two files, only the first is.
    fill_disk(monkeypatch, 'interrupted.weights.h5')
    line = ends_in_a_line(run_main(*command))
    assert no_room(output / 'interrupted.weights.h5') in line
    assert not (output / 'history.csv').exists()
    fill_disk(monkeypatch, 'history.csv', after=1)
    line = ends_in_a_line(run_main(*command))
    assert no_room(output / 'history.csv') in line
    assert len(losses_of(output)) == 1

    # After the last epoch.
    fill_disk(monkeypatch, 'reconstructions.png')
    line = ends_in_a_line(run_main(*command))
    assert no_room(output / 'reconstructions.png') in line
    monkeypatch.setattr(program, 'open', open)
    with monkeypatch.context() as patch:
        stop_drawing(patch)
        line = ends_in_a_line(run_main(*command), 130)
        assert 'error: interrupted' in line
    with monkeypatch.context() as patch:
        fill_disk_of_keras(patch)
        line = ends_in_a_line(run_main(*command))
        assert no_room(output / 'encoder.keras') in line
    assert not list(output.glob('new-*'))

    check_ended(run_main(*command), output, expected)


def check_ended(done, output, expected):
    """Check that a main, resumed at its end, has ended as if undisturbed."""
    assert not done.returncode
    assert 'Resuming after epoch 4 of 4' in done.stdout
    same_results(output, expected)
    assert sorted(os.listdir(output)) == sorted(os.listdir(expected))


def test_a_folder_that_vanishes_is_named_in_a_line(
    undisturbed, tmp_path, run_main, monkeypatch, no_xla, no_page
):
    options, expected = undisturbed
    output = tmp_path / 'vanishes'
    on_epoch_end = training.Backup.on_epoch_end

    def save_and_lose(self, epoch, logs=None):
        on_epoch_end(self, epoch, logs)
        # Each epoch is in the history at once.
        assert losses_of(output) == losses_of(expected)[: epoch + 1]
        if epoch == 1:
            shutil.rmtree(output)

    monkeypatch.setattr(training.Backup, 'on_epoch_end', save_and_lose)
    done = run_main('0-vanilla', *options, '--output', output)
    assert f"No such file or directory: '{output}" in ends_in_a_line(done)


def test_models_are_saved_without_the_usual_folder_for_temporary_files(
    tmp_path, monkeypatch
):
    # Given a folder in which nothing can be written.
    monkeypatch.setattr(tempfile, 'tempdir', os.devnull)
    models = build('1-sparse', *SIZES)
    training.save_models(tmp_path, *models)
    assert sorted(os.listdir(tmp_path)) == [
        'autoencoder.keras',
        'decoder.keras',
        'encoder.keras',
    ]
    # For all others, it is what it was.
    assert tempfile.tempdir == os.devnull


# Small trainings, without a main.


PIXELS = np.random.default_rng(0).integers(256, size=(21, 12), dtype='uint8')
X = digits.scaled(PIXELS)
SIZES = 12, [], 4, 0.01


def options_of(output, **others):
    """Return the options of a main."""
    usual = {
        'module': '1-sparse',
        'epochs': 4,
        'batch_size': 8,
        'seed': 0,
        'data': None,
        'output': output,
        'several_workers': False,
    }
    return SimpleNamespace(**{**usual, **others})


def train(output, poisoned=99, x_test=X[:13], workers=False):
    """Train a small model as the mains do; return it.

    From the epoch `poisoned` on, all digits are NaN.
    """
    options = options_of(output, several_workers=workers)
    *_, auto = build('1-sparse', *SIZES)
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

    def line(status, start=train, **options):
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            start(tmp_path, **options)
        assert end.value.code == status
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return line


@pytest.fixture(scope='module')
def begun(tmp_path_factory):
    """Return the state of a training that was stopped after two epochs."""
    folder = tmp_path_factory.mktemp('begun')
    with pytest.raises(SystemExit):
        train(folder, poisoned=2)
    return (folder / 'interrupted.weights.h5').read_bytes()


@pytest.fixture
def state(begun, tmp_path):
    """Return the path of such a state."""
    file = tmp_path / 'interrupted.weights.h5'
    file.write_bytes(begun)
    return file


def resume(
    output, pixels=PIXELS, sizes=SIZES, version=None, x_test=X[:13], **options
):
    """Begin to resume, in another way or with another version of Keras."""
    with pytest.MonkeyPatch.context() as patch:
        if version:
            patch.setattr(training, 'KERAS_VERSION', version)
        *_, auto = build('1-sparse', *sizes)
        training.Backup(auto, pixels, x_test, options_of(output, **options))


ANOTHER = {
    r'--seed was 0, now 7; --batch-size was 8, now 99\. To resume': {
        'seed': 7,
        'batch_size': 99,
    },
    '2 epochs are done, but --epochs is 1': {'epochs': 1},
    r'--data was 21 digits \(checksum \w+\), now 21 .*; without --data, the '
    'digits depend on whether MNIST': {'pixels': PIXELS[::-1].copy()},
    r'--data was 21 digits \(.*, now 20 digits \(checksum \w+\)\. To': {
        'pixels': PIXELS[:-1],
        'data': 'a file',
    },
    r'--data was 21 digits \(.*, now 21 digits \(checksum \w+\)\. To': {
        'x_test': X[1:14],
        'data': 'a file',
    },
    'the model has changed': {'sizes': (12, [], 4, 0.02)},
    r'but Keras was \d\.\d+, now 3\.99\. To resume': {'version': (3, 99)},
}


@pytest.mark.parametrize('says, options', ANOTHER.items(), ids=ANOTHER)
def test_another_start_is_not_mixed_in(says, options, state, fails):
    before = state.read_bytes()
    line = fails(2, resume, **options)
    assert re.search(says, line)
    assert str(state) in line
    assert 'To start again, remove that file or choose another' in line
    assert state.read_bytes() == before


def test_another_keras_is_not_told_as_another_model(state, fails):
    # Versions of Keras write the same model differently.
    line = fails(2, resume, version=(3, 99), sizes=(12, [], 4, 0.02))
    assert 'now 3.99. To resume' in line


def test_another_source_of_the_module_is_another_start(
    state, fails, tmp_path, monkeypatch
):
    # What a layer adds to the loss is in its source alone.
    module = __import__('1-sparse')
    other = shutil.copy(module.__file__, tmp_path)
    with open(other, 'a') as file:
        file.write('# changed\n')
    monkeypatch.setattr(module, '__file__', other)
    assert 'but 1-sparse.py has changed. To resume' in fails(2, resume)


def test_the_same_digits_as_a_file_and_more_epochs_are_no_other_start(
    state, tmp_path, capsys
):
    resume(tmp_path, data='a file', epochs=9)
    assert 'Resuming after epoch 2 of 9' in capsys.readouterr().out


def test_the_same_start_is_resumed_with_all_weights(state, tmp_path, capsys):
    auto = train(tmp_path)
    assert 'Resuming after epoch 2 of 4' in capsys.readouterr().out
    assert int(auto.optimizer.iterations) == 4 * 3
    assert len(losses_of(tmp_path)) == 4
    (tmp_path / 'undisturbed').mkdir()
    undisturbed = train(tmp_path / 'undisturbed')
    for one, other in zip(auto.get_weights(), undisturbed.get_weights()):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    'poison', [{'poisoned': 0}, {'x_test': X[:13] * np.nan}]
)
def test_a_loss_that_is_not_finite_ends_it_with_nothing_saved(
    poison, tmp_path, fails
):
    # Of weights that the last update spoils, only `val_loss` tells.
    line = fails(1, **poison)
    assert 'the loss became NaN or infinite' in line
    assert line.endswith('Nothing was saved')
    assert not os.listdir(tmp_path)


def test_a_loss_that_is_not_finite_keeps_what_was_before(
    state, tmp_path, fails
):
    line = fails(1, poisoned=2)
    assert f'remove {state}' in line
    assert len(losses_of(tmp_path)) == 2


BAD_STATES = {
    'empty': lambda good: b'',
    'text': lambda good: b'hello\n',
    'cut': lambda good: good[:-500],
    'half': lambda good: good[: len(good) // 2],
}


@pytest.mark.parametrize('spoil', BAD_STATES.values(), ids=BAD_STATES)
def test_a_state_that_is_damaged_is_refused(spoil, state, fails):
    state.write_bytes(spoil(state.read_bytes()))
    line = fails(2, resume)
    assert 'it cannot be read' in line and str(state) in line
    assert 'To start again, remove that file' in line


@pytest.mark.parametrize('text', [None, 'no JSON', '{}'])
def test_a_state_without_its_text_is_refused(text, state, fails):
    with h5py.File(state, 'a') as opened:
        del opened['state']
        if text:
            opened['state'] = text
    assert 'it cannot be read' in fails(2, resume)


def test_a_state_without_all_variables_is_refused(state, fails):
    with h5py.File(state, 'a') as opened:
        del opened['variables/3']
    assert 'it cannot be read' in fails(2, resume)


def test_several_workers_do_not_resume_the_state_of_one(state, fails):
    before = state.read_bytes()
    line = fails(2, resume, several_workers=True)
    assert 'several workers' in line and str(state) in line
    assert state.read_bytes() == before


def test_several_workers_leave_no_state(tmp_path):
    train(tmp_path, workers=True)
    assert os.listdir(tmp_path) == ['history.csv']
    assert len(losses_of(tmp_path)) == 4
