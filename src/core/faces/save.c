/* Faces as bytes in node.db: part 1 the columns in the order of titles, part 2 the words of statuses,
   part 3 the facets' values, part 4 the sets. Numbers are in the machine's order: the file never leaves it. */
#include "core/faces/inside.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "store/rows.h"

enum { PART_COLUMNS = 1,
       PART_WORDS,
       PART_FACETS,
       PART_SETS,
       PART_END };

static void put_text(Buf *out, Str s)
{
    uint32_t len = (uint32_t)s.len;
    buf_put_bytes(out, &len, sizeof len);
    buf_put(out, s);
}

static bool take(Str *from, void *out, size_t n)
{
    if (from->len < n) return false;
    memcpy(out, from->at, n);
    *from = str_drop(*from, n);
    return true;
}

static bool take_text(Str *from, Str *out)
{
    uint32_t len;
    if (!take(from, &len, sizeof len) || from->len < len) return false;
    *out = str_take_first(*from, len);
    *from = str_drop(*from, len);
    return true;
}

static void put_columns(const Faces *f, Buf *out)
{
    OrderPlace place = order_start(f->by_title);
    uint32_t   face;
    while (order_next(f->by_title, &place, &face)) {
        Str title = face_title(f, face);
        buf_put_bytes(out, &face, sizeof face);
        buf_put_bytes(out, &f->columns[face], offsetof(Column, title));
        buf_put_byte(out, (char)title.len);
        buf_put(out, title);
        put_text(out, face_values(f, face));
    }
}

typedef struct {
    int32_t  day;
    uint32_t face;
} Start;

static int start_order(const void *x, const void *y)
{
    const Start *s = x, *t = y;
    if (s->day != t->day) return s->day < t->day ? -1 : 1;
    return s->face < t->face ? -1 : s->face > t->face;
}

static bool load_columns(Faces *f, Arena *a, Str bytes)
{
    Start   *starts = NEW_ARRAY(a, Start, bytes.len / (sizeof(uint32_t) + offsetof(Column, title) + 2) + 1);
    size_t   n = 0;
    uint32_t face;
    while (bytes.len) {
        Column        column = { 0 };
        unsigned char len;
        Str           title, values;
        if (!take(&bytes, &face, sizeof face) || !take(&bytes, &column, offsetof(Column, title)) ||
            !take(&bytes, &len, 1) || bytes.len < len)
            return false;
        title = str_take_first(bytes, len);
        bytes = str_drop(bytes, len);
        if (!take_text(&bytes, &values)) return false;
        faces_column_put(f, face, column, title, values);
        order_append(f->by_title, face);
        if (column.start_day != START_NONE) starts[n++] = (Start){ column.start_day, face };
    }
    faces_values_tidy(f);
    qsort(starts, n, sizeof *starts, start_order);
    for (size_t i = 0; i < n; i++) order_append(f->by_start, starts[i].face);
    return true;
}

static void put_words(const Faces *f, Buf *out)
{
    for (uint32_t i = 0; i < f->word_count; i++) put_text(out, f->words[i]);
}

/* In the order they were given their places in. */
static bool load_words(Faces *f, Str bytes)
{
    for (uint32_t i = 0; bytes.len; i++) {
        Str word;
        if (!take_text(&bytes, &word) || faces_word(f, word) != i) return false;
    }
    return true;
}

static bool words_known(const Faces *f)
{
    for (uint32_t i = 0; i < f->column_count; i++)
        if (f->columns[i].status >= f->word_count) return false;
    return true;
}

/* In the order of their numbers, which they get again when they are read in it. */
static void put_facets(const Faces *f, Buf *out)
{
    typedef struct {
        const FacetList *list;
        const FacetKey  *value;
    } Numbered;
    Numbered *all = calloc(f->value_count + 1, sizeof *all);
    if (!all) memory_end(f->value_count * sizeof *all);
    for (size_t i = 0; i < f->facet_count; i++)
        for (size_t v = 0; v < f->facets[i].n; v++)
            all[f->facets[i].values[v].number] = (Numbered){ &f->facets[i], &f->facets[i].values[v] };
    for (uint32_t n = 0; n < f->value_count; n++) {
        assert(all[n].list && all[n].value); /* numbers have no gaps */
        put_text(out, all[n].list->kind);
        put_text(out, all[n].list->path);
        put_text(out, all[n].value->value);
        buf_put_bytes(out, &all[n].value->key, sizeof(SetKey));
    }
    free(all);
}

