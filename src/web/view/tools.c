/* What the views share. See view/tools.h. */
#include "web/site.h"
#include "web/view/tools.h"

#include <string.h>

#include "text/lang.h"

static Arena *arena_of(const ViewWork *w)
{
    return w->req->arena;
}

Str words(const ViewWork *w, const char *key)
{
    return message(w->messages, arena_of(w), w->req->lang, str_of(key), NULL);
}

Str words_with(const ViewWork *w, const char *key, const char *name, Str value)
{
    Json *args = json_object_make(arena_of(w));
    json_put_text(args, name, value);
    return message(w->messages, arena_of(w), w->req->lang, str_of(key), args);
}

Str words_map_source(const ViewWork *w)
{
    Str source = json_get_text(w->req->site->map, "source");
    return source.len ? words_with(w, "map.source", "source", source) : STR_NONE;
}

Str words_count(const ViewWork *w, const char *key, uint64_t n)
{
    Json *args = json_object_make(arena_of(w));
    json_put_integer(args, "n", (int64_t)n);
    return message(w->messages, arena_of(w), w->req->lang, str_of(key), args);
}

/* The first of the keys there is a message for; else `otherwise`. */
static Str words_first(const ViewWork *w, const Str *keys, size_t n, Str otherwise)
{
    for (size_t i = 0; i < n; i++)
        if (messages_has(w->messages, S("en"), keys[i]))
            return message(w->messages, arena_of(w), w->req->lang, keys[i], NULL);
    return otherwise;
}

const Kinds *view_kinds(const ViewWork *w)
{
    return node_kinds(w->req->node);
}

Str kind_word(const ViewWork *w, Str kind, bool plural)
{
    const Kind *k = kind_find(view_kinds(w), kind);
    Str         key = str_format(arena_of(w), "kind.%.*s%s", STR_ARG(kind), plural ? ".plural" : "");
    return words_first(w, &key, 1, k ? k->title : kind);
}

Str field_word(const ViewWork *w, const Kind *kind, const Field *field)
{
    Arena *a = arena_of(w);
    Str    keys[] = { str_format(a, "field.%.*s.%.*s", STR_ARG(kind->name), STR_ARG(field->path)),
                      str_format(a, "field.%.*s", STR_ARG(field->name)) };
    return words_first(w, keys, 2, field->title.len ? field->title : field->name);
}

Str country_word(const ViewWork *w, Str alpha2)
{
    return country_name(arena_of(w), node_country_names(w->req->node), alpha2, w->req->lang);
}

Str choice_word(const ViewWork *w, const Kind *kind, const Field *field, Str value)
{
    Arena *a = arena_of(w);
    Str    keys[] = { str_format(a, "choice.%.*s.%.*s.%.*s", STR_ARG(kind->name), STR_ARG(field->path), STR_ARG(value)),
                      str_format(a, "choice.%.*s", STR_ARG(value)) };
    return words_first(w, keys, 2, value);
}

const Json *value_at(const Json *doc, Str path)
{
    char key[64];
    while (doc && path.len) {
        Cut next = str_cut(path, '.');
        if (next.head.len >= sizeof key) return NULL;
        memcpy(key, next.head.at, next.head.len);
        key[next.head.len] = 0;
        doc = json_get(doc, key);
        path = next.tail;
    }
    return doc;
}

Date date_at(const Json *doc, Str path)
{
    Date d = { 0 };
    if (path.len) date_read(json_text(value_at(doc, path)), &d);
    return d;
}

/* Shown values. */

static void mark_language(const ViewWork *w, Json *shown, Str lang)
{
    /* "zh" is read by who reads "zh-Hant", and the other way round. */
    if (!lang.len || str_eq_nocase(str_cut(lang, '-').head, str_cut(w->req->lang, '-').head)) return;
    json_put_text(shown, "lang", lang);
    json_put_text(shown, "dir", lang_rtl(lang) ? S("rtl") : S("ltr"));
    if (str_eq_nocase(lang, w->req->site->languages[0])) {
        w->req->fell_back = true;
        return;
    }
    json_put_text(shown, "in",
                  words_with(w, "text.in-language", "language", lang_name(arena_of(w), lang, w->req->lang)));
}

