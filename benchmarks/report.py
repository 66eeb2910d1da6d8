#!/usr/bin/env python3
"""Print what speed.py recorded as the tables of the texts."""

import argparse
import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / 'experiments'))

from tables import table  # noqa: E402

FILE = Path(__file__).resolve().parent / 'results' / 'speed.json'
# What the times are compared with, and how the tables call it.
MAINS = '**the mains**'
OURS = '**our scripts**'


def tables_of(result):
    """Return the Markdown tables of what speed.py measured.

    Args:
        result: Dict, as it is in `FILE`; all but 'machine' and 'rounds' may
            be missing.
    """
    rounds = ', '.join(f'{name} {n}' for name, n in result['rounds'].items())
    found = [f'{result["machine"]}; rounds: {rounds}']
    if 'whole' in result:
        found += [
            times_by_way(
                'seconds of a whole run, 50 epochs',
                result['whole'],
                result['rounds']['whole'],
            ),
            seconds_after(result['whole']),
        ]
    if 'steps' in result:
        found.append(
            times_by_way(
                'milliseconds per step',
                result['steps'],
                result['rounds']['steps'],
            )
        )
    if 'files' in result:
        found.append(files(result['files']))
    if 'large' in result:
        found.append(large(result['large']))
    return '\n\n'.join(found)


def ways_of(models):
    """Return the ways to train that were measured for any of the models."""
    found = []
    for times in models.values():
        found += [way for way in times if way not in found]
    return found


def name_of(way):
    """Return how the tables call a way to train."""
    return OURS if way == MAINS else way


def times_by_way(what, models, rounds):
    """Return the table of times by way to train and by module.

    Args:
        what: String, the unit and what is measured.
        models: Dict of dicts, the times by module and by way.
        rounds: Integer. One round has no spread.
    """
    compared = 'times ours; spread' if rounds > 1 else 'times ours'
    rows = []
    for way in ways_of(models):
        cells = [
            time_of(times[way], rounds) if way in times else '-'
            for times in models.values()
        ]
        rows.append([name_of(way), *cells])
    return table([f'{what} ({compared})', *short(models)], *rows)


def time_of(times, rounds):
    """Return the median, how many times ours that is, and the spread."""
    found = f'{times["median"]:.1f} ({times["ratio"]:.1f}'
    if rounds > 1:
        found += f'; {times["minimum"]:.1f} to {times["maximum"]:.1f}'
    return f'{found})'


def seconds_after(models):
    """Return the table of the seconds after the last epoch."""
    rows = (
        [
            name_of(way),
            *(f'{times[way]["after"]:.1f}' for times in models.values()),
        ]
        for way in ways_of(models)
    )
    return table(['seconds after the last epoch', *short(models)], *rows)


def files(models):
    """Return the table of what the files of an epoch take."""
    return table(
        ['milliseconds for the files of an epoch', *short(models)],
        [OURS, *(f'{ms:.0f}' for ms in models.values())],
    )


def large(by_size):
    """Return the table of time and memory by the number of digits."""
    rows = (
        [
            f'{int(digits):,}',
            f'{row["bytes"] / 1e9:.2f}',
            f'{row["seconds"]:.1f}',
            f'{row["memory"] / 1e9:.1f}',
        ]
        for digits, row in by_size.items()
    )
    return table(
        ['training digits', 'their pixels, GB', 'seconds', 'memory, GB'], *rows
    )


def short(modules):
    """Return the names of modules without their numbers."""
    return [module[2:] for module in modules]


def main():
    """Print the tables of what is recorded."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(f'Speed (speed.py):\n\n{tables_of(json.loads(FILE.read_text()))}\n')


if __name__ == '__main__':
    main()
