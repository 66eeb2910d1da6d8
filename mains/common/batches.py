"""The batches that a model is trained and tested on, and their order."""


def shuffled_batches(x, batch_size, seed, epoch):
    """Return the batches of an epoch, each as input and as target.

    `fit` on arrays gathers each batch twice; here it is gathered once. The
    order depends on the seed and the epoch alone, so that it is the same when
    a training is resumed.

    Args:
        x: Array `(n, ...)`.
        batch_size: Integer, the rows of each batch but the last, which has
            the rest.
        seed: Integer.
        epoch: `tf.Variable`, an int64 on the CPU, that is read each time the
            batches are gone through.

    Returns:
        A `tf.data.Dataset` of pairs of tensors `(batch_size, ...)`.
    """
    import tensorflow as tf
    steps = -(-len(x) // batch_size)
    with tf.device('CPU'):
        x = tf.constant(x)

    def rows(_):
        order = tf.random.experimental.stateless_shuffle(
            tf.range(len(x)), [seed, epoch])
        return tf.data.Dataset.range(steps).map(
            lambda i: order[i * batch_size:(i + 1) * batch_size])

    batches = tf.data.Dataset.range(1).flat_map(rows).apply(
        tf.data.experimental.assert_cardinality(steps))
    return _as_input_and_target(batches.map(lambda rows: tf.gather(x, rows)))


def batches_in_order(x, batch_size):
    """Return all rows of an array in batches, as input and as target.

    Args:
        x: Array `(n, ...)`.
        batch_size: Integer, the most rows of a batch. They are fewer where
            that makes all batches equal, so that XLA compiles only once.

    Returns:
        A `tf.data.Dataset` of pairs of tensors `(about batch_size, ...)`.
    """
    import tensorflow as tf
    equal = [size for size in range(batch_size // 2 + 1, batch_size + 1)
             if len(x) % size == 0]
    size = max(equal, default=batch_size)
    with tf.device('CPU'):
        x = tf.constant(x)
    return _as_input_and_target(
        tf.data.Dataset.range(-(-len(x) // size)).map(
            lambda i: x[i * size:(i + 1) * size]))


def _as_input_and_target(batches):
    """Return pairs of each batch with itself, made ready in advance."""
    import tensorflow as tf
    distribution = tf.data.Options()
    distribution.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA)
    return batches.map(lambda batch: (batch, batch)).prefetch(
        tf.data.AUTOTUNE).with_options(distribution)