Json *shown_plain(const ViewWork *w, Str text)
{
    if (!text.len) return NULL;
    Json *shown = json_object_make(arena_of(w));
    json_put_text(shown, "text", text);
    return shown;
}

Json *shown_text(const ViewWork *w, const Json *language_map)
{
    Str lang = STR_NONE;
    if (json_is_string(language_map)) return shown_plain(w, json_text(language_map));
    if (!json_is_object(language_map) || !json_object_size(language_map)) return NULL;
    Json *shown = shown_plain(w, text_pick(w->snapshot, language_map, &lang));
    if (shown) mark_language(w, shown, lang);
    return shown;
}

Json *shown_card(const ViewWork *w, const Card *card)
{
    Json *shown = json_object_make(arena_of(w));
    json_put_text(shown, "text", card->title.len ? card->title : card->slug);
    mark_language(w, shown, card->title_lang);
    json_put_text(shown, "url", record_url(arena_of(w), card->kind, card->slug));
    return shown;
}

Json *shown_url(const ViewWork *w, Str url)
{
    Str rest = str_starts(url, S("https://"))  ? str_drop(url, 8)
               : str_starts(url, S("http://")) ? str_drop(url, 7)
                                               : STR_NONE;
    if (!rest.len) return shown_plain(w, url);
    Json *shown = shown_plain(w, str_cut(rest, '/').head);
    json_put_text(shown, "url", url);
    json_put_bool(shown, "outside", true);
    return shown;
}

static Json *shown_link(const ViewWork *w, const Field *field, Str target)
{
    Card   card;
    Err    err;
    Arena *a = arena_of(w);
    bool   one_kind = field->link_kind_count == 1;
    if (!target.len) return NULL;
    if (card_read(w->snapshot, a, target, &card, &err)) return shown_card(w, &card);
    if (one_kind) {
        const Kind *kind = kind_find(view_kinds(w), field->link_kinds[0]);
        if (kind && kind->key_field.len) {
            if (card_read(w->snapshot, a, str_format(a, "%.*s:%.*s", STR_ARG(kind->name), STR_ARG(target)), &card,
                          &err))
                return shown_card(w, &card);
            if (target.len == 2) return shown_plain(w, country_word(w, target));
            return shown_plain(w, target);
        }
    }
    return shown_plain(w, words(w, "record.hidden"));
}

static const Field *member(const Field *group, const char *name)
{
    for (size_t i = 0; i < group->field_count; i++)
        if (str_eq_z(group->fields[i].name, name)) return &group->fields[i];
    return NULL;
}

Str note_join(const ViewWork *w, Str x, Str y)
{
    if (!x.len || !y.len) return x.len ? x : y;
    return str_join(arena_of(w), (Str[]){ x, words(w, "text.comma"), y }, 3);
}

static Str words_of(const ViewWork *w, const Json *text)
{
    Json *shown = shown_text(w, text);
    return shown ? json_get_text(shown, "text") : STR_NONE;
}

/* "partner" among the partners says nothing. */
static bool role_is_said(const Field *group, Str role)
{
    return str_starts(group->name, role) && group->name.len <= role.len + 1;
}

/* An organisation of the register, else a name, else a country; what it was called then, role, country and note
   behind it. */
