#include "core/dump.h"

#include <stdio.h>

#include "base/time.h"
#include "core/inside.h"

typedef struct {
    Snapshot *snapshot;
    bool (*line)(void *with, Str json, Err *err);
    void *with;
} Dump;

static Json *dump_value(Arena *a, const Record *r)
{
    Json *value = json_object_make(a);
    json_put_text(value, "kind", r->kind);
    json_put_text(value, "id", r->id);
    json_put_text(value, "slug", r->slug);
    json_put_text(value, "owner", r->owner);
    json_put_text(value, "audience", r->audience);
    json_put_text(value, "state", str_of(state_name(r->state)));
    json_put_integer(value, "version", r->version);
    json_put_text(value, "created", time_text(a, r->created_ms));
    json_put_text(value, "updated", time_text(a, r->updated_ms));
    json_put_text(value, "author", r->author);
    json_put_text_if(value, "note", r->note);
    json_put_text(value, "leaf", r->leaf);
    json_put_value(value, "doc", r->doc);
    return value;
}

static bool dump_face(Dump *d, Arena *a, const RecordRow *row, const FaceRow *face, Err *err)
{
    Record record;
    return record_load(d->snapshot, a, row, face, &record, err) &&
           d->line(d->with, json_write(a, dump_value(a, &record)), err);
}

static bool dump_record(Dump *d, Arena *a, Str id, Err *err)
{
    Db       *db;
    RecordRow row;
    FaceRow   face;
    if (!snapshot_db(d->snapshot, &db, err) || !rows_record(db, a, id, &row, err)) return false;
    if (!d->snapshot->reader->all) {
        Err why = { 0 };
        if (!record_face(d->snapshot, a, &row, &face, &why))
            return why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
        return dump_face(d, a, &row, &face, err);
    }
    uint32_t faces[] = { row.published, row.drafting ? row.working : 0 };
    for (size_t i = 0; i < 2; i++)
        if (faces[i] && (!rows_face(db, a, faces[i], &face, err) || !dump_face(d, a, &row, &face, err))) return false;
    return true;
}

#define AT_ONCE 500

static bool dump_kind(Dump *d, Str kind, Err *err)
{
    char   last[64];
    Str    after = STR_NONE;
    size_t n = AT_ONCE;
    bool   ok = true;
    while (ok && n == AT_ONCE) {
        Arena *a = arena_open((size_t)1 << 40);
        Db    *db;
        Str   *ids;
        ok = snapshot_db(d->snapshot, &db, err) && rows_ids(db, a, kind, after, AT_ONCE, &ids, &n, err);
        for (size_t i = 0; ok && i < n; i++) {
            Arena *one = arena_open((size_t)1 << 40);
            ok = dump_record(d, one, ids[i], err);
            arena_close(one);
        }
        if (ok && n > 0) after = (Str){ last, (size_t)snprintf(last, sizeof last, "%.*s", STR_ARG(ids[n - 1])) };
        arena_close(a);
    }
    return ok;
}

bool node_dump(Snapshot *s, Str kind, bool (*line)(void *with, Str json, Err *err), void *with, Err *err)
{
    Dump         d = { s, line, with };
    const Kinds *kinds = s->node->kinds;
    for (size_t i = 0; i < kinds_count(kinds); i++)
        if ((!kind.len || str_eq(kind, kinds_at(kinds, i)->name)) && !dump_kind(&d, kinds_at(kinds, i)->name, err))
            return false;
    return true;
}
