"""Kitchen tickets: what each station has to make, derived from an order's lines, their steps and voids."""
