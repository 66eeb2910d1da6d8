#!/usr/bin/env python3
"""Train the variational autoencoder on MNIST and draw its latent plane."""
import sys

import numpy as np

from common.digits import load_digits
from common.ending import run
from page import write_page
from common.options import ROOT, parse_options
from common.pictures import (draw_images, draw_latent_plane, draw_manifold,
                      show_pictures)
from common.start import seeded_on_all_devices
from common.training import fast_and_resumable, save_models


def main():
    """Load the digits, build and train the models, draw and save them."""
    options = parse_options('3-variational', __doc__)
    (x_train, _), (x_test, labels) = load_digits(options.data, shape=(784,))

    sys.path.append(str(ROOT))
    with seeded_on_all_devices(options.seed):
        autoencoder = __import__('3-variational').autoencoder
        encoder, decoder, auto = autoencoder(784, [512], 2)

    with fast_and_resumable(auto, x_train, x_test, options) as training:
        auto.fit(training.batches, epochs=options.epochs,
                 validation_data=training.test_batches, **training.more)

    encoded, mean, log_variance = encoder.predict(x_test,
                                                  verbose=options.verbose)
    print(mean[:10])
    print(np.exp(log_variance[:10] / 2))
    reconstructed = decoder.predict(encoded[:10], verbose=options.verbose)
    # What the loss is made of: near 0, a divergence means that no code
    # differs from the others, so that all are decoded to the same image.
    divergence = np.mean(np.sum(
        np.exp(log_variance) + mean ** 2 - 1 - log_variance, axis=1)) / 2
    loss = auto.evaluate(x_test, x_test, batch_size=250, verbose=0)
    print(f'val_loss {loss:.2f} = cross-entropy {loss - divergence:.2f} '
          f'+ KL divergence {divergence:.2f}')

    draw_images({'input': x_test[:10], 'reconstruction': reconstructed},
                options.output / 'reconstructions.png')
    if mean.shape[1] == 2:  # a plane can be drawn
        draw_manifold(decoder, options.output / 'manifold.png')
        draw_latent_plane(mean, labels, options.output / 'latent.png')
    save_models(options.output, encoder=encoder, decoder=decoder,
                autoencoder=auto)
    write_page(options.output / 'explore.html', 'Variational autoencoder',
               encoder, decoder, x_test, labels)
    training.backup.remove()
    print('The pictures, the history and the models are in', options.output)
    show_pictures()


if __name__ == '__main__':
    run(main)
