/* Writing, merging and naming tables. The manifest is a segment too: checked, and replaced whole. */
#include "core/search/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/search/value.h"

static bool damaged(const char *folder, Err *err)
{
    return fail(err, ERR_CORRUPT, "the search index in %s is damaged; `banyan rebuild` makes it anew from the log",
                folder);
}

Str table_path(Arena *a, const char *folder, uint32_t number)
{
    return str_format(a, "%s/%08u.seg", folder, number);
}

void table_close(Table *t)
{
    segment_close(t->segment);
    if (t->faces) roaring_bitmap_free(t->faces);
    if (t->dead) roaring_bitmap_free(t->dead);
    *t = (Table){ 0 };
}

static bool table_open(const char *folder, uint32_t number, Table *out, Err *err)
{
    Arena *a = arena_open(0);
    Table  t = { .number = number, .faces = roaring_bitmap_create(), .dead = roaring_bitmap_create() };
    Str    value;
    bool   found = false, ok = segment_open(table_path(a, folder, number).at, &t.segment, err) &&
                             segment_get(t.segment, a, (Str){ (char[]){ TERM_ALL }, 1 }, &value, &found, err) &&
                             ((found && faces_read(value, t.faces)) || damaged(folder, err));
    arena_close(a);
    if (ok) *out = t;
    else table_close(&t);
    return ok;
}

static bool faces_put(SegmentWriter *w, Str key, const roaring_bitmap_t *faces, Buf *scratch, Err *err)
{
    buf_clear(scratch);
    faces_write(scratch, faces);
    return segment_put(w, key, buf_str(scratch), err);
}

/* End a table that was written well, or badly: then nothing is left. */
static bool table_end(const char *folder, uint32_t number, SegmentWriter *w, bool ok, Table *out, Err *err)
{
    if (!ok) segment_write_drop(w);
    return ok && segment_write_finish(w, err) && table_open(folder, number, out, err);
}

static bool memory_entry_put(void *with, Str key, Str value, Err *err)
{
    return segment_put(with, key, value, err);
}

bool table_write(const char *folder, uint32_t number, Memory *m, Table *out, Err *err)
{
    Arena         *a = arena_open(0);
    Buf            scratch = { 0 };
    SegmentWriter *w = NULL;
    bool           ok = segment_write_open(table_path(a, folder, number).at, &w, err);
    if (ok) {
        roaring_bitmap_t *faces = roaring_bitmap_create();
        memory_all(m, faces);
        roaring_bitmap_run_optimize(faces);
        ok = faces_put(w, (Str){ (char[]){ TERM_ALL }, 1 }, faces, &scratch, err) &&
             memory_walk(m, memory_entry_put, w, err);
        roaring_bitmap_free(faces);
        ok = table_end(folder, number, w, ok, out, err);
    }
    buf_free(&scratch);
    arena_close(a);
    return ok;
}

typedef struct {
    const Table   *table;
    SegmentCursor *cursor;
    Str            key, value;
    bool           more, any_dead;
} Source;

typedef struct {
    const char    *folder;
    Source        *sources;
    size_t         n;
    SegmentWriter *w;
    Buf            scratch;
    Arena         *gone_arena; /* words that no live face has any more, to be left out of the parts */
    Str           *gone;
    size_t         gone_n, gone_room;
} Merge;

