/* The page of a record of any kind, made from its kind: what it is, how it stands, who is responsible,
   what comes next; then the substance; then the quiet foot. */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "text/lang.h"
#include "web/stands.h"
#include "web/value.h"
#include "web/view/tools.h"

#define LINKED_SHOWN 8 /* of each kind; the rest is a list away */
#define NEXT_SHOWN   3

/* Fields that say who is responsible, in the order they are shown. */
static const char *const responsible[] = { "lead", "secretariat", "organisers", "hosts", "operators",
                                           "responsible", "partners", "focal_points", "suppliers", "signatories",
                                           "developed_by", "publishers", "authors", "parent", NULL };
/* Fields that have a place of their own on the page. */
static const char *const placed[] = { "certainty", "sources", "note", "status", "status_note",
                                      "type", "order", "city", NULL };

static bool named(Str name, const char *const *names)
{
    for (; *names; names++)
        if (str_eq_z(name, *names)) return true;
    return false;
}

static Json *labelled(const ViewWork *w, Str label, Json *values)
{
    Json *part = json_object_make(w->req->arena);
    json_put_text(part, "label", label);
    json_put_value(part, "values", values);
    json_put_bool(part, "many", json_array_size(values) > 1);
    return part;
}

/* The title in every other language it has. */
static Json *originals_make(const ViewWork *w, const Json *title, Str shown_lang)
{
    Arena      *a = w->req->arena;
    Json       *out = json_array_make(a);
    const char *lang;
    Json       *text;
    if (!json_is_object(title)) return out;
    json_object_foreach((Json *)title, lang, text)
    {
        if (str_eq_z(shown_lang, lang)) continue;
        Json *one = json_object_make(a);
        json_put_text(one, "text", json_text(text));
        json_put_text(one, "lang", str_of(lang));
        json_put_text(one, "dir", lang_rtl(str_of(lang)) ? S("rtl") : S("ltr"));
        json_put_text(one, "name", lang_name(a, str_of(lang), w->req->lang));
        json_add_value(out, one);
    }
    return out;
}

/* Of the links to a parent only that to the body which an organisation is part of. */
static bool is_responsible(const Field *f)
{
    return named(f->path, responsible) &&
           (!str_eq_z(f->path, "parent") || (f->link_kind_count && str_eq_z(f->link_kinds[0], "organisation")));
}

/* Somebody could be named: else that nobody is need not be said. */
static bool can_be_named(const Kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (is_responsible(&kind->fields[i])) return true;
    return false;
}

static void responsible_add(const ViewWork *w, const Kind *kind, const Json *doc, Json *out)
{
    for (size_t i = 0; responsible[i]; i++) {
        const Field *f = kind_field(kind, str_of(responsible[i]));
        Json        *value = json_get(doc, responsible[i]);
        if (!f || !value || !is_responsible(f)) continue;
        Json *values = json_array_make(w->req->arena);
        if (field_is_table(f) && !f->list) {
            /* A group such as the secretariat: its organisations, else its name. */
            const Field *organisations =
                kind_field(kind, str_format(w->req->arena, "%s.organisations", responsible[i]));
            if (organisations) shown_add(w, kind, organisations, json_get(value, "organisations"), values);
            Json *name = json_array_size(values) ? NULL : shown_text(w, json_get(value, "name"));
            if (name) json_add_value(values, name);
        } else {
            shown_add(w, kind, f, value, values);
        }
        if (json_array_size(values)) json_add_value(out, labelled(w, field_word(w, kind, f), values));
    }
}

static bool is_number(const Field *field)
{
    return !field->list && (field->type == FIELD_NUMBER || field->type == FIELD_INTEGER);
}

/* A period that is over and whose result was not reported. */
static bool is_unreported(const ViewWork *w, const Field *member, const Json *row)
{
    int end = date_last(date_at(row, S("end")));
    return str_eq_z(member->name, "actual") && !json_get(row, "actual") && end && end < date_first(w->today);
}

