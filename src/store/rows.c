/* All SQL of the projections. Ids are stored as their 16 bytes. */
#include "store/rows.h"

#include <string.h>

#define ID_BYTES 16
#define ID_TEXT  36

static const char schema[] =
    "create table meta(name text primary key, value integer not null) strict, without rowid;"
    "create table record(id blob primary key, number integer not null, kind text not null,"
    " created integer not null, head integer not null, published integer not null,"
    " working integer not null, drafting integer not null) strict, without rowid;"
    "create table face(face integer primary key, record integer not null, entry integer not null,"
    " version integer not null, updated integer not null, state integer not null, id blob not null,"
    " kind text not null, slug text not null, owner text not null, audience text not null,"
    " token text not null, card text not null) strict;"
    "create table name(kind text not null, name text not null, id blob not null,"
    " primary key(kind, name)) strict, without rowid;"
    "create table version(record integer not null, version integer not null, entry integer not null,"
    " state integer not null, token text not null, primary key(record, version)) strict, without rowid;"
    "create table part(number integer primary key, bytes blob not null) strict;";

bool rows_start(Db *db, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select count(*) from sqlite_schema where name = 'meta'", err)) return false;
    bool ok = query_one(q, err), there = ok && query_int(q, 0) > 0;
    query_close(q);
    if (!ok) return false;
    if (!there)
        return db_begin(db, err) && db_run(db, schema, err) && rows_number_put(db, "format", ROWS_FORMAT, err) &&
               db_commit(db, err);
    int64_t format;
    if (!rows_number(db, "format", 0, &format, err)) return false;
    return format == ROWS_FORMAT ||
           fail(err, ERR_CORRUPT, "node.db is of format %lld, this program writes %d: run banyan rebuild",
                (long long)format, ROWS_FORMAT);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                                                 : -1;
}

/* Text that is not an id packs to something that no row has. */
static Str id_pack(Str id, char out[ID_BYTES])
{
    size_t n = 0;
    memset(out, 0, ID_BYTES);
    for (size_t i = 0; id.len == ID_TEXT && i < ID_TEXT && n < 2 * ID_BYTES; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) continue;
        int value = hex_value(id.at[i]);
        if (value < 0) return STR_NONE;
        out[n / 2] = (char)((unsigned char)out[n / 2] << 4 | value);
        n++;
    }
    return n == 2 * ID_BYTES ? (Str){ out, ID_BYTES } : STR_NONE;
}

static Str id_unpack(Arena *a, Str bytes)
{
    if (bytes.len != ID_BYTES) return STR_NONE;
    char *out = arena_raw(a, ID_TEXT + 1), *at = out;
    for (size_t i = 0; i < ID_BYTES; i++) {
        unsigned char b = (unsigned char)bytes.at[i];
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        *at++ = "0123456789abcdef"[b >> 4];
        *at++ = "0123456789abcdef"[b & 15];
    }
    *at = 0;
    return (Str){ out, ID_TEXT };
}

bool rows_number(Db *db, const char *name, int64_t otherwise, int64_t *out, Err *err)
{
    Query *q;
    bool   row = false;
    if (!query_open(db, &q, "select value from meta where name = ?1", err)) return false;
    query_bind_text(q, 1, str_of(name));
    bool ok = query_step(q, &row, err);
    if (ok) *out = row ? query_int(q, 0) : otherwise;
    query_close(q);
    return ok;
}

bool rows_number_put(Db *db, const char *name, int64_t value, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "insert or replace into meta values(?1, ?2)", err)) return false;
    query_bind_text(q, 1, str_of(name));
    query_bind_int(q, 2, value);
    return query_run(q, err);
}

bool rows_record(Db *db, Arena *a, Str id, RecordRow *out, Err *err)
{
    Query *q;
    char   packed[ID_BYTES];
    if (!query_open(db, &q,
                    "select number, kind, created, head, published, working, drafting from record where id = ?1", err))
        return false;
    query_bind_blob(q, 1, id_pack(id, packed));
    bool ok = query_one(q, err);
    if (ok)
        *out = (RecordRow){
            .number = (uint32_t)query_int(q, 0),
            .id = str_copy(a, id),
            .kind = str_copy(a, query_text(q, 1)),
            .created_ms = query_int(q, 2),
            .head = query_int(q, 3),
            .published = (uint32_t)query_int(q, 4),
            .working = (uint32_t)query_int(q, 5),
            .drafting = query_int(q, 6),
        };
    query_close(q);
    return ok;
}

