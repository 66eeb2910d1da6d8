"""What is recorded in results/, and the numbers that follow from it."""

import json
from math import exp
from pathlib import Path
from statistics import mean

RESULTS = Path(__file__).resolve().parent / 'results'
# A unit that fires for a smaller share of the digits is dead.
DEAD = 0.001


def read(name):
    """Return what a recording wrote to a JSON file, or an empty dictionary."""
    file = RESULTS / name
    return json.loads(file.read_text()) if file.exists() else {}


def joined(lists):
    """Return the values of several lists as one list."""
    return [value for values in lists for value in values]


# What the assignment prints, and what models.py recorded.
PRINTED, MODELS = read('printed.json'), read('models.json')
AT_END = read('assignment-50-epochs.json')
# The run of task 3 that is closest to what the assignment prints.
CLOSEST = AT_END['Keras 2.15.0'][
    '3-variational, decoder fed the mean, loss added'
]
# What the assignment prints of ten test digits in task 3, two values each.
DEVIATIONS = joined(PRINTED['3-variational']['deviations'])
MEANS = joined(PRINTED['3-variational']['means'])


def halved(logs):
    """Return exp(x / 2) for each number x in a list of lists, as one list."""
    return [exp(x / 2) for x in joined(logs)]


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


def dead(run):
    """Return how many units of a code are dead."""
    return len(run['rates']) - len(living(run))


def in_use(run):
    """Return how many values of a code depend on the digit."""
    if 'rates' in run:
        return len(living(run))
    return sum(spread > 0.1 for spread in run['spread_of_means'])


def cost(run):
    """Return the cross-entropy of what the decoder is fed in training."""
    return next(iter(run['cross_entropy'].values()))


def cost_of_digits(run):
    """Return the cross-entropy of what `run['key']` feeds the decoder."""
    if 'key' in run:
        return run['cross_entropy'][run['key']]
    return cost(run)


def lambtha(run):
    """Return the weight of the penalty in a run, 0 if there is none."""
    _, _, _, *weight = run['arguments']
    return weight[0] if weight else 0


def spread_out(runs, name):
    """Return a run for each entry of `run[name]`, its 'key' and 'value'."""
    return [
        {**run, 'key': key, 'value': value}
        for run in runs
        for key, value in run[name].items()
    ]


def runs_of_task_3():
    """Return the runs of task 3 to its end, each with a name as its 'key'."""
    found = []
    for environment, by_title in AT_END.items():
        for title, run in by_title.items():
            module, _, change = title.partition(', ')
            if module == '3-variational':
                what = change or 'decoder fed the sample'
                found.append({**run, 'key': f'{what}, {environment}'})
    trained_as_mains = [
        *(
            (run['change'], run)
            for run in MODELS['runs'].values()
            if run['change'] == 'decoder fed the mean'
        ),
        *(
            ('decoder fed the sample', run)
            for run in MODELS['mains'].values()
            if run['module'] == '3-variational'
        ),
    ]
    for what, run in trained_as_mains:
        name = f'{what}, our script, seed {run["seed"]}'
        found.append({**run, 'key': name})
    return found
