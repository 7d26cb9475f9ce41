"""The simulation, which the embedded default begins with: nothing leaves the machine, a page shows the phones."""
