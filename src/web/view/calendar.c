/* The calendar: what is to come, by month; then every year that was, with the newest rows of it. A year whose
   meetings are not all here has a page of its own, ?year=2019. */
#include <stdlib.h>

#include "text/lang.h"
#include "web/view/tools.h"

#define AHEAD_SHOWN   100
#define ARCHIVE_SHOWN 300
#define YEARS_OPEN    2
#define YEARS_MAX     500

typedef struct {
    int      year; /* 0: no date */
    uint64_t count;
} Year;

typedef struct {
    int    today, only; /* only: this year; 0: all */
    Best   ahead, past;
    Year   years[YEARS_MAX];
    size_t year_count;
} Calendar;

static void year_count(Calendar *c, int year)
{
    size_t i = 0;
    while (i < c->year_count && c->years[i].year != year) i++;
    if (i == YEARS_MAX) return;
    if (i == c->year_count) c->years[c->year_count++] = (Year){ year, 0 };
    c->years[i].count++;
}

static void meeting_seen(void *with, const Sketch *s)
{
    Calendar *c = with;
    if (c->only && s->start.year != c->only) return;
    if (date_last(s->end.parts ? s->end : s->start) >= c->today) {
        best_offer(&c->ahead, s, date_first(s->start));
        return;
    }
    year_count(c, s->start.year);
    best_offer(&c->past, s, -date_first(s->start));
}

static int latest_first(const void *x, const void *y)
{
    return ((const Year *)y)->year - ((const Year *)x)->year;
}

static Json *group_add(const ViewWork *w, Json *groups, Str label, Str anchor)
{
    Json *group = json_object_make(w->req->arena);
    json_put_text(group, "label", label);
    json_put_text(group, "anchor", anchor);
    json_put_value(group, "rows", json_array_make(w->req->arena));
    json_add_value(groups, group);
    return group;
}

static Json *group_at(const ViewWork *w, Json *groups, Date part)
{
    Arena *a = w->req->arena;
    size_t n = json_array_size(groups);
    Json  *last = n ? json_array_get(groups, n - 1) : NULL;
    Str    anchor = str_format(a, "y%.*s", STR_ARG(date_text(a, part)));
    if (last && str_eq(json_get_text(last, "anchor"), anchor)) return last;
    return group_add(w, groups, date_words(a, part, DATE_LONG, w->req->lang), anchor);
}

static bool ahead_add(const ViewWork *w, const Calendar *c, Json *view, Err *err)
{
    Json *months = json_array_make(w->req->arena);
    for (size_t i = 0; i < c->ahead.n; i++) {
        Record r;
        if (!record_of_face(w->snapshot, w->req->arena, c->ahead.face[i], &r, err)) return false;
        Date part = date_at(r.doc, S("start"));
        if (!part.parts) part = date_at(r.doc, S("end"));
        part.parts = part.parts > 1 ? 2 : 1;
        json_add_value(json_get(group_at(w, months, part), "rows"), row_make(w, &r, false));
    }
    json_put_value(view, "months", months);
    json_put_bool(view, "any_ahead", c->ahead.n > 0);
    if (c->ahead.total > c->ahead.n)
        json_put_text(view, "ahead_more", words_count(w, "record.more", c->ahead.total - c->ahead.n));
    return true;
}

/* The newest rows fall to the years in their order; what is left of a year is a page away. */
static bool archive_add(const ViewWork *w, Calendar *c, Json *view, Err *err)
{
    Arena *a = w->req->arena;
    Json  *years = json_array_make(a), *rows;
    size_t at = 0;
    if (!best_rows(w, &c->past, false, &rows, err)) return false;
    qsort(c->years, c->year_count, sizeof *c->years, latest_first);
    for (size_t i = 0; i < c->year_count; i++) {
        Year   year = c->years[i];
        Date   part = { year.year, 0, 0, 1 };
        Json  *group = year.year ? group_at(w, years, part)
                                 : group_add(w, years, words(w, "calendar.undated"), S("undated"));
        size_t here = 0;
        for (; here < year.count && at < json_array_size(rows); here++)
            json_add_value(json_get(group, "rows"), json_array_get(rows, at++));
        json_put_bool(group, "open", i < YEARS_OPEN);
        json_put_text(group, "count", number_text(a, (double)year.count, 0, w->req->lang));
        if (here == year.count) continue;
        json_put_text(group, "more", words_count(w, "record.more", year.count - here));
        json_put_text(group, "url",
                      year.year && !c->only ? question_url(w, "year", str_format(a, "%d", year.year), false)
                                            : S("/meeting?sort=-start"));
    }
    json_put_value(view, "years", years);
    return true;
}

static bool frameworks_add(const ViewWork *w, Str chosen, Json *view, Err *err)
{
    Record *all;
    size_t  count;
    Json   *frameworks = json_array_make(w->req->arena);
    if (!records_where(w, S("framework"), S(""), S(""), S("title"), 50, &all, &count, NULL, err)) return false;
    for (size_t i = 0; i < count; i++) {
        Json *one = row_make(w, &all[i], false);
        json_put_text(one, "url", question_url(w, "framework", all[i].id, true));
        json_put_bool(one, "chosen", str_eq(chosen, all[i].id));
        json_add_value(frameworks, one);
    }
    json_put_value(view, "frameworks", frameworks);
    return true;
}

/* A framework may be named by its slug. */
static Str framework_chosen(const ViewWork *w)
{
    Str  wish = query_get(w->req, "framework");
    Card card;
    Err  err;
    Str  target = str_join(w->req->arena, (Str[]){ S("framework:"), wish }, 2);
    return wish.len && card_read(w->snapshot, w->req->arena, target, &card, &err) ? card.id : wish;
}

bool view_calendar(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)value;
    Calendar *c = NEW(w->req->arena, Calendar);
    Str       framework = framework_chosen(w);
    int64_t   year = 0;
    if (str_to_i64(query_get(w->req, "year"), &year) && year > 0 && year < 10000) c->only = (int)year;
    c->today = date_first(w->today);
    c->ahead = best_make(w, AHEAD_SHOWN);
    c->past = best_make(w, ARCHIVE_SHOWN);
    SketchWhich which = { .kind = S("meeting"),
                          .field = framework.len ? S("frameworks") : STR_NONE,
                          .value = framework };
    if (!sketch_each(w->snapshot, w->req->arena, &which, meeting_seen, c, NULL, err) ||
        !ahead_add(w, c, view, err) || !archive_add(w, c, view, err) || !frameworks_add(w, framework, view, err))
        return false;
    json_put_bool(view, "any", c->past.n > 0 || c->ahead.n > 0);
    return true;
}
