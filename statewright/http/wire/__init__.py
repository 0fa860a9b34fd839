"""What stands on the wire: one module a contract, and no name of a JSON field anywhere else."""
