/* The form of a record, made from its kind. What comes back from it is read by form_read.c.

   Every field is an object that a template draws: "partial" names it (field-text, field-texts, …); "name" is
   the JSON Pointer its value goes to; lists carry "items" and the pointers that add and remove. */
#include <string.h>

#include "text/lang.h"
#include "web/site.h"
#include "web/view/tools.h"

typedef struct {
    const ViewWork *w;
    const Kind     *kind;
    const Json     *problems;
    int             id; /* of the next input */
} Form;

static Arena *arena_of(const Form *f)
{
    return f->w->req->arena;
}

static Json *form_field(Form *f, const Field *field, const Json *value, Str name, bool in_list, int depth);

/* The input that a problem is about, so that the list at the top leads there. */
static void problem_place(Json *problem, Str id, Str label)
{
    json_put_text(problem, "input", id);
    json_put_text(problem, "label", label);
}

/* The sentences about this place. */
static void problems_add_to(Form *f, Json *out, Str name, Str label)
{
    Json *list = json_array_make(arena_of(f));
    for (size_t i = 0; i < json_array_size(f->problems); i++) {
        Json *problem = json_array_get(f->problems, i);
        if (!str_eq(json_get_text(problem, "pointer"), name)) continue;
        json_add_text(list, json_get_text(problem, "detail"));
        problem_place(problem, json_get_text(out, "id"), label);
    }
    json_put_value(out, "problems", list);
    json_put_bool(out, "wrong", json_array_size(list) > 0);
}

static Json *field_start(Form *f, const Field *field, Str name, const char *partial)
{
    Json *out = json_object_make(arena_of(f));
    json_put_text(out, "partial", str_of(partial));
    json_put_text(out, "name", name);
    json_put_text(out, "id", str_format(arena_of(f), "f%d", f->id++));
    json_put_text(out, "label", field_word(f->w, f->kind, field));
    json_put_bool(out, "required", field->required);
    problems_add_to(f, out, name, field_word(f->w, f->kind, field));
    return out;
}

/* One input a language: those of the interface, those the text has, and for the main texts those of the region. */
static Json *form_texts(Form *f, const Field *field, const Json *value, Str name, int depth)
{
    static const Str region[] = { S_INIT("id"), S_INIT("ms"), S_INIT("vi"), S_INIT("lo"), S_INIT("km"),
                                  S_INIT("my"), S_INIT("fil"), S_INIT("ta"), S_INIT("ru"), S_INIT("ja"),
                                  S_INIT("ko"), S_INIT("fr"), S_INIT("pt") };
    Arena           *a = arena_of(f);
    Json            *out = field_start(f, field, name, "field-texts"), *shown = json_array_make(a),
         *more = json_array_make(a);
    const Site *site = f->w->req->site;
    Str         seen[80];
    size_t      count = 0;
    const char *lang;
    Json       *text;
    /* Of the interface's languages the writer's own comes first. */
    for (int own = 1; own >= 0; own--)
        for (size_t i = 0; i < site->language_count && count < 40; i++)
            if (str_eq(site->languages[i], f->w->req->lang) == own) seen[count++] = site->languages[i];
    if (json_is_object(value)) json_object_foreach((Json *)value, lang, text)
        {
            bool there = false;
            for (size_t i = 0; i < count; i++) there = there || str_eq_z(seen[i], lang);
            if (!there && count < 60) seen[count++] = str_of(lang);
        }
    size_t always = count;
    for (size_t i = 0; depth == 0 && i < sizeof region / sizeof *region; i++) {
        bool there = false;
        for (size_t k = 0; k < count; k++) there = there || str_eq(seen[k], region[i]);
        if (!there) seen[count++] = region[i];
    }
    for (size_t i = 0; i < count; i++) {
        Json *one = json_object_make(a);
        Str   at = json_pointer_add(a, name, seen[i]);
        json_put_text(one, "lang", seen[i]);
        json_put_text(one, "dir", lang_rtl(seen[i]) ? S("rtl") : S("ltr"));
        json_put_text(one, "language", lang_name(a, seen[i], f->w->req->lang));
        json_put_text(one, "name", at);
        json_put_text(one, "id", str_format(a, "f%d", f->id++));
        json_put_text(one, "value",
                      json_is_object(value) ? json_text(json_object_get(value, str_z(a, seen[i]))) : STR_NONE);
        json_put_bool(one, "long", field->multiline);
        problems_add_to(f, one, at, note_join(f->w, field_word(f->w, f->kind, field), json_get_text(one, "language")));
        json_add_value(i < always ? shown : more, one);
    }
    json_put_value(out, "texts", shown);
    json_put_value(out, "more", more);
    json_put_bool(out, "any_more", json_array_size(more) > 0);
    return out;
}

