"""Machines that are written down as such, without a flow: what the compiler reads besides."""
