"""The module that a main trains: ours, or that of a learner."""

import contextlib
import re
import sys
import textwrap
import traceback
from pathlib import Path

import numpy as np

from common import ROOT
from common.program import fail
from common.start import keras


@contextlib.contextmanager
def used(options):
    """Import and use a module: with `--modules`, from that folder.

    Inside of the `with` block, this folder comes first on the path.

    Args:
        options: What `parse_options` returned.

    Raises:
        SystemExit: With status 2 and one line, if the module of a learner
            raises an error, or Keras does when it uses its models.
    """
    folder = (options.modules or ROOT).resolve()
    # In a notebook, one of the same name may be there already.
    imported = sys.modules.get(options.module)
    if imported and Path(imported.__file__).resolve().parent != folder:
        del sys.modules[options.module]
    if not options.modules:
        yield
        return
    sys.path.insert(0, str(folder))
    try:
        yield
    except OSError:  # `run` reports it
        raise
    except Exception as error:
        _refuse(options, error)
    finally:
        sys.path.remove(str(folder))


def try_out(options, encoder, decoder, auto, x_test):
    """Look whether the models of a learner do what the assignment promises.

    Args:
        options: What `parse_options` returned.
        encoder, decoder, auto: What the module returned.
        x_test: Array `(n, ...)` of inputs.

    Raises:
        ValueError: If they do not.
    """
    if not options.modules:
        return
    for name, model in (
        ('encoder', encoder),
        ('decoder', decoder),
        ('auto', auto),
    ):
        if not isinstance(model, keras.Model):
            raise ValueError(f'`{name}` is not a Keras model: {model!r}')
    x = x_test[:2]
    outputs = encoder(x)
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    expected = 3 if options.module == '3-variational' else 1
    if len(outputs) != expected:
        raise ValueError(
            f'`encoder` has {len(outputs)} outputs, not {expected}'
        )
    for name, result in (('decoder', decoder(outputs[0])), ('auto', auto(x))):
        if np.shape(result) != x.shape:
            raise ValueError(
                f'`{name}` returns the shape {np.shape(result)[1:]}, not '
                f'{x.shape[1:]}'
            )
    if getattr(auto, 'optimizer', None) is None:
        raise ValueError('`auto` is not compiled')


def _refuse(options, error):
    """End the program with one line on what is wrong with a module."""
    file = options.modules / f'{options.module}.py'
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == file.name
    ]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    where = f'{file}, line {lines[-1]},' if lines else str(file)
    # Without bold, and without where TensorFlow has called what.
    text = re.sub(r'\x1b\[\d+m', '', str(error))
    if text.startswith('in user code:'):
        text = text.strip().split('\n\n')[-1]
    what = textwrap.shorten(
        f'{type(error).__name__}: {text}', 200, placeholder=' ...'
    )
    fail(
        f'{where} cannot be used: {what.rstrip(".: ")}. To see what it '
        f'lacks: python -m checker {options.modules} --tasks '
        f'{options.module[0]}'
    )
