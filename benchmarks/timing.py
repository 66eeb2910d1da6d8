"""The clock of the benchmarks."""
import contextlib
import os
import platform
import sys
import time
from importlib import metadata
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / 'experiments'))

from runs import start_tensorflow  # noqa: E402


def machine():
    """Return a line on the processor and the versions."""
    tf = start_tensorflow()
    cpu = platform.processor()
    with contextlib.suppress(OSError):
        lines = Path('/proc/cpuinfo').read_text().splitlines()
        flags = next(line for line in lines if line.startswith('flags'))
        cpu = next(line for line in lines if 'model name' in line
                   ).split(': ')[1]
        cpu += ''.join(f', {flag}' for flag in ('avx2', 'avx512_vnni')
                       if flag in flags.split())
    return (f'{os.cpu_count()} x {cpu}; Python {platform.python_version()}, '
            f'TensorFlow {tf.__version__}, Keras {metadata.version("keras")}')


def interleaved(variants, rounds):
    """Time variants in turn, so that what disturbs one disturbs all.

    Args:
        variants: Dictionary of names to functions that return seconds.
        rounds: Integer, how often each is timed, after once for practice.

    Returns:
        Dictionary of names to lists of seconds, one for each round.
    """
    for run in variants.values():
        run()
    times = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            times[name].append(run())
    return times


def second_epoch(auto, *args, **kwargs):
    """Return the seconds of the second epoch of `fit`: the first sets up."""
    times = []
    clock = start_tensorflow().keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: times.append(time.perf_counter()),
        on_epoch_end=lambda *_: times.append(time.perf_counter()))
    auto.fit(*args, epochs=2, callbacks=[clock], verbose=0, **kwargs)
    return times[3] - times[2]


def timed(run):
    """Return the seconds that a function takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
