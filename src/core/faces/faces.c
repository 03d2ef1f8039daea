/* Listing and unlisting faces, and what a reader sees. */
#include "core/faces/inside.h"

#include <stdlib.h>
#include <string.h>

Faces *faces_open(void)
{
    Faces *f = calloc(1, sizeof *f);
    if (!f) memory_end(sizeof *f);
    f->sets = sets_open();
    f->seen = sets_open();
    f->by_title = order_open();
    f->by_start = order_open();
    faces_word(f, STR_NONE);
    return f;
}

void faces_close(Faces *f)
{
    if (!f) return;
    sets_close(f->sets);
    sets_close(f->seen);
    order_close(f->by_title);
    order_close(f->by_start);
    for (size_t i = 0; i < f->facet_count; i++) {
        FacetList *list = &f->facets[i];
        for (size_t v = 0; v < list->n; v++) free((void *)list->values[v].value.at);
        free((void *)list->kind.at);
        free((void *)list->path.at);
        free(list->values);
    }
    free(f->facets);
    for (uint32_t i = 0; i < f->word_count; i++) free((void *)f->words[i].at);
    free(f->words);
    free(f->columns);
    free(f->by_entry);
    free(f->by_record);
    free(f->titles);
    free(f->values_at);
    free(f->values);
    free(f);
}

static Str kept(Str s)
{
    char *copy = malloc(s.len + 1);
    if (!copy) memory_end(s.len);
    if (s.len) memcpy(copy, s.at, s.len);
    copy[s.len] = 0;
    return (Str){ copy, s.len };
}

/* Statuses are choices of kinds: a few words in all. */
uint32_t faces_word(Faces *f, Str word)
{
    for (uint32_t i = 0; i < f->word_count; i++)
        if (str_eq(f->words[i], word)) return i;
    f->words = realloc(f->words, (f->word_count + 1) * sizeof *f->words);
    if (!f->words) memory_end(sizeof *f->words);
    f->words[f->word_count] = kept(word);
    return f->word_count++;
}

static int32_t date_pack(Date d)
{
    return d.parts ? d.year * 10000 + d.month * 100 + d.day : 0;
}

static Date date_unpack(int32_t packed)
{
    Date d = { packed / 10000, packed / 100 % 100, packed % 100, 0 };
    d.parts = !packed ? 0 : !d.month ? 1
                        : !d.day     ? 2
                                     : 3;
    return d;
}

FaceStanding faces_standing(const Faces *f, uint32_t face)
{
    const Column *c = &f->columns[face];
    return (FaceStanding){ f->words[c->status], date_unpack(c->start), date_unpack(c->end), c->unreported };
}

/* Items up to and with `wanted`, the new ones zeroed. */
static void *grown(void *items, uint64_t *count, uint64_t wanted, size_t size)
{
    if (wanted < *count) return items;
    uint64_t count_new = wanted + wanted / 4 + 1024;
    items = realloc(items, count_new * size);
    if (!items) memory_end(count_new * size);
    memset((char *)items + *count * size, 0, (count_new - *count) * size);
    *count = count_new;
    return items;
}

static void number_put(Buf *out, uint32_t n)
{
    for (; n >= 128; n >>= 7) buf_put_byte(out, (char)(n | 128));
    buf_put_byte(out, (char)n);
}

/* Appends to a pool that is read by offsets. */
static uint32_t pool_put(char **pool, uint32_t *used, uint32_t *room, Str bytes)
{
    if (*used + bytes.len > *room) {
        uint64_t grown = *room + *room / 4 + bytes.len + (64 << 10);
        if (grown > UINT32_MAX) memory_end(grown);
        *pool = realloc(*pool, grown);
        if (!*pool) memory_end(grown);
        *room = (uint32_t)grown;
    }
    uint32_t at = *used;
    if (bytes.len) memcpy(*pool + at, bytes.at, bytes.len);
    *used += (uint32_t)bytes.len;
    return at;
}

static uint32_t title_put(Faces *f, Str key)
{
    char     len = (char)key.len;
    uint32_t at = pool_put(&f->titles, &f->titles_used, &f->titles_room, (Str){ &len, 1 });
    pool_put(&f->titles, &f->titles_used, &f->titles_room, key);
    return at;
}

