/* Records as rows: which columns a list has, what a cell says, and how a cell is read back. */
#include "format/columns.h"

#include <math.h>

static const char *const item_members[] = { "id", "slug", "kind", "url", "state", "updated" };
#define ITEM_MEMBER_COUNT (sizeof item_members / sizeof *item_members)

typedef struct {
    Arena  *arena;
    Json   *seen; /* pointers that occur; of a text, an object of its languages in the order of first sight */
    Column *at;
    size_t  n, room;
} Columns;

static void add(Columns *c, Str heading, const Field *field, Str pointer)
{
    if (c->n == c->room) {
        size_t  room = c->room ? 2 * c->room : 32;
        Column *more = NEW_ARRAY(c->arena, Column, room);
        for (size_t i = 0; i < c->n; i++) more[i] = c->at[i];
        c->at = more, c->room = room;
    }
    bool number = field && !field->list && (field->type == FIELD_NUMBER || field->type == FIELD_INTEGER);
    c->at[c->n++] = (Column){ heading, field, pointer, number };
}

static Str dotted(Arena *a, Str prefix, Str name)
{
    return prefix.len ? str_join(a, (Str[]){ prefix, S("."), name }, 3) : name;
}

static bool occurs(const Columns *c, Str pointer)
{
    return json_get(c->seen, str_z(c->arena, pointer)) != NULL;
}

/* The languages of a text. */
static void add_keys(Columns *c, const Field *field, Str heading, Str pointer)
{
    const char *key;
    Json       *unused;
    json_object_foreach(json_get(c->seen, str_z(c->arena, pointer)), key, unused)
    {
        Str name = str_copy(c->arena, str_of(key));
        add(c, dotted(c->arena, heading, name), field, json_pointer_add(c->arena, pointer, name));
    }
}

static void add_field(Columns *c, const Field *field, Str prefix, Str pointer)
{
    Str heading = dotted(c->arena, prefix, field->name);
    Str here = json_pointer_add(c->arena, pointer, field->name);
    if (field->list) {
        if (occurs(c, here)) add(c, heading, field, here);
    } else if (field->type == FIELD_TEXT) {
        add_keys(c, field, heading, here);
    } else if (field->type == FIELD_PLACE) {
        if (!occurs(c, here)) return;
        add(c, dotted(c->arena, heading, S("lat")), field, json_pointer_add(c->arena, here, S("lat")));
        add(c, dotted(c->arena, heading, S("lon")), field, json_pointer_add(c->arena, here, S("lon")));
    } else if (field->type == FIELD_GROUP) {
        for (size_t i = 0; i < field->field_count; i++) add_field(c, &field->fields[i], heading, here);
    } else if (occurs(c, here)) {
        add(c, heading, field, here);
    }
}

/* What of a field occurs in one document; `a` is for what is made on the way. */
static void note_field(Columns *c, Arena *a, const Json *within, const Field *field, Str pointer)
{
    const char *lang;
    Json       *text, *value = json_get(within, str_z(a, field->name));
    if (!value) return;
    const char *here = json_pointer_add(a, pointer, field->name).at;
    Json       *seen = json_get(c->seen, here);
    if (!seen) {
        seen = json_object_make(a);
        json_put_value(c->seen, here, seen);
    }
    if (field->type == FIELD_TEXT && !field->list)
        json_object_foreach(value, lang, text) if (!json_get(seen, lang)) json_put_bool(seen, lang, true);
    if (field->type == FIELD_GROUP && !field->list)
        for (size_t i = 0; i < field->field_count; i++) note_field(c, a, value, &field->fields[i], str_of(here));
}

static bool note_items(Columns *c, const FormatWork *work, const Kind *kind, const Json *value, Err *err)
{
    const Json *item;
    FormatWalk  walk = format_walk(work, value, NULL);
    while (format_next(&walk, &item, err)) {
        if (!item) return true;
        for (size_t i = 0; i < kind->field_count; i++)
            note_field(c, walk.work.arena, json_get(item, "doc"), &kind->fields[i], S("/doc"));
    }
    return false;
}

bool columns_make(const FormatWork *work, const Json *value, Column **out, size_t *n, Err *err)
{
    Columns     c = { .arena = work->arena, .seen = json_object_make(work->arena) };
    const Kind *kind = kind_find(work->kinds, json_get_text(value, "kind"));
    if (kind && !note_items(&c, work, kind, value, err)) return false;
    for (size_t i = 0; i < ITEM_MEMBER_COUNT; i++) {
        Str name = str_of(item_members[i]);
        add(&c, name, NULL, json_pointer_add(c.arena, STR_NONE, name));
    }
    if (!kind) {
        add(&c, S("title"), NULL, S("/title"));
        add(&c, S("summary"), NULL, S("/summary"));
    } else {
        for (size_t i = 0; i < kind->field_count; i++) add_field(&c, &kind->fields[i], STR_NONE, S("/doc"));
    }
    *out = c.at;
    *n = c.n;
    return true;
}

static Str plain(Arena *a, const Json *value)
{
    if (json_is_string(value)) return json_text(value);
    return value && !json_is_null(value) ? json_write(a, value) : STR_NONE;
}

