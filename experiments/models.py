#!/usr/bin/env python3
"""Train variants of the models with several seeds, and measure each.

How well does it reconstruct digits and letters, which units of its code fire,
and to what does it decode random codes? Two classifiers of digits answer the
last question: they count the images that they are sure of.

With --mains DIR, it measures the models that the training scripts left in DIR
instead. For the seed S and the number N, start these with:

    mains/N-main.py --seed S --output DIR/seed-S/N
"""

import csv
import itertools
from collections import namedtuple
from pathlib import Path

import numpy as np

import runs
from common.digits import OFFLINE, load_digits, scaled
from common.formulas import cross_entropy, divergence
from common.pictures import draw_images, draw_latent_plane
from recorded import read
from runs import ARGUMENTS, DOCS, keras

# How many random codes to decode, and how sure the classifiers have to be.
SAMPLES, SURE = 1000, 0.9
# What to train: a module, with one of `runs.CHANGES` or None.
Model = namedtuple(
    'Model',
    'module arguments change images epochs',
    defaults=(None, 'digits', 50),
)
NARROW = [
    Model(module, (784, [128, 64], size))
    for size in (2, 8, 32)
    for module in ('0-vanilla', '3-variational')
]
MODELS = [
    *NARROW,
    Model('0-vanilla', (784, [128, 64], 128)),
    *(
        Model('1-sparse', (784, [128, 64], 32, lambtha))
        for lambtha in (1e-5, 1e-4, 1e-3)
    ),
    Model('0-vanilla', (784, [], 256), epochs=20),
    Model('1-sparse', (784, [], 256, 1e-3), epochs=20),
    Model('1-sparse', (784, [512], 1024, 1e-4), epochs=20),
    *(
        Model('3-variational', ARGUMENTS['3-variational'], change)
        for change in (None, *runs.EXERCISES, 'cross-entropy averaged')
    ),
    *(
        Model('0-vanilla', ARGUMENTS['0-vanilla'], images=images)
        for images in ('letters', '5,000 digits')
    ),
]


def name_of(model, seed):
    """Return the name of a run in the recording."""
    parts = [
        model.module,
        model.arguments,
        model.change or 'unchanged',
        model.images,
        f'{model.epochs} epochs',
        f'seed {seed}',
    ]
    return ', '.join(map(str, parts))


# By name: two seeds of each model, and a third one of the last.
RUNS = {
    name_of(model, seed): (model, seed) for seed in (0, 1) for model in MODELS
}
RUNS[name_of(MODELS[-1], 2)] = MODELS[-1], 2


def main():
    """Train or load the models, record what is measured, and draw images."""
    options = parse_options()
    pixels = load_pixels(options.data)
    images = {
        name: [(scaled(x), y) for x, y in parts]
        for name, parts in pixels.items()
    }
    result = {**read('models.json'), **without_training(images)}
    if options.mains:
        result['mains'] = measure_mains(options.mains, images)
        runs.record('models.json', result)
        return
    classifiers, result['accuracies'] = train_classifiers(*images['digits'])
    (x_train, _), test = images['digits']
    result['baselines'] = {
        name: count(classifiers, x)
        for name, x in without_model(x_train, *test)
    }
    rows, chosen = {}, names_with(options.only)
    for name in chosen:
        print(name, flush=True)
        model, seed = RUNS[name]
        run, decoded = train_and_measure(
            model, seed, pixels, images, classifiers
        )
        keep(result, name, run)
        if model in NARROW and seed == 0:
            rows.update(first_random_images(model, decoded))
    if chosen == list(RUNS):
        draw_images(rows, DOCS / 'random-codes.png')
        runs.squeeze(DOCS / 'random-codes.png')


def names_with(texts):
    """Return the names of the runs that contain one of some texts."""
    return [name for name in RUNS if any(text in name for text in texts)]


def keep(result, name, run):
    """Record a run at once, as they take long, in the order of `RUNS`."""
    recorded = {**result.get('runs', {}), name: run}
    result['runs'] = {
        name: recorded[name] for name in RUNS if name in recorded
    }
    runs.record('models.json', result)


def parse_options():
    """Parse the command line."""
    parser = runs.parser_with_data(__doc__)
    parser.add_argument(
        '--only',
        nargs='+',
        default=[''],
        metavar='TEXT',
        help='do only the runs with one of these texts in their name, '
        'such as "letters" or "1-sparse" (default: all)',
    )
    parser.add_argument(
        '--mains',
        type=Path,
        metavar='DIR',
        help='measure the models in DIR, and train nothing',
    )
    return parser.parse_args()


def load_pixels(data):
    """Return the images to train and test, by name, in bytes.

    Args:
        data: Path of a file of digits, or None for MNIST.
    """
    with runs.programs_run('exercises.md') as folder:
        return {
            'digits': load_digits(data, (784,)),
            'letters': load_digits(folder / 'letters.npz', (784,)),
            '5,000 digits': load_digits(OFFLINE, (784,)),
        }


