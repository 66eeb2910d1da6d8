#!/usr/bin/env python3
"""Measure where the seconds of a run of the vanilla main go.

It runs the main for two epochs in this process, with a clock around each
step.
"""
import contextlib
import functools
import runpy
import sys
import tempfile
import time

import numpy as np
import timing  # noqa: F401
import tables
from runs import ROOT, parser_with_data, start_tensorflow

# Seconds, and seconds of all processors, by what they went into.
seconds = {}


def main():
    """Run the main and print the seconds of its steps as a table."""
    options = parser_with_data(__doc__).parse_args()
    with clock('all of it'), tempfile.TemporaryDirectory() as folder:
        with clock('import Matplotlib'):
            from common import pictures
        with clock('import TensorFlow'):
            model = start_tensorflow().keras.Model
        from common import digits
        from common import training
        put_clock(digits, 'load_digits', 'load digits')
        put_clock(training, 'has_xla', 'try XLA')
        put_clock(training, 'Backup', 'prepare the backup')
        put_clock(training, 'shuffled_batches', 'make batches')
        put_clock(training, 'batches_in_order', 'make batches')
        put_clock(model, 'fit', 'fit, two epochs')
        put_clock(model, 'predict', 'predict')
        put_clock(pictures, 'draw_images', 'draw')
        put_clock(training, 'save_models', 'save the models')
        data = ['--data', str(options.data)] if options.data else []
        main_0 = str(ROOT / 'mains' / '0-main.py')
        sys.argv = [main_0, '--epochs', '2', '--output', folder, *data]
        with contextlib.suppress(SystemExit):
            runpy.run_path(main_0, run_name='__main__')
    seconds['the rest'] = 2 * seconds['all of it'] - sum(seconds.values())
    print(tables.table(['', 'seconds', 'of all processors'], *(
        [name, *(f'{value:.2f}' for value in values)]
        for name, values in seconds.items())))


@contextlib.contextmanager
def clock(name):
    """Add the seconds that this lasts to those of `name`."""
    def now():
        return np.array([time.perf_counter(), time.process_time()])
    begin = now()
    yield
    seconds[name] = seconds.get(name, 0) + now() - begin


def put_clock(where, function, name):
    """Replace a function of a module or class by one with a clock."""
    original = getattr(where, function)

    @functools.wraps(original)
    def clocked(*args, **kwargs):
        with clock(name):
            return original(*args, **kwargs)
    setattr(where, function, clocked)


if __name__ == '__main__':
    main()
