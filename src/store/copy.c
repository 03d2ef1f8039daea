/* Copies a database while others write it. */
#include "store/copy.h"

#include "store/db.h"

#define CACHE_BYTES ((size_t)1 << 20)

bool database_copy(const char *from, const char *to, Err *err)
{
    Db    *db;
    Query *q;
    if (!db_open(from, DB_READ, CACHE_BYTES, &db, err)) return false;
    bool ok = query_open(db, &q, "vacuum into ?1", err);
    if (ok) {
        query_bind_text(q, 1, str_of(to));
        ok = query_run(q, err);
    }
    db_close(db);
    if (!ok && err->code == ERR_DISK_FULL) fail(err, ERR_DISK_FULL, "no room on the disk of %s: make some", to);
    return ok;
}