/* A list of groups as a table: a column for each member that any row has. */
static Json *table_make(const ViewWork *w, const Kind *kind, const Field *f, const Json *list)
{
    Arena *a = w->req->arena;
    Json  *table = json_object_make(a), *head = json_array_make(a), *rows = json_array_make(a);
    bool  *used = NEW_ARRAY(a, bool, f->field_count + 1);
    for (size_t r = 0; r < json_array_size(list); r++)
        for (size_t c = 0; c < f->field_count; c++)
            used[c] = used[c] || is_unreported(w, &f->fields[c], json_array_get(list, r)) ||
                      (json_object_get(json_array_get(list, r), str_z(a, f->fields[c].name)) &&
                       !str_eq_z(f->fields[c].name, "id"));
    for (size_t c = 0; c < f->field_count; c++) {
        if (!used[c]) continue;
        Json *one = json_object_make(a);
        json_put_text(one, "text", field_word(w, kind, &f->fields[c]));
        json_put_bool(one, "number", is_number(&f->fields[c]));
        json_add_value(head, one);
    }
    for (size_t r = 0; r < json_array_size(list); r++) {
        Json *row = json_object_make(a), *cells = json_array_make(a);
        for (size_t c = 0; c < f->field_count; c++) {
            if (!used[c]) continue;
            const Field *member = &f->fields[c];
            Json        *value = json_object_get(json_array_get(list, r), str_z(a, member->name));
            Json        *values = json_array_make(a);
            shown_add(w, kind, member, value, values);
            if (is_unreported(w, member, json_array_get(list, r))) {
                Json *late = shown_plain(w, S(" "));
                json_put_value(late, "status", status_make(w, words(w, "period.unreported"), PROGRESS_LATE));
                json_add_value(values, late);
            }
            Json *cell = labelled(w, field_word(w, kind, member), values);
            if (value && field_is_table(member) && json_is_array(value))
                json_put_value(cell, "table", table_make(w, kind, member, value));
            json_put_bool(cell, "number", is_number(member));
            json_add_value(cells, cell);
        }
        json_put_value(row, "cells", cells);
        json_add_value(rows, row);
    }
    json_put_value(table, "head", head);
    json_put_value(table, "rows", rows);
    return table;
}

/* "participants_note" is said behind the number of "participants". */
static bool is_note_of(Str name, const Json *object, const Field *fields, size_t n)
{
    if (!str_ends(name, S("_note"))) return false;
    Str base = str_take_first(name, name.len - 5);
    for (size_t i = 0; i < n; i++)
        if (str_eq(fields[i].name, base) && json_object_getn(object, base.at, base.len)) return true;
    return false;
}

static bool says_number(Str text, Str number)
{
    long at = str_find(text, number);
    if (at < 0) return false;
    Str before = str_take_first(text, (size_t)at), behind = str_drop(text, (size_t)at + number.len);
    return !(before.len && isdigit((unsigned char)before.at[before.len - 1])) &&
           !(behind.len && isdigit((unsigned char)behind.at[0]));
}

static void note_add(const ViewWork *w, const Field *f, const Json *object, Json *values)
{
    Json *note = shown_text(w, json_object_get(object, str_format(w->req->arena, "%.*s_note", STR_ARG(f->name)).at));
    Json *last = json_array_size(values) ? json_array_get(values, json_array_size(values) - 1) : NULL;
    if (!note || !last) return;
    /* "nearly 300" is better than "300 nearly 300". */
    if (is_number(f) && says_number(json_get_text(note, "text"), json_get_text(last, "text")))
        json_array_set(values, json_array_size(values) - 1, note);
    else json_put_text(last, "note", json_get_text(note, "text"));
}

static bool is_headline(const Kind *kind, const Field *f)
{
    for (size_t i = 0; i < kind->headline_count; i++)
        if (str_eq(kind->headline[i], f->path)) return true;
    return false;
}