def without_training(images):
    """Return the cross-entropies that images have without any model."""
    (x_train, _), (x_test, _) = images['digits']
    return {
        'minimum': {
            name: cross_entropy(x, x) for name, (_, (x, _)) in images.items()
        },
        'grey': float(((x_test > 0) & (x_test < 1)).mean()),
        'one image': {
            f'the mean {part} digit': cross_entropy(
                x_test, np.tile(x.mean(axis=0), len(x_test))
            )
            for part, x in (('training', x_train), ('test', x_test))
        },
    }


def train_and_measure(model, seed, pixels, images, classifiers):
    """Return what is recorded of a model, and what it decodes codes to.

    Args:
        model: `Model` to train.
        seed: Integer.
        pixels, images: By name, the images to train and test, in bytes and
            in [0, 1].
        classifiers: By name, the classifiers that count digits.

    Returns:
        Dict for models.json; and by the way that codes are drawn, images
        `(SAMPLES, 784)`.
    """
    models = encoder, decoder, auto = runs.build(
        model.module, *model.arguments, seed=seed, change=model.change
    )
    history = runs.train(
        auto,
        pixels[model.images][0][0],
        images[model.images][1][0],
        model.epochs,
        seed,
    )
    numbers, codes = measure(models, images)
    (x_train, _), _ = images['digits']
    by_way = {
        'codes of test digits': codes[:SAMPLES],
        **random_codes(encoder, x_train, seed),
    }
    decoded = {
        way: decoder.predict(code, verbose=0) for way, code in by_way.items()
    }
    recognized = {
        way: count(classifiers, image) for way, image in decoded.items()
    }
    return {
        **model._asdict(),
        'seed': seed,
        **history,
        **numbers,
        'recognized': recognized,
    }, decoded


def first_random_images(model, decoded):
    """Return a model's rows of docs/random-codes.png, by their titles."""
    title = f'{model.module[2:]}, {model.arguments[2]} values'
    return {
        f'{title}, {way}': image[:10]
        for way, image in decoded.items()
        if way not in ('codes of test digits', 'normal')
    }


def measure_mains(folder, images):
    """Return the numbers of what the mains left; draw the first seed's."""
    x_test, labels = images['digits'][1]
    result, rows = {}, {'input': x_test[:10]}
    for seed, module in itertools.product(range(3), ARGUMENTS):
        file = folder / f'seed-{seed}' / module[0] / 'history.csv'
        __import__(module)  # registers the layers to load
        models = [
            keras.models.load_model(file.with_name(f'{name}.keras'))
            for name in ('encoder', 'decoder', 'autoencoder')
        ]
        numbers, codes = measure(models, images)
        epochs = list(csv.DictReader(file.read_text().splitlines()))
        result[f'{module}, seed {seed}'] = {
            'module': module,
            'seed': seed,
            **numbers,
            **{
                key: [float(epoch[key]) for epoch in epochs]
                for key in ('loss', 'val_loss')
            },
        }
        if seed == 0:
            cost = next(iter(numbers['cross_entropy'].values()))
            rows[f'{module[2:]}, {cost:.4f}'] = models[1].predict(
                codes[:10], verbose=0
            )
            if module == '3-variational':
                means = models[0].predict(x_test, verbose=0)[1]
                draw_latent_plane(models[1], means, labels, DOCS)
    draw_images(rows, DOCS / 'reconstructions.png')
    for name in ('latent', 'manifold', 'reconstructions'):
        runs.squeeze(DOCS / f'{name}.png')
    return result


def measure(models, images):
    """Return what models do with test images, and the codes of the digits.

    Args:
        models: The encoder, the decoder and the full model, trained.
        images: By name, the images `(n, 784)` and labels to train and test.
    """
    encoder, decoder, auto = models
    (x, labels), (letters, _) = images['digits'][1], images['letters'][1]
    outputs = encoder.predict(in_shape_of(encoder, x), verbose=0)
    if isinstance(outputs, list):
        codes, mean, log_variance = outputs
        inputs = {'sample': codes, 'mean': mean}
        numbers = of_distributions(mean, log_variance)
    else:
        codes, inputs = outputs, {'code': outputs}
        numbers = of_units(codes, labels)
    costs = {
        name: cross_entropy(x, decoder.predict(code, verbose=0))
        for name, code in inputs.items()
    }
    costs['letters'] = cross_entropy(
        letters, auto.predict(in_shape_of(encoder, letters), verbose=0)
    )
    return {'size': codes[0].size, **numbers, 'cross_entropy': costs}, codes


def in_shape_of(encoder, x):
    """Return images in the shape that an encoder takes."""
    return x.reshape(-1, *encoder.input_shape[1:])


