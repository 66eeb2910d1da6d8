"""Sequential halves, one in another, and activations as layers."""

from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    """Return the models of task 0."""
    encoder = keras.Sequential([keras.Input((input_dims,))])
    for nodes in hidden_layers:
        encoder.add(keras.layers.Dense(nodes))
        encoder.add(keras.layers.Activation('relu'))
        encoder.add(keras.layers.Dropout(0))
    encoder.add(keras.layers.Dense(latent_dims))
    encoder.add(keras.layers.ReLU())
    hidden = [keras.layers.Dense(n, activation='relu') for n in hidden_layers]
    decoder = keras.Sequential(
        [
            keras.Input((latent_dims,)),
            keras.Sequential(hidden[::-1]),
            keras.layers.Dense(input_dims, activation='sigmoid'),
            keras.layers.Reshape((28, 28)),
            keras.layers.Flatten(),
        ]
    )
    auto = keras.Sequential([encoder, decoder])
    auto.compile(optimizer='adam', loss='binary_crossentropy', metrics=['mse'])
    return encoder, decoder, auto