bool rows_record_put(Db *db, const RecordRow *row, Err *err)
{
    Query *q;
    char   packed[ID_BYTES];
    if (!query_open(db, &q, "insert or replace into record values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err)) return false;
    query_bind_blob(q, 1, id_pack(row->id, packed));
    query_bind_int(q, 2, row->number);
    query_bind_text(q, 3, row->kind);
    query_bind_int(q, 4, row->created_ms);
    query_bind_int(q, 5, row->head);
    query_bind_int(q, 6, row->published);
    query_bind_int(q, 7, row->working);
    query_bind_int(q, 8, row->drafting);
    return query_run(q, err);
}

bool rows_ids(Db *db, Arena *a, Str kind, Str after, size_t limit, Str **out, size_t *n, Err *err)
{
    Query *q;
    char   packed[ID_BYTES];
    if (!query_open(db, &q, "select id from record where id > ?1 and kind = ?2 order by id limit ?3", err))
        return false;
    query_bind_blob(q, 1, id_pack(after, packed));
    query_bind_text(q, 2, kind);
    query_bind_int(q, 3, (int64_t)limit);
    Str   *ids = NEW_ARRAY(a, Str, limit);
    size_t count = 0;
    bool   ok, row = false;
    while ((ok = query_step(q, &row, err)) && row) ids[count++] = id_unpack(a, query_blob(q, 0));
    query_close(q);
    if (ok) *out = ids, *n = count;
    return ok;
}

bool rows_face(Db *db, Arena *a, uint32_t face, FaceRow *out, Err *err)
{
    Query *q;
    if (!query_open(db, &q,
                    "select record, entry, version, updated, state, id, kind, slug, owner, audience, token, card"
                    " from face where face = ?1",
                    err))
        return false;
    query_bind_int(q, 1, face);
    bool ok = query_one(q, err);
    if (ok)
        *out = (FaceRow){
            .face = face,
            .record = (uint32_t)query_int(q, 0),
            .entry = (uint64_t)query_int(q, 1),
            .version = query_int(q, 2),
            .updated_ms = query_int(q, 3),
            .state = (int)query_int(q, 4),
            .id = id_unpack(a, query_blob(q, 5)),
            .kind = str_copy(a, query_text(q, 6)),
            .slug = str_copy(a, query_text(q, 7)),
            .owner = str_copy(a, query_text(q, 8)),
            .audience = str_copy(a, query_text(q, 9)),
            .token = str_copy(a, query_text(q, 10)),
            .card = str_copy(a, query_text(q, 11)),
        };
    query_close(q);
    return ok;
}

bool rows_face_shown(Db *db, Arena *a, uint32_t face, FaceRow *out, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select entry, updated, state, id, kind, slug, card from face where face = ?1", err))
        return false;
    query_bind_int(q, 1, face);
    bool ok = query_one(q, err);
    if (ok)
        *out = (FaceRow){
            .face = face,
            .entry = (uint64_t)query_int(q, 0),
            .updated_ms = query_int(q, 1),
            .state = (int)query_int(q, 2),
            .id = id_unpack(a, query_blob(q, 3)),
            .kind = str_copy(a, query_text(q, 4)),
            .slug = str_copy(a, query_text(q, 5)),
            .card = str_copy(a, query_text(q, 6)),
        };
    query_close(q);
    return ok;
}

bool rows_face_put(Db *db, const FaceRow *row, Err *err)
{
    Query *q;
    char   packed[ID_BYTES];
    if (!query_open(db, &q,
                    "insert or replace into face values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)", err))
        return false;
    query_bind_int(q, 1, row->face);
    query_bind_int(q, 2, row->record);
    query_bind_int(q, 3, (int64_t)row->entry);
    query_bind_int(q, 4, row->version);
    query_bind_int(q, 5, row->updated_ms);
    query_bind_int(q, 6, row->state);
    query_bind_blob(q, 7, id_pack(row->id, packed));
    query_bind_text(q, 8, row->kind);
    query_bind_text(q, 9, row->slug);
    query_bind_text(q, 10, row->owner);
    query_bind_text(q, 11, row->audience);
    query_bind_text(q, 12, row->token);
    query_bind_text(q, 13, row->card);
    return query_run(q, err);
}

bool rows_face_drop(Db *db, uint32_t face, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "delete from face where face = ?1", err)) return false;
    query_bind_int(q, 1, face);
    return query_run(q, err);
}

bool rows_name(Db *db, Arena *a, Str kind, Str name, Str *id, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select id from name where kind = ?1 and name = ?2", err)) return false;
    query_bind_text(q, 1, kind);
    query_bind_text(q, 2, name);
    bool ok = query_one(q, err);
    if (ok) *id = id_unpack(a, query_blob(q, 0));
    query_close(q);
    return ok;
}

