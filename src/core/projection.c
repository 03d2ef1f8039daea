/* From an entry to its keys, card, sort keys and search texts. */
#include "core/projection.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "text/collate.h"
#include "text/lang.h"

SetKey key_of(const char *what, Str value)
{
    return set_key((Str[]){ str_of(what), value }, 2);
}

SetKey key_of_link(Str path, Str target)
{
    return set_key((Str[]){ S("link"), path, target }, 3);
}

SetKey key_of_facet(Str kind, Str path, Str value)
{
    return set_key((Str[]){ S("facet"), kind, path, value }, 4);
}

SetKey key_of_has(Str kind, Str path)
{
    return set_key((Str[]){ S("has"), kind, path }, 3);
}

SetKey key_of_open(Str path, Str target)
{
    return set_key((Str[]){ S("open"), path, target }, 3);
}

Str link_target(Arena *a, const Kinds *kinds, const Field *field, Str value)
{
    if (id_is(value)) return value;
    for (size_t i = 0; i < field->link_kind_count; i++) {
        const Kind *kind = kind_find(kinds, field->link_kinds[i]);
        if (kind && kind->key_field.len) return str_join(a, (Str[]){ kind->name, S(":"), value }, 3);
    }
    return STR_NONE;
}

/* The text a facet or filter compares: of a date its year, of a number its digits. */
static Str facet_value(Arena *a, const Field *field, const Json *value)
{
    if (json_is_boolean(value)) return json_is_true(value) ? S("true") : S("false");
    if (json_is_integer(value)) return str_format(a, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value)) return str_format(a, "%.15g", json_real_value(value));
    Str text = json_text(value);
    return field->type == FIELD_DATE || field->type == FIELD_TIME ? str_take_first(text, 4) : text;
}

typedef struct {
    Arena   *arena, *scratch;
    FaceKey *keys;
    size_t   n, room;
} Keys;

static void add_key(Keys *keys, SetKey key, const Field *facet, Str value)
{
    if (keys->n == keys->room) {
        FaceKey *grown = arena_raw(keys->arena, (keys->room ? 2 * keys->room : 24) * sizeof *grown);
        if (keys->n) memcpy(grown, keys->keys, keys->n * sizeof *grown);
        keys->keys = grown;
        keys->room = keys->room ? 2 * keys->room : 24;
    }
    keys->keys[keys->n++] = (FaceKey){ key, facet, facet ? str_copy(keys->arena, value) : STR_NONE };
}

/* Is the value in a member ("/decisions/2/…") that has a status and is still open? */
static bool in_open_member(const Kind *kind, const Json *doc, const FieldValue *v)
{
    Cut          top = str_cut(v->field->path, '.');
    const Field *list = top.found ? kind_field(kind, top.head) : NULL;
    if (!list || !list->list || list->type != FIELD_GROUP) return false;
    bool has_status = false;
    for (size_t i = 0; i < list->field_count; i++) has_status |= str_eq_z(list->fields[i].name, "status");
    if (!has_status) return false;
    Str    rest = str_drop(v->pointer, 1 + top.head.len + 1);
    size_t len = v->pointer.len - rest.len + str_cut(rest, '/').head.len;
    Str    status = json_get_text(json_at(doc, str_take_first(v->pointer, len)), "status");
    return !str_eq_z(status, "completed") && !str_eq_z(status, "cancelled");
}

static void add_value_keys(Keys *keys, const Kinds *kinds, const Kind *kind, const Json *doc, const FieldValue *v)
{
    const Field *field = v->field;
    if (field->type == FIELD_LINK) {
        Str target = link_target(keys->scratch, kinds, field, json_text(v->value));
        if (!target.len) return;
        if (in_open_member(kind, doc, v)) add_key(keys, key_of_open(field->path, target), NULL, STR_NONE);
        add_key(keys, key_of_link(field->path, target), field->facet ? field : NULL, json_text(v->value));
        add_key(keys, key_of_link(S(""), target), NULL, STR_NONE);
    } else if (field->facet) {
        Str value = facet_value(keys->scratch, field, v->value);
        if (value.len) add_key(keys, key_of_facet(kind->name, field->path, value), field, value);
    }
}

