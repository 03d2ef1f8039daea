/* A submitted form as a document: the other half of view/form.c. */
#include <string.h>

#include "web/view.h"

#define FORM_ITEMS_MAX 2000 /* of one list */
#define FORM_DEPTH_MAX 16

typedef struct {
    Arena *a;
    Err   *err;
} Reading;

static const Field *field_named(const Field *fields, size_t n, Str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(fields[i].name, name)) return &fields[i];
    return NULL;
}

/* Text as a browser sends it, with plain line ends and without white space around it. */
static Str cleaned(Arena *a, Str s)
{
    s = str_trim(s);
    if (!str_has(s, S("\r"))) return s;
    char  *out = arena_raw(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '\r' || (i + 1 < s.len && s.at[i + 1] != '\n')) out[n++] = s.at[i] == '\r' ? '\n' : s.at[i];
    out[n] = 0;
    return (Str){ out, n };
}

static Json *scalar_make(Arena *a, FieldType type, Str text)
{
    double  number;
    int64_t whole;
    if (type == FIELD_BOOL && (str_eq_z(text, "true") || str_eq_z(text, "false")))
        return arena_adopt(a, json_boolean(str_eq_z(text, "true")), (void (*)(void *))json_decref);
    if (type == FIELD_NUMBER || type == FIELD_INTEGER || type == FIELD_PLACE) {
        if (str_to_i64(text, &whole)) return json_integer_make(a, whole);
        if (str_to_double(text, &number)) return arena_adopt(a, json_real(number), (void (*)(void *))json_decref);
    }
    return json_text_make(a, text);
}

/* The object or array that `key` of `object` holds, made when it is not there. */
static Json *member_make(Arena *a, Json *object, Str key, bool array)
{
    Json *inner = json_object_get(object, str_z(a, key));
    if (array ? json_is_array(inner) : json_is_object(inner)) return inner;
    inner = array ? json_array_make(a) : json_object_make(a);
    json_put_value(object, str_z(a, key), inner);
    return inner;
}

/* Put `text` at `rest` (without its first slash) below a value of `field`; the value is what `holder[key]`
   is, or `list[place]`. */
typedef struct {
    Json  *object;
    Str    key;
    Json  *list;
    size_t place;
} Slot;

static Json *slot_get(Reading *r, const Slot *s)
{
    return s->list ? json_array_get(s->list, s->place) : json_object_get(s->object, str_z(r->a, s->key));
}

static void slot_set(Reading *r, const Slot *s, Json *value)
{
    if (s->list) json_array_set(s->list, s->place, value);
    else json_put_value(s->object, str_z(r->a, s->key), value);
}

static Json *slot_object(Reading *r, const Slot *s)
{
    Json *now = slot_get(r, s);
    if (json_is_object(now)) return now;
    now = json_object_make(r->a);
    slot_set(r, s, now);
    return now;
}

static bool place_text(Reading *r, const Field *field, Slot slot, Str rest, Str text, bool in_list, int depth);

static bool place_in_list(Reading *r, const Field *field, Slot slot, Str rest, Str text, int depth)
{
    Json *list = slot_get(r, &slot);
    if (!json_is_array(list)) {
        list = json_array_make(r->a);
        slot_set(r, &slot, list);
    }
    Json *whole;
    if (!rest.len && str_starts(text, S("[")) && json_read(r->a, text, &whole, NULL) && json_is_array(whole)) {
        slot_set(r, &slot, whole);
        return true;
    }
    int64_t place = (int64_t)json_array_size(list);
    Cut     next = str_cut(rest, '/');
    if (rest.len) {
        if (!str_to_i64(next.head, &place) || place < 0)
            return fail(r->err, ERR_FORMAT, "no place in a list: %.*s", STR_ARG(rest));
        if (place >= FORM_ITEMS_MAX) return fail(r->err, ERR_TOO_BIG, "more than %d items", FORM_ITEMS_MAX);
    } else if (!text.len) {
        return true; /* says that the list is part of the form */
    } else if (place >= FORM_ITEMS_MAX) {
        return fail(r->err, ERR_TOO_BIG, "more than %d items", FORM_ITEMS_MAX);
    }
    while ((int64_t)json_array_size(list) <= place) json_array_append_new(list, json_null());
    Slot inner = { .list = list, .place = (size_t)place };
    return place_text(r, field, inner, rest.len ? next.tail : STR_NONE, text, true, depth + 1);
}

