/* History, differences between versions, and both sides of a conflict. */
#include <string.h>

#include "text/lang.h"
#include "web/site.h"
#include "web/view/tools.h"

/* A pointer into a document in words: "Partners 2, Role"; `leaf` is the field it ends in, if any. */
static Str pointer_words(const ViewWork *w, const Kind *kind, Str pointer, const Field **leaf)
{
    Arena       *a = w->req->arena;
    const Field *fields = kind->fields, *field = NULL;
    size_t       n = kind->field_count;
    Str          out = STR_NONE;
    while (pointer.len > 1) {
        Cut     next = str_cut(str_drop(pointer, 1), '/');
        int64_t place;
        pointer = next.found ? str_drop(pointer, 1 + next.head.len) : STR_NONE;
        if (field && field->list && str_to_i64(next.head, &place)) {
            out = str_format(a, "%.*s %.*s", STR_ARG(out), STR_ARG(number_text(a, (double)place + 1, 0, w->req->lang)));
            continue;
        }
        if (field && field->type == FIELD_TEXT) {
            out = str_format(a, "%.*s (%.*s)", STR_ARG(out), STR_ARG(lang_name(a, next.head, w->req->lang)));
            continue;
        }
        const Field *found = NULL;
        for (size_t i = 0; i < n; i++)
            if (str_eq(fields[i].name, next.head)) found = &fields[i];
        if (!found) {
            /* A member of a list named by its key. */
            out = str_format(a, "%.*s %.*s", STR_ARG(out), STR_ARG(next.head));
            continue;
        }
        field = found;
        fields = found->fields;
        n = found->field_count;
        Str word = field_word(w, kind, found);
        out = out.len ? str_format(a, "%.*s, %.*s", STR_ARG(out), STR_ARG(word)) : word;
    }
    *leaf = field;
    return out;
}

/* A value as it would be read: shown by its field, or as it is stored. */
static Json *side_make(const ViewWork *w, const Kind *kind, const Field *field, Json *value)
{
    Arena *a = w->req->arena;
    Json  *side = json_object_make(a), *values = json_array_make(a);
    if (json_is_string(value) && (!field || field->type == FIELD_TEXT)) {
        json_add_value(values,
                       shown_plain(w, json_text(value)) ? shown_plain(w, json_text(value)) : json_object_make(a));
    } else if (value && field && !(field->type == FIELD_TEXT && json_is_object(value)) && !field_is_table(field)) {
        shown_add(w, kind, field, value, values);
    }
    if (value && !json_is_null(value) && !json_array_size(values)) {
        const char *lang;
        Json       *text;
        if (field && field->type == FIELD_TEXT && json_is_object(value)) json_object_foreach(value, lang, text)
            {
                Json *one = json_object_make(a);
                json_put_text(one, "text", json_text(text));
                json_put_text(one, "note", lang_name(a, str_of(lang), w->req->lang));
                json_add_value(values, one);
            }
        else json_add_value(values, shown_plain(w, json_write(a, value)));
    }
    json_put_value(side, "values", values);
    json_put_bool(side, "there", json_array_size(values) > 0);
    return side;
}

static void names_add(const ViewWork *w, const Kind *kind, const Json *value, Json *view)
{
    Str slug = json_get_text(value, "slug");
    json_put_text(view, "kind_label", kind_word(w, kind->name, false));
    json_put_text(view, "url", record_url(w->req->arena, kind->name, slug.len ? slug : json_get_text(value, "id")));
}

/* Names of people are for those who work with them; to others an author is a member of the owner. */
static Str author_words(const ViewWork *w, Str author, Str owner)
{
    const Reader *reader = &w->req->reader;
    Person        person;
    Err           ignored;
    bool          colleague = false;
    if (!author.len) return STR_NONE;
    for (size_t i = 0; i < reader->membership_count; i++)
        colleague = colleague || str_eq(reader->memberships[i].organisation, owner);
    if (colleague && people_find(w->req->site->people, w->req->arena, author, &person, &ignored)) return person.name;
    return words(w, "history.member");
}

bool view_history(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Kind *kind = kind_find(view_kinds(w), json_get_text(value, "kind"));
    Json       *items = json_get(value, "items"), *rows = json_array_make(a);
    if (!kind) return fail(err, ERR_NOT_FOUND, "no such kind");
    names_add(w, kind, value, view);
    size_t n = json_array_size(items);
    for (size_t i = 0; i < n; i++) {
        const Json *item = json_array_get(items, i);
        Json       *row = json_object_make(a);
        int64_t     at_ms = 0, version = json_get_integer(item, "version", 0);
        Str         state = json_get_text(item, "state"), leaf = json_get_text(item, "leaf");
        time_read(json_get_text(item, "updated"), &at_ms);
        json_put_integer(row, "version", version);
        json_put_text(row, "when", when_words(a, at_ms, w->req->lang));
        json_put_text(row, "state", words(w, str_format(a, "state.%.*s", STR_ARG(state)).at));
        json_put_text_if(row, "author", author_words(w, json_get_text(item, "author"), json_get_text(value, "owner")));
        json_put_text_if(row, "note", json_get_text(item, "note"));
        json_put_text(row, "leaf", leaf);
        json_put_text(row, "leaf_short", str_take_first(leaf, 12));
        json_put_text(row, "url",
                      str_format(a, "%.*s/history/%lld", STR_ARG(json_get_text(view, "url")), (long long)version));
        json_put_bool(row, "newest", i == 0);
        json_put_bool(row, "from", i == (n > 1 ? 1 : 0));
        json_add_value(rows, row);
    }
    json_put_value(view, "rows", rows);
    json_put_bool(view, "can_compare", n > 1);
    Str owner = json_get_text(value, "owner");
    json_put_bool(view, "may_restore", owner.len && may_publish(&w->req->reader, owner) && n > 1);
    return true;
}

