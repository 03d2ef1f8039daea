/* Differences and three-way merge of documents. Both walk objects key by key; a list whose members
   are objects with an `id` each is walked member by member, any other list is one leaf, and so is a
   place: half of one place and half of another would be a third that nobody meant. */
#include <string.h>

#include "core/record.h"

typedef struct {
    Arena      *arena;
    Difference *differences;
    Conflict   *conflicts;
    size_t      n, room;
} Found;

/* Room for one more in an array that doubles in the arena. */
static void *found_grow(Found *f, void *items, size_t size)
{
    if (f->n < f->room) return items;
    size_t room = f->room ? 2 * f->room : 16;
    char  *grown = arena_new_array(f->arena, room, size);
    if (f->n) memcpy(grown, items, f->n * size);
    f->room = room;
    return grown;
}

static void add_difference(Found *f, Str pointer, Json *before, Json *after)
{
    f->differences = found_grow(f, f->differences, sizeof(Difference));
    f->differences[f->n++] = (Difference){ pointer, before, after };
}

static void add_conflict(Found *f, Str pointer, Json *base, Json *theirs, Json *mine)
{
    f->conflicts = found_grow(f, f->conflicts, sizeof(Conflict));
    f->conflicts[f->n++] = (Conflict){ pointer, base, theirs, mine };
}

static const Field *field_of(const Field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(fields[i].name, name)) return &fields[i];
    return NULL;
}

static bool is_whole(const Field *field)
{
    return field && !field->list && field->type == FIELD_PLACE;
}

/* Every member an object with a text `id`, no id twice. */
static bool is_id_list(const Json *list)
{
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        Str id = json_get_text(json_array_get(list, i), "id");
        if (!id.len) return false;
        for (size_t j = 0; j < i; j++)
            if (str_eq(id, json_get_text(json_array_get(list, j), "id"))) return false;
    }
    return n > 0;
}

/* Both are lists, at least one has members, and all members have ids. */
static bool both_id_lists(const Json *x, const Json *y)
{
    return json_is_array(x) && json_is_array(y) && (is_id_list(x) || is_id_list(y)) &&
           (json_array_size(x) == 0 || is_id_list(x)) && (json_array_size(y) == 0 || is_id_list(y));
}

static Json *member_by_id(const Json *list, Str id, size_t *at)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        Json *member = json_array_get(list, i);
        if (str_eq(json_get_text(member, "id"), id)) {
            if (at) *at = i;
            return member;
        }
    }
    return NULL;
}

static void differ(Found *f, const Field *field, const Field *fields, size_t n_fields, Str pointer, Json *before,
                   Json *after);

static void differ_objects(Found *f, const Field *fields, size_t n, Str pointer, Json *before, Json *after)
{
    const char *key;
    Json       *value;
    json_object_foreach(before, key, value)
    {
        const Field *field = field_of(fields, n, key);
        differ(f, field, field ? field->fields : NULL, field ? field->field_count : 0,
               json_pointer_add(f->arena, pointer, str_of(key)), value, json_object_get(after, key));
    }
    json_object_foreach(after, key, value) if (!json_object_get(before, key))
        add_difference(f, json_pointer_add(f->arena, pointer, str_of(key)), NULL, value);
}

/* Members keep the index they have after the change; those that went, the one they had before. */
static void differ_id_lists(Found *f, const Field *fields, size_t n, Str pointer, Json *before, Json *after)
{
    for (size_t i = 0; i < json_array_size(before); i++) {
        Json *member = json_array_get(before, i);
        if (!member_by_id(after, json_get_text(member, "id"), NULL))
            add_difference(f, json_pointer_add_index(f->arena, pointer, i), member, NULL);
    }
    for (size_t i = 0; i < json_array_size(after); i++) {
        Json *member = json_array_get(after, i), *was = member_by_id(before, json_get_text(member, "id"), NULL);
        Str   place = json_pointer_add_index(f->arena, pointer, i);
        if (was) differ_objects(f, fields, n, place, was, member);
        else add_difference(f, place, NULL, member);
    }
}

static void differ(Found *f, const Field *field, const Field *fields, size_t n_fields, Str pointer, Json *before,
                   Json *after)
{
    if (before && after && json_same(before, after)) return;
    if (json_is_object(before) && json_is_object(after) && !is_whole(field))
        differ_objects(f, fields, n_fields, pointer, before, after);
    else if (both_id_lists(before, after)) differ_id_lists(f, fields, n_fields, pointer, before, after);
    else add_difference(f, pointer, before, after);
}

