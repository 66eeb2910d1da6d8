"""`auto` is made first, and the halves are made of its layers."""

from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    auto = keras.Sequential([keras.Input(shape=(input_dims,))])
    for nodes in hidden_layers + [latent_dims] + hidden_layers[::-1]:
        auto.add(keras.layers.Dense(nodes, activation='relu'))
    auto.add(keras.layers.Dense(input_dims, activation='sigmoid'))
    auto.compile(optimizer='adam', loss='binary_crossentropy')

    middle = len(hidden_layers) + 1
    encoder = keras.Sequential(
        [keras.Input(shape=(input_dims,)), *auto.layers[:middle]]
    )
    decoder = keras.Sequential(
        [keras.Input(shape=(latent_dims,)), *auto.layers[middle:]]
    )
    return encoder, decoder, auto