/* Facts (label and values), long texts and tables, in the order of the kind. */
static void substance_add(const ViewWork *w, const Kind *kind, const Field *fields, size_t n, const Json *object,
                          Json *view)
{
    Arena *a = w->req->arena;
    for (size_t i = 0; i < n; i++) {
        const Field *f = &fields[i];
        Json        *value = json_object_get(object, str_z(a, f->name));
        bool         top = str_eq(f->path, f->name);
        if (!value || (top && (named(f->name, placed) || is_responsible(f)))) continue;
        if (str_eq(f->path, kind->title_field) || str_eq(f->path, kind->summary_field)) continue;
        if (is_note_of(f->name, object, fields, n)) continue;
        if (is_headline(kind, f)) continue;
        if (str_eq(f->path, kind->start_field) || str_eq(f->path, kind->end_field)) continue;
        if (field_is_table(f) && f->list) {
            Json *table = json_array_size(value) ? table_make(w, kind, f, value) : NULL;
            if (!table) continue;
            json_put_text(table, "label", field_word(w, kind, f));
            json_add_value(json_get(view, "tables"), table);
        } else if (field_is_table(f)) {
            substance_add(w, kind, f->fields, f->field_count, value, view);
        } else {
            Json *values = json_array_make(a);
            shown_add(w, kind, f, value, values);
            if (!json_array_size(values)) continue;
            note_add(w, f, object, values);
            bool prose = f->type == FIELD_TEXT && f->multiline && !f->list;
            json_add_value(json_get(view, prose ? "prose" : "facts"), labelled(w, field_word(w, kind, f), values));
        }
    }
}

static bool has_goals(const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((fields[i].type == FIELD_LINK && str_ends(fields[i].path, S("goals"))) ||
            has_goals(fields[i].fields, fields[i].field_count))
            return true;
    return false;
}

/* The strategies of a framework with their goals are its coverage, as the goals of a strategy and those below a goal
   are; what counts under a goal has its table. */
static bool shown_above(const Record *r, const Kind *kind)
{
    bool of_goal = str_eq_z(r->kind, "goal");
    if (str_eq_z(kind->name, "strategy")) return str_eq_z(r->kind, "framework");
    if (str_eq_z(kind->name, "goal")) return of_goal || str_eq_z(r->kind, "strategy");
    return of_goal && has_goals(kind->fields, kind->field_count);
}

/* The list of those of a kind that link to it. */
static Str links_url(const ViewWork *w, Str kind, const Record *r)
{
    Arena      *a = w->req->arena;
    const Kind *of = kind_find(view_kinds(w), r->kind);
    Str         key = of ? json_text(value_at(r->doc, of->key_field)) : STR_NONE;
    Str         target = key.len ? str_format(a, "%.*s:%.*s", STR_ARG(r->kind), STR_ARG(key)) : r->id;
    return str_format(a, "/%.*s?links=%.*s", STR_ARG(kind), STR_ARG(target));
}

/* What comes first of a kind that has dates starts last; of another it was made last. */
static void linked_offer(void *with, const Sketch *s)
{
    int64_t day = date_first(s->start);
    best_offer(with, s, -((day << 32) | s->face));
}

/* What links here, by kind and newest first. */
static bool backlinks_add(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    Arena *a = w->req->arena;
    Json  *groups = json_array_make(a);
    for (size_t i = 0; i < kinds_count(view_kinds(w)); i++) {
        const Kind *kind = kinds_at(view_kinds(w), i);
        Best        best = best_make(w, LINKED_SHOWN);
        Json       *rows;
        if (shown_above(r, kind)) continue;
        SketchWhich which = { .kind = kind->name, .to = r };
        if (!sketch_each(w->snapshot, a, &which, linked_offer, &best, NULL, err)) return false;
        if (!best.n) continue;
        if (!best_rows(w, &best, false, &rows, err)) return false;
        uint64_t total = best.total;
        Json    *group = json_object_make(a);
        json_put_text(group, "label", kind_word(w, kind->name, total > 1));
        json_put_text(group, "total", number_text(a, (double)total, 0, w->req->lang));
        json_put_value(group, "rows", rows);
        if (total > json_array_size(rows)) {
            json_put_text(group, "more", words_count(w, "record.more", total - json_array_size(rows)));
            json_put_text(group, "url", links_url(w, kind->name, r));
        }
        json_add_value(groups, group);
    }
    json_put_value(view, "linked", groups);
    return true;
}

