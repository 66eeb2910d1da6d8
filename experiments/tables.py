#!/usr/bin/env python3
"""Print what is recorded in experiments/results as the tables of the texts.

Each starts with a line on what recorded it.
"""
import csv
import json
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / 'results'
SPEED = RESULTS.parent.parent / 'benchmarks' / 'results'
# What the times of speed.py are compared with.
MAINS = '**the mains**'
# A unit that fires for a smaller share of the digits is dead.
DEAD = 0.001
# The run of task_3.py that is closest to what the assignment prints.
FED_MEAN = 'seed 0, fit on arrays, Keras 2.15'
MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']


def main():
    """Print all tables, each after the command that recorded its numbers."""
    for script, name, table in TABLES:
        try:
            text = table()
        except FileNotFoundError:
            text = 'not recorded yet'
        print(f'{name} ({script}):\n\n{text}\n')


def read(name, folder=RESULTS):
    """Return what a recording wrote to a JSON file."""
    return json.loads((folder / name).read_text(encoding='utf-8'))


def history(module, seed=0):
    """Return the recorded training and validation losses of a main."""
    file = RESULTS / f'{module}-seed-{seed}.csv'
    with open(file, newline='', encoding='utf-8') as lines:
        rows = list(csv.DictReader(lines))
    return [[float(row[key]) for row in rows] for key in ('loss', 'val_loss')]


def table(header, *rows):
    """Return a Markdown table."""
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join(f'| {" | ".join(map(str, line))} |' for line in lines)


def pair(values, scale):
    """Return two numbers as text."""
    return ' / '.join(f'{value:.{scale}f}' for value in values)


def span(values, scale):
    """Return the least and the greatest of some numbers as text."""
    texts = [f'{value:.{scale}f}' for value in (min(values), max(values))]
    return texts[0] if texts[0] == texts[1] else ' to '.join(texts)


def scale_of(module):
    """Return how many decimals the losses of a module are given with."""
    return 2 if module == '3-variational' else 4


def mains():
    """Return the table of what the mains end with, over the seeds."""
    numbers, printed = read('mains.json'), read('printed.json')
    rows = []
    for module in MODULES:
        runs, scale = numbers[module], scale_of(module)
        losses = [[loss[-1] for loss in history(module, run['seed'])]
                  for run in runs]
        entropies = [run['cross_entropy'] for run in runs]
        code = printed[module].get('code')
        rows.append([
            module[2:], runs[0]['size'], len(runs),
            ' / '.join(span(values, scale) for values in zip(*losses)),
            pair(printed[module]['losses']['50'], scale),
            span([run['code'] for run in runs], 2) if code else '-',
            f'{code:.2f}' if code else '-', span(entropies, 4),
            span([entropy - numbers['floor'] for entropy in entropies], 4)])
    return table(['', 'values in a code', 'seeds', 'loss / val_loss',
                  'printed', 'mean code', 'printed',
                  'cross-entropy per pixel', 'above the least'], *rows)


def scripts():
    """Return the table of the assignment's scripts, on each Keras."""
    printed = read('printed.json')
    runs = by_version('assignment-keras-')
    columns = [(f'{name}{", oneDNN off" if onednn == "off" else ""}',
                {module: run[module][onednn] for module in MODULES
                 if onednn in run[module]})
               for onednn in ('on', 'off') for name, run in runs.items()
               if any(onednn in run[module] for module in MODULES)]
    rows = []
    for module in MODULES:
        scale = scale_of(module)
        for epoch in range(5):
            rows.append([module[2:], epoch + 1, pair(
                printed[module]['losses'][str(epoch + 1)], scale), *(
                    pair(losses_of(run[module], epoch), scale)
                    if module in run else '-' for _, run in columns)])
    return table(['', 'epoch', 'printed', *(name for name, _ in columns)],
                 *rows)


def by_version(prefix):
    """Return what is recorded for each version of Keras, by its name."""
    files = sorted(RESULTS.glob(f'{prefix}*.json'), key=lambda file: [
        int(number) for number in file.stem.split('-')[-1].split('.')])
    return {f'Keras {file.stem.split("-")[-1]}': read(file.name)
            for file in files}


def losses_of(history, epoch):
    """Return the training and the validation loss of an epoch, from 0."""
    return [history[name][epoch] for name in ('loss', 'val_loss')]


def task_3_losses():
    """Return the table of the losses of both readings of task 3."""
    printed = read('printed.json')['3-variational']['losses']
    fed_mean = read('task-3.json')[FED_MEAN]
    fed_mean = fed_mean['loss'], fed_mean['val_loss']
    rows = [[epoch, pair(printed[epoch], 2),
             *(pair([loss[int(epoch) - 1] for loss in losses], 2)
               for losses in (fed_mean, history('3-variational')))]
            for epoch in ('1', '2', '3', '4', '5', '50')]
    return table(['epoch', 'printed', 'decoder fed the mean',
                  'decoder fed the sample'], *rows)