static uint32_t values_put(Faces *f, Str values)
{
    Buf head = { 0 };
    number_put(&head, (uint32_t)values.len);
    uint32_t at = pool_put(&f->values, &f->values_used, &f->values_room, buf_str(&head));
    buf_free(&head);
    pool_put(&f->values, &f->values_used, &f->values_room, values);
    return at;
}

void faces_values_tidy(Faces *f)
{
    Faces old = *f;
    f->values = NULL;
    f->values_used = f->values_room = 0;
    for (uint32_t face = 0; face < f->column_count; face++)
        if (faces_listed(f, face)) f->values_at[face] = values_put(f, face_values(&old, face));
    free(old.values);
}

void faces_column_put(Faces *f, uint32_t face, Column column, Str title_key, Str values)
{
    uint64_t columns = f->column_count, places = f->column_count, records = f->record_count;
    f->columns = grown(f->columns, &columns, face, sizeof *f->columns);
    f->values_at = grown(f->values_at, &places, face, sizeof *f->values_at);
    f->by_entry = grown(f->by_entry, &f->entry_count, column.entry, sizeof *f->by_entry);
    f->by_record = grown(f->by_record, &records, column.record, sizeof *f->by_record);
    f->column_count = (uint32_t)columns;
    f->record_count = (uint32_t)records;

    /* A face keeps the place of what stayed as it was. */
    uint32_t old = f->columns[face].title;
    bool     same = f->titles_used > 0 && str_eq(face_title(f, face), title_key);
    column.title = same ? old : title_put(f, title_key);
    same = f->values_used > 0 && str_eq(face_values(f, face), values);
    if (!same) f->values_at[face] = values_put(f, values);
    f->columns[face] = column;
    f->by_entry[column.entry] = face;
    uint32_t *faces = f->by_record[column.record];
    if (faces[0] != face && faces[1] != face) faces[faces[0] != 0 && faces_listed(f, faces[0])] = face;
    f->listed++;
}

static FacetList *facet_find(const Faces *f, Str kind, Str path)
{
    for (size_t i = 0; i < f->facet_count; i++)
        if (str_eq(f->facets[i].kind, kind) && str_eq(f->facets[i].path, path)) return &f->facets[i];
    return NULL;
}

uint32_t faces_facet_add(Faces *f, Str kind, Str path, Str value, SetKey key)
{
    /* The set of a link is shared by all kinds that have a field of that path; the value is not. */
    SetKey   own = { key.a ^ str_hash(kind) * 0x9E3779B97F4A7C15u, key.b };
    uint32_t number;
    if (sets_least(f->seen, own, &number)) return number;
    number = f->value_count++;
    sets_add(f->seen, own, number);
    FacetList *list = facet_find(f, kind, path);
    if (!list) {
        f->facets = realloc(f->facets, (f->facet_count + 1) * sizeof *f->facets);
        if (!f->facets) memory_end(sizeof *f->facets);
        list = &f->facets[f->facet_count++];
        *list = (FacetList){ .kind = kept(kind), .path = kept(path) };
    }
    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 16;
        list->values = realloc(list->values, list->room * sizeof *list->values);
        if (!list->values) memory_end(sizeof *list->values);
    }
    list->values[list->n++] = (FacetKey){ kept(value), key, number };
    return number;
}

static int number_order(const void *x, const void *y)
{
    uint32_t m = *(const uint32_t *)x, n = *(const uint32_t *)y;
    return m < n ? -1 : m > n;
}

/* The numbers of the values in base 128, each once. */
static void put_values(Faces *f, const Projection *p, Buf *out)
{
    uint32_t few[64], *numbers = p->key_count <= 64 ? few : malloc(p->key_count * sizeof *numbers);
    size_t   n = 0;
    if (!numbers) memory_end(p->key_count * sizeof *numbers);
    for (size_t i = 0; i < p->key_count; i++) {
        const FaceKey *key = &p->keys[i];
        if (key->facet) numbers[n++] = faces_facet_add(f, p->kind->name, key->facet->path, key->value, key->key);
    }
    qsort(numbers, n, sizeof *numbers, number_order);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || numbers[i] != numbers[i - 1]) number_put(out, numbers[i]);
    if (numbers != few) free(numbers);
}