typedef struct {
    const Kind *kind;
    Best        best;
    Date        today;
} Ahead;

/* Of meetings and sessions what is not over yet, the nearest first. */
static void event_offer(void *with, const Sketch *s)
{
    Ahead *ahead = with;
    int    last = date_last(s->end.parts ? s->end : s->start);
    if (last < date_first(ahead->today) || str_eq_z(s->status, "cancelled") || str_eq_z(s->status, "held")) return;
    best_offer(&ahead->best, s, date_first(s->start));
}

/* Of activities what is under way, late or planned: first what ends first, last what has no end. */
static void work_offer(void *with, const Sketch *s)
{
    Ahead   *ahead = with;
    Progress now = progress_of(standing_of_sketch(ahead->kind, s), ahead->today);
    if (now != PROGRESS_RUNNING && now != PROGRESS_LATE && now != PROGRESS_PLANNED) return;
    int last = date_last(s->end);
    best_offer(&ahead->best, s, last ? last : INT_MAX);
}

/* What names it and is still to come: events, else work. */
static bool ahead_find(const ViewWork *w, const Record *r, Json **rows, Err *err)
{
    Ahead ahead = { NULL, best_make(w, NEXT_SHOWN), w->today };
    for (size_t i = 0; i < kinds_count(view_kinds(w)); i++) {
        SketchWhich which = { .kind = kinds_at(view_kinds(w), i)->name, .to = r };
        if (kinds_at(view_kinds(w), i)->event &&
            !sketch_each(w->snapshot, w->req->arena, &which, event_offer, &ahead, NULL, err))
            return false;
    }
    ahead.kind = kind_find(view_kinds(w), S("activity"));
    SketchWhich which = { .kind = S("activity"), .to = r };
    if (!ahead.best.n && ahead.kind && !shown_above(r, ahead.kind) &&
        !sketch_each(w->snapshot, w->req->arena, &which, work_offer, &ahead, NULL, err))
        return false;
    return best_rows(w, &ahead.best, false, rows, err);
}

static void next_date(const ViewWork *w, const char *key, Date date, Json *view)
{
    if (date_last(date) >= date_first(w->today))
        json_put_text(
            view, "ends",
            words_with(w, key, "date", date_words(w->req->arena, date, DATE_LONG, w->req->lang)));
}

/* What comes next: events that name it, else work, else a last day of its own. That nothing does is said of what
   happens on days, and of work that has a status and an end; a good, a rule or a dataset just is. */
static bool next_add(const ViewWork *w, const Kind *kind, const Record *r, Json *view, Err *err)
{
    Json *rows;
    if (!ahead_find(w, r, &rows, err)) return false;
    if (json_array_size(rows)) json_put_value(view, "next", rows);
    next_date(w, "record.ends", date_at(r->doc, kind->end_field), view);
    next_date(w, "record.apply-by", date_at(r->doc, S("apply_by")), view);
    bool is_work = kind->end_field.len && kind_field(kind, S("status"));
    json_put_bool(view, "has_next", json_array_size(rows) || json_get(view, "ends") || kind->event || is_work);
    return true;
}

/* What is said of a source that was read in a copy: its publisher when that is known, else the host of the copy. */
static Str copy_words(const ViewWork *w, const Json *source)
{
    Str publisher = json_get_text(source, "publisher"), host = json_get_text(source, "host");
    if (publisher.len) return words_with(w, "source.mirror-of", "publisher", publisher);
    return host.len ? words_with(w, "source.mirror", "host", host) : words(w, "source.mirror-somewhere");
}

