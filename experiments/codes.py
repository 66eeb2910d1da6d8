#!/usr/bin/env python3
"""Record what codes of several sizes are good for, and what changes do.

Two questions: how well does each model restore test digits, and to what does
it decode random codes? A classifier of digits answers the second one: it
counts the images that it is sure of.
"""
import numpy as np

from runs import (
    ARGUMENTS,
    DOCS,
    build,
    cross_entropy,
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
    classifier, accuracy = train_classifier(x_train, y_train, x_test, y_test)
    result = {'accuracy': accuracy, 'draws': DRAWS, 'sure': SURE,
              'baselines': baselines(classifier, x_train, x_test), 'runs': []}
    rows = {}
    for seed in SEEDS:
        for model in MODELS:
            print(*model, 'seed', seed, flush=True)
            run, images = measure(model, seed, x_train, x_test, classifier)
            result['runs'].append(run)
            record('codes.json', result)  # each, as they take long
            if seed == SEEDS[0] and model in MODELS[:6]:
                module, _, size, _ = model
                rows.update({f'{module[2:]}, {size} values, {name}': row[:10]
                             for name, row in images.items()
                             if name not in ('test digits', 'normal')})
    draw_images(rows, DOCS / 'random-codes.png')
    squeeze(DOCS / 'random-codes.png')


def train_classifier(x_train, y_train, x_test, y_test):
    """Return a small classifier of digits, and its test accuracy."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    classifier = keras.Sequential([
        keras.Input((784,)), layers.Reshape((28, 28, 1)),
        layers.Conv2D(16, 3, activation='relu'), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(10, activation='softmax')])
    classifier.compile('adam', 'sparse_categorical_crossentropy',
                       metrics=['accuracy'])
    classifier.fit(x_train, y_train, batch_size=256, epochs=8, verbose=2)
    return classifier, classifier.evaluate(x_test, y_test, verbose=0)[1]


def count(classifier, images):
    """Return how many images it is sure of, as a list by digit, 0 to 9."""
    chances = classifier.predict(images, verbose=0)
    sure = chances.max(axis=1) >= SURE
    return np.bincount(chances.argmax(axis=1)[sure], minlength=10).tolist()


def baselines(classifier, x_train, x_test):
    """Return the counts of images that no autoencoder made."""
    rng = np.random.default_rng(0)
    x = x_test[:DRAWS]
    images = {
        'test digits': x,
        'upper halves of test digits': x * (np.arange(784) < 392),
        'two test digits, averaged': (x + x_test[DRAWS:2 * DRAWS]) / 2,
        'each pixel of another digit':
            rng.permuted(x_train, axis=0)[:DRAWS],
        'noise, uniform in [0, 1]':
            rng.random((DRAWS, 784)).astype('float32'),
        'the mean of all digits':
            np.repeat(x_train.mean(axis=0, keepdims=True), DRAWS, axis=0),
    }
    return {name: count(classifier, x) for name, x in images.items()}


def measure(model, seed, x_train, x_test, classifier):
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
            divergence=float(np.sum(deviation ** 2 + mean ** 2 - 1
                                    - log_variance, axis=1).mean() / 2))
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
    run['sure'] = {name: count(classifier, image)
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
