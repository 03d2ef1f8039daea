/* A framework, a strategy and a goal: the tree of goals with what is done, running, late or empty. */
#include "text/lang.h"
#include "web/view_tools.h"

#define GOAL_LINKS_MAX 200 /* records that count under one goal */

/* Records that count, each read once. */
typedef struct {
    Record       *records;
    Contribution *contributions;
    Str          *ids;
    size_t        n, room;
} Counted;

static void *grown(Arena *a, void *old, size_t n, size_t room, size_t size)
{
    char *more = arena_new_array(a, room, size);
    for (size_t i = 0; old && i < n * size; i++) more[i] = ((char *)old)[i];
    return more;
}

static size_t counted_find(const Counted *c, Str id)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->ids[i], id)) return i;
    return c->n;
}

static bool counted_add(const ViewWork *w, Counted *c, Str id, Str goal, Err *err)
{
    Arena *a = w->req->arena;
    size_t i = counted_find(c, id);
    if (i == c->n) {
        if (c->n == c->room) {
            c->room = c->room ? 2 * c->room : 64;
            c->records = grown(a, c->records, c->n, c->room, sizeof *c->records);
            c->contributions = grown(a, c->contributions, c->n, c->room, sizeof *c->contributions);
            c->ids = grown(a, c->ids, c->n, c->room, sizeof *c->ids);
        }
        if (!record_read_id(w->snapshot, a, id, &c->records[i], err)) return false;
        const Kind *kind = kind_find(view_kinds(w), c->records[i].kind);
        c->contributions[i] = (Contribution){ .standing = kind ? standing_of(kind, c->records[i].doc)
                                                               : (Standing){ .end = { 0, 0, 0, 0 } } };
        c->ids[i] = id;
        c->n++;
    }
    Contribution *one = &c->contributions[i];
    for (size_t g = 0; g < one->goal_count; g++)
        if (str_eq(one->goals[g], goal)) return true;
    if (!(one->goal_count & (one->goal_count + 1)))
        one->goals = grown(a, one->goals, one->goal_count, 2 * one->goal_count + 2, sizeof(Str));
    one->goals[one->goal_count++] = goal;
    return true;
}

static bool goal_counts(const ViewWork *w, const Record *goal, Counted *c, Err *err)
{
    Link    *links;
    size_t   n;
    uint64_t total;
    if (!record_backlinks(w->snapshot, w->req->arena, goal, STR_NONE, STR_NONE, GOAL_LINKS_MAX, &links, &n, &total,
                          err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (links[i].visible && str_ends(links[i].field, S("goals")) &&
            !counted_add(w, c, links[i].card.id, goal->id, err))
            return false;
    return true;
}

static Json *number_or_none(const ViewWork *w, size_t n)
{
    return json_text_make(w->req->arena, n ? number_text(w->req->arena, (double)n, 0, w->req->lang) : S(""));
}

static Json *goal_row(const ViewWork *w, const Goal *g, const Record *r, const Counted *c)
{
    Arena      *a = w->req->arena;
    Card        card;
    const Kind *kind = kind_find(view_kinds(w), S("goal"));
    card_of(w->snapshot, a, r, &card);
    Json *row = shown_card(w, &card), *things = json_array_make(a);
    Str   type = json_get_text(r->doc, "type");
    json_put_text_if(row, "code", json_get_text(r->doc, "code"));
    if (type.len && kind) json_put_text(row, "type", choice_word(w, kind, kind_field(kind, S("type")), type));
    json_put_integer(row, "depth", g->depth > 4 ? 4 : g->depth);
    json_put_bool(row, "top", g->depth == 0);
    json_put_value(row, "status",
                   status_make(w, words(w, str_format(a, "progress.%s", progress_name(g->state)).at), g->state));
    for (Progress p = PROGRESS_UNKNOWN; p < PROGRESS_COUNT; p++)
        json_put_value(row, progress_name(p), number_or_none(w, g->counts[p]));
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->contributions[i].goal_count; k++)
            if (str_eq(c->contributions[i].goals[k], g->id)) json_add_value(things, row_make(w, &c->records[i], false));
    json_put_value(row, "things", things);
    json_put_bool(row, "has_things", json_array_size(things) > 0);
    return row;
}

/* Adds to `totals` how many goals without goals below stand in each state. */
static bool strategy_cover(const ViewWork *w, const Record *strategy, Json *out, size_t totals[PROGRESS_COUNT],
                           Err *err)
{
    Arena  *a = w->req->arena;
    Record *records;
    size_t  n;
    Counted counted = { 0 };
    Json   *rows = json_array_make(a);
    if (!records_where(w, S("goal"), S("strategy"), strategy->id, S("title"), VIEW_LINKS_MAX, &records, &n, NULL, err))
        return false;
    Goal *goals = NEW_ARRAY(a, Goal, n + 1);
    /* By their order among siblings; those without one come last, by title. */
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && json_get_integer(records[k - 1].doc, "order", 1 << 20) >
                                        json_get_integer(records[k].doc, "order", 1 << 20);
             k--) {
            Record swap = records[k];
            records[k] = records[k - 1];
            records[k - 1] = swap;
        }
    for (size_t i = 0; i < n; i++) {
        goals[i] =
            (Goal){ .id = records[i].id,
                    .parent = json_get_text(records[i].doc, "parent"),
                    .own = { json_get_text(records[i].doc, "status"), { 0 }, date_at(records[i].doc, S("due")) } };
        if (!goal_counts(w, &records[i], &counted, err)) return false;
    }
    progress_cover(a, goals, n, counted.contributions, counted.n, w->today);
    for (size_t i = 0; i < n; i++) {
        const Record *r = records;
        while (!str_eq(r->id, goals[i].id)) r++;
        json_add_value(rows, goal_row(w, &goals[i], r, &counted));
        if (goals[i].leaf) totals[goals[i].state]++;
    }
    json_put_value(out, "goals", rows);
    json_put_bool(out, "has_goals", n > 0);
    json_put_text(out, "goal_count", words_count(w, "coverage.goals", n));
    return true;
}