def task_3_digits():
    """Return the table of the first ten test digits in task 3."""
    from math import exp
    printed = read('printed.json')['3-variational']
    fed_mean = read('task-3.json')[FED_MEAN]
    right = read('mains.json')['3-variational'][0]
    rows = [[digit,
             pair(printed['deviations'][digit], 2),
             pair([exp(mean / 2) for mean in fed_mean['mean'][digit]], 2),
             pair(printed['means'][digit], 4),
             pair(fed_mean['log_variance'][digit], 5),
             pair(right['mean'][digit], 2),
             pair(right['deviation'][digit], 3)] for digit in range(10)]
    return table(['digit', 'printed as deviations',
                  'exp(mean / 2), fed the mean', 'printed as means',
                  'log variances, fed the mean', 'means, fed the sample',
                  'deviations, fed the sample'], *rows)


def task_3_runs():
    """Return the table of the runs of a decoder fed the mean."""
    from math import exp
    printed = read('printed.json')['3-variational']
    rows = [['printed', pair(printed['losses']['50'], 2), '-',
             f'{max(map(abs, sum(printed["means"], []))):.5f}, as means']]
    printed = sum(printed['deviations'], [])
    for name, run in read('task-3.json').items():
        found = [exp(mean / 2) for mean in sum(run['mean'], [])]
        rows.append([name, pair([run['loss'][-1], run['val_loss'][-1]], 2),
                     f'{correlation(printed, found):.3f}',
                     f'{max(map(abs, sum(run["log_variance"], []))):.5f}'])
    return table(['decoder fed the mean', 'loss / val_loss',
                  'correlation with the printed deviations',
                  'largest absolute log variance'], *rows)


def correlation(x, y):
    """Return Pearson's correlation of two lists."""
    from statistics import mean
    x, y = ([value - mean(values) for value in values] for values in (x, y))
    return (sum(a * b for a, b in zip(x, y))
            / (sum(a * a for a in x) * sum(b * b for b in y)) ** 0.5)


def sparsity():
    """Return the table of how many units fire, over the seeds."""
    from statistics import median
    runs = read('sparsity.json')
    rows = []
    for title in dict.fromkeys(run['title'] for run in runs):
        same = [run for run in runs if run['title'] == title]
        living = [[rate for rate in run['rates'] if rate >= DEAD]
                  for run in same]
        rows.append([
            title, same[0]['latent_dims'], same[0]['hidden_layers'],
            same[0]['epochs'], len(same),
            span([sum(run['rates']) for run in same], 0),
            span([run['latent_dims'] - len(rates)
                  for run, rates in zip(same, living)], 0),
            span([100 * median(rates) for rates in living], 0) + ' %',
            span([run['cross_entropy'] for run in same], 4)])
    return table(['', 'units', 'hidden layers', 'epochs', 'seeds',
                  'fire for a digit', 'dead', 'the others fire for (median)',
                  'cross-entropy per pixel'], *rows)


def codes(**wanted):
    """Return the runs of codes.py, those of one model in one list."""
    groups = {}
    for run in read('codes.json')['runs']:
        if all(run[key] == value for key, value in wanted.items()):
            key = run['module'], run['size'], run['change']
            groups.setdefault(key, []).append(run)
    return groups


def size_and_noise():
    """Return the table of what size and noise cost, over the seeds."""
    rows = [[module[2:], size, name,
             span([run['cross_entropy'][name] for run in runs], 4)]
            for (module, size, _), runs in codes(
                hidden_layers=[128, 64]).items()
            for name in runs[0]['cross_entropy']]
    return table(['', 'values in a code', 'the decoder gets the',
                  'cross-entropy per pixel'], *rows)


def random_codes():
    """Return the table of what random codes decode to, over the seeds."""
    content = read('codes.json')
    rows = [['-', '-', name, *taken([counts])]
            for name, counts in content['baselines'].items()]
    for (module, size, _), runs in codes(
            hidden_layers=[128, 64]).items():
        for name in runs[0]['taken']:
            rows.append([module[2:], size,
                         'codes of test digits' if name == 'test digits'
                         else name, *taken([run['taken'][name]
                                            for run in runs])])
    return table(['', 'values in a code', 'images, or codes that are decoded',
                  f'taken for a digit, of {content["draws"]:,}',
                  'least and most of a digit', 'by the strict classifier'],
                 *rows)


def taken(runs):
    """Return how many images two classifiers take for a digit, as texts.

    Args:
        runs: For each seed the counts of both, lists of ten numbers by digit.

    Returns:
        The sums of the first one, the least and the greatest of its means by
        digit, and the sums of the strict one.
    """
    sums = {name: span([sum(run[name]) for run in runs], 0)
            for name in ('sure', 'strict')}
    means = [sum(digit) / len(runs)
             for digit in zip(*(run['sure'] for run in runs))]
    return (sums['sure'], f'{min(means):.0f} and {max(means):.0f}',
            sums['strict'])


