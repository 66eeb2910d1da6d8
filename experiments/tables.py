#!/usr/bin/env python3
"""Print what is recorded in experiments/results as the tables of the texts.

Each starts with a line on what recorded it.
"""

import argparse
from decimal import Decimal
from statistics import mean, median

from recorded import (
    AT_END,
    CLOSEST,
    DEAD,
    DEVIATIONS,
    MEANS,
    MODELS,
    PRINTED,
    correlation,
    cost,
    cost_of_digits,
    dead,
    halved,
    in_use,
    joined,
    lambtha,
    living,
    read,
    runs_of_task_3,
    spread_out,
)

# How many images two classifiers recognize; by digit, the mean of the seeds.
COUNTS = (
    'recognized as a digit, of 1,000 | fewest to most for one digit | '
    'by the strict classifier'
)
AVERAGED = 'cross-entropy averaged'


def pair(a, b, decimals=4):
    """Return two numbers as text, those above 100 with two decimals."""
    decimals = 2 if a > 100 else decimals
    return f'{a:.{decimals}f} / {b:.{decimals}f}'


def mean_code_printed(run):
    """Return the mean code that the assignment prints, if there is one."""
    if 'code' in run:
        return f'{PRINTED[run["module"]]["code"]:.2f}'
    return '-'


def largest_difference(run):
    """Return by how many percent exp(mean / 2) misses what is printed."""
    return max(
        abs(100 * found / printed - 100)
        for found, printed in zip(halved(run['mean']), DEVIATIONS)
    )


def same_signs(run):
    """Return how many log variances have the sign of the printed means."""
    found = joined(run['log_variance'])
    return sum(a * b > 0 for a, b in zip(found, MEANS))


# Columns of text by their headers: what a run says there.
TEXTS = {
    '': lambda run: run['module'][2:],
    'change': lambda run: run['change'] or 'unchanged',
    'trained on': lambda run: run['images'],
    'code size': lambda run: str(run['size']),
    'hidden layers': lambda run: str(run['arguments'][1]),
    'lambtha': lambda run: f'{Decimal(repr(lambtha(run))):f}',
    'epochs': lambda run: str(run['epochs']),
    'images': lambda run: run['key'],
    'decoder fed': lambda run: run['key'],
    'run': lambda run: run['key'],
    'losses printed': lambda run: pair(
        *PRINTED[run['module']]['losses']['50']
    ),
    'mean code printed': mean_code_printed,
}
# Columns of numbers by their headers: the decimals, and what of a run is a
# number or a list of them. The minimum and the maximum are shown.
NUMBERS = {
    'loss of epoch 1': (4, lambda run: run['loss'][0]),
    'loss': (4, lambda run: run['loss'][-1]),
    'val_loss': (4, lambda run: run['val_loss'][-1]),
    'mean code': (2, lambda run: run.get('code', [])),
    'cross-entropy per pixel': (4, cost),
    'above the entropy of the inputs': (
        4,
        lambda run: cost(run) - MODELS['minimum']['digits'],
    ),
    'cross-entropy of digits': (4, cost_of_digits),
    'of letters': (4, lambda run: run['cross_entropy']['letters']),
    'cross-entropy, sample decoded': (
        1,
        lambda run: 784 * run['cross_entropy']['sample'],
    ),
    'mean decoded': (1, lambda run: 784 * run['cross_entropy']['mean']),
    'KL divergence': (1, lambda run: run['divergence']),
    'spread of the means': (2, lambda run: run['spread_of_means']),
    'standard deviations': (4, lambda run: run['deviation']),
    'values in use': (0, in_use),
    'fire for a digit': (0, lambda run: sum(run['rates'])),
    'dead': (0, dead),
    'dead, but fire at times': (
        0,
        lambda run: sum(0 < rate < DEAD for rate in run['rates']),
    ),
    'the others fire for (median, %)': (
        0,
        lambda run: 100 * median(living(run)),
    ),
    'shared, same label (%)': (
        0,
        lambda run: 100 * run['shared']['same label'],
    ),
    'shared, different labels (%)': (
        0,
        lambda run: 100 * run['shared']['different labels'],
    ),
    'recognized as a digit, of 1,000': (
        0,
        lambda run: sum(run['value']['sure']),
    ),
    'by the strict classifier': (0, lambda run: sum(run['value']['strict'])),
    'reconstruction error': (4, lambda run: run['value']['error']),
    'AUC against digits': (2, lambda run: run['value']['auc']),
    # How a run of task 3 fits what the assignment prints.
    'standard deviations: correlation': (
        3,
        lambda run: correlation(halved(run['mean']), DEVIATIONS),
    ),
    'largest difference (%)': (0, largest_difference),
    'means: correlation': (
        2,
        lambda run: correlation(joined(run['log_variance']), MEANS),
    ),
    'same sign, of 20': (0, same_signs),
    'largest log variance': (
        5,
        lambda run: max(map(abs, joined(run['log_variance']))),
    ),
}


def fewest_to_most(runs):
    """Return the counts of the rarest and of the most frequent digit.

    That is of the ten means over the runs.
    """
    by_digit = zip(*(run['value']['sure'] for run in runs))
    return spread([mean(counts) for counts in by_digit], 0)