bool view_difference(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Kind *kind = kind_find(view_kinds(w), json_get_text(value, "kind"));
    Difference *list;
    Json       *rows = json_array_make(a);
    if (!kind) return fail(err, ERR_NOT_FOUND, "no such kind");
    names_add(w, kind, value, view);
    size_t n = doc_differences(a, kind, json_get(json_get(value, "from"), "doc"),
                               json_get(json_get(value, "to"), "doc"), &list);
    for (size_t i = 0; i < n; i++) {
        const Field *field;
        Json        *row = json_object_make(a);
        json_put_text(row, "label", pointer_words(w, kind, list[i].pointer, &field));
        json_put_value(row, "before", side_make(w, kind, field, list[i].before));
        json_put_value(row, "after", side_make(w, kind, field, list[i].after));
        json_add_value(rows, row);
    }
    json_put_value(view, "rows", rows);
    json_put_bool(view, "same", n == 0);
    return true;
}

static bool below_a_conflict(const Json *conflicts, Str pointer)
{
    for (size_t i = 0; i < json_array_size(conflicts); i++) {
        Str taken = json_get_text(json_array_get(conflicts, i), "pointer");
        if (str_eq(pointer, taken) || (str_starts(pointer, taken) && str_starts(str_drop(pointer, taken.len), S("/"))))
            return true;
    }
    return false;
}

static void hidden_add(const ViewWork *w, const Json *conflicts, const Json *value, Str pointer, Json *out)
{
    Arena      *a = w->req->arena;
    const char *key;
    Json       *member;
    if (below_a_conflict(conflicts, pointer)) return;
    if (json_is_object(value)) {
        json_object_foreach((Json *)value, key, member)
            hidden_add(w, conflicts, member, json_pointer_add(a, pointer, str_of(key)), out);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            hidden_add(w, conflicts, json_array_get(value, i), json_pointer_add_index(a, pointer, i), out);
    } else {
        Json *one = json_object_make(a);
        json_put_text(one, "name", pointer);
        json_put_text(one, "value", json_is_string(value) ? json_text(value) : json_write(a, value));
        json_add_value(out, one);
    }
}

/* What both sides agree on once merged, as hidden inputs: the form that follows is whole without it. */
static bool merged_add(const ViewWork *w, const Kind *kind, const Json *value, Json *view, Err *err)
{
    Arena    *a = w->req->arena;
    Record    now, base;
    int64_t   version = 0;
    Json     *merged, *hidden = json_array_make(a);
    Conflict *conflicts;
    str_to_i64(form_get(w->req, "version"), &version);
    if (!record_read(w->snapshot, a, kind->name, json_get_text(value, "slug"), &now, err) ||
        !record_version(w->snapshot, a, kind->name, json_get_text(value, "slug"), version, &base, err))
        return false;
    doc_merge(a, kind, base.doc, now.doc, json_get(value, "doc"), &merged, &conflicts);
    hidden_add(w, json_get(value, "conflicts"), merged, STR_NONE, hidden);
    json_put_value(view, "hidden", hidden);
    json_put_text(view, "owner", now.owner);
    json_put_text(view, "audience", now.audience);
    return true;
}

/* What a radio button sends for one side: the text, or a list whole. */
static Str side_text(Arena *a, const Json *value)
{
    if (!value || json_is_null(value)) return STR_NONE;
    return json_is_string(value) ? json_text(value) : json_write(a, value);
}

bool view_conflict(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Kind *kind = kind_find(view_kinds(w), json_get_text(value, "kind"));
    Json       *conflicts = json_get(value, "conflicts"), *rows = json_array_make(a);
    if (!kind) return fail(err, ERR_NOT_FOUND, "no such kind");
    names_add(w, kind, value, view);
    for (size_t i = 0; i < json_array_size(conflicts); i++) {
        const Json  *one = json_array_get(conflicts, i);
        const Field *field;
        Json        *row = json_object_make(a);
        Str          pointer = json_get_text(one, "pointer");
        json_put_text(row, "label", pointer_words(w, kind, pointer, &field));
        json_put_text(row, "pointer", pointer);
        json_put_integer(row, "number", (int64_t)i);
        json_put_text(row, "theirs_value", side_text(a, json_get(one, "theirs")));
        json_put_text(row, "mine_value", side_text(a, json_get(one, "mine")));
        json_put_value(row, "base", side_make(w, kind, field, json_get(one, "base")));
        json_put_value(row, "theirs", side_make(w, kind, field, json_get(one, "theirs")));
        json_put_value(row, "mine", side_make(w, kind, field, json_get(one, "mine")));
        json_add_value(rows, row);
    }
    json_put_value(view, "rows", rows);
    return merged_add(w, kind, value, view, err);
}