def sizes():
    """Return the table of the exercise on the code's size."""
    rows = [[size, span([run['val_loss'] for run in runs], 4)]
            for (_, size, _), runs in codes(module='0-vanilla').items()]
    return table(['values in a code', 'val_loss'], *rows)


def changes():
    """Return the table of the exercises that change the variational one."""
    rows = []
    for (_, _, change), runs in codes(hidden_layers=[512]).items():
        rows.append([
            change or 'as it is',
            len(runs),
            *(span([784 * run['cross_entropy'][name] for run in runs], 1)
              for name in ('sample', 'mean')),
            span([run['divergence'] for run in runs], 1),
            span(sum([run['spread_of_means'] for run in runs], []), 2),
            span(sum([run['deviation'] for run in runs], []), 4),
            *taken([run['taken']['N(0, I)'] for run in runs])[:2]])
    return table(['', 'seeds', 'cross-entropy of a digit, of its draw',
                  'of its mean', 'KL divergence', 'spread of the means',
                  'standard deviations',
                  'random codes taken for a digit, of 1,000',
                  'least and most of a digit'], *rows)


def letters():
    """Return the table of the exercise on letters, over the seeds."""
    content = read('letters.json')
    rows = [[name, *(span([run['cross_entropy'][test]
                           for run in content['runs']
                           if run['trained on'] == name], 4)
                     for test in ('digits', 'letters'))]
            for name in ('digits', 'letters')]
    rows.append(['the least', *(f'{content["floor"][test]:.4f}'
                                for test in ('digits', 'letters'))])
    return table(['trained on', 'cross-entropy of digits', 'of letters'],
                 *rows)


def unusual_images():
    """Return the table of the reconstruction errors of unusual images."""
    runs = read('recipes.json')
    rows = [[name, span([run[name]['error'] for run in runs], 4),
             span([run[name]['auc'] for run in runs], 2)]
            for name in runs[0] if name != 'seed']
    return table(['', 'reconstruction error', 'AUC against digits'], *rows)


def spread(times):
    """Return milliseconds, and the median and the spread of their ratios."""
    ratios = ' to '.join(f'{times[key]:.1f}' for key in ('least', 'most'))
    return f'{times["median"]:.1f} ({times["ratio"]:.1f}; {ratios})'


def speed(result=None):
    """Return the tables of what speed.py measured, recorded or given."""
    result = result or json.loads(SPEED.read_text())
    found = [f'{result["machine"]}. {result["rounds"]} rounds.']

    def spread(times):
        return (f'{times["median"]:.1f} ({times["ratio"]:.1f}; '
                f'{times["least"]:.1f} to {times["most"]:.1f})')

    for name, what in (
            ('whole', 'seconds of a whole run, 50 epochs'),
            ('models', 'milliseconds per step')):
        models = result.get(name, {})
        ways = dict.fromkeys(
            way for times in models.values() for way in times)
        if models:
            found.append(table(
                [f'{what} (times the mains; spread)',
                 *(module[2:] for module in models)],
                *([way, *(spread(times[way]) if way in times else '-'
                          for times in models.values())] for way in ways)))
        if name == 'whole' and models:
            found.append(table(
                ['seconds after the last epoch',
                 *(module[2:] for module in models)],
                *([way, *(f'{times[way]["after"]:.1f}'
                          for times in models.values())] for way in ways)))
    if 'large' in result:
        found.append(table(
            ['training digits', 'their pixels, GB', 'seconds', 'memory, GB'],
            *([f'{int(n):,}', f'{row["bytes"] / 1e9:.2f}',
               f'{row["seconds"]:.1f}', f'{row["memory"] / 1e9:.1f}']
              for n, row in result['large'].items())))
    return '\n\n'.join(found)


TABLES = [
    ('record.py', 'The mains, after 50 epochs on MNIST', mains),
    ('assignment.py', "The assignment's scripts", scripts),
    ('task_3.py', 'Task 3, by epoch', task_3_losses),
    ('task_3.py', 'Task 3, the first ten test digits', task_3_digits),
    ('task_3.py', 'Task 3, fed the mean', task_3_runs),
    ('sparsity.py', 'Sparsity', sparsity),
    ('codes.py', 'Size and noise', size_and_noise),
    ('codes.py', 'Random codes', random_codes),
    ('codes.py', "Exercise: the code's size", sizes),
    ('codes.py', 'Exercises: changed variational ones', changes),
    ('letters.py', 'Exercise: letters', letters),
    ('recipes.py', 'Unusual images', unusual_images),
    ('speed.py', 'Speed', speed),
]

if __name__ == '__main__':
    main()
