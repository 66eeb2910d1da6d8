#!/usr/bin/env python3
"""A convolutional autoencoder: its code is a small picture of features.

Source: Masci, Meier, Ciresan and Schmidhuber, "Stacked Convolutional
Auto-Encoders for Hierarchical Feature Extraction", ICANN (2011).
"""

from numbers import Integral
from warnings import warn

import numpy as np
from tensorflow import keras


def autoencoder(input_dims, filters, latent_dims):
    """Create a convolutional autoencoder.

    Args:
        input_dims: Tuple of three integers, the height, width and channels of
            an input.
        filters: List of integers, the number of filters of each convolution
            in the encoder; the decoder has them in reverse.
        latent_dims: Tuple of three integers, the height, width and channels
            of a code. Each convolution of the encoder halves height and
            width, rounding up, and the last one sets the channels.

    Returns:
        `encoder, decoder, auto`, three Keras models that share their weights.
        `encoder` maps inputs `(batch, *input_dims)` to codes
        `(batch, *latent_dims)`, which are >= 0. `decoder` maps codes to
        reconstructions `(batch, *input_dims)` in [0, 1]. `auto` maps inputs
        to reconstructions and is compiled with Adam and the binary
        cross-entropy, which needs inputs in [0, 1].

    Raises:
        ValueError: If an argument is not made of positive integers, if
            `filters` is empty, if `latent_dims` is not the shape that the
            encoder produces, or if a code is too small for the decoder.

    Warns:
        UserWarning: If the decoder, whose layers are fixed, does not produce
            the height and width of the input, so that `auto` cannot be
            trained. With three filters, 28 and 60 are sizes that work.
    """
    input_dims = _shape('input_dims', input_dims)
    filters = _filters('filters', filters)
    latent_dims = _shape('latent_dims', latent_dims)
    # Channels come last even where Keras is set to channels first.
    last = 'channels_last'

    # The shapes are those of the assignment's main, with 16, 8 and 8 filters.
    # From 28 x 28 x 1
    inputs = x = keras.Input(input_dims, name='input')
    for count in filters:
        # to 28 x 28 x 16, then 14 x 14 x 8, then 7 x 7 x 8;
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu', data_format=last
        )(x)
        # pooled to 14 x 14 x 16, then 7 x 7 x 8, then 4 x 4 x 8.
        # Padding `same` keeps the last row of an odd height: 7 becomes 4.
        x = keras.layers.MaxPooling2D(
            (2, 2), padding='same', data_format=last
        )(x)
    encoder = keras.Model(inputs, x, name='encoder')
    if latent_dims != encoder.output_shape[1:]:
        raise _invalid(
            'latent_dims',
            latent_dims,
            f'{encoder.output_shape[1:]}, the shape that the encoder produces',
        )

    # From 4 x 4 x 8
    code = x = keras.Input(latent_dims, name='code')
    for count in reversed(filters[1:]):
        # to 4 x 4 x 8, then 8 x 8 x 8;
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu', data_format=last
        )(x)
        # doubled to 8 x 8 x 8, then 16 x 16 x 8.
        x = keras.layers.UpSampling2D((2, 2), data_format=last)(x)
    if min(x.shape[1:3]) < 3:
        raise _invalid(
            'latent_dims',
            latent_dims,
            "a height and width that fill the decoder's 3 x 3 "
            f'kernel once upsampled by {2 ** len(filters[1:])}',
        )
    # To 14 x 14 x 16: doubling 4 three times gives 32, not 28, so padding
    # `valid` removes a pixel at each edge. 16 becomes 14, which doubled is 28.
    x = keras.layers.Conv2D(
        filters[0],
        (3, 3),
        padding='valid',
        activation='relu',
        data_format=last,
    )(x)
    # To 28 x 28 x 16
    x = keras.layers.UpSampling2D((2, 2), data_format=last)(x)
    # To 28 x 28 x 1. Output and loss stay in floatx, even under mixed
    # precision.
    reconstruction = keras.layers.Conv2D(
        input_dims[-1],
        (3, 3),
        padding='same',
        activation='sigmoid',
        data_format=last,
        name='reconstruction',
        dtype=keras.backend.floatx(),
    )(x)
    decoder = keras.Model(code, reconstruction, name='decoder')
    if decoder.output_shape[1:] != input_dims:
        warn(
            f'`input_dims` is {input_dims}, but the decoder produces '
            f'{decoder.output_shape[1:]}: `encoder` and `decoder` can be '
            'used, but `auto` cannot be trained to give back its input',
            UserWarning,
            stacklevel=2,
        )

    auto = keras.Model(inputs, decoder(encoder(inputs)), name='autoencoder')
    # L(x, y) = -mean(x log y + (1 - x) log(1 - y)), y the reconstruction
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto


def _shape(name, values):
    """Return three positive integers as a tuple, or raise a ValueError."""
    sizes = _sizes(values)
    if len(sizes) != 3:
        raise _invalid(
            name,
            values,
            'a tuple of three positive integers (height, width, channels)',
        )
    return sizes


def _filters(name, values):
    """Return positive integers as a tuple, or raise a ValueError."""
    sizes = _sizes(values)
    if not sizes:
        raise _invalid(name, values, 'a list of one or more positive integers')
    return sizes


def _sizes(values):
    """Return a list of positive integers as a tuple, anything else as ()."""
    sizes = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(sizes, (list, tuple)) or not all(map(_is_size, sizes)):
        return ()
    return tuple(int(size) for size in sizes)


def _is_size(value):
    """Tell whether a value is a positive integer that layers can take."""
    is_integer = isinstance(value, Integral) and not isinstance(value, bool)
    return is_integer and 0 < value < 2**31


def _invalid(name, value, expected):
    """Return the error for an argument: what it should be, what came in."""
    return ValueError(
        f'Received an invalid value for `{name}`, expected '
        f'{expected}. Received: {name}={value!r}'
    )