# Columns that say something of all runs in a row together.
OF_SEVERAL = {'seeds': len, 'fewest to most for one digit': fewest_to_most}


def table(header, *rows):
    """Return a Markdown table."""
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join(f'| {" | ".join(map(str, line))} |' for line in lines)


def show(runs, headers):
    """Return a Markdown table of runs, those that differ in seeds in one row.

    Args:
        runs: List of dicts, as models.py records them.
        headers: String, the headers with ' | ' between them. They are keys of
            `TEXTS`, `NUMBERS` and `OF_SEVERAL`.
    """
    headers, groups = headers.split(' | '), {}
    for run in runs:
        names = [TEXTS[header](run) for header in headers if header in TEXTS]
        groups.setdefault(tuple(names), []).append(run)
    rows = (
        [cell(header, group) for header in headers]
        for group in groups.values()
    )
    return table(headers, *rows)


def cell(header, runs):
    """Return what a column says of runs that differ in their seeds."""
    if header in OF_SEVERAL:
        return OF_SEVERAL[header](runs)
    if header in TEXTS:
        return TEXTS[header](runs[0])
    decimals, number_of = NUMBERS[header]
    values = []
    for run in runs:
        number = number_of(run)
        values += number if isinstance(number, list) else [number]
    return spread(values, decimals)


def spread(values, decimals):
    """Return the minimum and the maximum as text, or one if they agree."""
    if not values:
        return '-'
    if min(values) > 100:
        decimals = min(decimals, 2)
    least, most = (
        f'{value:.{decimals}f}' for value in (min(values), max(values))
    )
    return least if least == most else f'{least} to {most}'


def losses_by_epoch(runs, epochs):
    """Return the table of losses of `runs[environment][module]` by epoch."""
    rows = []
    for module in PRINTED:
        if any(module in by_module for by_module in runs.values()):
            for epoch in epochs:
                found = [
                    losses_at(epoch, by_module.get(module))
                    for by_module in runs.values()
                ]
                printed = pair(*PRINTED[module]['losses'][str(epoch)])
                rows.append([module[2:], epoch, printed, *found])
    return table(['', 'epoch', 'printed', *runs], *rows)


def losses_at(epoch, run):
    """Return the losses of a run at an epoch, or that there is no run."""
    if run is None:
        return '-'
    return pair(run['loss'][epoch - 1], run['val_loss'][epoch - 1])


def runs_on(images):
    """Return the runs of models.py that were trained on some images."""
    return [run for run in MODELS['runs'].values() if run['images'] == images]


def plain_runs():
    """Return the runs of models whose hidden layers have 128 and 64 units."""
    return [
        run
        for run in runs_on('digits')
        if run['arguments'][1] == [128, 64] and run['module'] != '1-sparse'
    ]


def variational_runs():
    """Return the runs of the variational model as the assignment has it."""
    return [
        run
        for run in runs_on('digits')
        if run['arguments'][1] == [512] and run['module'] == '3-variational'
    ]


def mains():
    """Return the table of what the mains end with."""
    return show(
        MODELS['mains'].values(),
        ' | code size | seeds | loss | val_loss | losses printed | '
        'mean code | mean code printed | cross-entropy per pixel | '
        'above the entropy of the inputs',
    )


def minimum():
    """Return the table of the least loss, and of one image for all digits."""
    costs = {'themselves': MODELS['minimum']['digits'], **MODELS['one image']}
    rows = (
        [name, f'{value:.4f}', f'{784 * value:.1f}']
        for name, value in costs.items()
    )
    return table(
        ['test digits reconstructed as', 'per pixel', 'per digit'], *rows
    )


def without_mnist():
    """Return the table of the vanilla main without internet access."""
    return show(runs_on('5,000 digits'), 'seeds | loss of epoch 1 | val_loss')


def scripts_at_first():
    """Return the table of the assignment's scripts in their first epochs."""
    return losses_by_epoch(read('assignment-5-epochs.json'), [1, 2, 3, 4, 5])


def scripts_at_the_end():
    """Return the table of the assignment's scripts after 50 epochs."""
    return losses_by_epoch(AT_END, [50])


def mean_codes():
    """Return the table of the mean codes that the scripts print."""
    rows = []
    for module in ('0-vanilla', '1-sparse'):
        codes = [
            f'{by_module[module]["code"]:.2f}'
            for by_module in (PRINTED, *AT_END.values())
        ]
        rows.append([module[2:], *codes])
    return table(['', 'printed', *AT_END], *rows)


def task_3_by_epoch():
    """Return the losses of task 3: in the scripts, and in one main."""
    main_run = 'decoder fed the sample, our script, seed 0'
    runs = {
        run['key']: {'3-variational': run}
        for run in runs_of_task_3()
        if 'seed' not in run or run['key'] == main_run
    }
    return losses_by_epoch(runs, [1, 2, 3, 4, 5, 50])