static Json *sources_make(const ViewWork *w, const Json *doc)
{
    Arena *a = w->req->arena;
    Json  *list = json_get(doc, "sources"), *out = json_array_make(a);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *source = json_array_get(list, i);
        bool        mirror = json_get_bool(source, "mirror");
        Str         url = mirror ? STR_NONE : json_get_text(source, "url"),
            publisher = json_get_text(source, "publisher");
        Json *shown = shown_text(w, json_get(source, "title"));
        Str   note = mirror ? copy_words(w, source) : publisher;
        if (!shown) shown = shown_plain(w, note);
        else json_put_text_if(shown, "note", note);
        if (!shown && url.len) shown = shown_url(w, url);
        if (!shown) continue;
        if (str_starts(url, S("http://")) || str_starts(url, S("https://"))) {
            json_put_text(shown, "url", url);
            json_put_bool(shown, "outside", true);
        }
        json_put_text_if(shown, "date", date_words(a, date_at(source, S("date")), DATE_LONG, w->req->lang));
        json_add_value(out, shown);
    }
    return out;
}

static void foot_add(const ViewWork *w, const Kind *kind, const Record *r, Json *view)
{
    Arena        *a = w->req->arena;
    const Reader *reader = &w->req->reader;
    Json         *foot = json_object_make(a);
    Card          owner;
    Err           err;
    Str           target = str_join(a, (Str[]){ S("organisation:"), r->owner }, 2);
    Json         *shown = card_read(w->snapshot, a, target, &owner, &err) ? shown_card(w, &owner) : NULL;
    if (!shown) shown = shown_plain(w, r->owner);
    if (shown) json_put_value(foot, "owner", shown);
    json_put_text(foot, "why", words(w, audience_why(reader, r->token)));
    json_put_text(foot, "updated", when_words(a, r->updated_ms, w->req->lang));
    Record  cited = *r;
    int64_t asked = 0;
    /* A question may be to the rows of an older version (?version= of a dataset): those are cited. */
    if (str_eq(r->kind, S("dataset")) && str_to_i64(query_get(w->req, "version"), &asked) && asked != r->version &&
        !record_version(w->snapshot, a, r->kind, r->id, asked, &cited, &err))
        cited = *r;
    json_put_integer(foot, "cited_version", cited.version);
    json_put_text(foot, "cited_day", date_words(a, date_of_ms(cited.updated_ms), DATE_LONG, w->req->lang));
    json_put_text(foot, "leaf", r->leaf);
    json_put_integer(foot, "version", r->version);
    json_put_integer(foot, "entry", (int64_t)r->index);
    json_put_value(foot, "sources", sources_make(w, r->doc));
    json_put_text(foot, "node", node_name(w->req->node));
    Json *formats = formats_shown(w, kind, r->doc, record_url(a, r->kind, r->slug), STR_NONE);
    json_put_value(foot, "formats", formats);
    json_put_value(view, "foot", foot);
}