static Json *shown_actor(const ViewWork *w, const Kind *kind, const Field *group, const Json *value)
{
    const Field *organisation = member(group, "organisation"), *country = member(group, "country"),
                *role = member(group, "role");
    Str   country_text = STR_NONE;
    Json *shown = json_get_text(value, "organisation").len
                      ? shown_link(w, organisation, json_get_text(value, "organisation"))
                      : NULL;
    Json *land =
        country && json_get_text(value, "country").len ? shown_link(w, country, json_get_text(value, "country")) : NULL;
    if (land) country_text = json_get_text(land, "text");
    if (!shown) shown = shown_text(w, json_get(value, "name"));
    if (!shown) shown = shown_text(w, json_get(value, "office"));
    if (!shown) {
        shown = land;
        country_text = STR_NONE;
    }
    if (!shown) return NULL;
    Str name = words_of(w, json_get(value, "name")), role_name = json_get_text(value, "role");
    Str note = str_eq(name, json_get_text(shown, "text")) ? STR_NONE : name;
    if (role && role_name.len && !role_is_said(group, role_name))
        note = note_join(w, note, choice_word(w, kind, role, role_name));
    note = note_join(w, note, country_text);
    note = note_join(w, note, words_of(w, json_get(value, "note")));
    json_put_text_if(shown, "note", note);
    return shown;
}

static Json *shown_money(const ViewWork *w, const Json *value)
{
    Json *shown = shown_plain(w, money_text(arena_of(w), json_get_number(value, "amount", 0),
                                            json_get_text(value, "currency"), w->req->lang));
    if (shown) json_put_text_if(shown, "note", words_of(w, json_get(value, "note")));
    return shown;
}

static Json *shown_measure(const ViewWork *w, const Json *value)
{
    Date  d = date_at(value, S("date"));
    Json *shown = shown_plain(w, number_text(arena_of(w), json_get_number(value, "value", 0), 6, w->req->lang));
    if (shown)
        json_put_text_if(
            shown, "note",
            note_join(w, date_words(arena_of(w), d, DATE_SHORT, w->req->lang), words_of(w, json_get(value, "note"))));
    return shown;
}

typedef enum { GROUP_OTHER,
               GROUP_ACTOR,
               GROUP_MONEY,
               GROUP_MEASURE,
               GROUP_CONTACT } GroupShape;

/* What an object is, told by its members. */
static GroupShape group_shape(const Field *f)
{
    if (f->type != FIELD_GROUP) return GROUP_OTHER;
    if (member(f, "amount") && member(f, "currency")) return GROUP_MONEY;
    if (member(f, "value") && member(f, "date") && !member(f, "name")) return GROUP_MEASURE;
    if (member(f, "organisation") && member(f, "office")) return GROUP_CONTACT;
    if (member(f, "organisation") && (member(f, "role") || f->field_count <= 3)) return GROUP_ACTOR;
    return GROUP_OTHER;
}

bool field_is_table(const Field *field)
{
    return field->type == FIELD_GROUP && group_shape(field) == GROUP_OTHER;
}