static void totals_add(const ViewWork *w, const size_t totals[PROGRESS_COUNT], Json *view)
{
    static const Progress order[] = { PROGRESS_DONE, PROGRESS_RUNNING, PROGRESS_LATE, PROGRESS_PLANNED,
                                      PROGRESS_UNKNOWN, PROGRESS_STOPPED, PROGRESS_EMPTY };
    Arena                *a = w->req->arena;
    Json                 *out = json_array_make(a);
    size_t                all = 0;
    for (size_t p = 0; p < PROGRESS_COUNT; p++) all += totals[p];
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!totals[order[i]]) continue;
        Json *one = status_make(w, words(w, str_format(a, "progress.%s", progress_name(order[i])).at), order[i]);
        json_put_text(one, "count", number_text(a, (double)totals[order[i]], 0, w->req->lang));
        json_put_integer(one, "per_mille", (int64_t)(totals[order[i]] * 1000 / all));
        json_add_value(out, one);
    }
    json_put_value(view, "totals", out);
    json_put_text(view, "goals_all", words_count(w, "coverage.of", all));
    json_put_bool(view, "any_goals", all > 0);
}

bool view_framework(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    Record *strategies;
    size_t  n, totals[PROGRESS_COUNT] = { 0 };
    Json   *out = json_array_make(w->req->arena);
    if (!records_where(w, S("strategy"), S("framework"), r->id, S("-start"), 100, &strategies, &n, NULL, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        Json *one = row_make(w, &strategies[i], true);
        if (!strategy_cover(w, &strategies[i], one, totals, err)) return false;
        json_add_value(out, one);
    }
    json_put_value(view, "strategies", out);
    json_put_bool(view, "is_framework", true);
    totals_add(w, totals, view);
    return true;
}

/* How a goal stands, as its strategy's page says it. */
bool view_goal(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    size_t totals[PROGRESS_COUNT] = { 0 }, i;
    Record strategy;
    Err    ignored;
    Str    id = json_get_text(r->doc, "strategy"), url = record_path(w->req->arena, r->kind, r->slug);
    Json  *cover = json_object_make(w->req->arena), *row;
    if (!id.len || !record_read_id(w->snapshot, w->req->arena, id, &strategy, &ignored)) return true;
    if (!strategy_cover(w, &strategy, cover, totals, err)) return false;
    json_array_foreach(json_get(cover, "goals"), i, row) if (str_eq(json_get_text(row, "url"), url))
        json_put_value(view, "status", json_get(row, "status"));
    return true;
}

bool view_strategy(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    size_t totals[PROGRESS_COUNT] = { 0 };
    Json  *one = row_make(w, r, false), *out = json_array_make(w->req->arena);
    if (!strategy_cover(w, r, one, totals, err)) return false;
    json_add_value(out, one);
    json_put_value(view, "strategies", out);
    json_put_bool(view, "is_strategy", true);
    totals_add(w, totals, view);
    return true;
}
