"""Pixels into observations, statistics and blurred pictures. Raw pictures never leave this package."""
