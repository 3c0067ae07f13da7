"""A note on a network of the reader's own: named, told, budgeted. See `render.own.document`."""