static bool plain_list(const Json *value)
{
    size_t      i;
    const Json *item;
    json_array_foreach(value, i, item) if (json_is_object(item) || json_is_array(item) ||
                                           str_has(json_text(item), S(";"))) return false;
    return json_is_array(value);
}

/* What a person or another node understands in place of an id: the slug, where the item tells it. */
static Json *named(Arena *a, const Json *item, const Json *value)
{
    size_t      i;
    const Json *link, *part;
    if (json_is_string(value)) {
        json_array_foreach(json_get(item, "links"), i,
                           link) if (str_eq(json_get_text(link, "id"), json_text(value))) return json_get(link, "slug");
        return (Json *)value;
    }
    if (json_is_array(value)) {
        Json *list = json_array_make(a);
        json_array_foreach(value, i, part) json_add_value(list, named(a, item, part));
        return list;
    }
    if (!json_is_object(value)) return (Json *)value;
    Json       *object = json_object_make(a), *member;
    const char *key;
    json_object_foreach((Json *)value, key, member) json_put_value(object, key, named(a, item, member));
    return object;
}

static bool has_links(const Field *field)
{
    if (field->type == FIELD_LINK) return true;
    for (size_t i = 0; i < field->field_count; i++)
        if (has_links(&field->fields[i])) return true;
    return false;
}

Str column_cell(Arena *a, const Column *column, const Json *item)
{
    const Json *value = json_at(item, column->pointer);
    if (column->field && has_links(column->field)) value = named(a, item, value);
    if (!plain_list(value)) return plain(a, value);
    size_t n = json_array_size(value);
    Str   *parts = NEW_ARRAY(a, Str, n + 1);
    for (size_t i = 0; i < n; i++) parts[i] = plain(a, json_array_get(value, i));
    return str_join_with(a, S("; "), parts, n);
}

/* ---- back ---- */

static Json *member_made(Arena *a, Json *object, const char *key)
{
    Json *member = json_get(object, key);
    if (!json_is_object(member)) {
        member = json_object_make(a);
        json_put_value(object, key, member);
    }
    return member;
}

static bool scalar_read(Arena *a, const Field *field, Str heading, Str cell, Json **out, Err *err)
{
    bool is_number = field->type == FIELD_NUMBER || field->type == FIELD_INTEGER || field->type == FIELD_PLACE;
    if (is_number || field->type == FIELD_BOOL) {
        if (!json_read(a, cell, out, NULL) || (is_number ? !json_is_number(*out) : !json_is_boolean(*out)))
            return fail(err, ERR_FORMAT, "column %.*s: \"%.*s\" is not %s", STR_ARG(heading),
                        STR_ARG(str_take_first(cell, 60)), is_number ? "a number" : "true or false");
        return true;
    }
    *out = json_text_make(a, cell);
    return true;
}

static bool list_read(Arena *a, const Field *field, Str heading, Str cell, Json **out, Err *err)
{
    if (str_starts(cell, S("["))) {
        Err why = { 0 };
        if (json_read(a, cell, out, &why)) return true;
        return fail(err, ERR_FORMAT, "column %.*s: %s", STR_ARG(heading), why.text);
    }
    if (field->type == FIELD_GROUP || field->type == FIELD_TEXT || field->type == FIELD_PLACE)
        return fail(err, ERR_FORMAT, "column %.*s: expected a JSON list", STR_ARG(heading));
    Json *list = json_array_make(a);
    for (Cut cut = str_cut(cell, ';');; cut = str_cut(cut.tail, ';')) {
        Str   item = str_trim(cut.head);
        Json *value;
        if (item.len) {
            if (!scalar_read(a, field, heading, item, &value, err)) return false;
            json_add_value(list, value);
        }
        if (!cut.found) break;
    }
    *out = list;
    return true;
}

bool column_set(Arena *a, const Kind *kind, Str heading, Str cell, Json *doc, Err *err)
{
    if (!cell.len) return true;
    Json        *object = doc;
    const Field *fields = kind->fields, *field = NULL;
    size_t       count = kind->field_count;
    Cut          cut = str_cut(heading, '.');
    for (;; cut = str_cut(cut.tail, '.')) {
        field = NULL;
        for (size_t i = 0; i < count; i++)
            if (str_eq(fields[i].name, cut.head)) field = &fields[i];
        if (!field)
            return fail(err, ERR_FORMAT, "column %.*s: %.*s has no such field", STR_ARG(heading), STR_ARG(kind->name));
        if (field->type != FIELD_GROUP || field->list || !cut.found) break;
        object = member_made(a, object, str_z(a, field->name));
        fields = field->fields, count = field->field_count;
    }
    const char *key = str_z(a, field->name);
    Json       *value;
    if (field->list) {
        if (!list_read(a, field, heading, cell, &value, err)) return false;
        json_put_value(object, key, value);
        return true;
    }
    if (field->type == FIELD_TEXT || field->type == FIELD_PLACE) {
        if (!cut.found || !cut.tail.len)
            return fail(err, ERR_FORMAT, "column %.*s: expected %.*s.%s", STR_ARG(heading), STR_ARG(heading),
                        field->type == FIELD_TEXT ? "LANGUAGE, as in name.en" : "lat and .lon");
        object = member_made(a, object, key);
        key = str_z(a, cut.tail);
    }
    if (!scalar_read(a, field, heading, cell, &value, err)) return false;
    json_put_value(object, key, value);
    return true;
}
