"""What the tests share: the modules, real digits, and mains that run here."""

import contextlib
import importlib.util
import io
import logging
import os
import runpy
import subprocess
import sys
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # as the mains do
os.environ.setdefault('MPLBACKEND', 'Agg')
ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / 'tests' / 'programs'
# Modules as learners may write them.
LEARNER = ROOT / 'tests' / 'modules'
sys.path[:0] = [str(ROOT), str(ROOT / 'mains')]
# What a program of its own process imports from.
PATHS = os.pathsep.join([*sys.path[:2], str(ROOT / 'tests')])

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from common import ARGUMENTS  # noqa: E402, F401
from common.start import KERAS_VERSION  # noqa: E402

# Not that a function is traced again for each of the models built here.
logging.getLogger('tensorflow').setLevel('ERROR')

MODULES = list(ARGUMENTS)
# Those whose codes are not random.
STOCK = MODULES[:3]
# For what is the same on every Keras.
once = pytest.mark.skipif(
    KERAS_VERSION < (3, 14), reason='it is tested with the newest Keras'
)


def build(module, *args, seed=0):
    """Return the models of a module, by default the assignment's."""
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    return __import__(module).autoencoder(*(args or ARGUMENTS[module]))


def build_learner(module):
    """Return the models of a learner's module, of the assignment's sizes."""
    import tensorflow as tf

    tf.keras.utils.set_random_seed(0)
    spec = importlib.util.spec_from_file_location(
        f'learner-{module}', LEARNER / f'{module}.py'
    )
    imported = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(imported)
    return imported.autoencoder(*ARGUMENTS[module])


def environment_with(**variables):
    """Return the environment of a person with some variables set."""
    environment = {**os.environ, 'LANG': 'C.UTF-8', 'COLUMNS': '80'}
    # They would go before LANG; and without the last, mains are quiet.
    for name in ('LC_ALL', 'LC_CTYPE', 'TF_CPP_MIN_LOG_LEVEL'):
        environment.pop(name, None)
    return {**environment, **variables}


def run_python(*args, check=True, **environment):
    """Run Python in a fresh process and return its completed process."""
    done = subprocess.run(
        [sys.executable, *map(str, args)],
        text=True,
        capture_output=True,
        env=environment_with(**environment),
        timeout=600,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def run_program(name, *args, **options):
    """Run one of the programs in a fresh process."""
    return run_python(
        PROGRAMS / name, *args, **{'PYTHONPATH': PATHS, **options}
    )


def start_program(name, *args, **options):
    """Start one of the programs, and return its process."""
    return subprocess.Popen(
        [sys.executable, *map(str, (PROGRAMS / name, *args))],
        env=environment_with(PYTHONPATH=PATHS, TERM='xterm', COLUMNS='80'),
        **options,
    )


def main_of(module):
    """Return the path of the main that trains a module."""
    return ROOT / 'mains' / f'{module[0]}-main.py'


def losses_of(output):
    """Return the history in a main's output folder, a line an epoch."""
    return (output / 'history.csv').read_text().splitlines()[1:]


def same_results(first, second):
    """Check that two output folders have the same losses and weights."""
    from tensorflow import keras

    assert losses_of(first) == losses_of(second)
    for name in ('encoder', 'decoder'):
        weights = [
            keras.models.load_model(output / f'{name}.keras').get_weights()
            for output in (first, second)
        ]
        for one, other in zip(*weights):
            # On a busy machine, threads may add up in another order, which
            # changes last digits; what is not resumed changes far more.
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-7)


