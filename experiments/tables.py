#!/usr/bin/env python3
"""Print what is recorded in experiments/results as the tables of the texts.

Each starts with a line on what recorded it.
"""

import json
from decimal import Decimal
from math import exp
from pathlib import Path
from statistics import mean, median

RESULTS = Path(__file__).resolve().parent / 'results'
# A unit that fires for a smaller share of the digits is dead.
DEAD = 0.001
# How many images two classifiers recognize; by digit, the mean of the seeds.
COUNTS = (
    'recognized as a digit, of 1,000 | fewest to most for one digit | '
    'by the strict classifier'
)


def read(name):
    """Return what a recording wrote to a JSON file, or an empty dictionary."""
    file = RESULTS / name
    return json.loads(file.read_text()) if file.exists() else {}


# What the assignment prints, and what models.py recorded.
PRINTED, MODELS = read('printed.json'), read('models.json')
AT_END = read('assignment-50-epochs.json')
# The run of task 3 that is closest to what the assignment prints.
CLOSEST = AT_END['Keras 2.15.0'][
    '3-variational, decoder fed the mean, loss added'
]
DEVIATIONS, MEANS = (
    sum(PRINTED['3-variational'][name], []) for name in ('deviations', 'means')
)


def halved(*logs):
    """Return exp(x / 2) for each number x in some lists, as one list."""
    return [exp(x / 2) for x in sum(logs, [])]


def correlation(x, y):
    """Return Pearson's correlation of two lists."""
    x, y = ([value - mean(values) for value in values] for values in (x, y))
    return (
        sum(a * b for a, b in zip(x, y))
        / (sum(a * a for a in x) * sum(b * b for b in y)) ** 0.5
    )


def living(run):
    """Return the firing rates of those units of a code that are not dead."""
    return [rate for rate in run['rates'] if rate >= DEAD]


def cost(run, of=None):
    """Return a cross-entropy, by default that of what the decoder is fed."""
    costs = run['cross_entropy']
    return costs[of or next(iter(costs))]


# A column by its header: what a run says there; or the decimals, and what of
# a run is a number or a list of them, whose minimum and maximum are shown.
COLUMNS = {
    '': lambda r: r['module'][2:],
    'change': lambda r: r['change'] or 'unchanged',
    'trained on': lambda r: r['images'],
    'values in a code': lambda r: str(r['size']),
    'hidden layers': lambda r: str(r['arguments'][1]),
    'lambtha': lambda r: f'{Decimal(repr([*r["arguments"], 0][3])):f}',
    'epochs': lambda r: str(r['epochs']),
    'images': lambda r: r['key'],
    'decoder fed': lambda r: r['key'],
    'run': lambda r: r['key'],
    'losses printed': lambda r: pair(*PRINTED[r['module']]['losses']['50']),
    'mean code printed': lambda r: (
        f'{PRINTED[r["module"]]["code"]:.2f}' if 'code' in r else '-'
    ),
    'loss of epoch 1': (4, lambda r: r['loss'][0]),
    'loss': (4, lambda r: r['loss'][-1]),
    'val_loss': (4, lambda r: r['val_loss'][-1]),
    'mean code': (2, lambda r: r.get('code', [])),
    'cross-entropy per pixel': (4, cost),
    'difference from the minimum': (
        4,
        lambda r: cost(r) - MODELS['minimum']['digits'],
    ),
    'cross-entropy of digits': (4, lambda r: cost(r, r.get('key'))),
    'of letters': (4, lambda r: cost(r, 'letters')),
    'cross-entropy, sample decoded': (1, lambda r: 784 * cost(r, 'sample')),
    'mean decoded': (1, lambda r: 784 * cost(r, 'mean')),
    'KL divergence': (1, lambda r: r['divergence']),
    'spread of the means': (2, lambda r: r['spread_of_means']),
    'standard deviations': (4, lambda r: r['deviation']),
    'values in use': (
        0,
        lambda r: (
            len(living(r))
            if 'rates' in r
            else sum(spread > 0.1 for spread in r['spread_of_means'])
        ),
    ),
    'fire for a digit': (0, lambda r: sum(r['rates'])),
    'dead': (0, lambda r: len(r['rates']) - len(living(r))),
    'dead, but fire at times': (
        0,
        lambda r: sum(0 < rate < DEAD for rate in r['rates']),
    ),
    'the others fire for (median, %)': (0, lambda r: 100 * median(living(r))),
    'shared, same label (%)': (0, lambda r: 100 * r['shared']['same label']),
    'shared, different labels (%)': (
        0,
        lambda r: 100 * r['shared']['different labels'],
    ),
    'recognized as a digit, of 1,000': (0, lambda r: sum(r['value']['sure'])),
    'fewest to most for one digit': (0, lambda r: r['value']['sure']),
    'by the strict classifier': (0, lambda r: sum(r['value']['strict'])),
    'reconstruction error': (4, lambda r: r['value']['error']),
    'AUC against digits': (2, lambda r: r['value']['auc']),
    # How a run of task 3 fits what the assignment prints.
    'standard deviations: correlation': (
        3,
        lambda r: correlation(halved(*r['mean']), DEVIATIONS),
    ),
    'largest difference (%)': (
        0,
        lambda r: max(
            abs(100 * found / printed - 100)
            for found, printed in zip(halved(*r['mean']), DEVIATIONS)
        ),
    ),
    'means: correlation': (
        2,
        lambda r: correlation(sum(r['log_variance'], []), MEANS),
    ),
    'same sign, of 20': (
        0,
        lambda r: sum(
            a * b > 0 for a, b in zip(sum(r['log_variance'], []), MEANS)
        ),
    ),
    'largest log variance': (
        5,
        lambda r: max(map(abs, sum(r['log_variance'], []))),
    ),
}


