/* A country: what it takes part in, what it owes, with whom it works, what it hosted. */
#include <stdlib.h>

#include "text/lang.h"
#include "web/view/tools.h"

#define PARTNERS_SHOWN 12
#define HOSTED_SHOWN   10
#define ROWS_SHOWN     10
#define CODES_MAX      300

typedef struct {
    Str      code;
    uint64_t count;
} Partner;

static int most_first(const void *x, const void *y)
{
    const Partner *p = x, *q = y;
    if (p->count != q->count) return p->count < q->count ? 1 : -1;
    return str_cmp(p->code, q->code);
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
                        : shown_plain(w, country_word(w, partners[i].code));
        json_put_text(one, "count", words_count(w, "country.together", partners[i].count));
        json_add_value(out, one);
    }
    json_put_value(view, "partners", out);
}

/* With whom it shares how many activities: every value that "parties" ever had is asked for. */
static bool partners_count(const ViewWork *w, Str code, Json *view, Err *err)
{
    Arena   *a = w->req->arena;
    Str     *codes;
    size_t   count = sketch_values(w->snapshot, a, S("activity"), S("parties"), &codes), n = 0;
    Partner *partners = NEW_ARRAY(a, Partner, count + 1);
    for (size_t i = 0; i < count && n < CODES_MAX; i++) {
        uint64_t    together;
        SketchWhich which = { .kind = S("activity"), .field = S("parties"), .value = code, .also = codes[i] };
        if (str_eq(codes[i], code)) continue;
        if (!sketch_each(w->snapshot, a, &which, NULL, NULL, &together, err)) return false;
        if (together) partners[n++] = (Partner){ codes[i], together };
    }
    partners_add(w, partners, n, view);
    return true;
}

typedef struct {
    const ViewWork *w;
    const Kind     *kind;
    Best            running, late;
} Standings;

static void activity_seen(void *with, const Sketch *s)
{
    Standings *c = with;
    Progress   p = progress_of(standing_of_sketch(c->kind, s), c->w->today);
    if (p == PROGRESS_RUNNING || p == PROGRESS_PLANNED) best_offer(&c->running, s, -date_first(s->start));
    if (p == PROGRESS_LATE) best_offer(&c->late, s, -date_last(s->end.parts ? s->end : s->start));
}

static bool best_put(const ViewWork *w, const Best *best, const char *name, Json *view, Err *err)
{
    Arena *a = w->req->arena;
    Json  *rows;
    if (!best_rows(w, best, false, &rows, err)) return false;
    json_put_value(view, name, rows);
    json_put_integer(view, str_format(a, "%s_total", name).at, (int64_t)best->total);
    if (best->total > best->n)
        json_put_text(view, str_format(a, "%s_more", name).at, words_count(w, "record.more", best->total - best->n));
    return true;
}

/* Activities it takes part in: those under way and late are shown, all are counted. */
static bool activities_add(const ViewWork *w, Str code, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    uint64_t    total;
    Standings   c = { w, kind_find(view_kinds(w), S("activity")), best_make(w, ROWS_SHOWN), best_make(w, ROWS_SHOWN) };
    SketchWhich which = { .kind = S("activity"), .field = S("parties"), .value = code };
    if (!c.kind) return true;
    if (!sketch_each(w->snapshot, a, &which, activity_seen, &c, &total, err) ||
        !best_put(w, &c.running, "running", view, err) || !best_put(w, &c.late, "late", view, err))
        return false;
    if (total) json_put_text(view, "activities", words_count(w, "country.activities", total));
    json_put_text(view, "activities_url", str_format(a, "/activity?parties=%.*s", STR_ARG(code)));
    return partners_count(w, code, view, err);
}

static bool names_country(const Json *decision, Str code)
{
    const Json *actors = json_get(decision, "actors");
    for (size_t i = 0; i < json_array_size(actors); i++)
        if (str_eq(json_get_text(json_array_get(actors, i), "country"), code)) return true;
    return false;
}

static void decisions_add(const ViewWork *w, const Record *meeting, Str code, Json *out)
{
    const Json *decisions = json_get(meeting->doc, "decisions");
    for (size_t i = 0; i < json_array_size(decisions); i++) {
        const Json *decision = json_array_get(decisions, i);
        Str         status = json_get_text(decision, "status");
        if (!names_country(decision, code) || str_eq_z(status, "completed") || str_eq_z(status, "cancelled")) continue;
        Json *row = row_make(w, meeting, false), *text = shown_text(w, json_get(decision, "text"));
        if (text) json_put_value(row, "summary", text);
        Date due = date_at(decision, S("due"));
        if (due.parts)
            json_put_text(
                row, "when",
                words_with(w, "country.due", "date", date_words(w->req->arena, due, DATE_LONG, w->req->lang)));
        json_add_value(out, row);
    }
}

static void newest_offer(void *with, const Sketch *s)
{
    best_offer(with, s, -date_first(s->start));
}

static void goal_offer(void *with, const Sketch *s)
{
    bool ended = str_eq_z(s->status, "completed") || str_eq_z(s->status, "cancelled");
    if (!ended) best_offer(with, s, s->end.parts ? date_last(s->end) : INT32_MAX);
}

/* Decisions and goals that name it as the one who acts and that are not done: of the newest meetings, and of
   the goals those due first; how many more records there are is exact. */
static bool owed_add(const ViewWork *w, const Record *r, Str code, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    Json       *out = json_array_make(a), *rows;
    Best        meetings = best_make(w, ROWS_SHOWN), goals = best_make(w, ROWS_SHOWN);
    SketchWhich decided = { .kind = S("meeting"), .to = r, .by = S("decisions.actors.country"), .open = true },
                aimed = { .kind = S("goal"), .to = r, .by = S("responsible.country") };
    if (!sketch_each(w->snapshot, a, &decided, newest_offer, &meetings, NULL, err) ||
        !sketch_each(w->snapshot, a, &aimed, goal_offer, &goals, NULL, err) ||
        !best_rows(w, &goals, false, &rows, err))
        return false;
    for (size_t i = 0; i < meetings.n; i++) {
        Record meeting;
        if (!record_of_face(w->snapshot, a, meetings.face[i], &meeting, err)) return false;
        decisions_add(w, &meeting, code, out);
    }
    json_array_extend(out, rows);
    json_put_value(view, "owed", out);
    if (meetings.total > meetings.n) {
        json_put_text(view, "owed_meetings", words_count(w, "record.more", meetings.total - meetings.n));
        json_put_text(view, "owed_meetings_url",
                      str_format(a, "/meeting?decisions.actors.country=%.*s", STR_ARG(code)));
    }
    if (goals.total > goals.n) {
        json_put_text(view, "owed_goals", words_count(w, "record.more", goals.total - goals.n));
        json_put_text(view, "owed_goals_url", str_format(a, "/goal?responsible.country=%.*s", STR_ARG(code)));
    }
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
    json_put_integer(part, "total", (int64_t)total);
    json_put_text(part, "url", str_format(a, "/%.*s?%s=%.*s", STR_ARG(kind), field, STR_ARG(code)));
    if (total > n) json_put_text(part, "more", words_count(w, "record.more", total - n));
    json_put_value(view, name, part);
    return true;
}

/* How it stands, in one sentence. */
static void stands_add(const ViewWork *w, Json *view)
{
    Json *args = json_object_make(w->req->arena);
    json_put_integer(args, "frameworks", json_get_integer(json_get(view, "takes_part"), "total", 0));
    json_put_integer(args, "running", json_get_integer(view, "running_total", 0));
    json_put_integer(args, "late", json_get_integer(view, "late_total", 0));
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