def of_distributions(mean, log_variance):
    """Return what is recorded of the outputs `(n, latent)` of task 3.

    The first two are for each value of the code.
    """
    deviation = np.exp(log_variance / 2).mean(axis=0)
    return {
        'spread_of_means': mean.std(axis=0).round(4).tolist(),
        'deviation': deviation.round(4).tolist(),
        'divergence': float(divergence(mean, log_variance).sum(axis=1).mean()),
        'mean': mean[:10].tolist(),
        'log_variance': log_variance[:10].tolist(),
    }


def of_units(codes, labels):
    """Return how often the units of a code fire, and for which digits."""
    fires = codes.reshape(len(codes), -1) > 0
    return {
        'rates': np.sort(fires.mean(axis=0))[::-1].round(4).tolist(),
        'shared': shared_units(fires[:2000], labels[:2000]),
        'code': float(codes[:10].mean()),
    }


def shared_units(fires, labels):
    """Return the share of the units of a digit that fire for another digit.

    That is the mean over pairs with the same label, and with different ones.
    """
    some = fires.any(axis=1)
    fires, labels = fires[some].astype('float32'), labels[some]
    shares = fires @ fires.T / fires.sum(axis=1, keepdims=True)
    same = labels[:, None] == labels
    others = ~np.eye(len(labels), dtype=bool)
    return {
        'same label': float(shares[same & others].mean()),
        'different labels': float(shares[~same].mean()),
    }


def random_codes(encoder, x_train, seed):
    """Return random codes by the way they are drawn, vanilla ones in three.

    The latter resemble the codes of the digits `x_train`.
    """
    rng = np.random.default_rng(seed)
    codes = encoder.predict(x_train, verbose=0)
    if isinstance(codes, list):
        return {'N(0, I)': rng.normal(size=(SAMPLES, codes[0].shape[1]))}
    normal = rng.multivariate_normal(
        codes.mean(axis=0), np.cov(codes, rowvar=False), SAMPLES
    )
    return {
        'each value of another digit': rng.permuted(codes, axis=0)[:SAMPLES],
        'normal': normal,
        'normal, cut at 0': np.maximum(normal, 0),
    }


def train_classifiers(train, test):
    """Return two small classifiers of digits by name, and their accuracies.

    The strict one has an eleventh class: what `halves_and_blends` makes.
    """
    digits, labels = train
    no_digits = halves_and_blends(*train, np.random.default_rng(0))
    classifiers, accuracies = {}, {}
    for name, x, y in (
        ('sure', digits, labels),
        (
            'strict',
            np.concatenate([digits, no_digits]),
            np.concatenate([labels, np.full(len(no_digits), 10)]),
        ),
    ):
        keras.utils.set_random_seed(0)
        layers = keras.layers
        classifier = keras.Sequential(
            [
                keras.Input((784,)),
                layers.Reshape((28, 28, 1)),
                layers.Conv2D(16, 3, activation='relu'),
                layers.MaxPooling2D(),
                layers.Conv2D(32, 3, activation='relu'),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(11, activation='softmax'),
            ]
        )
        classifier.compile(
            'adam', 'sparse_categorical_crossentropy', metrics=['accuracy']
        )
        classifier.fit(x, y, batch_size=256, epochs=5, verbose=2)
        classifiers[name] = classifier
        accuracies[name] = classifier.evaluate(*test, verbose=0)[1]
    return classifiers, accuracies


def halves_and_blends(x, y, rng):
    """Return digits with one half erased, and means of two different ones."""
    first, second = np.array_split(rng.permutation(len(x)), 2)
    halves = x[first].reshape(-1, 28, 28)
    for part, half in zip(
        np.array_split(halves, 4),
        (np.s_[:, :14], np.s_[:, 14:], np.s_[:, :, :14], np.s_[:, :, 14:]),
    ):
        part[half] = 0
    other = rng.permutation(second)
    blends = (x[second] + x[other])[y[second] != y[other]] / 2
    return np.concatenate([halves.reshape(-1, 784), blends])


def without_model(x_train, x_test, y_test):
    """Yield what images are that no model made, and SAMPLES of them."""
    rng = np.random.default_rng(0)
    no_digits = halves_and_blends(x_test, y_test, rng)
    for name, x in {
        'test digits': x_test[:SAMPLES],
        'test digits with one half erased': no_digits[: len(x_test) // 2],
        'means of two test digits': no_digits[len(x_test) // 2 :],
        'each pixel of another digit': rng.permuted(x_train, axis=0),
        'noise, uniform in [0, 1]': rng.random((SAMPLES, 784)),
        'the mean of all digits': np.tile(x_train.mean(axis=0), (SAMPLES, 1)),
    }.items():
        yield name, rng.permutation(x)[:SAMPLES].astype('float32')


def count(classifiers, images):
    """Return how many images each classifier is sure of, by digit, 0 to 9."""
    counts = {}
    for name, classifier in classifiers.items():
        chances = classifier.predict(images, verbose=0)
        sure = chances[chances.max(axis=1) >= SURE].argmax(axis=1)
        counts[name] = np.bincount(sure, minlength=11)[:10].tolist()
    return counts


if __name__ == '__main__':
    main()
