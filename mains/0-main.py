#!/usr/bin/env python3
"""Train the vanilla autoencoder on MNIST and draw what it reconstructs."""
import sys

import numpy as np

from common.digits import load_digits
from common.ending import run
from page import write_page
from common.options import ROOT, parse_options
from common.pictures import draw_images, show_pictures
from common.start import seeded_on_all_devices
from common.training import fast_and_resumable, save_models


def main():
    """Load the digits, build and train the models, draw and save them."""
    options = parse_options('0-vanilla', __doc__)
    (x_train, _), (x_test, labels) = load_digits(options.data, shape=(784,))

    sys.path.append(str(ROOT))
    with seeded_on_all_devices(options.seed):
        autoencoder = __import__('0-vanilla').autoencoder
        encoder, decoder, auto = autoencoder(784, [128, 64], 32)

    with fast_and_resumable(auto, x_train, x_test, options) as training:
        auto.fit(training.batches, epochs=options.epochs,
                 validation_data=training.test_batches, **training.more)

    encoded = encoder.predict(x_test[:10], verbose=options.verbose)
    print(np.mean(encoded))
    reconstructed = decoder.predict(encoded, verbose=options.verbose)

    draw_images({'input': x_test[:10], 'reconstruction': reconstructed},
                options.output / 'reconstructions.png')
    save_models(options.output, encoder=encoder, decoder=decoder,
                autoencoder=auto)
    write_page(options.output / 'explore.html', 'Vanilla autoencoder',
               encoder, decoder, x_test, labels)
    training.backup.remove()
    print('The pictures, the history and the models are in', options.output)
    show_pictures()


if __name__ == '__main__':
    run(main)