def show(runs, headers):
    """Return a Markdown table of runs, those that differ in seeds in one row.

    Its headers are keys of `COLUMNS`, and `seeds` for how many there are.
    """
    headers, groups = headers.split(' | '), {}
    for run in runs:
        names = [
            COLUMNS[header](run)
            for header in headers
            if callable(COLUMNS.get(header))
        ]
        groups.setdefault(tuple(names), []).append(run)
    return table(
        headers,
        *(
            [cell(header, group) for header in headers]
            for group in groups.values()
        ),
    )


def cell(header, runs):
    """Return what a column says of runs that differ in their seeds."""
    if header == 'seeds':
        return len(runs)
    if callable(COLUMNS[header]):
        return COLUMNS[header](runs[0])
    decimals, get = COLUMNS[header]
    values = [get(run) for run in runs]
    if header == 'fewest to most for one digit':
        values = [mean(counts) for counts in zip(*values)]
    elif isinstance(values[0], list):
        values = sum(values, [])
    if not values:
        return '-'
    decimals = min(decimals, 2) if min(values) > 100 else decimals
    return ' to '.join(
        dict.fromkeys(
            f'{value:.{decimals}f}' for value in (min(values), max(values))
        )
    )


def table(header, *rows):
    """Return a Markdown table."""
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join(f'| {" | ".join(map(str, line))} |' for line in lines)


def pair(a, b, decimals=4):
    """Return two numbers as text, those above 100 with two decimals."""
    decimals = 2 if a > 100 else decimals
    return f'{a:.{decimals}f} / {b:.{decimals}f}'


def spread_out(runs, name):
    """Return a run for each entry of `run[name]`, its 'key' and 'value'."""
    return [
        {**run, 'key': key, 'value': value}
        for run in runs
        for key, value in run[name].items()
    ]


def scripts(runs, *epochs):
    """Return the table of losses of `runs[environment][module]` by epoch."""
    return table(
        ['', 'epoch', 'printed', *runs],
        *(
            [
                module[2:],
                epoch,
                pair(*PRINTED[module]['losses'][str(epoch)]),
                *(
                    pair(
                        of[module]['loss'][epoch - 1],
                        of[module]['val_loss'][epoch - 1],
                    )
                    if module in of
                    else '-'
                    for of in runs.values()
                ),
            ]
            for module in PRINTED
            if any(module in of for of in runs.values())
            for epoch in epochs
        ),
    )


def digits_of_task_3(fed_mean, right):
    """Return the table of the first ten test digits in two runs of task 3."""
    columns = {
        'printed as standard deviations': (DEVIATIONS, 2),
        'exp(mean / 2), fed the mean': (halved(*fed_mean['mean']), 2),
        'printed as means': (MEANS, 4),
        'log variances, fed the mean': (sum(fed_mean['log_variance'], []), 5),
        'means, fed the sample': (sum(right['mean'], []), 2),
        'standard deviations, fed the sample': (
            halved(*right['log_variance']),
            3,
        ),
    }
    return table(
        ['digit', *columns],
        *zip(
            range(10),
            *(
                [pair(*column[i : i + 2], decimals) for i in range(0, 20, 2)]
                for column, decimals in columns.values()
            ),
        ),
    )


