"""Networks with every operator of the interface, as call texts with shapes."""

NETWORKS = {
    "layer": ("mse_loss(avg_pool2d(conv2d(X, F), 2), T)", "X=4x4 F=3x3 T=1x1"),
    "kink": ("mse_loss(relu(conv2d(X, F, b, stride=2, padding=1)), T)", "X=4x4 F=3x3 T=2x2 b="),
    "classifier": ("cross_entropy(linear(flatten(max_pool2d(conv2d(X, F), 2)), W, b), 1)", "X=5x5 F=2x2 W=3x4 b=3"),
    "batch": ("sum(batch_norm(x, None, None, g, b, training=True)**2)", "x=3x2 g=2 b=2"),
    "dense": ("mse_loss(sigmoid(linear(tanh(linear(x, W, b)), V, c)), t)", "x=2 W=3x2 b=3 V=1x3 c=1 t=1"),
    "absolute": ("l1_loss(leaky_relu(conv1d(x, w), 0.1), t)", "x=5 w=2 t=4"),
    "joined": ("mean(cat([A, B], dim=1)*C)", "A=2x2 B=2x1 C=2x3"),
    "transposed": ("sum(conv_transpose2d(X, F, stride=2)**2)", "X=1x2x2 F=1x1x2x2"),
    "softmax": ("sum(softmax(X, 1)*Y + log_softmax(X, 0))", "X=2x3 Y=2x3"),
    "array": ('conv2d(X, F, padding="same")', "X=3x3 F=3x3"),
    "smooth": ("sum(gelu(x) + softplus(x)/2 - 1/x)", "x=3"),
    "residual": ("mean((conv2d(A, k) + A)**2)", "A=3x3 k=1x1"),
    "true convolution": ('sum(convolve2d(X, F, "valid")*correlate2d(X, F, "valid"))', "X=3x3 F=2x2"),
    "channels": ("mse_loss(conv2d(X, W), T)", "X=2x3x3 W=2x2x2x2 T=2x2x2"),
    "uneven pool": ("sum(avg_pool2d(X, 2, stride=1, padding=1, count_include_pad=False)*Y)", "X=3x3 Y=4x4"),
    "reshaped": ("sum(reshape(X, (1, 6))*mean(Y, dim=0))", "X=2x3 Y=2x6"),
    "groups": ("mse_loss(conv2d(X, F, stride=2, dilation=2, groups=2), T)", "X=1x2x9x9 F=2x1x3x3 T=1x2x3x3"),
    "space": ("sum(conv3d(X, F)**3/3)", "X=1x3x3x3 F=1x1x2x2x2"),
    "volume": ("sum(avg_pool3d(X, 2)**2)", "X=1x4x4x4"),
    "pixels": ("cross_entropy(conv2d(X, W), [[[0, 1], [1, 2]]])", "X=1x2x3x3 W=3x2x2x2"),
    "shared": ("mse_loss(conv1d(conv1d(x, w), w), t)", "x=6 w=2 t=4"),
    "large": ("mse_loss(relu(conv2d(X, F)), T)", "X=28x28 F=5x5 T=24x24"),
    "overlapping": ("mean(max_pool1d(X, 3, stride=1, padding=1))", "X=1x6"),
    "one value": ("sum(adaptive_avg_pool2d(X, 1)**3)", "X=2x3x3"),
    "named": ('-X*2 + conv1d(X, w, padding="full", name="Z")', "X=5 w=1"),
}

# Networks whose formulas are wide in print: many axes, long names, sums of sums, many layers.
DEEP = (
    "cross_entropy(linear(relu(linear(flatten(max_pool2d(relu(conv2d(max_pool2d(relu(conv2d(X, F, b, padding=1)), 2), "
    "G, c)), 2), 1), W, d)), V, e), [3, 1])"
)
WIDE = {
    "space with a stride": (
        "mse_loss(conv3d(X, F, b, stride=2, padding=1), T)",
        "X=1x2x5x5x5 F=3x2x3x3x3 b=3 T=1x3x3x3x3",
    ),
    "groups in space": ("sum(conv3d(X, F, groups=2, dilation=2)**2)", "X=1x4x6x6x6 F=6x2x3x3x3"),
    "transposed in space": (
        "sum(conv_transpose3d(X, F, stride=2, padding=1, output_padding=1, groups=2)**2)",
        "X=1x4x3x3x3 F=4x2x3x3x3",
    ),
    "transposed with bias": (
        "mse_loss(conv_transpose2d(X, F, b, stride=2, padding=1, output_padding=1), T)",
        "X=1x2x3x3 F=2x3x3x3 b=3 T=1x3x6x6",
    ),
    "normalized": (
        "mse_loss(relu(batch_norm(conv2d(X, F), None, None, g, b, training=True)), T)",
        "X=2x2x4x4 F=3x2x3x3 g=3 b=3 T=2x3x2x2",
    ),
    "deep": (DEEP, "X=2x1x12x12 F=4x1x3x3 b=4 G=6x4x3x3 c=6 W=10x24 d=10 V=5x10 e=5"),
    "autoencoder": (
        "mse_loss(sigmoid(conv_transpose2d(relu(conv2d(X, F, stride=2)), G, stride=2)), X)",
        "X=1x1x5x5 F=2x1x3x3 G=2x1x3x3",
    ),
    "two layers and the input": (
        "mse_loss(relu(conv2d(relu(conv2d(X, F, padding=1)), G, padding=1) + X), T)",
        "X=1x2x4x4 F=2x2x3x3 G=2x2x3x3 T=1x2x4x4",
    ),
    "divergence": ("sum(softmax(X, 1)*(log_softmax(X, 1) - log_softmax(Y, 1)))", "X=2x3 Y=2x3"),
    "long names": (
        "mse_loss(conv2d(image, kernel, offset, stride=(2, 1), padding=((1, 2), (0, 1)), dilation=(1, 2)), target)",
        "image=1x1x7x7 kernel=1x1x3x3 offset=1 target=1x1x4x4",
    ),
    "gated": ("mean(sigmoid(conv1d(x, w, a))*tanh(conv1d(x, v, b)))", "x=1x2x6 w=3x2x2 a=3 v=3x2x2 b=3"),
    "depthwise": ("l1_loss(gelu(conv2d(X, F, groups=3, padding='same')), T)", "X=1x3x4x4 F=3x1x3x3 T=1x3x4x4"),
}
