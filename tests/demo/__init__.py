"""The demo of `make run`, from the README, as somebody new walks it."""
