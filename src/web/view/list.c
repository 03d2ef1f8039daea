/* Lists and search results. */
#include "text/lang.h"
#include "web/view/tools.h"

static void mark_add(const ViewWork *w, Json *chosen, Str label, Str text, Str url)
{
    Json *mark = json_object_make(w->req->arena);
    json_put_text(mark, "label", label);
    json_put_text(mark, "text", text);
    json_put_text(mark, "url", url);
    json_add_value(chosen, mark);
}

/* How they stand today: late first. It is not counted, for it changes with the day. */
static void stands_add(const ViewWork *w, const Kind *kind, Json *facets, Json *chosen)
{
    Arena             *a = w->req->arena;
    const char *const *states;
    size_t             n = kind ? stands_offered(kind, &states) : 0;
    Json              *group = json_object_make(a), *values = json_array_make(a);
    bool               any = false;
    if (!n) return;
    json_put_text(group, "label", words(w, "list.stands"));
    for (size_t i = 0; i < n; i++) {
        Json *one = json_object_make(a);
        Str   name = str_of(states[i]), url = question_url(w, "stands", name, true);
        Str   text = words(w, str_format(a, "progress.%.*s", STR_ARG(name)).at);
        bool  on = stands_chosen(w->req, states[i]);
        json_put_text(one, "text", text);
        json_put_text(one, "url", url);
        json_put_bool(one, "chosen", on);
        json_add_value(values, one);
        if (on) mark_add(w, chosen, json_get_text(group, "label"), text, url);
        any = any || on;
    }
    json_put_value(group, "values", values);
    json_put_bool(group, "open", any);
    json_array_insert(facets, 0, group);
}

/* Filters that no facet shows, such as the record that all must link to. */
static void others_add(const ViewWork *w, const Kind *kind, const Json *facets, Json *chosen)
{
    Arena *a = w->req->arena;
    for (size_t i = 0; i < w->req->query_count; i++) {
        Pair         p = w->req->query[i];
        const Field *field = kind_field(kind, p.name);
        bool         shown = false, links = str_eq_z(p.name, "links");
        Card         card;
        Err          err;
        for (size_t k = 0; k < json_array_size(facets); k++)
            shown = shown || str_eq(json_get_text(json_array_get(facets, k), "field"), p.name);
        if (shown || !p.value.len || !(links || field)) continue;
        Str text = card_read(w->snapshot, a, p.value, &card, &err) ? card.title : p.value;
        if (field && field->type == FIELD_CHOICE) text = choice_word(w, kind, field, p.value);
        mark_add(w, chosen, links ? words(w, "list.links") : field_word(w, kind, field), text,
                 question_url(w, str_z(a, p.name), p.value, true));
    }
}

/* Facets with labels, counts in words and the address that chooses or leaves each value. */
static Json *facets_make(const ViewWork *w, const Kind *kind, const Json *facets, Json *chosen)
{
    Arena *a = w->req->arena;
    Json  *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(facets); i++) {
        const Json  *facet = json_array_get(facets, i);
        Str          name = json_get_text(facet, "field");
        const Field *field = kind ? kind_field(kind, name) : NULL;
        Json        *values = json_get(facet, "values"), *shown = json_array_make(a);
        Str          label = field                    ? field_word(w, kind, field)
                             : str_eq_z(name, "kind") ? words(w, "list.kind")
                             : str_eq_z(name, "lang") ? words(w, "list.lang")
                                                      : name;
        bool         any = false;
        for (size_t v = 0; v < json_array_size(values); v++) {
            const Json *value = json_array_get(values, v);
            Str         key = json_get_text(value, "value"), text = json_get_text(value, "label");
            if (field && field->type == FIELD_CHOICE) text = choice_word(w, kind, field, key);
            bool is_lang = str_eq_z(name, "lang"); /* one at a time */
            if (str_eq_z(name, "kind")) text = kind_word(w, key, true);
            if (is_lang) text = lang_name(a, key, w->req->lang);
            Json *one = json_object_make(a);
            bool  on = json_get_bool(value, "chosen");
            json_put_text(one, "text", text.len ? text : key);
            json_put_text(one, "count", number_text(a, (double)json_get_integer(value, "count", 0), 0, w->req->lang));
            Str url = question_url(w, str_z(a, name), is_lang && on ? STR_NONE : key, !is_lang);
            json_put_text(one, "url", url);
            json_put_bool(one, "chosen", on);
            any = any || on;
            if (on) mark_add(w, chosen, label, text.len ? text : key, url);
            json_add_value(shown, one);
        }
        if (json_array_size(shown) < 2 && !any) continue;
        Json *group = json_object_make(a);
        json_put_text(group, "label", label);
        json_put_value(group, "values", shown);
        json_put_bool(group, "open", any);
        json_add_value(out, group);
    }
    return out;
}

/* Whether an excerpt says anything beyond the title: it is HTML, its marks and escapes left aside. */
static bool says_more(Arena *a, Str excerpt, Str title)
{
    Buf *escaped = buf_open(a), *plain = buf_open(a);
    buf_put_html(escaped, title);
    for (Str rest = excerpt; rest.len;) {
        size_t skip = str_starts(rest, S("<mark>")) ? 6 : str_starts(rest, S("</mark>")) ? 7
                                                                                         : 0;
        if (!skip) buf_put_byte(plain, rest.at[0]);
        rest = str_drop(rest, skip ? skip : 1);
    }
    return !str_eq(buf_str(plain), buf_str(escaped));
}