def digits_of_task_3():
    """Return the table of the first ten test digits in two runs of task 3."""
    fed_sample = MODELS['mains']['3-variational, seed 0']
    columns = {
        'printed as standard deviations': (DEVIATIONS, 2),
        'exp(mean / 2), fed the mean': (halved(CLOSEST['mean']), 2),
        'printed as means': (MEANS, 4),
        'log variances, fed the mean': (joined(CLOSEST['log_variance']), 5),
        'means, fed the sample': (joined(fed_sample['mean']), 2),
        'standard deviations, fed the sample': (
            halved(fed_sample['log_variance']),
            3,
        ),
    }
    rows = []
    for digit in range(10):
        cells = [
            pair(*values[2 * digit : 2 * digit + 2], decimals)
            for values, decimals in columns.values()
        ]
        rows.append([digit, *cells])
    return table(['digit', *columns], *rows)


def fit_of_task_3():
    """Return the table of how runs of task 3 fit what is printed."""
    return show(
        runs_of_task_3(),
        'run | loss | val_loss | standard deviations: correlation | largest '
        'difference (%) | means: correlation | same sign, of 20 | largest '
        'log variance',
    )


def averaged():
    """Return the table of task 3 with an averaged cross-entropy."""
    return show(
        [run for run in variational_runs() if run['change'] == AVERAGED],
        'seeds | loss of epoch 1 | loss | val_loss | KL divergence | standard '
        'deviations',
    )


def sparsity():
    """Return the table of how often units fire."""
    return show(
        [
            run
            for run in runs_on('digits')
            if 'rates' in run and run['size'] >= 32
        ],
        'code size | lambtha | hidden layers | epochs | seeds | fire '
        'for a digit | dead | dead, but fire at times | the others fire for '
        '(median, %) | shared, same label (%) | shared, different labels (%) '
        '| cross-entropy per pixel',
    )


def size_and_noise():
    """Return the table of what the code's size and the noise cost."""
    return show(
        [
            run
            for run in spread_out(plain_runs(), 'cross_entropy')
            if run['key'] != 'letters'
        ],
        ' | code size | values in use | decoder fed | cross-entropy of digits',
    )


def images_without_model():
    """Return the table of what classifiers say of images of no model."""
    return show(spread_out([MODELS], 'baselines'), f'images | {COUNTS}')


def random_codes():
    """Return the table of what random codes are decoded to."""
    return show(
        spread_out(plain_runs(), 'recognized'),
        f' | code size | decoder fed | {COUNTS}',
    )


def exercise_size():
    """Return the table of the exercise on the code's size."""
    return show(
        [run for run in plain_runs() if 'rates' in run],
        'code size | val_loss',
    )


def exercises_variational():
    """Return the table of the exercises on the variational model."""
    return show(
        [
            run
            for run in spread_out(variational_runs(), 'recognized')
            if run['key'] == 'N(0, I)' and run['change'] != AVERAGED
        ],
        'change | seeds | loss | val_loss | cross-entropy, sample decoded | '
        'mean decoded | KL divergence | spread of the means | standard '
        'deviations | recognized as a digit, of 1,000 | fewest to most for '
        'one digit',
    )


def exercise_letters():
    """Return the table of the exercise on letters."""
    runs = [
        run
        for run in MODELS['runs'].values()
        if run['module'] == '0-vanilla'
        and run['size'] == 32
        and run['images'] != '5,000 digits'
    ]
    least = {
        'images': '(what a perfect copy costs)',
        'cross_entropy': MODELS['minimum'],
    }
    return show(
        [*runs, least], 'trained on | cross-entropy of digits | of letters'
    )


def unusual_images():
    """Return the table of the recipe on unusual images."""
    return show(
        spread_out(read('recipes.json'), 'images'),
        'images | reconstruction error | AUC against digits',
    )


# By what is printed above them, with the script that recorded the numbers.
TABLES = {
    'The training scripts after 50 epochs (models.py --mains)': mains,
    'The entropy, and one image for all digits (models.py)': minimum,
    'The vanilla script on 5,000 digits (models.py)': without_mnist,
    "The assignment's scripts (assignment.py --epochs 5)": scripts_at_first,
    "The assignment's scripts, the end (assignment.py)": scripts_at_the_end,
    'Their mean codes (assignment.py)': mean_codes,
    'Task 3 by epoch (assignment.py, models.py --mains)': task_3_by_epoch,
    'Task 3, the first ten test digits (the same)': digits_of_task_3,
    'Task 3, exp(mean / 2) and log variances beside what is printed '
    '(assignment.py, models.py)': fit_of_task_3,
    'Task 3, cross-entropy averaged (models.py)': averaged,
    'Sparsity (models.py)': sparsity,
    'Size and noise (models.py)': size_and_noise,
    'Images that no model made (models.py)': images_without_model,
    'Random codes (models.py)': random_codes,
    "Exercise: the code's size (models.py)": exercise_size,
    'Exercises: changed variational models (models.py)': exercises_variational,
    'Exercise: letters (models.py)': exercise_letters,
    'Unusual images (recipes.py)': unusual_images,
}


def main():
    """Print all tables, each after the script that recorded its numbers."""
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    for title, make in TABLES.items():
        print(f'{title}:\n\n{make()}\n')


if __name__ == '__main__':
    main()