size_t doc_differences(Arena *a, const Kind *kind, const Json *before, const Json *after, Difference **out)
{
    Found f = { .arena = a };
    differ(&f, NULL, kind->fields, kind->field_count, S(""), (Json *)before, (Json *)after);
    *out = f.differences;
    return f.n;
}

static Json *merge(Found *f, const Field *field, const Field *fields, size_t n, Str pointer, Json *base, Json *theirs,
                   Json *mine);

static void merge_member(Found *f, const Field *fields, size_t n, Str pointer, const char *key, Json *base,
                         Json *theirs, Json *mine, Json *into)
{
    const Field *field = field_of(fields, n, key);
    Json        *merged = merge(f, field, field ? field->fields : NULL, field ? field->field_count : 0,
                                json_pointer_add(f->arena, pointer, str_of(key)), json_object_get(base, key),
                                json_object_get(theirs, key), json_object_get(mine, key));
    if (merged) json_put_value(into, key, merged);
}

static Json *merge_objects(Found *f, const Field *fields, size_t n, Str pointer, Json *base, Json *theirs, Json *mine)
{
    Json       *into = json_object_make(f->arena), *value;
    const char *key;
    json_object_foreach(theirs, key, value) merge_member(f, fields, n, pointer, key, base, theirs, mine, into);
    json_object_foreach(mine, key, value) if (!json_object_get(theirs, key))
        merge_member(f, fields, n, pointer, key, base, theirs, mine, into);
    return into;
}

static bool same_ids_in_order(const Json *x, const Json *y)
{
    if (json_array_size(x) != json_array_size(y)) return false;
    for (size_t i = 0; i < json_array_size(x); i++)
        if (!str_eq(json_get_text(json_array_get(x, i), "id"), json_get_text(json_array_get(y, i), "id"))) return false;
    return true;
}

/* In the order of the side that changed it; of theirs when both did. What only one side added comes last. */
static Json *merge_id_lists(Found *f, const Field *fields, size_t n, Str pointer, Json *base, Json *theirs, Json *mine)
{
    bool  mine_leads = base && same_ids_in_order(base, theirs);
    Json *first = mine_leads ? mine : theirs, *second = mine_leads ? theirs : mine;
    Json *into = json_array_make(f->arena);
    for (int turn = 0; turn < 2; turn++) {
        Json *list = turn ? second : first;
        for (size_t i = 0; i < json_array_size(list); i++) {
            Str id = json_get_text(json_array_get(list, i), "id");
            if (turn && member_by_id(first, id, NULL)) continue;
            Json *merged = merge(f, NULL, fields, n, json_pointer_add_index(f->arena, pointer, json_array_size(into)),
                                 base ? member_by_id(base, id, NULL) : NULL, member_by_id(theirs, id, NULL),
                                 member_by_id(mine, id, NULL));
            if (merged) json_add_value(into, merged);
        }
    }
    return into;
}

static bool same_or_absent(const Json *x, const Json *y)
{
    return x && y ? json_same(x, y) : !x && !y;
}

/* NULL stands for "not there". */
static Json *merge(Found *f, const Field *field, const Field *fields, size_t n, Str pointer, Json *base, Json *theirs,
                   Json *mine)
{
    if (same_or_absent(theirs, mine) || same_or_absent(base, mine)) return theirs;
    if (same_or_absent(base, theirs)) return mine;
    if (json_is_object(theirs) && json_is_object(mine) && (!base || json_is_object(base)) && !is_whole(field))
        return merge_objects(f, fields, n, pointer, base, theirs, mine);
    if (both_id_lists(theirs, mine) && (!base || both_id_lists(base, theirs)))
        return merge_id_lists(f, fields, n, pointer, base, theirs, mine);
    add_conflict(f, pointer, base, theirs, mine);
    return theirs;
}

size_t doc_merge(Arena *a, const Kind *kind, const Json *base, const Json *theirs, const Json *mine, Json **merged,
                 Conflict **conflicts)
{
    Found f = { .arena = a };
    *merged = merge(&f, NULL, kind->fields, kind->field_count, S(""), (Json *)base, (Json *)theirs, (Json *)mine);
    *conflicts = f.conflicts;
    return f.n;
}
