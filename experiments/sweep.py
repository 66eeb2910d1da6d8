#!/usr/bin/env python3
"""Count how often the checker refuses what is correct.

It judges the project's modules and the correct styles of the tests, with other
random seeds for each, and prints those that are refused. With --statistics, it
draws ideal noise instead, and prints how far each statistic of the checker is
from refusing that. With --faults, it judges the wrong solutions of
tests/faults_more.py and prints those that are accepted.
"""

import argparse
import random
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'tests')]
from checker import noise, training_checks  # noqa: E402
from checker.assignment import MODULES, Arguments  # noqa: E402
from checker.evidence import PARTS  # noqa: E402
from faults_more import ARGUMENTS, MORE  # noqa: E402
from judging import drawn, judged  # noqa: E402
from solutions import exists, fault_text, style_text  # noqa: E402
from styles import MORE_STYLES, STYLES  # noqa: E402

# The shapes of noise that a verdict looks at: rows and values of a code.
SHAPES = ((32, 3), (32, 8), (96, 2), (266, 2), (4000, 2), (8000, 22))


def options():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--seeds',
        type=int,
        default=20,
        metavar='N',
        help='judge each of the four modules, and N styles, with N seeds '
        '(default: 20; a module takes about 5 s)',
    )
    parser.add_argument(
        '--statistics',
        type=int,
        default=0,
        metavar='N',
        help='draw ideal noise N times, and judge nothing',
    )
    parser.add_argument(
        '--faults',
        action='store_true',
        help='judge wrong solutions instead, and count what is accepted',
    )
    return parser.parse_args()


def keras_version():
    """Return the version of Keras, a tuple of two integers."""
    import tensorflow as tf

    tf.keras.Model.mro()  # Keras 2 is imported when it is used
    version = getattr(tf.keras, '__version__', '2.15')
    return tuple(map(int, version.split('.')[:2]))


def cases(count):
    """Yield what to judge: a name, the task, the text and a seed."""
    styles = [
        style
        for style in [*STYLES, *MORE_STYLES]
        if exists(style, keras_version())
    ]
    for _ in range(count):
        for task, name in enumerate(MODULES):
            text = (ROOT / f'{name}.py').read_text(encoding='utf-8')
            yield name, task, text, random.randrange(2**31)
        style = random.choice(styles)
        text = style_text(style.file)
        yield style.name, style.task, text, random.randrange(2**31)


def sweep(count):
    """Judge correct modules; return how many were refused, and of how many."""
    refused = judged_so_far = 0
    for name, task, text, seed in cases(count):
        result = judged(task, text, drawn, seed=seed)
        judged_so_far += 1
        for verdict in result['verdicts']:
            if not verdict['met']:
                print(f'{name}, --seed {seed}: {verdict}')
        refused += not all(verdict['met'] for verdict in result['verdicts'])
        print(
            f'\r{judged_so_far} judged, {refused} refused',
            end='',
            file=sys.stderr,
            flush=True,
        )
    print(file=sys.stderr)
    return refused, judged_so_far


def arguments_for(fault):
    """Return a function that chooses the arguments to find a fault with."""

    def choose(task, rng):
        """Return fixed arguments, and those of the script if need be."""
        chosen = [Arguments(task, ARGUMENTS[task])]
        if fault.compiled:
            chosen.append(Arguments.of_script(task))
        return chosen

    return choose


def sweep_faults(faults):
    """Judge wrong solutions, and print how many of them are refused."""
    refused = 0
    for number, fault in enumerate(faults, 1):
        result = judged(
            fault.task,
            fault_text(fault),
            arguments_for(fault),
            fault.compiled,
        )
        if all(verdict['met'] for verdict in result['verdicts']):
            print(f'accepted: {fault.name} (task {fault.task})', flush=True)
        else:
            refused += 1
        print(
            f'\r{number} judged, {refused} refused',
            end='',
            file=sys.stderr,
            flush=True,
        )
    print(file=sys.stderr)
    print(f'{refused} of {len(faults)} wrong solutions were refused.')


def scores(made):
    """Return how far noise is from what refuses it, a dict of shares."""
    flat = made.reshape(-1, made.shape[-1])
    count = flat.size
    squares = noise.chi_squared((flat**2).sum(), count)
    signs = np.sign(flat - flat.mean(0))
    neighbours = abs((signs[:-1] * signs[1:]).sum())
    size = signs[1:].size
    return {
        'mean': abs(flat.mean()) * np.sqrt(count) / noise.MOST,
        'deviation': abs(squares) / noise.MOST,
        'shape': noise.distance(flat) * np.sqrt(count) / noise.MOST_DISTANCE,
        'shared': neighbours / np.sqrt(size) / noise.MOST,
    }


def statistics(count):
    """Print the largest share of each statistic, and how many refuse."""
    rng = np.random.default_rng()
    print('shape | statistic | largest share of what refuses | refused')
    for shape in SHAPES:
        worst, refused = {}, 0
        for _ in range(count):
            made = rng.normal(size=shape)
            refused += bool(noise.unlike(made))
            for name, score in scores(made).items():
                worst[name] = max(worst.get(name, 0), score)
        for name, score in worst.items():
            print(f'{shape} | {name} | {score:.2f} | {refused} of {count}')
    parts = rng.normal(size=(count, PARTS))
    others = rng.normal(size=(count, PARTS)).mean(1)
    away = [
        abs(training_checks.errors_away(other, part))
        for other, part in zip(others, parts)
    ]
    refused = sum(one > training_checks.ERRORS for one in away)
    print(
        f'{PARTS} parts | loss and gradients | '
        f'{max(away) / training_checks.ERRORS:.2f} | {refused} of {count}'
    )


def main():
    """Run what the command line asks for; the status is 1 if any refused."""
    chosen = options()
    if chosen.statistics:
        statistics(chosen.statistics)
        return 0
    if chosen.faults:
        version = keras_version()
        sweep_faults([fault for fault in MORE if exists(fault, version)])
        return 0
    refused, total = sweep(chosen.seeds)
    print(f'{refused} of {total} correct modules were refused.')
    return int(refused > 0)


if __name__ == '__main__':
    sys.exit(main())