void faces_list(Faces *f, uint32_t face, uint32_t record, uint64_t entry, const Projection *p)
{
    Column column = { .record = record,
                      .entry = (uint32_t)entry,
                      .start_day = p->start_day,
                      .start = date_pack(p->start),
                      .end = date_pack(p->end),
                      .status = faces_word(f, p->status),
                      .unreported = p->unreported };
    Buf    values = { 0 };
    put_values(f, p, &values);
    faces_column_put(f, face, column, p->title_key, buf_str(&values));
    buf_free(&values);
    for (size_t i = 0; i < p->key_count; i++) sets_add(f->sets, p->keys[i].key, face);
    order_add(f->by_title, faces_title_place(f, p->title_key, face), face);
    if (p->start_day != START_NONE) order_add(f->by_start, faces_start_place(f, p->start_day, face), face);
}

void faces_unlist(Faces *f, uint32_t face, const Projection *p)
{
    for (size_t i = 0; i < p->key_count; i++) sets_remove(f->sets, p->keys[i].key, face);
    order_remove(f->by_title, faces_title_place(f, p->title_key, face));
    if (p->start_day != START_NONE) order_remove(f->by_start, faces_start_place(f, p->start_day, face));
    f->columns[face].record = 0;
    f->listed--;
}

void faces_shadow(Faces *f, uint32_t published, Str token, bool on)
{
    SetKey keys[] = { key_of("shadow", token), key_of("shadowed", S("")) };
    for (size_t i = 0; i < 2; i++)
        if (on)
            sets_add(f->sets, keys[i], published);
        else
            sets_remove(f->sets, keys[i], published);
}

uint32_t faces_end(const Faces *f)
{
    return f->column_count;
}

bool faces_listed(const Faces *f, uint32_t face)
{
    return face < f->column_count && f->columns[face].record != 0;
}

uint64_t faces_entry(const Faces *f, uint32_t face)
{
    return f->columns[face].entry;
}

const Sets *faces_sets(const Faces *f)
{
    return f->sets;
}

const roaring_bitmap_t *faces_visible(const Faces *f, const Reader *reader, bool *owned)
{
    *owned = true;
    if (reader->all) {
        roaring_bitmap_t *live = sets_copy(f->sets, key_of("live", S("")));
        sets_take_from(f->sets, key_of("shadowed", S("")), live);
        return live;
    }
    if (reader->token_count == 1) {
        const roaring_bitmap_t *one = sets_bitmap(f->sets, key_of("token", reader->tokens[0]));
        *owned = one == NULL;
        if (one) return one;
    }
    roaring_bitmap_t *visible = roaring_bitmap_create();
    if (!visible) memory_end(0);
    for (size_t i = 0; i < reader->token_count; i++)
        sets_or_into(f->sets, key_of("token", reader->tokens[i]), visible);
    for (size_t i = 0; i < reader->token_count; i++)
        if (str_starts(reader->tokens[i], S("org:")))
            sets_take_from(f->sets, key_of("shadow", reader->tokens[i]), visible);
    return visible;
}

uint32_t faces_of_record(const Faces *f, uint32_t record, uint32_t faces[2])
{
    uint32_t n = 0;
    for (int i = 0; i < 2 && record < f->record_count; i++) {
        uint32_t face = f->by_record[record][i];
        if (face && faces_listed(f, face) && f->columns[face].record == record) faces[n++] = face;
    }
    return n;
}

size_t faces_facet(const Faces *f, Str kind, Str path, const FacetKey **out)
{
    const FacetList *list = facet_find(f, kind, path);
    *out = list ? list->values : NULL;
    return list ? list->n : 0;
}

uint32_t faces_value_count(const Faces *f)
{
    return f->value_count;
}

#define AT_ONCE 32

typedef struct {
    const Faces         *faces;
    uint32_t            *counts;
    const unsigned char *at[AT_ONCE]; /* values of faces, on their way from memory */
    uint32_t             n;
} Count;

static void count_gathered(Count *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        const unsigned char *at = c->at[i];
        uint32_t             len = number_take(&at);
        for (const unsigned char *end = at + len; at < end;) c->counts[number_take(&at)]++;
    }
    c->n = 0;
}

static bool count_face(uint32_t face, void *with)
{
    Count *c = with;
    c->at[c->n] = (const unsigned char *)c->faces->values + c->faces->values_at[face];
    __builtin_prefetch(c->at[c->n]);
    if (++c->n == AT_ONCE) count_gathered(c);
    return true;
}

void faces_count_values(const Faces *f, const Flat *within, uint32_t *counts)
{
    Count c = { .faces = f, .counts = counts };
    flat_each(within, count_face, &c);
    count_gathered(&c);
}