static bool load_facets(Faces *f, Str bytes)
{
    while (bytes.len) {
        Str    kind, path, value;
        SetKey key;
        if (!take_text(&bytes, &kind) || !take_text(&bytes, &path) || !take_text(&bytes, &value) ||
            !take(&bytes, &key, sizeof key))
            return false;
        faces_facet_add(f, kind, path, value, key);
    }
    return true;
}

static bool save_parts(const Faces *f, Db *db, uint64_t applied, Err *err)
{
    Buf  bytes = { 0 };
    bool ok = rows_parts_drop(db, err);
    for (int part = PART_COLUMNS; ok && part < PART_END; part++) {
        buf_clear(&bytes);
        if (part == PART_COLUMNS) put_columns(f, &bytes);
        if (part == PART_WORDS) put_words(f, &bytes);
        if (part == PART_FACETS) put_facets(f, &bytes);
        if (part == PART_SETS) sets_save(f->sets, &bytes);
        ok = rows_part_put(db, part, buf_str(&bytes), err);
    }
    buf_free(&bytes);
    return ok && rows_number_put(db, "faces", (int64_t)applied, err);
}

bool faces_save(const Faces *f, Db *db, uint64_t applied, Err *err)
{
    if (!db_begin(db, err)) return false;
    if (save_parts(f, db, applied, err)) return db_commit(db, err);
    db_rollback(db);
    return false;
}

bool faces_load(Faces *f, Arena *a, Db *db, uint64_t *applied, Err *err)
{
    int64_t at;
    if (!rows_number(db, "faces", 0, &at, err)) return false;
    for (int part = PART_COLUMNS; at > 0 && part < PART_END; part++) {
        Query *q;
        Str    bytes;
        if (!rows_part(db, part, &q, &bytes, err)) return false;
        bool ok = part == PART_COLUMNS  ? load_columns(f, a, bytes)
                  : part == PART_WORDS  ? load_words(f, bytes) && words_known(f)
                  : part == PART_FACETS ? load_facets(f, bytes)
                                        : sets_load(f->sets, bytes, err);
        query_close(q);
        if (!ok) return fail(err, ERR_CORRUPT, "the kept lists cannot be read: run banyan rebuild");
    }
    *applied = (uint64_t)at;
    return true;
}

/* What is counted face by face is what the sets hold; NULL when it is. */
static const char *values_difference(Arena *a, const Faces *f)
{
    roaring_bitmap_t *live = sets_copy(f->sets, key_of("live", S("")));
    Flat              all = flat_make(a, live);
    uint32_t         *counts = NEW_ARRAY(a, uint32_t, f->value_count + 1);
    roaring_bitmap_free(live);
    faces_count_values(f, &all, counts);
    for (size_t i = 0; i < f->facet_count; i++) {
        const FacetList  *list = &f->facets[i];
        roaring_bitmap_t *of_kind = sets_copy(f->sets, key_of("kind", list->kind));
        Flat              within = flat_make(a, of_kind);
        roaring_bitmap_free(of_kind);
        for (size_t v = 0; v < list->n; v++)
            if (counts[list->values[v].number] != sets_count_within(f->sets, list->values[v].key, &within))
                return str_format(a, "the faces of %.*s with %.*s %.*s differ from their set", STR_ARG(list->kind),
                                  STR_ARG(list->path), STR_ARG(list->values[v].value))
                    .at;
    }
    return NULL;
}

/* All but the title; words have their places in the order they came. */
static bool same_column(const Faces *x, const Faces *y, uint32_t face)
{
    Column p = x->columns[face], q = y->columns[face];
    bool   same_word = str_eq(x->words[p.status], y->words[q.status]);
    p.status = q.status;
    return same_word && memcmp(&p, &q, offsetof(Column, title)) == 0;
}

const char *faces_difference(Arena *a, const Faces *x, const Faces *y)
{
    const char *found = sets_difference(a, x->sets, y->sets);
    if (!found) found = values_difference(a, x);
    if (!found) found = values_difference(a, y);
    if (found) return found;
    if (x->listed != y->listed)
        return str_format(a, "%llu faces against %llu", (unsigned long long)x->listed, (unsigned long long)y->listed)
            .at;
    OrderPlace px = order_start(x->by_title), py = order_start(y->by_title);
    uint32_t   fx, fy;
    while (order_next(x->by_title, &px, &fx) && order_next(y->by_title, &py, &fy))
        if (fx != fy || !same_column(x, y, fx))
            return str_format(a, "face %u differs, or its place among the titles", fx).at;
    return NULL;
}
