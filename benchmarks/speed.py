#!/usr/bin/env python3
"""Measure how fast the training scripts train, against other ways to do it.

The times are medians over rounds in which all ways take turns. The ratios to
the training scripts are taken within each round, and the median is printed.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path += [
    str(Path(__file__).resolve().parent.parent / folder)
    for folder in ('experiments', 'mains')
]

from common.training import Backup  # noqa: E402
from page.recorder import Recorder  # noqa: E402
from report import FILE, MAINS, tables_of  # noqa: E402
from runs import (  # noqa: E402
    ARGUMENTS,
    BATCH,
    ROOT,
    build,
    compiled_for_speed,
    keras,
    load_digits,
    parser_with_data,
    scaled,
    shuffled_batches,
)

# How many batches an epoch has here.
STEPS = {
    '0-vanilla': 120,
    '1-sparse': 120,
    '2-convolutional': 30,
    '3-variational': 120,
}
# Those whose whole runs are measured, by default.
WHOLE = ['0-vanilla', '3-variational']
# The assignment's own script takes MNIST from Keras; this gives it a file.
SCRIPT = """
import runpy, sys
import numpy as np
import tensorflow as tf
with np.load(sys.argv[2]) as data:
    train, test = ((data['x_' + part], data['y_' + part])
                   for part in ('train', 'test'))
tf.keras.datasets.mnist.load_data = lambda: (train, test)
runpy.run_path(sys.argv[1], run_name='__main__')
"""


def main():
    """Measure what the command line asks for and print it as tables."""
    options = parse_options()
    if options.worker:
        (module,) = options.models
        work(plain(module, scaled(inputs(module, options.data))))
        return
    if options.large:
        name, found = 'large', {'large': large(options)}
    elif options.whole:
        name, found = 'whole', {'whole': of_modules(measure_whole, options)}
    else:
        name = 'steps'
        found = {
            'steps': of_modules(measure_steps, options),
            'files': of_modules(files, options),
        }
    result = {'machine': machine(), 'rounds': {name: options.rounds}, **found}
    if options.record:
        result = recorded_with(result)
    print(tables_of(result))


def parse_options():
    """Parse the command line; `models` is a list of modules."""
    parser = parser_with_data(__doc__)
    parser.add_argument(
        '--rounds',
        type=int,
        default=5,
        metavar='N',
        help='give each way N turns (default: 5)',
    )
    parser.add_argument(
        '--models',
        nargs='+',
        choices=list(ARGUMENTS),
        help='measure only these modules (default: all, but only the '
        'vanilla and the variational one with --whole)',
    )
    parser.add_argument(
        '--whole',
        action='store_true',
        help='time whole runs of 50 epochs instead of steps: of the '
        "training scripts, the assignment's scripts and PyTorch "
        '(needs --data)',
    )
    parser.add_argument(
        '--large',
        action='store_true',
        help='instead of steps, time the vanilla training script on up '
        'to 16 copies of MNIST (needs --data)',
    )
    parser.add_argument(
        '--record',
        action='store_true',
        help='write the result to benchmarks/results',
    )
    # How this program starts itself without oneDNN, to train for an epoch for
    # each line of input.
    parser.add_argument(
        '--worker', action='store_true', help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if (options.whole or options.large) and not options.data:
        parser.error('--whole and --large need --data')
    if not options.models:
        options.models = WHOLE if options.whole else list(ARGUMENTS)
    return options


def of_modules(measure, options):
    """Return what a function measures of each module."""
    found = {}
    for module in options.models:
        print(f'Measuring {module}', flush=True)
        found[module] = measure(module, options)
    return found


def recorded_with(result):
    """Record a result beside what was measured before; return all of it."""
    recorded = json.loads(FILE.read_text())
    rounds = {**recorded['rounds'], **result['rounds']}
    recorded = {**recorded, **result, 'rounds': rounds}
    FILE.write_text(json.dumps(recorded, indent=1) + '\n')
    return recorded


def with_ratios(times):
    """Return, by name, the seconds and how many times the mains' they are."""
    return {
        name: (seconds, [a / b for a, b in zip(seconds, times[MAINS])])
        for name, seconds in times.items()
    }


def summary(times, scale):
    """Return the median of the seconds, scaled; of the ratios, the spread."""
    seconds, ratios = times
    return {
        'median': scale * statistics.median(seconds),
        'ratio': statistics.median(ratios),
        'minimum': min(ratios),
        'maximum': max(ratios),
    }


def inputs(module, data):
    """Return real digits in bytes, repeated as often as it takes."""
    shape = tuple(np.atleast_1d(ARGUMENTS[module][0]))
    (x, _), _ = load_digits(data, shape)
    return np.resize(x, (STEPS[module] * BATCH, *shape))


