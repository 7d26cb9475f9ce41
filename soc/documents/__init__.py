"""Documents that are handed out: PDFs made of a typst template and data."""
