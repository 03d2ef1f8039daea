/* Listing and unlisting faces, and what a reader sees. */
#include "core/faces_inside.h"

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
    free(f->columns);
    free(f->by_entry);
    free(f->by_record);
    free(f->titles);
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

static uint32_t title_put(Faces *f, Str key)
{
    if (f->titles_used + 1 + key.len > f->titles_room) {
        uint64_t room = f->titles_room + f->titles_room / 4 + (64 << 10);
        if (room > UINT32_MAX) memory_end(room);
        f->titles = realloc(f->titles, room);
        if (!f->titles) memory_end(room);
        f->titles_room = (uint32_t)room;
    }
    uint32_t at = f->titles_used;
    f->titles[at] = (char)key.len;
    if (key.len) memcpy(f->titles + at + 1, key.at, key.len);
    f->titles_used += 1 + (uint32_t)key.len;
    return at;
}

void faces_column_put(Faces *f, uint32_t face, Column column, Str title_key)
{
    uint64_t columns = f->column_count, records = f->record_count;
    f->columns = grown(f->columns, &columns, face, sizeof *f->columns);
    f->by_entry = grown(f->by_entry, &f->entry_count, column.entry, sizeof *f->by_entry);
    f->by_record = grown(f->by_record, &records, column.record, sizeof *f->by_record);
    f->column_count = (uint32_t)columns;
    f->record_count = (uint32_t)records;

    /* A face keeps its key's place when the title stayed as it was. */
    uint32_t old = f->columns[face].title;
    bool     same = f->titles_used > 0 && str_eq(face_title(f, face), title_key);
    column.title = same ? old : title_put(f, title_key);
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

void faces_facet_add(Faces *f, Str kind, Str path, Str value, SetKey key)
{
    if (!sets_add(f->seen, set_key((Str[]){ kind, path, value }, 3), 0)) return;
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
    list->values[list->n++] = (FacetKey){ kept(value), key };
}

void faces_list(Faces *f, uint32_t face, uint32_t record, uint64_t entry, const Projection *p)
{
    faces_column_put(f, face, (Column){ record, (uint32_t)entry, p->start_day, 0 }, p->title_key);
    for (size_t i = 0; i < p->key_count; i++) {
        const FaceKey *key = &p->keys[i];
        bool           is_new = sets_add(f->sets, key->key, face);
        /* The set of a link is shared by all kinds that have a field of that path. */
        if (!key->facet || (!is_new && key->facet->type != FIELD_LINK)) continue;
        faces_facet_add(f, p->kind->name, key->facet->path, key->value, key->key);
    }
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