static Json *form_choice(Form *f, const Field *field, const Json *value, Str name)
{
    Json *out = field_start(f, field, name, "field-choice"), *options = json_array_make(arena_of(f));
    json_add_value(options, option_shown(f->w, S(""), words(f->w, "form.none"), !json_text(value).len));
    for (size_t i = 0; i < field->choice_count; i++)
        json_add_value(options, option_shown(f->w, field->choices[i],
                                             choice_word(f->w, f->kind, field, field->choices[i]),
                                             str_eq(json_text(value), field->choices[i])));
    json_put_value(out, "options", options);
    return out;
}

static Json *form_bool(Form *f, const Field *field, const Json *value, Str name)
{
    Json *out = field_start(f, field, name, "field-choice"), *options = json_array_make(arena_of(f));
    json_add_value(options, option_shown(f->w, S(""), words(f->w, "form.none"), !json_is_boolean(value)));
    json_add_value(options, option_shown(f->w, S("true"), words(f->w, "value.yes"), json_is_true(value)));
    json_add_value(options, option_shown(f->w, S("false"), words(f->w, "value.no"), json_is_false(value)));
    json_put_value(out, "options", options);
    return out;
}

/* Several of a fixed set: a box each. */
static Json *form_choices(Form *f, const Field *field, const Json *value, Str name)
{
    Json *out = field_start(f, field, name, "field-choices"), *options = json_array_make(arena_of(f));
    for (size_t i = 0; i < field->choice_count; i++) {
        bool on = false;
        for (size_t k = 0; k < json_array_size(value); k++)
            on = on || str_eq(json_text(json_array_get(value, k)), field->choices[i]);
        Json *one = option_shown(f->w, field->choices[i], choice_word(f->w, f->kind, field, field->choices[i]), on);
        json_put_text(one, "id", str_format(arena_of(f), "f%d", f->id++));
        json_add_value(options, one);
    }
    json_put_value(out, "options", options);
    return out;
}

/* The record that an id, a key or a slug stands for. */
static bool target_card(Form *f, const Field *field, Str target, Card *out)
{
    Arena *a = arena_of(f);
    Record r;
    Err    ignored;
    if (card_read(f->w->snapshot, a, target, out, &ignored)) return true;
    for (size_t i = 0; i < field->link_kind_count; i++) {
        if (!record_read(f->w->snapshot, a, field->link_kinds[i], target, &r, &ignored)) continue;
        card_of(f->w->snapshot, a, &r, out);
        return true;
    }
    return false;
}

/* A link holds an id; people see a title. The input shows a slug, and takes an id or what the picker puts
   there too. */
static Json *form_link(Form *f, const Field *field, const Json *value, Str name)
{
    Arena *a = arena_of(f);
    Json  *out = field_start(f, field, name, "field-link");
    Str    target = json_text(value), kinds = STR_NONE;
    Card   card;
    for (size_t i = 0; i < field->link_kind_count; i++)
        kinds = kinds.len ? str_format(a, "%.*s,%.*s", STR_ARG(kinds), STR_ARG(field->link_kinds[i]))
                          : field->link_kinds[i];
    json_put_text(out, "kinds", kinds);
    json_put_text(out, "kinds_label", field->link_kind_count ? kind_word(f->w, field->link_kinds[0], true) : STR_NONE);
    json_put_text(out, "kinds_url",
                  field->link_kind_count ? str_format(a, "/%.*s", STR_ARG(field->link_kinds[0])) : STR_NONE);
    json_put_text(out, "value", target);
    if (!target.len || !target_card(f, field, target, &card)) return out;
    json_put_value(out, "target", shown_card(f->w, &card));
    const Kind *kind = kind_find(view_kinds(f->w), card.kind);
    if (kind && !kind->key_field.len && card.slug.len) json_put_text(out, "value", card.slug);
    return out;
}