def measure_steps(module, options):
    """Return what a step takes by each way to train a module, and ratios."""
    x = inputs(module, options.data)
    with contextlib.ExitStack() as stack:
        variants = {
            'plain Keras, oneDNN off': worker(module, options.data, stack),
            'plain Keras, oneDNN on': plain(module, scaled(x)),
            MAINS: mains(module, x, stack),
        }
        for way, compiled in torch_ways().items():
            variants[way] = in_torch(module, scaled(x), compiled)
        if module != '2-convolutional':
            # XLA is slow in the gradient of max pooling.
            variants['an epoch in one XLA program'] = partial(
                timed, whole_epoch(module, scaled(x))
            )
        for run in variants.values():
            run()  # once before, untimed: the first run sets up
        times = interleaved(variants, options.rounds)
    return {
        way: summary(seconds, 1e3 / STEPS[module])
        for way, seconds in with_ratios(times).items()
    }


def torch_ways():
    """Return the ways to train in PyTorch, and whether each compiles.

    Without PyTorch there are none, and without a C++ compiler it cannot
    compile; then a line says so.
    """
    try:
        import torch
    except ImportError:
        print(
            'PyTorch is not installed, so it is left out: "pip install -r '
            'benchmarks/requirements.txt" gets it'
        )
        return {}
    name = f'PyTorch {torch.__version__.split("+")[0]}'
    if not shutil.which(os.environ.get('CXX', 'g++')):
        print('torch.compile needs a C++ compiler, so it is left out')
        return {f'{name}, eager': False}
    return {f'{name}, eager': False, f'{name}, torch.compile': True}


def in_torch(module, x, compiled):
    """Return a function that times an epoch in PyTorch."""
    from torch_models import trainer

    train, _ = trainer(module, x, BATCH, compiled)
    return partial(timed, train)


def plain(module, x):
    """Return a function that times `fit` on arrays."""
    auto = build(module)[2]
    return partial(second_epoch, auto, x, x, batch_size=BATCH)


def mains(module, x, stack):
    """Return a function that times an epoch the way the mains train."""
    auto = build(module)[2]
    batches, steps = shuffled_batches(
        x, SimpleNamespace(batch_size=BATCH, seed=0, epochs=2)
    )
    stack.enter_context(compiled_for_speed(auto, steps))
    return partial(
        second_epoch, auto, batches, steps_per_epoch=steps, shuffle=False
    )


def worker(module, data, stack):
    """Return a function that times `plain` in a process without oneDNN.

    That is how TensorFlow starts on a CPU without AVX512-VNNI.
    """
    environment = {**os.environ, 'TF_ENABLE_ONEDNN_OPTS': '0'}
    # Set by the start of TensorFlow here. There it would mean that somebody
    # wants to see what TensorFlow logs.
    environment.pop('TF_CPP_MIN_LOG_LEVEL', None)
    data_option = ['--data', str(data)] if data else []
    process = stack.enter_context(
        subprocess.Popen(
            [
                sys.executable,
                __file__,
                '--worker',
                '--models',
                module,
                *data_option,
            ],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
    )

    def run():
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write('\n')
            process.stdin.flush()
        for line in process.stdout:
            if line.startswith('seconds '):
                return float(line.split()[1])
        raise SystemExit(
            f'The process without oneDNN ended with status '
            f'{process.wait()}; its last words are above'
        )

    return run


def work(run):
    """Print the seconds of a run for each line of standard input."""
    for _ in sys.stdin:
        print('seconds', run(), flush=True)


def whole_epoch(module, x):
    """Return a function that trains for an epoch in one XLA program."""
    import tensorflow as tf

    auto = build(module)[2]
    (weight,) = auto.get_compile_config()['loss_weights'] or [1]
    auto.optimizer.build(auto.trainable_variables)
    x = tf.constant(x)

    @tf.function(jit_compile=True)
    def epoch(order):
        for step in tf.range(STEPS[module]):
            batch = tf.gather(x, order[step])
            with tf.GradientTape() as tape:
                loss = weight * tf.reduce_mean(
                    keras.losses.binary_crossentropy(
                        batch, auto(batch, training=True)
                    )
                )
                loss += sum(auto.losses)
            weights = auto.trainable_variables
            auto.optimizer.apply_gradients(
                zip(tape.gradient(loss, weights), weights)
            )
        return loss

    shuffle = np.random.default_rng(0).permutation
    return lambda: epoch(
        tf.constant(shuffle(len(x)).reshape(-1, BATCH).astype('int32'))
    ).numpy()


def files(module, options):
    """Return the milliseconds that a main writes files for, in an epoch."""
    shape = tuple(np.atleast_1d(ARGUMENTS[module][0]))
    (x_train, _), (x_test, labels) = load_digits(options.data, shape)
    encoder, decoder, auto = build(module)
    auto.optimizer.build(auto.trainable_variables)
    with tempfile.TemporaryDirectory() as folder:
        start = SimpleNamespace(
            module=module,
            batch_size=BATCH,
            seed=0,
            epochs=50,
            data=None,
            output=Path(folder),
            several_workers=False,
        )
        recorder = Recorder(
            encoder, decoder, scaled(x_test), labels, start.output
        )
        callbacks = keras.callbacks.CallbackList(
            [Backup(auto, x_train, x_test, start), recorder], model=auto
        )
        callbacks.on_train_begin()
        callbacks.on_epoch_begin(0)
        times = [
            timed(
                partial(
                    callbacks.on_epoch_end,
                    epoch,
                    {'loss': 0.1, 'val_loss': 0.1},
                )
            )
            for epoch in range(50)
        ]
    return 1e3 * statistics.median(times)


def measure_whole(module, options):
    """Return the seconds of whole runs of 50 epochs, and ratios."""
    data, number = options.data, module[0]
    after = {}
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            MAINS: [
                ROOT / 'mains' / f'{number}-main.py',
                '--data',
                data,
                '--output',
                Path(folder) / 'main',
            ],
            "the assignment's script": [
                '-c',
                SCRIPT,
                ROOT / 'tests' / 'assignment' / f'{number}-main.py',
                data,
            ],
        }
        for way, compiled in torch_ways().items():
            commands[way] = [
                ROOT / 'benchmarks' / 'torch_main.py',
                module,
                data,
                Path(folder) / 'torch.pt',
            ]
            if compiled:
                commands[way].append('--compile')

        def seconds(way):
            total, rest, _ = run_process(commands[way])
            after.setdefault(way, []).append(rest)
            print(
                f'{way}: {total:.1f} s, {rest:.1f} s of them after the '
                'last epoch',
                flush=True,
            )
            return total

        times = interleaved(
            {way: partial(seconds, way) for way in commands}, options.rounds
        )
    return {
        way: {**summary(of_one, 1), 'after': statistics.median(after[way])}
        for way, of_one in with_ratios(times).items()
    }


