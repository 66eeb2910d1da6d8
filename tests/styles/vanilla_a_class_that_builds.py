"""A class builds the models, and the function uses it."""

from tensorflow import keras


class Builder:
    def __init__(self, sizes: list):
        self.sizes = sizes

    def stack(self, sizes: list, last: str) -> keras.Model:
        *hidden, final = sizes[1:]
        model = keras.models.Sequential()
        model.add(keras.layers.InputLayer((sizes[0],)))
        for nodes in hidden:
            model.add(keras.layers.Dense(nodes, activation='relu'))
        model.add(keras.layers.Dense(final, activation=last))
        return model

    def build(self) -> tuple:
        return (
            self.stack(self.sizes, 'relu'),
            self.stack(self.sizes[::-1], 'sigmoid'),
        )


def autoencoder(input_dims, hidden_layers, latent_dims):
    """Return encoder, decoder and auto."""
    builder = Builder([input_dims, *hidden_layers, latent_dims])
    encoder, decoder = builder.build()
    inputs = keras.layers.Input(shape=(input_dims,))
    auto = keras.models.Model(inputs=inputs, outputs=decoder(encoder(inputs)))
    auto.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=False),
        metrics=['accuracy'],
    )
    return encoder, decoder, auto
