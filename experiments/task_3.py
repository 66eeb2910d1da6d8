#!/usr/bin/env python3
"""Find out where the assignment's numbers for task 3 come from.

By its text, the decoder is fed the sample. This trains the model with a
decoder that is fed the mean, and compares the first ten test digits with what
the assignment prints for them. Run it on Keras 2.15 and on Keras 3: each
records other runs.
"""
import json

import numpy as np

import tables
from runs import (
    BATCH,
    DOCS,
    RESULTS,
    build,
    keras,
    load_digits,
    parser_with_data,
    plt,
    record,
    save_figure,
    squeeze,
    train,
)

# How often to go through the digits, as in the assignment.
EPOCHS = 50


def main():
    """Train each variant, record what it ends with and draw the picture."""
    options = parser_with_data(__doc__).parse_args()
    (x_train, _), (x_test, _) = load_digits(options.data, (784,))

    if hasattr(keras, 'ops'):  # Keras 3
        runs = {'seed 0, fit on arrays, Keras 3.15': (0, fit_arrays),
                'seed 0, order of the mains': (0, train),
                'seed 1, order of the mains': (1, train)}
    else:
        runs = {tables.FED_MEAN: (0, fit_added_loss)}
    recorded = json.loads((RESULTS / 'task-3.json').read_text())
    for name, how in runs.items():
        recorded[name] = fed_the_mean(x_train, x_test, *how)
        record('task-3.json', recorded)
    draw_scatter(recorded[tables.FED_MEAN], DOCS / 'task-3.png')


def fed_the_mean(x_train, x_test, seed, run_fit):
    """Train a decoder fed the mean; return its losses and ten first codes.

    The sampling layer still adds the divergence to the loss.
    """
    encoder, decoder, _ = build('3-variational', seed=seed)
    auto = keras.Model(encoder.input, decoder(encoder(encoder.input)[1]))
    auto.compile('adam', 'binary_crossentropy', loss_weights=[784])
    history = run_fit(auto, x_train, x_test, EPOCHS, seed)
    _, mean, log_variance = encoder.predict(x_test[:10], verbose=0)
    return {'loss': history['loss'], 'val_loss': history['val_loss'],
            'mean': mean.tolist(), 'log_variance': log_variance.tolist()}


def fit_arrays(auto, x_train, x_test, epochs, seed):
    """Train the way the assignment's script does."""
    return auto.fit(x_train, x_train, epochs=epochs, batch_size=BATCH,
                    validation_data=(x_test, x_test), verbose=2).history


def fit_added_loss(auto, x_train, x_test, epochs, seed):
    """Train the same on Keras 2, with the whole loss added to the model.

    Then Keras reports the mean over the batches, and not that over the
    digits, of which the last batch of an epoch has fewer.
    """
    auto.add_loss(784 * keras.backend.mean(
        keras.losses.binary_crossentropy(auto.input, auto.output)))
    auto.compile('adam')
    return auto.fit(x_train, epochs=epochs, batch_size=BATCH,
                    validation_data=(x_test, None), verbose=2).history


def draw_scatter(run, path):
    """Draw what is found against what the assignment prints."""
    printed = json.loads((RESULTS / 'printed.json').read_text())
    printed = np.array(printed['3-variational']['deviations'])
    found = np.exp(np.array(run['mean']) / 2)
    figure, axis = plt.subplots(figsize=(5, 5))
    axis.axline((0, 0), slope=1, color='lightgrey', zorder=0)
    for column, name in enumerate(('first', 'second')):
        axis.scatter(printed[:, column], found[:, column],
                     label=f'{name} latent value')
    correlation = np.corrcoef(printed.flat, found.flat)[0, 1]
    axis.set(xlabel='the "deviations" that the assignment prints',
             ylabel='exp(mean / 2) of a decoder fed the mean',
             title=f'The first ten test digits, correlation '
                   f'{correlation:.3f}', aspect='equal', xlim=(0, 3.2),
             ylim=(0, 3.2))
    axis.legend()
    save_figure(figure, path)
    squeeze(path)


if __name__ == '__main__':
    main()
