"""Makes a fresh clone run: environments, assets, model, front end. Standard library only, nothing is installed yet."""