static bool place_text(Reading *r, const Field *field, Slot slot, Str rest, Str text, bool in_list, int depth)
{
    if (depth > FORM_DEPTH_MAX) return fail(r->err, ERR_FORMAT, "nested too deep");
    if (field->list && !in_list) return place_in_list(r, field, slot, rest, text, depth);
    Cut next = str_cut(rest, '/');
    if (field->type == FIELD_TEXT) {
        if (!rest.len || next.found) return fail(r->err, ERR_FORMAT, "no language of a text: %.*s", STR_ARG(rest));
        if (text.len) json_put_text(slot_object(r, &slot), str_z(r->a, rest), text);
        return true;
    }
    if (field->type == FIELD_PLACE) {
        if (!rest.len) return true;
        if (!str_eq_z(rest, "lat") && !str_eq_z(rest, "lon"))
            return fail(r->err, ERR_FORMAT, "no part of a place: %.*s", STR_ARG(rest));
        if (text.len) json_put_value(slot_object(r, &slot), str_z(r->a, rest), scalar_make(r->a, FIELD_PLACE, text));
        return true;
    }
    if (field->type == FIELD_GROUP) {
        if (!rest.len) return true;
        const Field *member = field_named(field->fields, field->field_count, next.head);
        if (!member) return fail(r->err, ERR_FORMAT, "no field %.*s in %.*s", STR_ARG(next.head), STR_ARG(field->path));
        /* Groups are made empty first and taken out in the end when nothing came into them. */
        Slot inner = { .object = slot_object(r, &slot), .key = member->name };
        return place_text(r, member, inner, next.tail, text, false, depth + 1);
    }
    if (rest.len) return fail(r->err, ERR_FORMAT, "nothing below %.*s", STR_ARG(field->path));
    if (text.len) slot_set(r, &slot, scalar_make(r->a, field->type, text));
    return true;
}

/* Closes the holes that numbered rows left. */
static void close_holes(Json *value)
{
    if (json_is_array(value))
        for (size_t i = json_array_size(value); i-- > 0;) {
            if (json_is_null(json_array_get(value, i))) json_array_remove(value, i);
            else close_holes(json_array_get(value, i));
        }
    else if (json_is_object(value))
        for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
            close_holes(json_object_iter_value(at));
}

/* Takes out what is empty: null items of lists, objects and lists without members. */
static bool prune(Json *value)
{
    if (json_is_array(value)) {
        for (size_t i = json_array_size(value); i-- > 0;)
            if (!prune(json_array_get(value, i))) json_array_remove(value, i);
        return json_array_size(value) > 0;
    }
    if (json_is_object(value)) {
        void *at = json_object_iter(value);
        while (at) {
            void *following = json_object_iter_next(value, at);
            if (!prune(json_object_iter_value(at))) json_object_del(value, json_object_iter_key(at));
            at = following;
        }
        return json_object_size(value) > 0;
    }
    return value && !json_is_null(value);
}

/* A key that was all that was filled in is no member: rows that nobody wrote in. */
static void drop_bare_keys(Json *value)
{
    if (json_is_array(value))
        for (size_t i = json_array_size(value); i-- > 0;) {
            Json *item = json_array_get(value, i);
            drop_bare_keys(item);
            if (json_is_object(item) && json_object_size(item) == 1 && json_object_get(item, "id"))
                json_array_remove(value, i);
        }
    else if (json_is_object(value))
        for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
            drop_bare_keys(json_object_iter_value(at));
}

/* The field that a pointer leads to, through lists; NULL when none. */
static const Field *pointer_field(const Kind *kind, Str pointer)
{
    const Field *fields = kind->fields, *field = NULL;
    size_t       n = kind->field_count;
    while (pointer.len > 1) {
        Cut     next = str_cut(str_drop(pointer, 1), '/');
        int64_t place;
        pointer = next.found ? str_drop(pointer, 1 + next.head.len) : STR_NONE;
        if (field && field->list && str_to_i64(next.head, &place)) continue;
        field = field_named(fields, n, next.head);
        if (!field) return NULL;
        fields = field->fields;
        n = field->field_count;
    }
    return field;
}