static Json *shown_scalar(const ViewWork *w, const Kind *kind, const Field *f, const Json *value)
{
    Arena  *a = arena_of(w);
    Date    d;
    int64_t at_ms;
    switch (f->type) {
    case FIELD_TEXT:
        if (f->multiline) {
            if (!json_is_object(value) || !json_object_size(value)) return NULL;
            Json *shown = json_object_make(a);
            json_put_value(shown, "md", json_copy_deep(a, value));
            return shown;
        }
        return shown_text(w, value);
    case FIELD_NUMBER:
    case FIELD_INTEGER: {
        if (!json_is_number(value)) return NULL;
        Str number = number_text(a, json_number_value(value), 6, w->req->lang);
        Str key = str_format(a, "unit.%.*s", STR_ARG(f->unit));
        return shown_plain(
            w, f->unit.len ? str_format(a, "%.*s %.*s", STR_ARG(number), STR_ARG(words_first(w, &key, 1, f->unit)))
                           : number);
    }
    case FIELD_BOOL: return shown_plain(w, words(w, json_is_true(value) ? "value.yes" : "value.no"));
    case FIELD_DATE:
        return shown_plain(w, date_read(json_text(value), &d) ? date_words(a, d, DATE_LONG, w->req->lang)
                                                              : json_text(value));
    case FIELD_TIME:
        return shown_plain(w,
                           time_read(json_text(value), &at_ms) ? when_words(a, at_ms, w->req->lang) : json_text(value));
    case FIELD_CHOICE: return shown_plain(w, choice_word(w, kind, f, json_text(value)));
    case FIELD_LINK: return shown_link(w, f, json_text(value));
    case FIELD_URL: return shown_url(w, json_text(value));
    case FIELD_LANGUAGE: return shown_plain(w, lang_name(a, json_text(value), w->req->lang));
    case FIELD_COUNTRY: return shown_plain(w, country_word(w, json_text(value)));
    case FIELD_PLACE:
        return shown_plain(
            w, str_format(a, "%.4f, %.4f", json_get_number(value, "lat", 0), json_get_number(value, "lon", 0)));
    case FIELD_GROUP:
        switch (group_shape(f)) {
        case GROUP_MONEY: return shown_money(w, value);
        case GROUP_MEASURE: return shown_measure(w, value);
        case GROUP_ACTOR: return shown_actor(w, kind, f, value);
        case GROUP_CONTACT: {
            Json *shown = shown_actor(w, kind, f, value);
            Json *page = json_get_text(value, "url").len ? shown_url(w, json_get_text(value, "url")) : NULL;
            return shown ? shown : page;
        }
        case GROUP_OTHER: return NULL;
        }
        return NULL;
    default: return shown_plain(w, json_text(value));
    }
}

void shown_add(const ViewWork *w, const Kind *kind, const Field *field, const Json *value, Json *array)
{
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) shown_add(w, kind, field, json_array_get(value, i), array);
        return;
    }
    Json *shown = value && !json_is_null(value) ? shown_scalar(w, kind, field, value) : NULL;
    if (shown) json_add_value(array, shown);
}

/* How it stands. */

Json *status_make(const ViewWork *w, Str word, Progress shape)
{
    Json *status = json_object_make(arena_of(w));
    json_put_text(status, "word", word);
    json_put_text(status, "shape", str_of(progress_name(shape)));
    return status;
}

/* The word for what was held, of kinds that meet. */
static const Str *choice_held(const Kind *kind)
{
    const Field *status = kind_field(kind, S("status"));
    for (size_t i = 0; status && i < status->choice_count; i++)
        if (str_eq_z(status->choices[i], "held")) return &status->choices[i];
    return NULL;
}

static Standing standing_of(const Kind *kind, const Json *doc)
{
    return (Standing){ .status = json_get_text(doc, "status"),
                       .start = date_at(doc, kind->start_field),
                       .end = date_at(doc, kind->end_field),
                       .brief = kind_is_brief(kind) };
}

/* Kinds whose dates say that they happen; a document's or a label's date is only when it came about. */
static bool happens(const Kind *kind)
{
    return kind->end_field.len && (kind_field(kind, S("status")) || kind_field(kind, S("organisers"))) &&
           kind->start_field.len;
}

static Str state_of_dates(const ViewWork *w, const Kind *kind, const Field *field, Progress shape)
{
    const Str *held = choice_held(kind);
    if (shape == PROGRESS_DONE && held && field) return choice_word(w, kind, field, *held);
    return words(w, shape == PROGRESS_DONE      ? "status.over"
                    : shape == PROGRESS_PLANNED ? "status.ahead"
                                                : "status.running");
}

/* NULL: neither status nor dates. */
static Json *status_of_record(const ViewWork *w, const Kind *kind, const Json *doc)
{
    Standing     s = standing_of(kind, doc);
    const Field *field = kind_field(kind, S("status"));
    bool         told = s.status.len && !str_eq_z(s.status, "unknown");
    if (!told && !happens(kind)) return NULL;
    Progress shape = progress_of(s, w->today);
    if (!told && shape == PROGRESS_UNKNOWN) return NULL;
    Str word = told && field ? choice_word(w, kind, field, s.status) : state_of_dates(w, kind, field, shape);
    /* The word of the record says nothing of the day. */
    return status_make(w, shape == PROGRESS_LATE ? words_with(w, "status.late", "status", word) : word, shape);
}

