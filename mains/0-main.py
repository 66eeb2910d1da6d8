#!/usr/bin/env python3
"""Train the vanilla autoencoder on MNIST and draw what it reconstructs."""

import sys
from pathlib import Path

import numpy as np

# Python puts it there, but not with the option -P.
sys.path.insert(0, str(Path(__file__).parent))

from common.digits import load_digits, scaled
from common.options import parse_options
from common.pictures import draw_images, show_pictures
from common.program import run


def main():
    """Load the digits, build and train the models, draw and save them."""
    options = parse_options('0-vanilla', __doc__)
    (x_train, _), (x_test, labels) = load_digits(options.data, (784,))
    x_test = scaled(x_test)
    # Imported late: they take seconds.
    from common import modules, start, training
    from page.recorder import Recorder

    with modules.used(options), start.strategy(options).scope():
        start.keras.utils.set_random_seed(options.seed)
        autoencoder = __import__('0-vanilla').autoencoder
        encoder, decoder, auto = autoencoder(784, [128, 64], 32)
        modules.try_out(options, encoder, decoder, auto, x_test)
    backup = training.Backup(auto, x_train, x_test, options)
    recorder = Recorder(encoder, decoder, x_test, labels, options.output)
    batches, steps = training.shuffled_batches(x_train, options, backup.epoch)
    with training.prepared_for_fit(auto, steps, options):
        auto.fit(
            batches,
            steps_per_epoch=steps,
            initial_epoch=backup.epoch,
            epochs=options.epochs,
            validation_data=training.validation_batches(x_test),
            callbacks=[training.TimeLeft(), backup, recorder],
            shuffle=False,
            verbose=options.verbose,
        )

    encoded = encoder.predict(x_test[:10], verbose=0)
    print(np.mean(encoded))
    reconstructed = decoder.predict(encoded, verbose=0)
    draw_images(
        {'input': x_test[:10], 'reconstruction': reconstructed},
        options.output / 'reconstructions.png',
    )
    training.save_models(options.output, encoder, decoder, auto)
    recorder.write_page('Vanilla autoencoder')
    backup.remove()
    show_pictures(options.output)


if __name__ == '__main__':
    run(main)