static void head_add(const ViewWork *w, const Kind *kind, const Record *r, Json *view)
{
    Arena *a = w->req->arena;
    Card   card;
    card_of(w->snapshot, a, r, &card);
    Json *title = shown_card(w, &card), *lede = json_array_make(a), *who = json_array_make(a);
    json_put_value(view, "title", title);
    json_put_text(view, "kind_label", kind_word(w, r->kind, false));
    json_put_text(view, "kind_plural", kind_word(w, r->kind, true));
    json_put_text(view, "kind_url", str_format(a, "/%.*s", STR_ARG(r->kind)));
    json_put_text(view, "url", record_url(a, r->kind, r->slug));
    json_put_bool(view, "may_edit", may_edit(&w->req->reader, r->owner));
    json_put_bool(view, "may_publish", may_publish(&w->req->reader, r->owner));
    if (r->state == STATE_WITHDRAWN) {
        json_put_text(view, "withdrawn", r->note);
        json_put_text(view, "withdrawn_on", date_words(a, date_of_ms(r->updated_ms), DATE_LONG, w->req->lang));
        return;
    }
    if (r->state != STATE_PUBLISHED)
        json_put_text(view, "state", words(w, r->state == STATE_DRAFT ? "state.draft-is" : "state.review-is"));
    json_put_value(view, "originals", originals_make(w, value_at(r->doc, kind->title_field), card.title_lang));

    Json *row = row_of_card(w, r, &card, true);
    json_put_value(view, "status", json_get(row, "status"));
    json_put_text_if(view, "type", json_get_text(row, "type"));
    if (json_get(row, "headline")) json_put_value(view, "headline", json_get(row, "headline"));
    json_put_text_if(view, "when", json_get_text(row, json_get(row, "since") ? "since" : "when"));
    json_put_text_if(view, "where", json_get_text(row, "where"));
    json_put_value(view, "lede", lede);
    const Json *summary = value_at(r->doc, kind->summary_field);
    if (json_is_object(summary) && json_object_size(summary))
        json_put_value(view, "summary", json_copy_deep(a, summary));
    Json *note = shown_text(w, json_get(r->doc, "status_note"));
    if (note) json_put_value(view, "status_note", note);
    note = shown_text(w, json_get(r->doc, "note"));
    if (note) json_put_value(view, "note", note);
    Str certainty = json_get_text(r->doc, "certainty");
    if (str_eq_z(certainty, "unverified") || str_eq_z(certainty, "conflicting")) {
        Json *doubt = json_object_make(a);
        json_put_text(doubt, "word", json_get_text(row, "certainty"));
        json_put_text(doubt, "text", words(w, str_format(a, "certainty.%.*s", STR_ARG(certainty)).at));
        json_put_value(view, "doubt", doubt);
    }
    responsible_add(w, kind, r->doc, who);
    json_put_value(view, "responsible", who);
    json_put_bool(view, "unnamed", can_be_named(kind));
}

static bool record_page(const ViewWork *w, const Kind *kind, const Record *r, Json *view, Err *err)
{
    head_add(w, kind, r, view);
    foot_add(w, kind, r, view);
    if (r->state == STATE_WITHDRAWN) return true;
    Arena *a = w->req->arena;
    json_put_value(view, "facts", json_array_make(a));
    json_put_value(view, "prose", json_array_make(a));
    json_put_value(view, "tables", json_array_make(a));
    substance_add(w, kind, kind->fields, kind->field_count, r->doc, view);
    if (!next_add(w, kind, r, view, err)) return false;
    if (str_eq_z(kind->name, "framework") && !view_framework(w, r, view, err)) return false;
    if (str_eq_z(kind->name, "country")) return view_country(w, r, view, err);
    if (str_eq_z(kind->name, "goal") && !view_goal(w, r, view, err)) return false;
    if (str_eq_z(kind->name, "strategy") && !view_strategy(w, r, view, err)) return false;
    return backlinks_add(w, r, view, err);
}

bool view_record(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Kind *kind = kind_find(view_kinds(w), json_get_text(value, "kind"));
    Record      r;
    if (!kind) return fail(err, ERR_NOT_FOUND, "no such kind");
    if (w->record) return record_page(w, kind, w->record, view, err);
    /* An older version is shown when the value says which is the newest. */
    int64_t version = json_get_integer(value, "newest", 0) ? json_get_integer(value, "version", 0) : 0;
    bool    ok = version ? record_version(w->snapshot, a, kind->name, json_get_text(value, "id"), version, &r, err)
                         : record_read(w->snapshot, a, kind->name, json_get_text(value, "id"), &r, err);
    if (!ok) return false;
    r.doc = doc_shown(w->snapshot, a, &r);
    if (version) json_put_text(view, "old_version", words_count(w, "record.version", (uint64_t)version));
    return record_page(w, kind, &r, view, err);
}
