"""The history of the tables: one file a step in ``versions``, applied by Alembic.

To change a table: change it in ``schema``, write the step as the next file in ``versions`` (its
``down_revision`` is the number before), and run ``tests/storage``, which compare the two. A step is
written out and imports nothing of ours, so that it stays what it was. It must work on tables that
the version before still uses: add first, and take away one version later.
"""
