#!/usr/bin/env python3
"""Train the variational autoencoder on MNIST and draw its latent plane."""
import numpy as np

from digits import load_digits
from options import parse_options
from pictures import (draw_latent_plane, draw_manifold,
                      draw_reconstructions, show_pictures)
from training import load_module, save_models, train


def main():
    """Load the digits, build the models, train them and draw pictures."""
    options = parse_options('3-variational', __doc__)
    (x_train, _), (x_test, labels) = load_digits(options.data, shape=(784,))

    autoencoder = load_module(options)
    encoder, decoder, auto = autoencoder(784, [512], 2)
    train(auto, x_train, x_test, options)

    encoded, mean, log_variance = encoder.predict(x_test[:10])
    print(mean)
    print(np.exp(log_variance / 2))
    reconstructed = decoder.predict(encoded)
    values = np.linspace(-3, 3, 25)
    grid = np.stack(np.meshgrid(values, values, indexing='ij'), axis=2)
    images = decoder.predict(grid.reshape(-1, 2), batch_size=125)
    means = encoder.predict(x_test)[1]

    draw_reconstructions(x_test[:10], reconstructed, options.output)
    draw_manifold(images, options.output)
    draw_latent_plane(means, labels, options.output)
    save_models(options, encoder=encoder, decoder=decoder, autoencoder=auto)
    show_pictures()


if __name__ == '__main__':
    main()