static void add_has_keys(Keys *keys, const Kind *kind, const Json *doc)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const Field *f = &kind->fields[i];
        bool         told = f->list ? f->type == FIELD_GROUP : f->type == FIELD_TEXT && f->multiline;
        if (!told) continue;
        const Json *value = json_object_getn(doc, f->name.at, f->name.len);
        if (json_array_size(value) || json_object_size(value))
            add_key(keys, key_of_has(kind->name, f->path), NULL, STR_NONE);
    }
}

static bool is_placed(Arena *a, const Kind *kind, const Json *doc)
{
    FieldValue *places;
    return kind->place_field.len && kind_values(kind, a, doc, kind->place_field, &places) > 0;
}

static Date date_of(Arena *a, const Kind *kind, const Json *doc, Str path)
{
    FieldValue *values;
    Date        date = { 0 };
    if (path.len && kind_values(kind, a, doc, path, &values) > 0) date_read(json_text(values[0].value), &date);
    return date;
}

/* The first day on which a result is due that nobody has reported: of groups with an "end" and an "actual". */
static int32_t unreported_day(Arena *a, const Kind *kind, const Json *doc, const FieldValue *values, size_t n)
{
    const size_t end_len = strlen(".end");
    int32_t      first = START_NONE;
    for (size_t i = 0; i < n; i++) {
        Str  path = values[i].field->path, pointer = values[i].pointer;
        Date end;
        if (!str_ends(path, S(".end")) || !date_read(json_text(values[i].value), &end)) continue;
        Str group = str_take_first(path, path.len - end_len);
        if (!kind_field(kind, str_join(a, (Str[]){ group, S(".actual") }, 2))) continue;
        const Json *period = json_at(doc, str_take_first(pointer, pointer.len - end_len));
        if (!json_get(period, "actual") && date_days_last(end) < first) first = date_days_last(end);
    }
    return first;
}

/* A language of a text, also without script or region: zh-Hant is zh too. */
static void add_lang_key(Keys *keys, Str tag, Str *seen, size_t *seen_n, size_t most)
{
    for (Str lang = str_lower_ascii(keys->scratch, tag); lang.len;) {
        bool there = false;
        for (size_t i = 0; i < *seen_n; i++) there |= str_eq(seen[i], lang);
        if (!there && *seen_n < most) {
            seen[(*seen_n)++] = lang;
            add_key(keys, key_of("lang", lang), NULL, STR_NONE);
        }
        Cut cut = str_cut_last(lang, '-');
        lang = cut.found ? cut.head : STR_NONE;
    }
}

/* The languages of the texts that are searched. The names of a country are in all languages of the node. */
static void add_lang_keys(Keys *keys, const Kind *kind, const Str *langs, size_t lang_count, const FieldValue *values,
                          size_t n)
{
    Str    seen[32];
    size_t seen_n = 0, most = sizeof seen / sizeof *seen;
    for (size_t i = 0; i < n; i++) {
        const Field *field = values[i].field;
        if (!field->search_weight) continue;
        if (field->type == FIELD_COUNTRY && str_eq(field->path, kind->title_field))
            for (size_t k = 0; k < lang_count; k++) add_lang_key(keys, langs[k], seen, &seen_n, most);
        const char *lang;
        Json       *text;
        if (json_is_object(values[i].value))
            json_object_foreach(values[i].value, lang, text) if (json_text(text).len)
                add_lang_key(keys, str_of(lang), seen, &seen_n, most);
    }
}

