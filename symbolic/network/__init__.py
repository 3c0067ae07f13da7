"""A network and its gradients, as users hold them."""