static int str_order(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

static bool is_gone(const Merge *m, Str word)
{
    return m->gone_n && bsearch(&word, m->gone, m->gone_n, sizeof(Str), str_order);
}

/* Words come in the order of their keys, so `gone` is sorted. */
static void gone_put(Merge *m, Str word)
{
    if (m->gone_n == m->gone_room) {
        m->gone_room = m->gone_room ? m->gone_room * 2 : 256;
        m->gone = realloc(m->gone, m->gone_room * sizeof(Str));
        if (!m->gone) memory_end(m->gone_room * sizeof(Str));
    }
    m->gone[m->gone_n++] = str_copy(m->gone_arena, word);
}

/* The only source of a key, none of whose faces is dead: its value is what merging would make. */
static const Source *only_source(const Merge *m, Str key)
{
    const Source *only = NULL;
    for (size_t i = 0; i < m->n; i++) {
        const Source *s = &m->sources[i];
        if (!s->more || !str_eq(s->key, key)) continue;
        if (only || s->any_dead) return NULL;
        only = s;
    }
    return only;
}

static bool merge_faces(Merge *m, Str key, Err *err)
{
    roaring_bitmap_t *all = roaring_bitmap_create();
    bool              ok = true;
    for (size_t i = 0; ok && i < m->n; i++) {
        Source *s = &m->sources[i];
        if (!s->more || !str_eq(s->key, key)) continue;
        roaring_bitmap_t *some = roaring_bitmap_create();
        ok = faces_read(s->value, some) || damaged(m->folder, err);
        roaring_bitmap_andnot_inplace(some, s->table->dead);
        roaring_bitmap_or_inplace(all, some);
        roaring_bitmap_free(some);
    }
    if (ok && key.at[0] == TERM_ALL) roaring_bitmap_run_optimize(all);
    if (ok && (key.at[0] == TERM_ALL || !roaring_bitmap_is_empty(all)))
        ok = faces_put(m->w, key, all, &m->scratch, err);
    else if (ok && key.at[0] == TERM_WORD) gone_put(m, str_drop(key, 1));
    roaring_bitmap_free(all);
    return ok;
}

static bool merge_words(Merge *m, Arena *a, Str key, Err *err)
{
    Str   *all = NULL;
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        Source *s = &m->sources[i];
        if (!s->more || !str_eq(s->key, key)) continue;
        Str   *some;
        size_t some_n;
        if (!words_read(a, s->value, &some, &some_n)) return damaged(m->folder, err);
        all = words_join(a, all, &n, some, some_n);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_gone(m, all[i])) all[kept++] = all[i];
    if (!kept) return true;
    buf_clear(&m->scratch);
    words_write(&m->scratch, all, kept);
    return segment_put(m->w, key, buf_str(&m->scratch), err);
}

static bool merge_run(Merge *m, Str key, Err *err)
{
    for (size_t i = 0; i < m->n; i++) {
        const Source *s = &m->sources[i];
        if (s->more && str_eq(s->key, key) && key.len == 5 &&
            !roaring_bitmap_contains(s->table->dead, face_of_key(key)))
            return segment_put(m->w, key, s->value, err);
    }
    return true;
}

static bool source_next(Source *s, Err *err)
{
    return segment_next(s->cursor, &s->key, &s->value, &s->more, err);
}

static bool merge_all(Merge *m, const _Atomic bool *stop, Err *err)
{
    Arena *a = arena_open(SIZE_MAX / 2);
    Buf    key = { 0 };
    bool   ok = true;
    for (size_t i = 0; ok && i < m->n; i++) ok = source_next(&m->sources[i], err);
    while (ok) {
        if (*stop) ok = fail(err, ERR_BUSY, "merging was stopped");
        const Source *least = NULL;
        for (size_t i = 0; i < m->n; i++)
            if (m->sources[i].more && (!least || str_cmp(m->sources[i].key, least->key) < 0)) least = &m->sources[i];
        if (!least || !ok) break;
        buf_clear(&key);
        buf_put(&key, least->key);
        arena_reset(a);
        const Source *only = only_source(m, buf_str(&key));
        if (!key.len) ok = damaged(m->folder, err);
        else if (only) ok = segment_put(m->w, only->key, only->value, err);
        else if (key.at[0] == TERM_FACE) ok = merge_run(m, buf_str(&key), err);
        else if (key.at[0] == TERM_PARTS) ok = merge_words(m, a, buf_str(&key), err);
        else ok = merge_faces(m, buf_str(&key), err);
        for (size_t i = 0; ok && i < m->n; i++)
            if (m->sources[i].more && str_eq(m->sources[i].key, buf_str(&key))) ok = source_next(&m->sources[i], err);
    }
    buf_free(&key);
    arena_close(a);
    return ok;
}