static int32_t start_day(Arena *a, const Kind *kind, const Json *doc)
{
    FieldValue *values;
    Date        date;
    int64_t     at_ms;
    if (!kind->start_field.len || kind_values(kind, a, doc, kind->start_field, &values) == 0) return START_NONE;
    Str text = json_text(values[0].value);
    if (date_read(text, &date)) return date_days(date);
    if (time_read(text, &at_ms)) return (int32_t)(at_ms >= 0 ? at_ms / 86400000 : -((86399999 - at_ms) / 86400000));
    return START_NONE;
}

static Str title_key(Arena *a, Str card, const Str *langs, size_t lang_count, const Json *names)
{
    CardText *texts;
    Str       first = lang_count ? langs[0] : S("en");
    size_t    n = card_texts(a, card, 'C', &texts);
    Str       title = n ? country_name(a, names, texts[0].text, first) : STR_NONE;
    if (!n && (n = card_texts(a, card, 'T', &texts))) {
        Str *have = NEW_ARRAY(a, Str, n);
        for (size_t i = 0; i < n; i++) have[i] = texts[i].lang;
        title = texts[lang_pick(first, langs, lang_count, have, n)].text;
    }
    return str_take_first(collate_key(a, str_take_first(title, 160), S("")), TITLE_KEY_MAX);
}

typedef struct {
    SearchText *texts;
    size_t      n, room;
} Texts;

static void add_text(Arena *a, Texts *t, Str text, Str lang, int weight)
{
    if (!text.len) return;
    if (t->n == t->room) {
        SearchText *grown = NEW_ARRAY(a, SearchText, t->room ? 2 * t->room : 16);
        if (t->n) memcpy(grown, t->texts, t->n * sizeof *grown);
        t->texts = grown;
        t->room = t->room ? 2 * t->room : 16;
    }
    t->texts[t->n++] = (SearchText){ text, lang, weight };
}

static void add_value_texts(Arena *a, Texts *t, const Str *langs, size_t lang_count, const Json *names,
                            const FieldValue *v)
{
    int weight = v->field->search_weight;
    if (json_is_object(v->value)) {
        const char *lang;
        Json       *text;
        json_object_foreach(v->value, lang, text) add_text(a, t, json_text(text), str_of(lang), weight);
        return;
    }
    Str text = json_text(v->value);
    add_text(a, t, text, S(""), weight);
    if (v->field->type == FIELD_COUNTRY)
        for (size_t i = 0; i < lang_count; i++)
            add_text(a, t, country_name(a, names, text, langs[i]), langs[i], weight);
}

static Texts texts_of(Arena *a, const Str *langs, size_t lang_count, const Json *names, const FieldValue *values,
                      size_t n)
{
    Texts texts = { 0 };
    for (size_t i = 0; i < n; i++)
        if (values[i].field->search_weight > 0) add_value_texts(a, &texts, langs, lang_count, names, &values[i]);
    return texts;
}

size_t projection_texts(Arena *a, const Kind *kind, const Str *langs, size_t lang_count, const Json *names,
                        const Json *doc, SearchText **out)
{
    FieldValue *values;
    size_t      n = kind_all_values(kind, a, doc, &values);
    Texts       texts = texts_of(a, langs, lang_count, names, values, n);
    *out = texts.texts;
    return texts.n;
}

/* The envelope with texts that live in `a`. */
static Envelope envelope_copy(Arena *a, const Envelope *from)
{
    Envelope e = *from;
    Str     *texts[] = { &e.id, &e.kind, &e.slug, &e.owner, &e.audience, &e.state, &e.author, &e.note };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = str_copy(a, *texts[i]);
    e.parents = NEW_ARRAY(a, Str, e.parent_count);
    for (size_t i = 0; i < e.parent_count; i++) e.parents[i] = str_copy(a, from->parents[i]);
    return e;
}

