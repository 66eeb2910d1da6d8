#!/usr/bin/env python3
"""Record what codes of several sizes are good for, and what changes do.

Two questions: how well does each model restore test digits, and to what does
it decode random codes? Two classifiers of digits answer the second one: they
count the images that they are sure of.
"""
import numpy as np

from runs import (
    ARGUMENTS,
    DOCS,
    build,
    cross_entropy,
    divergence,
    draw_images,
    keras,
    load_digits,
    parser_with_data,
    record,
    squeeze,
    train,
)

SEEDS = 0, 1
# How often to go through the digits, as in the assignment.
EPOCHS = 50
# How many random codes to decode, and how sure the classifier has to be.
DRAWS, SURE = 1000, 0.9
# What docs/exercises.md changes in 3-variational.py: from, to.
ADDED = 'self.add_loss(tf.reduce_mean(divergence))'
FED = 'decoder(encoder(inputs)[0])'
CHANGES = {
    'no divergence': (ADDED, f'# {ADDED}'),
    'divergence times 10': (ADDED, ADDED.replace('(tf', '(10 * tf')),
    'decoder fed the mean': (FED, FED.replace('0', '1')),
}
# Module, hidden layers, size of the code, change.
HIDDEN_LAYERS = ARGUMENTS['0-vanilla'][1]
MODELS = [
    *((module, HIDDEN_LAYERS, size, None) for size in (2, 8, 32)
      for module in ('0-vanilla', '3-variational')),
    ('0-vanilla', HIDDEN_LAYERS, 128, None),
    *(('3-variational', [512], 2, change) for change in (None, *CHANGES)),
]


def main():
    """Train and measure each model; draw what random codes decode to."""
    options = parser_with_data(__doc__).parse_args()
    (x_train, y_train), (x_test, y_test) = load_digits(options.data, (784,))
    digits = x_train, y_train, x_test, y_test
    classifiers, accuracies = train_classifiers(*digits)
    result = {'accuracies': accuracies, 'draws': DRAWS, 'sure': SURE,
              'baselines': baselines(classifiers, *digits), 'runs': []}
    for seed in SEEDS:
        rows = {}
        for model in MODELS:
            print(*model, 'seed', seed, flush=True)
            run, images = measure(model, seed, x_train, x_test, classifiers)
            result['runs'].append(run)
            record('codes.json', result)  # each, as they take long
            if model in MODELS[:6]:
                module, _, size, _ = model
                rows.update({f'{module[2:]}, {size} values, {name}': row[:10]
                             for name, row in images.items()
                             if name not in ('test digits', 'normal')})
        if seed == SEEDS[0]:
            draw_images(rows, DOCS / 'random-codes.png')
            squeeze(DOCS / 'random-codes.png')


def train_classifiers(x_train, y_train, x_test, y_test):
    """Return two small classifiers of digits by name, and their accuracies.

    The strict one has an eleventh class: halves of digits, and blends of two.
    """
    rng = np.random.default_rng(0)
    no_digits = halves_and_blends(x_train, y_train, rng)
    classifiers, accuracies = {}, {}
    for name, x, y in (
            ('sure', x_train, y_train),
            ('strict', np.concatenate([x_train, no_digits]),
             np.concatenate([y_train, np.full(len(no_digits), 10)]))):
        keras.utils.set_random_seed(0)
        layers = keras.layers
        classifier = keras.Sequential([
            keras.Input((784,)), layers.Reshape((28, 28, 1)),
            layers.Conv2D(16, 3, activation='relu'), layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(),
            layers.Flatten(), layers.Dropout(0.5),
            layers.Dense(11, activation='softmax')])
        classifier.compile('adam', 'sparse_categorical_crossentropy',
                           metrics=['accuracy'])
        classifier.fit(x, y, batch_size=256, epochs=5, verbose=2)
        classifiers[name] = classifier
        accuracies[name] = classifier.evaluate(x_test, y_test, verbose=0)[1]
    return classifiers, accuracies


