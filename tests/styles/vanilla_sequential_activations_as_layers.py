"""Two Sequential halves, and activations as layers of their own."""

import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Activation, Dense, InputLayer, ReLU


def autoencoder(n, hidden, code):
    encoder, decoder = Sequential(), Sequential()
    encoder.add(tf.keras.Input(shape=(n,)))
    for nodes in hidden:
        encoder.add(Dense(nodes))
        encoder.add(ReLU())
    encoder.add(Dense(code))
    encoder.add(Activation('relu'))
    decoder.add(tf.keras.Input(shape=(code,)))
    for nodes in hidden[::-1]:
        decoder.add(Dense(nodes, activation=tf.nn.relu))
    decoder.add(Dense(n, activation=tf.nn.sigmoid))
    auto = Sequential([encoder, decoder])
    auto.build((None, n))
    auto.compile(
        tf.keras.optimizers.Adam(learning_rate=0.01),
        tf.keras.losses.BinaryCrossentropy(),
        metrics=['mse'],
    )
    return [encoder, decoder, auto]