/* When it is or was, in words; empty when not known. */
static Str when_of_record(const ViewWork *w, const Kind *kind, const Json *doc)
{
    Date from = date_at(doc, kind->start_field), to = date_at(doc, kind->end_field);
    if (from.parts && !to.parts) {
        Str day = date_words(arena_of(w), from, DATE_LONG, w->req->lang);
        return kind_is_brief(kind) ? day : words_with(w, "when.since", "date", day);
    }
    if (!from.parts && to.parts)
        return words_with(w, "when.until", "date", date_words(arena_of(w), to, DATE_LONG, w->req->lang));
    return date_range_words(arena_of(w), from, to, w->req->lang);
}

static Str where_of_record(const ViewWork *w, const Kind *kind, const Json *doc)
{
    Str code = kind->country_field.len ? json_text(value_at(doc, kind->country_field)) : STR_NONE;
    Str city = words_of(w, json_get(doc, "city"));
    Str country = STR_NONE;
    /* A country's title is its name, so its record need not be read. */
    if (code.len && !str_eq(kind->country_field, kind->key_field)) country = country_word(w, code);
    Str where = note_join(w, city, str_eq(city, country) ? STR_NONE : country);
    Cut group = str_cut(kind->country_field, '.');
    /* The country of a part, such as the secretariat's, is not that of the whole. */
    const Field *part = where.len && group.found ? kind_field(kind, group.head) : NULL;
    if (!part) return where;
    Json *args = json_object_make(arena_of(w));
    json_put_text(args, "what", field_word(w, kind, part));
    json_put_text(args, "where", where);
    return message(w->messages, arena_of(w), w->req->lang, S("where.of"), args);
}

/* What began and was not given an end by its kind goes on: "since 1989". A "date" is only a date. */
static Str since_of_record(const ViewWork *w, const Kind *kind, const Json *doc)
{
    Date from = date_at(doc, kind->start_field);
    if (!from.parts || kind->end_field.len || str_eq_z(kind->start_field, "date")) return STR_NONE;
    return words_with(w, "when.since", "date", date_words(arena_of(w), from, DATE_LONG, w->req->lang));
}

Json *row_make(const ViewWork *w, const Record *r, bool with_summary)
{
    Card card;
    card_of(w->snapshot, arena_of(w), r, &card);
    return row_of_card(w, r, &card, with_summary);
}

/* A choice, a string or a number, or several, as one text: "Offer, need". */
static Str shown_words(const ViewWork *w, const Kind *kind, Str path, const Json *doc)
{
    Arena       *a = arena_of(w);
    const Field *field = kind_field(kind, path);
    const Json  *value = value_at(doc, path);
    Json        *values = json_array_make(a);
    Str          out = STR_NONE;
    if (!field || !value) return STR_NONE;
    shown_add(w, kind, field, value, values);
    for (size_t i = 0; i < json_array_size(values); i++) {
        Str one = json_get_text(json_array_get(values, i), "text");
        out = out.len ? str_join(a, (Str[]){ out, words(w, "text.comma"), one }, 3) : one;
    }
    return out;
}