def main():
    """Print all tables, each after the script that recorded its numbers."""
    runs, mains = (list(MODELS[name].values()) for name in ('runs', 'mains'))
    digits = [run for run in runs if run['images'] == 'digits']
    plain = [
        run
        for run in digits
        if run['arguments'][1] == [128, 64] and run['module'] != '1-sparse'
    ]
    changed = [
        run
        for run in digits
        if run['arguments'][1] == [512] and run['module'] == '3-variational'
    ]
    averaged = 'cross-entropy averaged'
    sample = 'decoder fed the sample'
    task_3 = [
        {**run, 'key': f'{title[15:] or sample}, {environment}'}
        for environment, by_title in AT_END.items()
        for title, run in by_title.items()
        if title[0] == '3'
    ]
    task_3 += [
        {
            **run,
            'key': f'{run.get("change", sample)}, as the mains '
            f'train, seed {run["seed"]}',
        }
        for run in changed + mains
        if run.get('change', run['module'])
        in ('decoder fed the mean', '3-variational')
    ]
    for title, text in {
        'The mains after 50 epochs (models.py --mains)': show(
            mains,
            ' | values in a code | seeds | loss | val_loss | losses '
            'printed | mean code | mean code printed | cross-entropy per '
            'pixel | difference from the minimum',
        ),
        'The minimum, and one image for all digits (models.py)': table(
            ['test digits restored as', 'per pixel', 'per digit'],
            *(
                [name, f'{value:.4f}', f'{784 * value:.1f}']
                for name, value in {
                    'themselves': MODELS['minimum']['digits'],
                    **MODELS['one image'],
                }.items()
            ),
        ),
        'The vanilla main on 5,000 digits (models.py)': show(
            [run for run in runs if run['images'] == '5,000 digits'],
            'seeds | loss of epoch 1 | val_loss',
        ),
        "The assignment's scripts (assignment.py --epochs 5)": scripts(
            read('assignment-5-epochs.json'), 1, 2, 3, 4, 5
        ),
        "The assignment's scripts, the end (assignment.py)": scripts(
            AT_END, 50
        ),
        'Their mean codes (assignment.py)': table(
            ['', 'printed', *AT_END],
            *(
                [
                    module[2:],
                    *(
                        f'{of[module]["code"]:.2f}'
                        for of in (PRINTED, *AT_END.values())
                    ),
                ]
                for module in ('0-vanilla', '1-sparse')
            ),
        ),
        'Task 3 by epoch (assignment.py, models.py --mains)': scripts(
            {
                run['key']: {'3-variational': run}
                for run in task_3
                if 'seed' not in run or run in task_3[-3:-2]
            },
            1,
            2,
            3,
            4,
            5,
            50,
        ),
        'Task 3, the first ten test digits (the same)': digits_of_task_3(
            CLOSEST, MODELS['mains']['3-variational, seed 0']
        ),
        'Task 3, exp(mean / 2) and log variances beside what is printed '
        '(assignment.py, models.py)': show(
            task_3,
            'run | loss | val_loss | standard deviations: correlation '
            '| largest difference (%) | means: correlation | same sign, of 20 '
            '| largest log variance',
        ),
        f'Task 3, {averaged} (models.py)': show(
            [run for run in changed if run['change'] == averaged],
            'seeds | '
            'loss of epoch 1 | loss | val_loss | KL divergence | standard '
            'deviations',
        ),
        'Sparsity (models.py)': show(
            [run for run in digits if 'rates' in run and run['size'] >= 32],
            'values in a code | lambtha | hidden layers | epochs | seeds | '
            'fire for a digit | dead | dead, but fire at times | the others '
            'fire for (median, %) | shared, same label (%) | shared, '
            'different labels (%) | cross-entropy per pixel',
        ),
        'Size and noise (models.py)': show(
            [
                run
                for run in spread_out(plain, 'cross_entropy')
                if run['key'] != 'letters'
            ],
            ' | values in a code | values in '
            'use | decoder fed | cross-entropy of digits',
        ),
        'Images that no model made (models.py)': show(
            spread_out([MODELS], 'baselines'), f'images | {COUNTS}'
        ),
        'Random codes (models.py)': show(
            spread_out(plain, 'recognized'),
            f' | values in a code | decoder fed | {COUNTS}',
        ),
        "Exercise: the code's size (models.py)": show(
            [run for run in plain if 'rates' in run],
            'values in a code | val_loss',
        ),
        'Exercises: changed variational models (models.py)': show(
            [
                run
                for run in spread_out(changed, 'recognized')
                if run['key'] == 'N(0, I)' and run['change'] != averaged
            ],
            'change | seeds | loss | val_loss | cross-entropy, sample decoded '
            '| mean decoded | KL divergence | spread of the means | standard '
            'deviations | recognized as a digit, of 1,000 | fewest to most '
            'for one digit',
        ),
        'Exercise: letters (models.py)': show(
            [
                *(
                    run
                    for run in runs
                    if run['module'] == '0-vanilla'
                    and run['size'] == 32
                    and run['images'] != '5,000 digits'
                ),
                {'images': 'minimum', 'cross_entropy': MODELS['minimum']},
            ],
            'trained on | cross-entropy of digits | of letters',
        ),
        'Unusual images (recipes.py)': show(
            spread_out(read('recipes.json'), 'images'),
            'images | reconstruction error | AUC against digits',
        ),
    }.items():
        print(f'{title}:\n\n{text}\n')


if __name__ == '__main__':
    main()
