"""Alembic's entry: runs the revisions on the connection that `store/migrate.py` hands over.

There is no alembic.ini and no URL: the schema is brought up to date when a server opens its
database, in one transaction, under the hall's lock.
"""

from alembic import context

from queue_server.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