/* An empty member that shows as a row of inputs. It must survive until the form is shown again. */
static bool row_add(Reading *r, const Kind *kind, Json *doc, Str pointer)
{
    const Field *field = pointer_field(kind, pointer);
    if (!field || !field->list) return fail(r->err, ERR_FORMAT, "no list at %.*s", STR_ARG(pointer));
    Cut   last = str_cut_last(pointer, '/');
    Json *holder = json_at(doc, last.head), *list;
    if (!json_is_object(holder)) return fail(r->err, ERR_FORMAT, "nothing at %.*s", STR_ARG(last.head));
    list = member_make(r->a, holder, last.tail, true);
    if (json_array_size(list) >= FORM_ITEMS_MAX) return fail(r->err, ERR_TOO_BIG, "more than %d items", FORM_ITEMS_MAX);
    bool object = field->type == FIELD_GROUP || field->type == FIELD_TEXT || field->type == FIELD_PLACE;
    json_add_value(list, object ? json_object_make(r->a) : json_text_make(r->a, S("")));
    return true;
}

static bool row_remove(Reading *r, Json *doc, Str pointer)
{
    Cut     last = str_cut_last(pointer, '/');
    Json   *list = json_at(doc, last.head);
    int64_t place;
    if (!json_is_array(list) || !str_to_i64(last.tail, &place) || place < 0 || (size_t)place >= json_array_size(list))
        return fail(r->err, ERR_FORMAT, "nothing at %.*s", STR_ARG(pointer));
    json_array_remove(list, (size_t)place);
    return true;
}

static bool mentioned(const Pair *form, size_t n, Str field)
{
    for (size_t i = 0; i < n; i++) {
        Str name = form[i].name;
        if (name.len > field.len && name.at[0] == '/' && str_starts(str_drop(name, 1), field) &&
            (name.len == field.len + 1 || name.at[field.len + 1] == '/'))
            return true;
    }
    return false;
}

bool form_document(Arena *a, const Kind *kind, const Json *old, const Pair *form, size_t n, Json **doc,
                   bool *rows_changed, Err *err)
{
    Reading r = { a, err };
    Json   *out = json_object_make(a);
    Str     added = STR_NONE, removed = STR_NONE;
    for (size_t i = 0; i < n; i++) {
        if (arena_full(a)) return fail(err, ERR_TOO_BIG, "the form is too big");
        if (str_eq_z(form[i].name, "add")) added = form[i].value;
        if (str_eq_z(form[i].name, "remove")) removed = form[i].value;
        if (!form[i].name.len || form[i].name.at[0] != '/') continue;
        Cut          next = str_cut(str_drop(form[i].name, 1), '/');
        const Field *field = field_named(kind->fields, kind->field_count, next.head);
        if (!field) return fail(err, ERR_FORMAT, "no field %.*s in kind %.*s", STR_ARG(next.head), STR_ARG(kind->name));
        Slot slot = { .object = out, .key = field->name };
        if (!place_text(&r, field, slot, next.tail, cleaned(a, form[i].value), false, 0)) return false;
    }
    /* Before holes close, so that a pointer means the row it was written in. */
    if (removed.len && !row_remove(&r, out, removed)) return false;
    if (!added.len) {
        prune(out);
        if (!removed.len) {
            drop_bare_keys(out);
            prune(out);
        }
    } else {
        close_holes(out);
        if (!row_add(&r, kind, out, added)) return false;
    }
    Json *whole = json_object_make(a);
    for (size_t i = 0; i < kind->field_count; i++) {
        const char *key = str_z(a, kind->fields[i].name);
        Json       *value =
            mentioned(form, n, kind->fields[i].name) || !old ? json_object_get(out, key) : json_object_get(old, key);
        if (!value) value = json_object_get(out, key);
        if (value) json_put_value(whole, key, value);
    }
    if (added.len) json_object_update(whole, out);
    *doc = whole;
    *rows_changed = added.len > 0 || removed.len > 0;
    return true;
}
