"""Both halves are Sequential, with all arguments written out."""

from tensorflow.keras import Input, Sequential
from tensorflow.keras.layers import Conv2D, MaxPool2D, UpSampling2D


def autoencoder(input_dims, filters, latent_dims):
    encoder = Sequential(name='encoder')
    encoder.add(Input(shape=input_dims))
    for count in filters:
        encoder.add(
            Conv2D(
                filters=count,
                kernel_size=3,
                strides=(1, 1),
                padding='SAME',
                dilation_rate=1,
                activation='relu',
            )
        )
        encoder.add(MaxPool2D(pool_size=2, strides=2, padding='same'))

    decoder = Sequential(name='decoder')
    decoder.add(Input(shape=latent_dims))
    backwards = filters[::-1]
    for index, count in enumerate(backwards):
        is_last = index == len(backwards) - 1
        padding = 'valid' if is_last else 'same'
        decoder.add(Conv2D(count, 3, padding=padding, activation='relu'))
        decoder.add(UpSampling2D(size=2, interpolation='nearest'))
    decoder.add(
        Conv2D(input_dims[2], (3, 3), activation='sigmoid', padding='same')
    )

    auto = Sequential([Input(shape=input_dims), encoder, decoder])
    auto.compile(loss='binary_crossentropy', optimizer='adam')
    return encoder, decoder, auto