static Json *form_scalar(Form *f, const Field *field, const Json *value, Str name)
{
    Json *out = field_start(f, field, name, "field-input");
    Str   text = json_text(value), type = S("text"), hint = STR_NONE;
    if (json_is_number(value)) text = json_write(arena_of(f), value);
    if (field->type == FIELD_NUMBER || field->type == FIELD_INTEGER) json_put_bool(out, "number", true);
    if (field->type == FIELD_URL) type = S("url");
    if (field->type == FIELD_DATE) hint = words(f->w, "form.date-hint");
    if (field->type == FIELD_TIME) hint = words(f->w, "form.time-hint");
    if (field->type == FIELD_LANGUAGE) hint = words(f->w, "form.language-hint");
    if (field->type == FIELD_COUNTRY) hint = words(f->w, "form.country-hint");
    json_put_text(out, "type", type);
    json_put_text_if(out, "hint", hint);
    Str id = json_get_text(out, "id");
    json_put_text(out, "described",
                  str_format(arena_of(f), "%.*s%s%.*s%s", STR_ARG(hint.len ? id : STR_NONE), hint.len ? "-hint " : "",
                             STR_ARG(json_is_true(json_get(out, "wrong")) ? id : STR_NONE),
                             json_is_true(json_get(out, "wrong")) ? "-problem" : ""));
    json_put_text_if(out, "unit", field->unit);
    json_put_text(out, "value", text);
    json_put_bool(out, "long", field->multiline && field->type == FIELD_STRING);
    return out;
}

static Json *form_place(Form *f, const Field *field, const Json *value, Str name)
{
    static const char *const members[] = { "lat", "lon" };
    Json                    *out = field_start(f, field, name, "field-group"), *fields = json_array_make(arena_of(f));
    for (size_t i = 0; i < 2; i++) {
        Str   at = json_pointer_add(arena_of(f), name, str_of(members[i]));
        Json *one = json_object_make(arena_of(f));
        Json *number = json_get(value, members[i]);
        json_put_text(one, "partial", S("field-input"));
        json_put_text(one, "type", S("text"));
        json_put_bool(one, "number", true);
        json_put_text(one, "name", at);
        json_put_text(one, "id", str_format(arena_of(f), "f%d", f->id++));
        json_put_text(one, "label", words(f->w, i ? "field.lon" : "field.lat"));
        json_put_text(one, "value",
                      number ? json_is_string(number) ? json_text(number) : json_write(arena_of(f), number) : STR_NONE);
        problems_add_to(f, one, at, json_get_text(one, "label"));
        json_add_value(fields, one);
    }
    json_put_value(out, "fields", fields);
    return out;
}

static Json *form_group(Form *f, const Field *field, const Json *value, Str name, int depth)
{
    Arena *a = arena_of(f);
    Json  *out = field_start(f, field, name, "field-group"), *fields = json_array_make(a);
    for (size_t i = 0; i < field->field_count; i++) {
        const Field *member = &field->fields[i];
        Str          at = json_pointer_add(a, name, member->name);
        const Json  *inner = json_is_object(value) ? json_object_get(value, str_z(a, member->name)) : NULL;
        if (str_eq_z(member->name, "id")) {
            /* The key by which edits of different members merge: kept, not shown. */
            json_put_text(out, "key_name", at);
            json_put_text(out, "key", json_text(inner));
            continue;
        }
        json_add_value(fields, form_field(f, member, inner, at, false, depth + 1));
    }
    json_put_value(out, "fields", fields);
    return out;
}

static Json *form_list(Form *f, const Field *field, const Json *value, Str name, int depth)
{
    Arena *a = arena_of(f);
    if (field->type == FIELD_CHOICE && field->choice_count <= 20) return form_choices(f, field, value, name);
    Json  *out = field_start(f, field, name, "field-list"), *items = json_array_make(a);
    size_t n = json_array_size(value);
    for (size_t i = 0; i < n; i++) {
        Str   at = json_pointer_add_index(a, name, i);
        Json *item = form_field(f, field, json_array_get(value, i), at, true, depth + 1);
        json_put_text(item, "label",
                      str_format(a, "%.*s %.*s", STR_ARG(field_word(f->w, f->kind, field)),
                                 STR_ARG(number_text(a, (double)i + 1, 0, f->w->req->lang))));
        json_put_text(item, "remove", at);
        json_add_value(items, item);
    }
    json_put_value(out, "items", items);
    json_put_text(out, "add", name);
    json_put_bool(out, "simple", field->type != FIELD_GROUP && field->type != FIELD_TEXT);
    return out;
}