static void project_doc(Arena *a, Arena *scratch, const Kinds *kinds, const Str *langs, size_t lang_count,
                        const Json *names, const Json *doc, bool with_search, Projection *p)
{
    FieldValue *values;
    size_t      n = kind_all_values(p->kind, scratch, doc, &values);
    Keys        keys = { .arena = a, .scratch = scratch };
    add_key(&keys, key_of("live", S("")), NULL, STR_NONE);
    add_key(&keys, key_of("kind", p->envelope.kind), NULL, STR_NONE);
    add_key(&keys, key_of("token", p->token), NULL, STR_NONE);
    add_key(&keys, key_of("owner", p->envelope.owner), NULL, STR_NONE);
    add_key(&keys, key_of("state", p->envelope.state), NULL, STR_NONE);
    for (size_t i = 0; i < n; i++) add_value_keys(&keys, kinds, p->kind, doc, &values[i]);
    add_lang_keys(&keys, p->kind, langs, lang_count, values, n);
    add_has_keys(&keys, p->kind, doc);
    if (is_placed(scratch, p->kind, doc))
        add_key(&keys, key_of_has(p->kind->name, p->kind->place_field), NULL, STR_NONE);
    p->keys = keys.keys;
    p->key_count = keys.n;
    p->card = str_copy(a, card_make(scratch, p->kind, doc));
    p->title_key = str_copy(a, title_key(scratch, p->card, langs, lang_count, names));
    p->start_day = start_day(scratch, p->kind, doc);
    p->start = date_of(scratch, p->kind, doc, p->kind->start_field);
    p->end = date_of(scratch, p->kind, doc, p->kind->end_field);
    p->status = str_copy(a, json_get_text(doc, "status"));
    p->unreported = unreported_day(scratch, p->kind, doc, values, n);
    if (with_search) {
        Texts texts = texts_of(scratch, langs, lang_count, names, values, n);
        p->search = search_doc_make(a, texts.texts, texts.n);
    }
}

bool projection_begin(Arena *a, Arena *scratch, const Kinds *kinds, const Envelope *envelope, const Json *doc,
                      Projection *out, Err *err)
{
    FieldValue *values;
    Projection  p = { .start_day = START_NONE, .unreported = START_NONE, .kind = kind_find(kinds, envelope->kind) };
    if (!p.kind)
        return fail(err, ERR_INVALID, "record %.*s is of kind \"%.*s\", and there is no such file in kinds/",
                    STR_ARG(envelope->id), STR_ARG(envelope->kind));
    if (!state_read(envelope->state, &p.state))
        return fail(err, ERR_CORRUPT, "record %.*s has an unknown state", STR_ARG(envelope->id));
    p.envelope = a == scratch ? *envelope : envelope_copy(a, envelope);
    p.token = str_copy(a, audience_token(scratch, envelope->audience, envelope->owner, p.state < STATE_PUBLISHED));
    if (p.state != STATE_WITHDRAWN && p.kind->key_field.len &&
        kind_values(p.kind, scratch, doc, p.kind->key_field, &values) > 0)
        p.key_name = str_join(a, (Str[]){ S("="), json_text(values[0].value) }, 2);
    *out = p;
    return true;
}

void projection_finish(Arena *a, Arena *scratch, const Kinds *kinds, const Str *langs, size_t lang_count,
                       const Json *names, const Json *doc, bool with_search, Projection *p)
{
    if (p->state != STATE_WITHDRAWN)
        project_doc(a, scratch, kinds, langs, lang_count, names, doc, with_search, p);
}

bool projection_make(Arena *a, Arena *scratch, const Kinds *kinds, const Str *langs, size_t lang_count,
                     const Json *names, const Envelope *envelope, Str body, Json *doc, bool with_search,
                     Projection *out, Err *err)
{
    if (!doc && !json_read(scratch, body, &doc, err)) return false;
    if (!projection_begin(a, scratch, kinds, envelope, doc, out, err)) return false;
    projection_finish(a, scratch, kinds, langs, lang_count, names, doc, with_search, out);
    return true;
}
