/* A country: what it takes part in, what it owes, with whom it works, what it hosted. */
#include <stdlib.h>

#include "text/lang.h"
#include "web/view_tools.h"

#define PARTNERS_SHOWN 12
#define HOSTED_SHOWN   10
#define CODES_MAX      300

typedef struct {
    Str    code;
    size_t count;
} Partner;

static int most_first(const void *x, const void *y)
{
    const Partner *p = x, *q = y;
    if (p->count != q->count) return p->count < q->count ? 1 : -1;
    return str_cmp(p->code, q->code);
}

static void partners_count(const Json *codes, Str own, Partner *partners, size_t *n)
{
    for (size_t i = 0; i < json_array_size(codes); i++) {
        Str    code = json_text(json_array_get(codes, i));
        size_t k = 0;
        if (str_eq(code, own)) continue;
        while (k < *n && !str_eq(partners[k].code, code)) k++;
        if (k == CODES_MAX) continue;
        if (k == *n) partners[(*n)++] = (Partner){ code, 0 };
        partners[k].count++;
    }
}

static void partners_add(const ViewWork *w, Partner *partners, size_t n, Json *view)
{
    Arena *a = w->req->arena;
    Json  *out = json_array_make(a);
    qsort(partners, n, sizeof *partners, most_first);
    for (size_t i = 0; i < n && i < PARTNERS_SHOWN; i++) {
        Card  card;
        Err   err;
        Json *one = card_read(w->snapshot, a, str_format(a, "country:%.*s", STR_ARG(partners[i].code)), &card, &err)
                        ? shown_card(w, &card)
                        : shown_plain(w, country_name(a, partners[i].code, w->req->lang));
        json_put_text(one, "count", words_count(w, "country.together", partners[i].count));
        json_add_value(out, one);
    }
    json_put_value(view, "partners", out);
}

/* Activities it takes part in: those under way and late are shown, the rest counted. */
static bool activities_add(const ViewWork *w, Str code, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    const Kind *kind = kind_find(view_kinds(w), S("activity"));
    Record     *records;
    size_t      n, partner_count = 0;
    uint64_t    total;
    Partner    *partners = NEW_ARRAY(a, Partner, CODES_MAX);
    Json       *running = json_array_make(a), *late = json_array_make(a);
    if (!kind ||
        !records_where(w, kind->name, S("parties"), code, S("-start"), VIEW_LINKS_MAX, &records, &n, &total, err))
        return kind == NULL;
    for (size_t i = 0; i < n; i++) {
        Progress p = progress_of(standing_of(kind, records[i].doc), w->today);
        partners_count(json_get(records[i].doc, "parties"), code, partners, &partner_count);
        if (p == PROGRESS_RUNNING || p == PROGRESS_PLANNED) json_add_value(running, row_make(w, &records[i], false));
        if (p == PROGRESS_LATE) json_add_value(late, row_make(w, &records[i], false));
    }
    json_put_value(view, "running", running);
    json_put_value(view, "late", late);
    if (total) json_put_text(view, "activities", words_count(w, "country.activities", total));
    json_put_text(view, "activities_url", str_format(a, "/activity?parties=%.*s", STR_ARG(code)));
    partners_add(w, partners, partner_count, view);
    return true;
}

/* Decisions and goals that name it as the one who acts and that are not done. */
static bool owed_add(const ViewWork *w, const Record *r, Str code, Json *view, Err *err)
{
    static const struct {
        const char *kind, *field;
    } rows[] = {
        { "meeting", "decisions.actors.country" },
        { "goal", "responsible.country" },
    };
    Arena *a = w->req->arena;
    Json  *out = json_array_make(a);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        Link    *links;
        size_t   n;
        uint64_t total;
        if (!record_backlinks(w->snapshot, a, r, str_of(rows[k].kind), str_of(rows[k].field), VIEW_LINKS_MAX, &links,
                              &n, &total, err))
            return false;
        for (size_t i = 0; i < n; i++) {
            Record owed;
            if (!links[i].visible || !record_read_id(w->snapshot, a, links[i].card.id, &owed, err)) continue;
            if (str_eq_z(json_get_text(owed.doc, "status"), "completed") && k == 1) continue;
            Json *decisions = json_get(owed.doc, "decisions");
            if (k == 1) json_add_value(out, row_make(w, &owed, false));
            for (size_t d = 0; k == 0 && d < json_array_size(decisions); d++) {
                const Json *decision = json_array_get(decisions, d);
                Json       *actors = json_get(decision, "actors"), *row;
                bool        its = false;
                for (size_t x = 0; x < json_array_size(actors); x++)
                    its = its || str_eq(json_get_text(json_array_get(actors, x), "country"), code);
                if (!its || str_eq_z(json_get_text(decision, "status"), "completed")) continue;
                row = row_make(w, &owed, false);
                Json *words_shown = shown_text(w, json_get(decision, "text"));
                if (words_shown) json_put_value(row, "summary", words_shown);
                Date due = date_at(decision, S("due"));
                if (due.parts)
                    json_put_text(row, "when",
                                  words_with(w, "country.due", "date", date_words(a, due, DATE_LONG, w->req->lang)));
                json_add_value(out, row);
            }
        }
    }
    json_put_value(view, "owed", out);
    return true;
}

static bool rows_add(const ViewWork *w, const char *name, Str kind, const char *field, Str code, Str sort, size_t limit,
                     Json *view, Err *err)
{
    Arena   *a = w->req->arena;
    Record  *records;
    size_t   n;
    uint64_t total;
    Json    *part = json_object_make(a), *rows = json_array_make(a);
    if (!records_where(w, kind, str_of(field), code, sort, limit, &records, &n, &total, err)) return false;
    for (size_t i = 0; i < n; i++) json_add_value(rows, row_make(w, &records[i], false));
    json_put_value(part, "rows", rows);
    json_put_bool(part, "any", n > 0);
    json_put_text(part, "url", str_format(a, "/%.*s?%s=%.*s", STR_ARG(kind), field, STR_ARG(code)));
    if (total > n) json_put_text(part, "more", words_count(w, "record.more", total - n));
    json_put_value(view, name, part);
    return true;
}

/* How it stands, in one sentence. */
static void stands_add(const ViewWork *w, Json *view)
{
    Json *args = json_object_make(w->req->arena);
    json_put_integer(args, "frameworks", (int64_t)json_array_size(json_get(json_get(view, "takes_part"), "rows")));
    json_put_integer(args, "running", (int64_t)json_array_size(json_get(view, "running")));
    json_put_integer(args, "late", (int64_t)json_array_size(json_get(view, "late")));
    json_put_text(view, "stands", message(w->messages, w->req->arena, w->req->lang, S("country.stands"), args));
}

bool view_country(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    Str code = json_get_text(r->doc, "code");
    json_put_bool(view, "is_country", true);
    bool ok = rows_add(w, "takes_part", S("framework"), "parties", code, S("title"), 50, view, err) &&
           activities_add(w, code, view, err) && owed_add(w, r, code, view, err) &&
           rows_add(w, "hosted", S("meeting"), "country", code, S("-start"), HOSTED_SHOWN, view, err) &&
           rows_add(w, "organisations", S("organisation"), "country", code, S("title"), HOSTED_SHOWN, view, err) &&
           rows_add(w, "labels", S("label"), "country", code, S("title"), HOSTED_SHOWN, view, err);
    if (ok) stands_add(w, view);
    return ok;
}