static Json *form_field(Form *f, const Field *field, const Json *value, Str name, bool in_list, int depth)
{
    if (field->list && !in_list) return form_list(f, field, value, name, depth);
    switch (field->type) {
    case FIELD_TEXT: return form_texts(f, field, value, name, depth);
    case FIELD_CHOICE: return form_choice(f, field, value, name);
    case FIELD_BOOL: return form_bool(f, field, value, name);
    case FIELD_LINK: return form_link(f, field, value, name);
    case FIELD_PLACE: return form_place(f, field, value, name);
    case FIELD_GROUP: return form_group(f, field, value, name, depth);
    default: return form_scalar(f, field, value, name);
    }
}

/* What stands at the top of the form: each problem with the place it is about. */
static void summary_add(Form *f, Json *view)
{
    Json *list = json_array_make(arena_of(f));
    for (size_t i = 0; i < json_array_size(f->problems); i++) json_add_value(list, json_array_get(f->problems, i));
    json_put_value(view, "problems", list);
    json_put_text(view, "problem_count", words_count(f->w, "form.problems", json_array_size(list)));
}

/* Is a field, or something in it, what was just added to, taken from or found wrong? */
static bool worked_on(const Form *f, Str name)
{
    Str below = str_format(arena_of(f), "%.*s/", STR_ARG(name));
    Str places[] = { form_get(f->w->req, "add"), form_get(f->w->req, "remove") };
    for (size_t i = 0; i < 2; i++)
        if (str_eq(places[i], name) || str_starts(places[i], below)) return true;
    for (size_t i = 0; i < json_array_size(f->problems); i++) {
        Str at = json_get_text(json_array_get(f->problems, i), "pointer");
        if (str_eq(at, name) || str_starts(at, below)) return true;
    }
    return false;
}

bool view_form(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Kind *kind = kind_find(view_kinds(w), json_get_text(value, "kind"));
    const Json *doc = json_get(value, "doc");
    if (!kind) return fail(err, ERR_NOT_FOUND, "no such kind");
    Form  f = { w, kind, json_get(value, "problems"), 1 };
    Json *fields = json_array_make(a), *first = json_array_make(a);
    bool  further = false;
    for (size_t i = 0; i < kind->field_count; i++) {
        const Field *field = &kind->fields[i];
        if (field->read_only) continue;
        Json *one = form_field(&f, field, json_is_object(doc) ? json_object_get(doc, str_z(a, field->name)) : NULL,
                               json_pointer_add(a, S(""), field->name), false, 0);
        bool  main = field->required || str_eq(field->path, kind->title_field) ||
                    str_eq(field->path, kind->summary_field) || field->facet ||
                    str_eq(field->path, kind->start_field) || str_eq(field->path, kind->end_field);
        json_add_value(main ? first : fields, one);
        further = further || (!main && worked_on(&f, json_get_text(one, "name")));
    }
    json_put_value(view, "first", first);
    json_put_bool(view, "further_open", further);
    json_put_value(view, "fields", fields);
    json_put_text(view, "kind_label", kind_word(w, kind->name, false));
    json_put_text(view, "kind_plural", kind_word(w, kind->name, true));
    json_put_text(view, "kind_url", str_format(a, "/%.*s", STR_ARG(kind->name)));
    summary_add(&f, view);
    Json *title = shown_text(w, value_at(doc, kind->title_field));
    if (title) json_put_value(view, "title", title);

    Str  slug = json_get_text(value, "slug"), owner = json_get_text(value, "owner");
    bool is_new = !json_get_text(value, "id").len;
    json_put_bool(view, "is_new", is_new);
    json_put_text(view, "back",
                  is_new ? str_format(a, "/%.*s", STR_ARG(kind->name)) : record_url(a, kind->name, slug));
    json_put_text(view, "action",
                  is_new ? str_format(a, "/%.*s/new", STR_ARG(kind->name))
                         : str_join(a, (Str[]){ record_url(a, kind->name, slug), S("/edit") }, 2));
    const Reader *reader = &w->req->reader;
    bool          publish;
    Json         *owners = owners_shown(w, owner, &publish), *audiences;
    if (!is_new) publish = may_publish(reader, owner);
    json_put_value(view, "owners", owners);
    json_put_bool(view, "may_publish", publish);
    if (!audiences_shown(w, json_get_text(value, "audience"), &audiences, err)) return false;
    json_put_value(view, "audiences", audiences);
    return true;
}