def cross_entropy(x, reconstructed):
    """Return the binary cross-entropy of each value, in float64."""
    x = np.asarray(x, 'float64')
    p = np.clip(np.asarray(reconstructed, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each row."""
    return (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1) / 2


def outputs_of(model, x):
    """Return what a model makes of inputs, as arrays.

    `predict` does the same, but compiles the model first.
    """
    outputs = model(x)
    if isinstance(outputs, (list, tuple)):
        return [output.numpy() for output in outputs]
    return outputs.numpy()


def loss_of(module, models, x):
    """Return what the loss on `x` has to be, computed without Keras' losses.

    The noise of the variational encoder has to be the same in each call.
    """
    encoder, decoder, _ = models
    codes = outputs_of(encoder, x)
    if module == '3-variational':
        codes, mean, log_variance = codes
        values = cross_entropy(x, outputs_of(decoder, codes))
        return values.sum(1).mean() + divergence(mean, log_variance).mean()
    loss = cross_entropy(x, outputs_of(decoder, codes)).mean()
    if module == '1-sparse':
        loss += 10e-6 * np.abs(codes).sum(1).mean()
    return loss


@pytest.fixture(scope='session')
def mnist():
    """All digits that come with the project, (5000, 784) in [0, 1]."""
    from common import digits

    (x_train, _), (x_test, _) = digits.load_digits(digits.OFFLINE, (784,))
    return digits.scaled(np.concatenate([x_train, x_test]))


@pytest.fixture(scope='session')
def data(mnist, tmp_path_factory):
    """Return the path of a file of 292 digits like Keras' mnist.npz."""
    x = (mnist[:292] * 255).round().astype('uint8').reshape(-1, 28, 28)
    # No label of a test digit is that of the training digit of its number.
    y = np.concatenate([np.arange(192), np.arange(100) + 3]) % 10
    file = tmp_path_factory.mktemp('data') / 'digits.npz'
    np.savez_compressed(
        file, x_train=x[:192], y_train=y[:192], x_test=x[192:], y_test=y[192:]
    )
    return file


@pytest.fixture
def digits(mnist):
    """Return a function: 1,000 digits in the shape a module takes."""

    def in_shape(module, n=1000):
        shape = (28, 28, 1) if module == '2-convolutional' else (784,)
        return mnist[:n].reshape(-1, *shape)

    return in_shape


def run_here(module, *options):
    """Run a main in this process, as a notebook does.

    Returns:
        A completed process, with the status, the output and the errors.
    """
    path = str(main_of(module))
    args = [path, *map(str, options)]
    out, err, status = io.StringIO(), io.StringIO(), 0
    with contextlib.ExitStack() as stack:
        stack.callback(plt.close, 'all')
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(
            sys, 'argv', args
        )
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        try:
            runpy.run_path(path, run_name='__main__')
        except SystemExit as end:
            status = end.code
    return subprocess.CompletedProcess(
        args, status, out.getvalue(), err.getvalue()
    )


@pytest.fixture
def run_main():
    """Return `run_here`."""
    return run_here


@pytest.fixture
def no_page(monkeypatch):
    """Keep what mains give to their page instead of writing it."""
    from page import recorder

    given = []
    monkeypatch.setattr(
        recorder, 'write_page', lambda *args: given.append(args)
    )
    return given


@pytest.fixture
def no_xla(monkeypatch):
    """Train without XLA in this process, whose compiling takes seconds."""
    from common import training

    monkeypatch.setattr(training, 'has_xla', lambda: False)


@pytest.fixture(scope='session')
def undisturbed(data, tmp_path_factory):
    """Return the options of a main, and the folder that it wrote with them.

    It trained without XLA, and wrote no page.
    """
    from common import training
    from page import recorder

    output = tmp_path_factory.mktemp('undisturbed')
    options = ['--epochs', '4', '--batch-size', '48', '--data', str(data)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, 'has_xla', lambda: False)
        patch.setattr(recorder, 'write_page', lambda *args: None)
        run_here('0-vanilla', *options, '--output', output)
    return options, output


@contextlib.contextmanager
def stops_after(epochs):
    """Let a Ctrl-C come once so many epochs are saved."""
    from common.training import Backup

    on_epoch_end = Backup.on_epoch_end

    def stopping(self, epoch, logs=None):
        on_epoch_end(self, epoch, logs)
        if epoch + 1 == epochs:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Backup, 'on_epoch_end', stopping)
        yield


@pytest.fixture
def same_noise(monkeypatch):
    """Let the variational encoder draw 1 wherever it draws a number."""
    import tensorflow as tf

    monkeypatch.setattr(
        tf.random, 'normal', lambda shape, dtype: tf.ones(shape, dtype)
    )
