#!/usr/bin/env python3
"""A convolutional autoencoder: its code is a small picture of features.

Source: Masci, Meier, Ciresan and Schmidhuber, "Stacked Convolutional
Auto-Encoders for Hierarchical Feature Extraction", ICANN (2011).
"""
from numbers import Integral
from warnings import warn

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
        cross-entropy, which wants inputs in [0, 1].

    Raises:
        ValueError: If an argument is anything but positive integers, if
            `filters` is empty, if `latent_dims` is not the shape that the
            encoder produces, or if a code is too small for the decoder.

    Warns:
        UserWarning: If the decoder, whose layers are fixed, does not give
            back the height and width of the input, so that `auto` cannot be
            trained. With three filters, 28 and 60 are sizes that work.
    """
    input_dims = _shape('input_dims', input_dims)
    filters = _sizes('filters', filters)
    latent_dims = _shape('latent_dims', latent_dims)

    inputs = x = keras.Input(input_dims, name='input')
    for count in filters:
        x = keras.layers.Conv2D(count, (3, 3), padding='same',
                                activation='relu')(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
    encoder = keras.Model(inputs, x, name='encoder')
    _check_code(latent_dims, encoder.output_shape[1:], filters)

    code = x = keras.Input(latent_dims, name='code')
    for count in reversed(filters[1:]):
        x = keras.layers.Conv2D(count, (3, 3), padding='same',
                                activation='relu')(x)
        x = keras.layers.UpSampling2D((2, 2))(x)
    x = keras.layers.Conv2D(filters[0], (3, 3), padding='valid',
                            activation='relu')(x)
    x = keras.layers.UpSampling2D((2, 2))(x)
    # Under a mixed precision policy, outputs and losses stay in floatx.
    reconstruction = keras.layers.Conv2D(
        input_dims[-1], (3, 3), padding='same', activation='sigmoid',
        name='reconstruction', dtype=keras.backend.floatx())(x)
    decoder = keras.Model(code, reconstruction, name='decoder')
    _check_reconstruction(input_dims, decoder.output_shape[1:])

    auto = keras.Model(inputs, decoder(encoder(inputs)), name='autoencoder')
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto


def _check_code(latent_dims, code_dims, filters):
    """Raise a ValueError if the decoder cannot work on the encoder's code."""
    if latent_dims != code_dims:
        raise _invalid('latent_dims', latent_dims,
                       f'{code_dims}, the shape that the encoder produces')
    scale = 2 ** (len(filters) - 1)
    if scale * min(latent_dims[:2]) < 3:
        raise _invalid('latent_dims', latent_dims,
                       "a height and width that fill the decoder's 3 x 3 "
                       f'kernel once upsampled by {scale}')


def _check_reconstruction(input_dims, output_dims):
    """Warn if the decoder's output has not the shape of the input."""
    if output_dims != input_dims:
        warn(f'`input_dims` is {input_dims}, but the decoder produces '
             f'{output_dims}: the models are usable each, but `auto` cannot '
             'be trained to give back its input', UserWarning, stacklevel=3)


def _shape(name, values):
    """Return the argument `name` as a tuple of 3, or raise a ValueError."""
    if _is_list(values) and len(values) == 3 and all(map(_is_size, values)):
        return tuple(int(value) for value in values)
    raise _invalid(name, values, 'a tuple of three positive integers '
                                 '(height, width, channels)')


def _sizes(name, values):
    """Return the argument `name` as a list of ints, or raise a ValueError."""
    if _is_list(values) and len(values) and all(map(_is_size, values)):
        return [int(value) for value in values]
    raise _invalid(name, values, 'a list of one or more positive integers')


def _is_size(value):
    """Tell whether `value` is a positive integer that a tensor can have."""
    return (isinstance(value, Integral) and not isinstance(value, bool)
            and 0 < value < 2 ** 31)


def _is_list(values):
    """Tell whether `values` is a list, a tuple or an array of rank 1."""
    return (isinstance(values, (list, tuple))
            or getattr(values, 'ndim', None) == 1)


def _invalid(name, value, expected):
    """Return the error for an argument: what it should be, what came in."""
    return ValueError(f'Received an invalid value for `{name}`, expected '
                      f'{expected}. Received: {name}={value!r}')
