/* Connections and statements. What the rows mean is left to rows.c and to people.db's own module. */
#include "store/db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

#define BUSY_WAIT_MS 5000

struct Query {
    Query        *next;
    Db           *db;
    sqlite3_stmt *statement;
    const char   *sql;
    bool          used;
};

#define QUERY_SLOTS 64

struct Db {
    sqlite3 *handle;
    Query   *queries[QUERY_SLOTS]; /* by the address of their literal */
};

static bool db_fail(Db *db, Err *err, const char *doing)
{
    int     code = sqlite3_errcode(db->handle) & 0xff;
    ErrCode as = code == SQLITE_FULL                               ? ERR_DISK_FULL
                 : code == SQLITE_BUSY || code == SQLITE_LOCKED    ? ERR_BUSY
                 : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? ERR_CORRUPT
                                                                   : ERR_STORE;
    if (as == ERR_DISK_FULL)
        return fail(err, as, "no room on the disk of %s: make some", sqlite3_db_filename(db->handle, "main"));
    return fail(err, as, "%s: %s", doing, sqlite3_errmsg(db->handle));
}

bool db_open(const char *path, DbMode mode, size_t cache_bytes, Db **out, Err *err)
{
    int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    Db *db = calloc(1, sizeof *db);
    if (!db) memory_end(sizeof *db);
    if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        if (!db->handle) memory_end(0);
        db_fail(db, err, path);
        db_close(db);
        return false;
    }
    sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    char pragmas[256];
    snprintf(pragmas, sizeof pragmas,
             "pragma cache_size=-%zu; pragma temp_store=memory; %s", cache_bytes / 1024 + 1,
             mode == DB_READ    ? ""
             : mode == DB_TRUTH ? "pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on;"
                                : "pragma journal_mode=wal; pragma synchronous=off; pragma wal_autocheckpoint=0;");
    if (!db_run(db, pragmas, err)) {
        fail_in(err, "%s", path);
        db_close(db);
        return false;
    }
    *out = db;
    return true;
}

void db_close(Db *db)
{
    if (!db) return;
    for (size_t i = 0; i < QUERY_SLOTS; i++)
        for (Query *q = db->queries[i], *next; q; q = next) {
            next = q->next;
            sqlite3_finalize(q->statement);
            free(q);
        }
    sqlite3_close(db->handle);
    free(db);
}

bool db_run(Db *db, const char *sql, Err *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || db_fail(db, err, sql);
}

static bool db_run_literal(Db *db, const char *sql, Err *err)
{
    Query *q;
    bool   row;
    if (!query_open(db, &q, sql, err)) return false;
    bool ok = query_step(q, &row, err);
    query_close(q);
    return ok;
}

bool db_begin(Db *db, Err *err)
{
    return db_run_literal(db, "begin immediate", err);
}

bool db_begin_read(Db *db, Err *err)
{
    return db_run_literal(db, "begin", err);
}

void db_end_read(Db *db)
{
    if (!sqlite3_get_autocommit(db->handle)) db_run_literal(db, "rollback", NULL);
}

void db_write_ahead(Db *db)
{
    sqlite3_db_cacheflush(db->handle); /* what it could not write the commit will, or say why not */
}

bool db_commit(Db *db, Err *err)
{
    if (fault_hits(FAULT_DB_COMMIT)) {
        fail_errno(err, "commit");
        db_rollback(db);
        return false;
    }
    if (db_run_literal(db, "commit", err)) return true;
    db_rollback(db);
    return false;
}

void db_rollback(Db *db)
{
    if (!sqlite3_get_autocommit(db->handle)) db_run_literal(db, "rollback", NULL);
}

bool db_checkpoint(Db *db, Err *err)
{
    return db_run(db, "pragma wal_checkpoint(passive)", err);
}

bool db_finish(Db *db, Err *err)
{
    return db_run(db, "pragma synchronous=full; pragma wal_checkpoint(truncate)", err);
}

int64_t db_changes(const Db *db)
{
    return sqlite3_changes(db->handle);
}

bool query_open(Db *db, Query **out, const char *sql, Err *err)
{
    size_t slot = ((uintptr_t)sql >> 3) * 0x9E3779B97F4A7C15u >> 58;
    for (Query *q = db->queries[slot]; q; q = q->next)
        if (q->sql == sql && !q->used) {
            q->used = true;
            *out = q;
            return true;
        }
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        return db_fail(db, err, sql);
    Query *q = malloc(sizeof *q);
    if (!q) memory_end(sizeof *q);
    *q = (Query){ db->queries[slot], db, statement, sql, true };
    db->queries[slot] = q;
    *out = q;
    return true;
}

void query_close(Query *q)
{
    if (!q) return;
    sqlite3_reset(q->statement);
    sqlite3_clear_bindings(q->statement);
    q->used = false;
}

void query_bind_int(Query *q, int at, int64_t value)
{
    sqlite3_bind_int64(q->statement, at, value);
}

void query_bind_text(Query *q, int at, Str value)
{
    sqlite3_bind_text(q->statement, at, value.at ? value.at : "", (int)value.len, SQLITE_STATIC);
}

void query_bind_blob(Query *q, int at, Str value)
{
    sqlite3_bind_blob(q->statement, at, value.at ? value.at : "", (int)value.len, SQLITE_STATIC);
}

bool query_step(Query *q, bool *row, Err *err)
{
    int code = sqlite3_step(q->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) return db_fail(q->db, err, q->sql);
    *row = code == SQLITE_ROW;
    return true;
}

bool query_one(Query *q, Err *err)
{
    bool row = false;
    return query_step(q, &row, err) && (row || fail(err, ERR_NOT_FOUND, "no such row"));
}

bool query_run(Query *q, Err *err)
{
    bool row, ok = false;
    if (fault_hits(FAULT_DB_WRITE))
        ok = fail_errno(err, "write a row");
    else
        ok = query_step(q, &row, err);
    query_close(q);
    return ok;
}

int64_t query_int(Query *q, int column)
{
    return sqlite3_column_int64(q->statement, column);
}

Str query_text(Query *q, int column)
{
    const char *at = (const char *)sqlite3_column_text(q->statement, column);
    return (Str){ at, at ? (size_t)sqlite3_column_bytes(q->statement, column) : 0 };
}

Str query_blob(Query *q, int column)
{
    const char *at = sqlite3_column_blob(q->statement, column);
    return (Str){ at, at ? (size_t)sqlite3_column_bytes(q->statement, column) : 0 };
}