def halves_and_blends(x, y, rng):
    """Return halves of digits, and means of two that have other labels.

    Args:
        x: Array `(n, 784)` of digits; each is used once or twice.
        y: Array `(n,)` of their labels.
        rng: NumPy random generator.
    """
    first, second = np.array_split(rng.permutation(len(x)), 2)
    halves = x[first].reshape(-1, 28, 28)
    for part, half in zip(np.array_split(halves, 4), (
            np.s_[:, :14], np.s_[:, 14:], np.s_[:, :, :14], np.s_[:, :, 14:])):
        part[half] = 0
    other = rng.permutation(second)
    blends = (x[second] + x[other])[y[second] != y[other]] / 2
    return np.concatenate([halves.reshape(-1, 784), blends])


def count(classifiers, images):
    """Return how many images each classifier is sure of, by digit, 0 to 9."""
    counts = {}
    for name, classifier in classifiers.items():
        chances = classifier.predict(images, verbose=0)
        digits = chances.argmax(axis=1)
        taken = (chances.max(axis=1) >= SURE) & (digits < 10)
        counts[name] = np.bincount(digits[taken], minlength=10).tolist()
    return counts


def baselines(classifiers, x_train, _, x_test, y_test):
    """Return the counts of images that no autoencoder made."""
    rng = np.random.default_rng(0)
    no_digits = halves_and_blends(x_test, y_test, rng)
    images = {
        'test digits': x_test[:DRAWS],
        'halves of test digits': no_digits[:len(x_test) // 2],
        'means of two test digits': no_digits[len(x_test) // 2:],
        'each pixel of another digit': rng.permuted(x_train, axis=0),
        'noise, uniform in [0, 1]':
            rng.random((DRAWS, 784)).astype('float32'),
        'the mean of all digits':
            np.repeat(x_train.mean(axis=0, keepdims=True), DRAWS, axis=0),
    }
    return {name: count(classifiers, rng.permutation(x)[:DRAWS])
            for name, x in images.items()}


def measure(model, seed, x_train, x_test, classifiers):
    """Train a model; return its numbers, and what random codes decode to."""
    module, hidden_layers, size, change = model
    encoder, decoder, auto = build(
        module, 784, hidden_layers, size, seed=seed,
        change=CHANGES.get(change))
    history = train(auto, x_train, x_test, EPOCHS, seed)
    run = {'module': module, 'hidden_layers': hidden_layers, 'size': size,
           'change': change, 'seed': seed, 'epochs': EPOCHS,
           'loss': history['loss'][-1], 'val_loss': history['val_loss'][-1]}
    codes = encoder.predict(x_test, verbose=0)
    rng = np.random.default_rng(seed)
    if module == '3-variational':
        sample, mean, log_variance = codes
        codes = {'sample': sample, 'mean': mean}
        deviation = np.exp(log_variance / 2)
        run.update(  # of each value of the code, over the test digits
            spread_of_means=mean.std(axis=0).round(4).tolist(),
            deviation=deviation.mean(axis=0).round(4).tolist(),
            divergence=float(
                divergence(mean, log_variance).sum(axis=1).mean()))
        random = {'N(0, I)': rng.normal(size=(DRAWS, size))}
    else:
        codes = {'code': codes}
        random = random_codes(encoder.predict(x_train, verbose=0), rng)
    run['cross_entropy'] = {
        name: cross_entropy(x_test, decoder.predict(code, verbose=0))
        for name, code in codes.items()}
    first = next(iter(codes.values()))[:DRAWS]
    images = {name: decoder.predict(code, verbose=0)
              for name, code in {'test digits': first, **random}.items()}
    run['taken'] = {name: count(classifiers, image)
                    for name, image in images.items()}
    return run, images


def random_codes(codes, rng):
    """Return random codes for a vanilla decoder, drawn in three ways.

    Args:
        codes: Array `(n, size)`, the codes of the training digits.
        rng: NumPy random generator.
    """
    fitted = rng.multivariate_normal(
        codes.mean(axis=0), np.cov(codes, rowvar=False), DRAWS)
    return {'each value of another digit':
                rng.permuted(codes, axis=0)[:DRAWS],
            'normal': fitted, 'normal, cut at 0': np.maximum(fitted, 0)}


if __name__ == '__main__':
    main()