def large(options):
    """Return what two epochs take on MNIST, repeated once, 4 and 16 times."""
    with np.load(options.data) as file:
        arrays = dict(file)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / 'digits.npz'
        for times in (1, 4, 16):
            many = {
                name: np.concatenate([arrays[name]] * times)
                for name in ('x_train', 'y_train')
            }
            np.savez(data, **{**arrays, **many})
            runs = [
                run_process(
                    [
                        ROOT / 'mains' / '0-main.py',
                        '--epochs',
                        2,
                        '--data',
                        data,
                        '--output',
                        Path(folder) / 'main',
                    ]
                )
                for _ in range(options.rounds)
            ]
            total, _, memory = map(statistics.median, zip(*runs))
            found[len(many['x_train'])] = {
                'bytes': many['x_train'].nbytes,
                'seconds': total,
                'memory': memory,
            }
    return found


def run_process(arguments):
    """Run Python in a fresh process, without a screen.

    Returns:
        The seconds that it took, those of them after the last epoch was
        printed, and its peak memory in bytes.
    """
    start = last = time.perf_counter()
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=errors,
            env={
                **os.environ,
                'PYTHONPATH': str(ROOT),
                'MPLBACKEND': 'Agg',
                'PYTHONUNBUFFERED': '1',
            },
        ) as process,
    ):
        for chunk in iter(lambda: process.stdout.read1(65536), b''):
            if b'val_loss' in chunk:
                last = time.perf_counter()
        _, status, usage = os.wait4(process.pid, 0)
        end = time.perf_counter()
        process.returncode = status
        if status:
            errors.seek(0)
            raise SystemExit(errors.read().decode(errors='replace'))
    return end - start, end - last, 1024 * usage.ru_maxrss


def machine():
    """Return a line on the processor and the versions."""
    import tensorflow as tf

    return (
        f'{os.cpu_count()} x {processor()}; Python '
        f'{platform.python_version()}, TensorFlow {tf.__version__}, Keras '
        f'{metadata.version("keras")}'
    )


def processor():
    """Return the name of the processor, on Linux with what oneDNN uses."""
    try:
        lines = Path('/proc/cpuinfo').read_text().splitlines()
    except OSError:
        return platform.processor()
    about = {}
    for line in lines:
        name, _, value = line.partition(':')
        about[name.strip()] = value.strip()
    flags = about.get('flags', '').split()
    used = [flag for flag in ('avx2', 'avx512_vnni') if flag in flags]
    return ', '.join([about.get('model name', platform.processor()), *used])


def interleaved(variants, rounds):
    """Time variants in turn, so that what disturbs one disturbs all.

    Args:
        variants: Dictionary of names to functions that return seconds.
        rounds: Integer, how often each is timed.

    Returns:
        Dictionary of names to lists of seconds, one for each round.
    """
    times = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            times[name].append(run())
    return times


def second_epoch(auto, *args, **kwargs):
    """Return the seconds of the second epoch of `fit`: the first sets up."""
    times = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: times.append(time.perf_counter()),
        on_epoch_end=lambda *_: times.append(time.perf_counter()),
    )
    auto.fit(*args, epochs=2, callbacks=[clock], verbose=0, **kwargs)
    return times[3] - times[2]


def timed(run):
    """Return the seconds that a function takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == '__main__':
    main()