Json *row_of_card(const ViewWork *w, const Record *r, const Card *card, bool with_summary)
{
    const Kind *kind = kind_find(view_kinds(w), r->kind);
    Json       *row = shown_card(w, card);
    json_put_text(row, "kind", r->kind);
    json_put_text(row, "kind_label", kind_word(w, r->kind, false));
    if (r->state == STATE_WITHDRAWN) json_put_text(row, "state", words(w, "state.withdrawn"));
    else if (r->state != STATE_PUBLISHED)
        json_put_text(row, "state", words(w, r->state == STATE_DRAFT ? "state.draft" : "state.review"));
    if (!kind || r->state == STATE_WITHDRAWN) return row;
    json_put_text_if(row, "type", shown_words(w, kind, S("type"), r->doc));
    Json *headline = json_array_make(arena_of(w));
    for (size_t i = 0; i < kind->headline_count; i++) {
        const Field *field = kind_field(kind, kind->headline[i]);
        Str          words = shown_words(w, kind, field->path, r->doc);
        if (!words.len) continue;
        /* A choice is a word that speaks for itself; a code or a number wants its name. */
        Str named[] = { field_word(w, kind, field), S(" "), words };
        json_add_value(headline, shown_plain(w, field->type == FIELD_CHOICE ? words : str_join(arena_of(w), named, 3)));
    }
    if (json_array_size(headline)) json_put_value(row, "headline", headline);
    Json *status = status_of_record(w, kind, r->doc);
    if (status) json_put_value(row, "status", status);
    json_put_text_if(row, "when", when_of_record(w, kind, r->doc));
    json_put_text_if(row, "since", since_of_record(w, kind, r->doc));
    json_put_text_if(row, "where", where_of_record(w, kind, r->doc));
    Str          certainty = json_get_text(r->doc, "certainty");
    const Field *of = kind_field(kind, S("certainty"));
    if (of && certainty.len && !str_eq_z(certainty, "confirmed"))
        json_put_text(row, "certainty", choice_word(w, kind, of, certainty));
    if (with_summary && card->summary.len) {
        Json *summary = shown_plain(w, card->summary);
        mark_language(w, summary, card->summary_lang);
        json_put_value(row, "summary", summary);
    }
    return row;
}

bool records_where(const ViewWork *w, Str kind, Str field, Str value, Str sort, size_t limit, Record **out, size_t *n,
                   uint64_t *total, Err *err)
{
    Arena   *a = arena_of(w);
    Filter   filter = { field, value };
    Question q = { .kind = kind,
                   .filters = &filter,
                   .filter_count = field.len ? 1 : 0,
                   .sort = sort,
                   .limit = (int)(limit > LIST_LIMIT_MAX ? LIST_LIMIT_MAX : limit) };
    Answer   answer;
    if (!list_ask(w->snapshot, a, &q, &answer, err)) return false;
    *out = NEW_ARRAY(a, Record, answer.item_count + 1);
    *n = 0;
    for (size_t i = 0; i < answer.item_count; i++)
        if (record_read_id(w->snapshot, a, answer.items[i].card.id, &(*out)[*n], err)) ++*n;
    if (total) *total = answer.total;
    return true;
}

/* Addresses of questions. */

static void put_encoded(Buf *out, Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~:", c))
            buf_put_byte(out, (char)c);
        else buf_putf(out, "%%%02X", c);
    }
}

static void put_pair(Buf *out, Str name, Str value)
{
    buf_put_byte(out, str_has(buf_str(out), S("?")) ? '&' : '?');
    put_encoded(out, name);
    buf_put_byte(out, '=');
    put_encoded(out, value);
}

Str question_url(const ViewWork *w, const char *name, Str value, bool toggle)
{
    Buf *out = buf_open(arena_of(w));
    bool there = false;
    buf_put(out, path_encode(arena_of(w), w->req->path));
    for (size_t i = 0; i < w->req->query_count; i++) {
        Pair p = w->req->query[i];
        bool same_name = str_eq_z(p.name, name), same = same_name && str_eq(p.value, value);
        if (str_eq_z(p.name, "after") || !p.value.len || (toggle ? same : same_name)) {
            there = there || same;
            continue;
        }
        put_pair(out, p.name, p.value);
    }
    if (value.len && !(toggle && there)) put_pair(out, str_of(name), value);
    return buf_str(out);
}