/* `kinds`: rows say of which kind they are. */
static bool rows_of_items(const ViewWork *w, const Json *items, bool kinds, Json **out)
{
    Arena *a = w->req->arena;
    Record r;
    Err    err;
    *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const Json *item = json_array_get(items, i);
        if (!record_read_id(w->snapshot, a, json_get_text(item, "id"), &r, &err)) continue;
        Json *row = row_make(w, &r, true);
        Str   excerpt = json_get_text(item, "excerpt");
        if (excerpt.len && says_more(a, excerpt, json_get_text(row, "text"))) json_put_text(row, "excerpt", excerpt);
        if (kinds) json_put_text(row, "of_kind", json_get_text(row, "kind_label"));
        json_add_value(*out, row);
    }
    return true;
}

static void sorts_add(const ViewWork *w, const Kind *kind, Json *view)
{
    static const char *const sorts[] = { "title", "-start", "start", "-updated" };
    Str                      now = query_get(w->req, "sort");
    Json                    *out = json_array_make(w->req->arena);
    if (!now.len) now = query_get(w->req, "q").len ? S("") : kind ? kind->default_sort
                                                                  : S("");
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        if (str_has(str_of(sorts[i]), S("start")) && !(kind && kind->start_field.len)) continue;
        Json *one = json_object_make(w->req->arena);
        json_put_text(one, "text", words(w, str_format(w->req->arena, "sort.%s", sorts[i]).at));
        json_put_text(one, "url", question_url(w, "sort", str_of(sorts[i]), false));
        json_put_bool(one, "chosen", str_eq_z(now, sorts[i]));
        json_add_value(out, one);
    }
    json_put_value(view, "sorts", out);
}

static void answer_add(const ViewWork *w, const Kind *kind, const Json *value, Json *view)
{
    Arena *a = w->req->arena;
    Json  *rows, *chosen = json_array_make(a);
    rows_of_items(w, json_get(value, "items"), !kind, &rows);
    json_put_value(view, "rows", rows);
    Json *facets = facets_make(w, kind, json_get(value, "facets"), chosen);
    bool  search = str_eq(w->req->path, S("/search"));
    if (!search) stands_add(w, kind, facets, chosen);
    if (!search) others_add(w, kind, json_get(value, "facets"), chosen);
    json_put_value(view, "facets", facets);
    json_put_value(view, "chosen", chosen);
    json_put_bool(view, "narrowed", json_array_size(chosen) > 0 || query_get(w->req, "q").len > 0);
    json_put_text(view, "count", words_count(w, "list.count", (uint64_t)json_get_integer(value, "total", 0)));
    if (json_get_bool(value, "near")) json_put_text(view, "near", words(w, "search.near"));
    json_put_text(view, "q", query_get(w->req, "q"));
    json_put_text(view, "clear", w->req->path);
    Str next = json_get_text(value, "next");
    if (next.len) json_put_text(view, "next_url", question_url(w, "after", next, false));
    if (query_get(w->req, "after").len) json_put_text(view, "first_url", question_url(w, "after", S(""), false));
    /* The chosen filters go along when the words change. */
    Json *hidden = json_array_make(a);
    for (size_t i = 0; i < w->req->query_count; i++) {
        Pair p = w->req->query[i];
        if (str_eq_z(p.name, "q") || str_eq_z(p.name, "after") || (kind && str_eq_z(p.name, "lang")) || !p.value.len)
            continue;
        Json *one = json_object_make(a);
        json_put_text(one, "name", p.name);
        json_put_text(one, "value", p.value);
        json_add_value(hidden, one);
    }
    json_put_value(view, "hidden", hidden);
}

bool view_list(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Str         name = json_get_text(value, "kind");
    const Kind *kind = kind_find(view_kinds(w), name);
    if (!kind) return fail(err, ERR_NOT_FOUND, "no such kind");
    answer_add(w, kind, value, view);
    sorts_add(w, kind, view);
    Str query = question_url(w, "after", S(""), false);
    json_put_value(view, "formats", formats_shown(w, kind, NULL, w->req->path, str_drop(query, w->req->path.len)));
    json_put_text(view, "kind_label", kind_word(w, name, false));
    json_put_text(view, "kind_plural", kind_word(w, name, true));
    json_put_text(view, "about", words(w, str_format(w->req->arena, "about.%.*s", STR_ARG(name)).at));
    json_put_text(view, "url", str_format(w->req->arena, "/%.*s", STR_ARG(name)));
    json_put_bool(view, "is_meeting", str_eq_z(name, "meeting"));
    json_put_bool(view, "is_dataset", str_eq_z(name, "dataset"));
    bool editor = false;
    for (size_t i = 0; i < w->req->reader.membership_count; i++)
        editor = editor || may_edit(&w->req->reader, w->req->reader.memberships[i].organisation);
    json_put_bool(view, "may_create", editor);
    return true;
}

bool view_search(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)err;
    const Kind *kind = kind_find(view_kinds(w), query_get(w->req, "kind"));
    answer_add(w, kind, value, view);
    json_put_bool(view, "asked", query_get(w->req, "q").len > 0);
    return true;
}