bool rows_name_put(Db *db, Str kind, Str name, Str id, Err *err)
{
    Query *q;
    char   packed[ID_BYTES];
    if (!query_open(db, &q, "insert or replace into name values(?1, ?2, ?3)", err)) return false;
    query_bind_text(q, 1, kind);
    query_bind_text(q, 2, name);
    query_bind_blob(q, 3, id_pack(id, packed));
    return query_run(q, err);
}

bool rows_version_put(Db *db, uint32_t record, const VersionRow *row, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "insert or replace into version values(?1, ?2, ?3, ?4, ?5)", err)) return false;
    query_bind_int(q, 1, record);
    query_bind_int(q, 2, row->version);
    query_bind_int(q, 3, (int64_t)row->entry);
    query_bind_int(q, 4, row->state);
    query_bind_text(q, 5, row->token);
    return query_run(q, err);
}

static VersionRow version_of(Query *q, Arena *a)
{
    return (VersionRow){ query_int(q, 0), (uint64_t)query_int(q, 1), (int)query_int(q, 2),
                         str_copy(a, query_text(q, 3)) };
}

bool rows_version(Db *db, Arena *a, uint32_t record, int64_t version, VersionRow *out, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select version, entry, state, token from version where record = ?1 and version = ?2", err))
        return false;
    query_bind_int(q, 1, record);
    query_bind_int(q, 2, version);
    bool ok = query_one(q, err);
    if (ok) *out = version_of(q, a);
    query_close(q);
    return ok;
}

bool rows_versions(Db *db, Arena *a, uint32_t record, VersionRow **out, size_t *n, Err *err)
{
    Query *q;
    if (!query_open(db, &q,
                    "select version, entry, state, token, count(*) over () from version where record = ?1"
                    " order by version desc",
                    err))
        return false;
    query_bind_int(q, 1, record);
    VersionRow *rows = NULL;
    size_t      count = 0;
    bool        ok, row = false;
    while ((ok = query_step(q, &row, err)) && row) {
        if (!rows) rows = NEW_ARRAY(a, VersionRow, query_int(q, 4));
        rows[count++] = version_of(q, a);
    }
    query_close(q);
    if (ok) *out = rows, *n = count;
    return ok;
}

bool rows_part_put(Db *db, int64_t number, Str bytes, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "insert into part values(?1, ?2)", err)) return false;
    query_bind_int(q, 1, number);
    query_bind_blob(q, 2, bytes);
    return query_run(q, err);
}

bool rows_parts_drop(Db *db, Err *err)
{
    Query *q;
    return query_open(db, &q, "delete from part", err) && query_run(q, err);
}

bool rows_part(Db *db, int64_t number, Query **out, Str *bytes, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select bytes from part where number = ?1", err)) return false;
    query_bind_int(q, 1, number);
    if (!query_one(q, err)) {
        query_close(q);
        return false;
    }
    *out = q;
    *bytes = query_blob(q, 0);
    return true;
}

static const struct {
    const char *name, *sql;
} tables[] = {
    { "record", "select hex(id) || '|' || number || '|' || kind || '|' || created || '|' || head || '|' || published"
                " || '|' || working || '|' || drafting from record order by id" },
    { "face", "select face || '|' || hex(id) || '|' || record || '|' || entry || '|' || version || '|' || updated"
              " || '|' || state || '|' || kind || '|' || slug || '|' || owner || '|' || audience || '|' || token"
              " || '|' || card from face order by face" },
    { "name", "select kind || '|' || name || '|' || hex(id) from name order by kind, name" },
    { "version", "select record || '|' || version || '|' || entry || '|' || state || '|' || token from version"
                 " order by record, version" },
};

static bool compare_queries(Query *x, Query *y, Arena *a, const char *table, Str *difference, Err *err)
{
    for (;;) {
        bool in_x = false, in_y = false;
        if (!query_step(x, &in_x, err) || !query_step(y, &in_y, err)) return false;
        if (!in_x && !in_y) return true;
        if (in_x && in_y && str_eq(query_text(x, 0), query_text(y, 0))) continue;
        *difference = str_format(a, "%s %.*s", table, STR_ARG(in_x ? query_text(x, 0) : query_text(y, 0)));
        return true;
    }
}

bool rows_compare(Db *x, Db *y, Arena *a, Str *difference, Err *err)
{
    *difference = STR_NONE;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !difference->len; i++) {
        Query *in_x, *in_y;
        if (!query_open(x, &in_x, tables[i].sql, err)) return false;
        bool ok = query_open(y, &in_y, tables[i].sql, err);
        if (ok) {
            ok = compare_queries(in_x, in_y, a, tables[i].name, difference, err);
            query_close(in_y);
        }
        query_close(in_x);
        if (!ok) return false;
    }
    return true;
}
