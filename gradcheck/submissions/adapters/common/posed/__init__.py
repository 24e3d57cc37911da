"""Networks behind a cost of parameters and data: the parameters taken apart into layers, whatever holds them."""
