/* SQLite, the only place that includes it (with rows.c, which holds the projections' SQL).

   A Db is one connection, used by one thread at a time. Statements are made from literals and kept
   with the connection, so the second use of a literal costs nothing; the SQL text must stay where
   it is (a literal). Fails ERR_STORE, ERR_DISK_FULL, ERR_BUSY (another process writes), ERR_CORRUPT,
   with SQLite's own words. */
#ifndef BANYAN_STORE_DB_H
#define BANYAN_STORE_DB_H

#include "base/err.h"

typedef struct Db    Db;
typedef struct Query Query;

typedef enum {
    DB_PROJECTION, /* made again from the log when lost: WAL, never synced, db_checkpoint by hand */
    DB_TRUTH,      /* people.db: WAL, every commit synced */
    DB_READ        /* read only; the file must be there */
} DbMode;

/* `cache_bytes` bounds the pages kept in memory. */
bool db_open(const char *path, DbMode mode, size_t cache_bytes, Db **out, Err *err);
void db_close(Db *db);

/* One or more statements without parameters (schema, pragmas). */
bool db_run(Db *db, const char *sql, Err *err);

bool db_begin(Db *db, Err *err);      /* for writing */
bool db_begin_read(Db *db, Err *err); /* a consistent state until db_end_read */
void db_end_read(Db *db);
void db_write_ahead(Db *db);      /* what was changed goes to the file now, so that the commit has less to do */
bool db_commit(Db *db, Err *err); /* after a failure the transaction is rolled back */
void db_rollback(Db *db);         /* nothing open is fine */
/* The write-ahead file into the database, as far as readers allow, without waiting for them. */
bool db_checkpoint(Db *db, Err *err);
/* All of it, synced: the file is whole even if the machine goes down after this. */
bool    db_finish(Db *db, Err *err);
int64_t db_changes(const Db *db); /* rows changed by the last query_run */

/* A statement, unbound and rewound. Close it as soon as it is read; an open one holds a read lock. */
bool query_open(Db *db, Query **out, const char *sql_literal, Err *err);
void query_close(Query *q); /* NULL is fine */
void query_bind_int(Query *q, int at, int64_t value);
void query_bind_text(Query *q, int at, Str value); /* must stay until the query is closed */
void query_bind_blob(Query *q, int at, Str value); /* the same */

/* The next row: *row says whether there is one. */
bool query_step(Query *q, bool *row, Err *err);
/* Exactly one row wanted: ERR_NOT_FOUND when there is none. */
bool query_one(Query *q, Err *err);
/* A statement that writes; closes the query. */
bool query_run(Query *q, Err *err);

int64_t query_int(Query *q, int column);
Str     query_text(Query *q, int column); /* view, until the next step or close; NULL is empty */
Str     query_blob(Query *q, int column);

#endif
