"""The history of the tables: one file a step in ``versions``, applied by Alembic."""