bool table_merge(const char *folder, uint32_t number, const Table *from, size_t n, const _Atomic bool *stop, Table *out,
                 Err *err)
{
    Arena *a = arena_open(SIZE_MAX / 2);
    Merge  m = { .folder = folder, .sources = NEW_ARRAY(a, Source, n), .n = n, .gone_arena = a };
    bool   ok = segment_write_open(table_path(a, folder, number).at, &m.w, err);
    if (ok) {
        for (size_t i = 0; i < n; i++)
            m.sources[i] = (Source){ .table = &from[i],
                                     .cursor = segment_cursor_open(from[i].segment),
                                     .any_dead = !roaring_bitmap_is_empty(from[i].dead) };
        ok = table_end(folder, number, m.w, merge_all(&m, stop, err), out, err);
        for (size_t i = 0; i < n; i++) segment_cursor_close(m.sources[i].cursor);
    }
    free(m.gone);
    buf_free(&m.scratch);
    arena_close(a);
    return ok;
}

static int table_order(const void *x, const void *y)
{
    const Table *s = x, *t = y;
    return (s->number > t->number) - (s->number < t->number);
}

/* Keys of the manifest: "applied" and "next" with a number, "table <number>" with the dead faces. */
bool manifest_write(const char *folder, const Manifest *m, Err *err)
{
    Arena         *a = arena_open(0);
    Buf            scratch = { 0 };
    SegmentWriter *w = NULL;
    bool           ok = segment_write_open(str_format(a, "%s/manifest", folder).at, &w, err);
    if (ok) {
        ok = segment_put(w, S("applied"), str_format(a, "%llu", (unsigned long long)m->applied), err) &&
             segment_put(w, S("next"), str_format(a, "%u", m->next), err);
        Table *tables = arena_copy(a, m->tables, m->n * sizeof(Table));
        qsort(tables, m->n, sizeof(Table), table_order);
        for (size_t i = 0; ok && i < m->n; i++)
            ok = faces_put(w, str_format(a, "table %08u", tables[i].number), tables[i].dead, &scratch, err);
        if (ok) ok = segment_write_finish(w, err);
        else segment_write_drop(w);
    }
    buf_free(&scratch);
    arena_close(a);
    return ok;
}

static bool manifest_entry(const char *folder, Str key, Str value, Manifest *out, Err *err)
{
    int64_t number;
    if (str_starts(key, S("table "))) {
        if (!str_to_i64(str_drop(key, 6), &number)) return damaged(folder, err);
        out->tables = realloc(out->tables, (out->n + 1) * sizeof(Table));
        if (!out->tables) memory_end((out->n + 1) * sizeof(Table));
        if (!table_open(folder, (uint32_t)number, &out->tables[out->n], err)) return false;
        return faces_read(value, out->tables[out->n++].dead) || damaged(folder, err);
    }
    if (!str_to_i64(value, &number) || number < 0) return damaged(folder, err);
    if (str_eq_z(key, "applied")) out->applied = (uint64_t)number;
    if (str_eq_z(key, "next")) out->next = (uint32_t)number;
    return true;
}

bool manifest_read(const char *folder, Manifest *out, Err *err)
{
    Arena *a = arena_open(0);
    *out = (Manifest){ .next = 1 };
    Str  path = str_format(a, "%s/manifest", folder);
    bool ok = true;
    if (path_exists(path.at)) {
        Segment *manifest;
        ok = segment_open(path.at, &manifest, err);
        if (ok) {
            SegmentCursor *c = segment_cursor_open(manifest);
            Str            key, value;
            bool           more = true;
            while (ok && (ok = segment_next(c, &key, &value, &more, err)) && more)
                ok = manifest_entry(folder, key, value, out, err);
            segment_cursor_close(c);
            segment_close(manifest);
        }
    }
    arena_close(a);
    if (ok) return true;
    for (size_t i = 0; i < out->n; i++) table_close(&out->tables[i]);
    free(out->tables);
    return err->code == ERR_NOT_FOUND ? damaged(folder, err) : false;
}
