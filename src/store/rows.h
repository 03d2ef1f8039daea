/* The rows of node.db: what the log says, in a shape that can be looked up. Bytes, numbers and keys;
   what they mean is core's business. All of it can be made again from the log.

   record   one a record: id, kind, when made, newest version, its two faces
   face     one a face: what a list or a link shows of it, and where its document lies in the log
   name     kind and slug, former slug or natural key ("=TH") to id; the newest claim holds
   version  one a version
   part     the sets of faces, in pieces, as of meta "faces"
   meta     numbers by name: "format", "applied" (log entries these rows hold), "faces"

   A function that reads copies into `a` and fails ERR_NOT_FOUND when there is no row. */
#ifndef BANYAN_STORE_ROWS_H
#define BANYAN_STORE_ROWS_H

#include "store/db.h"

#define ROWS_FORMAT 2

typedef struct {
    uint32_t number; /* 1, 2, 3 … in the order of the log */
    Str      id, kind;
    int64_t  created_ms, head;   /* head: newest version */
    uint32_t published, working; /* face numbers, 0 until first needed; kept for ever */
    bool     drafting;           /* there is a working face now */
} RecordRow;

typedef struct {
    uint32_t face, record;
    uint64_t entry;
    int64_t  version, updated_ms;
    int      state;
    Str      id, kind, slug, owner, audience, token, card;
} FaceRow;

typedef struct {
    int64_t  version;
    uint64_t entry;
    int      state;
    Str      token;
} VersionRow;

/* Makes the tables of a new file. ERR_CORRUPT when they are of another format: rebuild. */
bool rows_start(Db *db, Err *err);

bool rows_number(Db *db, const char *name, int64_t otherwise, int64_t *out, Err *err);
bool rows_number_put(Db *db, const char *name, int64_t value, Err *err);

bool rows_record(Db *db, Arena *a, Str id, RecordRow *out, Err *err);
bool rows_record_put(Db *db, const RecordRow *row, Err *err);
/* Ids of a kind after `after`, in order, at most `limit`. Walks the table: for dumps. */
bool rows_ids(Db *db, Arena *a, Str kind, Str after, size_t limit, Str **out, size_t *n, Err *err);

bool rows_face(Db *db, Arena *a, uint32_t face, FaceRow *out, Err *err);
/* Of it only what lists show: entry, updated, state, id, kind, slug and card; the rest is zero. */
bool rows_face_shown(Db *db, Arena *a, uint32_t face, FaceRow *out, Err *err);
bool rows_face_put(Db *db, const FaceRow *row, Err *err);
bool rows_face_drop(Db *db, uint32_t face, Err *err);

bool rows_name(Db *db, Arena *a, Str kind, Str name, Str *id, Err *err);
bool rows_name_put(Db *db, Str kind, Str name, Str id, Err *err);

bool rows_version_put(Db *db, uint32_t record, const VersionRow *row, Err *err);
bool rows_version(Db *db, Arena *a, uint32_t record, int64_t version, VersionRow *out, Err *err);
/* Newest first. */
bool rows_versions(Db *db, Arena *a, uint32_t record, VersionRow **out, size_t *n, Err *err);

bool rows_part_put(Db *db, int64_t number, Str bytes, Err *err);
bool rows_parts_drop(Db *db, Err *err);
/* A view until `q` is closed by the caller. */
bool rows_part(Db *db, int64_t number, Query **q, Str *bytes, Err *err);

/* Every row of every table of two files, in a fixed order. `difference` is empty when they hold the same;
   else the table and the first row that is not in both (in `a`). */
bool rows_compare(Db *x, Db *y, Arena *a, Str *difference, Err *err);

#endif
