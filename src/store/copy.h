/* A consistent copy of a database that others may be using. */
#ifndef BANYAN_STORE_COPY_H
#define BANYAN_STORE_COPY_H

#include "base/err.h"

/* Copy the database `from` as of one moment to the new file `to`. Not synced. Fails as db.h says. */
bool database_copy(const char *from, const char *to, Err *err);

#endif
