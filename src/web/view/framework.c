/* Strategies and goals: how far each goal has come, told by what counts under it (work/progress.h), counted from
   sketches; what is shown under a goal is the newest few. */
#include <string.h>

#include "text/lang.h"
#include "web/view/tools.h"

#define STRATEGIES_MAX 50  /* on one page */
#define GOALS_MAX      500 /* read for one page */
#define THINGS_SHOWN   8   /* under one goal */
#define THINGS_READ    300 /* for one page */
#define GOAL_THINGS    100 /* in the table of a goal's own page */

/* Fields by which records count under goals: "goals" of several kinds, and of decisions in meetings. */
#define COUNT_FIELDS_MAX 32
typedef struct {
    const Kind  *kind;
    const Field *field;
} CountField;

/* What counts under the goals of one strategy, each once, with the rows of those that are shown. */
typedef struct {
    const ViewWork *w;
    CountField      fields[COUNT_FIELDS_MAX];
    size_t          field_count;
    Contribution   *things;
    uint32_t       *faces;
    Json          **rows; /* NULL until read */
    size_t          n, room;
    uint32_t       *slots; /* open addressing by face: place + 1 */
    size_t          mask;
    size_t          goals_left, rows_left; /* of the page */
    const Kind     *kind;                  /* of the sketches that are coming … */
    Str             goal;                  /* … and the goal they count under */
    Best           *best;
} Counted;

static void count_fields(Counted *c, const Kind *kind, const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Field *f = &fields[i];
        if (f->type == FIELD_GROUP) count_fields(c, kind, f->fields, f->field_count);
        if (f->type == FIELD_LINK && str_ends(f->path, S("goals")) && c->field_count < COUNT_FIELDS_MAX)
            c->fields[c->field_count++] = (CountField){ kind, f };
    }
}

static Counted counted_make(const ViewWork *w)
{
    Counted c = { .w = w, .goals_left = GOALS_MAX, .rows_left = THINGS_READ };
    for (size_t i = 0; i < kinds_count(view_kinds(w)); i++) {
        const Kind *kind = kinds_at(view_kinds(w), i);
        count_fields(&c, kind, kind->fields, kind->field_count);
    }
    return c;
}

static void *grown(Arena *a, const void *old, size_t n, size_t room, size_t size)
{
    char *more = arena_new_array(a, room, size);
    if (n) memcpy(more, old, n * size);
    return more;
}

static size_t slot_of(const Counted *c, uint32_t face)
{
    size_t at = (face * 2654435769u) & c->mask;
    while (c->slots[at] && c->faces[c->slots[at] - 1] != face) at = (at + 1) & c->mask;
    return at;
}

static void counted_grow(Counted *c)
{
    Arena *a = c->w->req->arena;
    c->room = c->room ? 2 * c->room : 64;
    c->things = grown(a, c->things, c->n, c->room, sizeof *c->things);
    c->faces = grown(a, c->faces, c->n, c->room, sizeof *c->faces);
    c->rows = grown(a, c->rows, c->n, c->room, sizeof(Json *));
    c->mask = 2 * c->room - 1;
    c->slots = NEW_ARRAY(a, uint32_t, c->mask + 1);
    for (size_t i = 0; i < c->n; i++) c->slots[slot_of(c, c->faces[i])] = (uint32_t)i + 1;
}

static size_t counted_place(Counted *c, uint32_t face)
{
    if (c->n == c->room) counted_grow(c);
    size_t at = slot_of(c, face);
    if (!c->slots[at]) {
        c->faces[c->n] = face;
        c->slots[at] = (uint32_t)++c->n;
    }
    return c->slots[at] - 1;
}

static void thing_seen(void *with, const Sketch *sketch)
{
    Counted      *c = with;
    size_t        place = counted_place(c, sketch->face); /* first: the list may move */
    Contribution *thing = &c->things[place];
    thing->standing = standing_of_sketch(c->kind, sketch);
    /* By two fields of one record: once. */
    if (thing->goal_count && str_eq(thing->goals[thing->goal_count - 1], c->goal)) return;
    if (!(thing->goal_count & (thing->goal_count + 1)))
        thing->goals =
            grown(c->w->req->arena, thing->goals, thing->goal_count, 2 * thing->goal_count + 2, sizeof(Str));
    thing->goals[thing->goal_count++] = c->goal;
    best_offer(c->best, sketch, -date_first(sketch->start));
}

static bool goal_counts(Counted *c, const Record *goal, Best *best, Err *err)
{
    *best = best_make(c->w, THINGS_SHOWN);
    c->best = best;
    c->goal = goal->id;
    for (size_t i = 0; i < c->field_count; i++) {
        c->kind = c->fields[i].kind;
        SketchWhich which = { .kind = c->kind->name, .to = goal, .by = c->fields[i].field->path };
        if (!sketch_each(c->w->snapshot, c->w->req->arena, &which, thing_seen, c, NULL, err)) return false;
    }
    return true;
}

/* A row is made once, however many goals it counts under. */
static bool things_make(Counted *c, const Best *best, Json *things, Err *err)
{
    for (size_t i = 0; i < best->n; i++) {
        size_t at = counted_place(c, best->face[i]);
        Record r;
        if (!c->rows[at]) {
            if (!c->rows_left) return true;
            c->rows_left--;
            if (!record_of_face(c->w->snapshot, c->w->req->arena, best->face[i], &r, err)) return false;
            c->rows[at] = row_make(c->w, &r, false);
        }
        json_add_value(things, c->rows[at]);
    }
    return true;
}

static Json *number_or_none(const ViewWork *w, size_t n)
{
    return json_text_make(w->req->arena, n ? number_text(w->req->arena, (double)n, 0, w->req->lang) : S(""));
}

typedef struct {
    Record record;
    Best   best; /* of what counts under it */
} GoalRead;

static bool goal_row(Counted *c, const Goal *g, const GoalRead *read, Json *rows, Err *err)
{
    const ViewWork *w = c->w;
    Arena          *a = w->req->arena;
    const Record   *r = &read->record;
    Card            card;
    const Kind     *kind = kind_find(view_kinds(w), S("goal"));
    card_of(w->snapshot, a, r, &card);
    Json *row = shown_card(w, &card), *things = json_array_make(a);
    Str   type = json_get_text(r->doc, "type");
    json_put_text(row, "goal", r->id);
    json_put_text_if(row, "code", json_get_text(r->doc, "code"));
    if (type.len && kind) json_put_text(row, "type", choice_word(w, kind, kind_field(kind, S("type")), type));
    json_put_integer(row, "level", g->depth);
    json_put_integer(row, "depth", g->depth > 4 ? 4 : g->depth);
    json_put_bool(row, "top", g->depth == 0);
    json_put_value(row, "status",
                   status_make(w, words(w, str_format(a, "progress.%s", progress_name(g->state)).at), g->state));
    for (Progress p = PROGRESS_UNKNOWN; p < PROGRESS_COUNT; p++)
        json_put_value(row, progress_name(p), number_or_none(w, g->counts[p]));
    if (!things_make(c, &read->best, things, err)) return false;
    json_put_value(row, "things", things);
    json_put_bool(row, "has_things", json_array_size(things) > 0);
    if (read->best.total > json_array_size(things))
        json_put_text(row, "things_more", words_count(w, "record.more", read->best.total - json_array_size(things)));
    json_add_value(rows, row);
    return true;
}

static int64_t goal_order(const GoalRead *g)
{
    return json_get_integer(g->record.doc, "order", 1 << 20);
}

/* The goals of a strategy in the order of siblings; those without a number come last, by title. */
static bool goals_read(Counted *c, const Record *strategy, GoalRead **out, size_t *n, uint64_t *total, Err *err)
{
    Record *records;
    size_t  limit = c->goals_left ? c->goals_left : 1;
    if (!records_where(c->w, S("goal"), S("strategy"), strategy->id, S("title"), limit, &records, n, total, err))
        return false;
    if (*n > c->goals_left) *n = c->goals_left;
    c->goals_left -= *n;
    GoalRead *goals = NEW_ARRAY(c->w->req->arena, GoalRead, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        GoalRead one = { .record = records[i] };
        size_t   at = i;
        for (; at > 0 && goal_order(&goals[at - 1]) > goal_order(&one); at--) goals[at] = goals[at - 1];
        goals[at] = one;
    }
    *out = goals;
    return true;
}

/* The rows of goals in the order of their tree. Adds to `totals` how many without goals below stand in each state. */
static bool goals_cover(Counted *c, GoalRead *read, size_t n, Json *rows, size_t totals[PROGRESS_COUNT], Err *err)
{
    Arena *a = c->w->req->arena;
    Goal  *goals = NEW_ARRAY(a, Goal, n + 1);
    c->n = c->room = 0; /* another strategy, other goals */
    for (size_t i = 0; i < n; i++) {
        const Json *doc = read[i].record.doc;
        goals[i] = (Goal){ .id = read[i].record.id,
                           .parent = json_get_text(doc, "parent"),
                           .own = { json_get_text(doc, "status"), { 0 }, date_at(doc, S("due")) } };
        if (!goal_counts(c, &read[i].record, &read[i].best, err)) return false;
    }
    progress_cover(a, goals, n, c->things, c->n, c->w->today);
    for (size_t i = 0; i < n; i++) {
        const GoalRead *g = read;
        while (!str_eq(g->record.id, goals[i].id)) g++;
        if (!goal_row(c, &goals[i], g, rows, err)) return false;
        if (goals[i].leaf) totals[goals[i].state]++;
    }
    return true;
}

static bool strategy_cover(Counted *c, const Record *strategy, Json *out, size_t totals[PROGRESS_COUNT], Err *err)
{
    const ViewWork *w = c->w;
    Arena          *a = w->req->arena;
    GoalRead       *read;
    size_t          n;
    uint64_t        total;
    Json           *rows = json_array_make(a);
    if (!goals_read(c, strategy, &read, &n, &total, err) || !goals_cover(c, read, n, rows, totals, err)) return false;
    json_put_value(out, "goals", rows);
    json_put_bool(out, "has_goals", n > 0);
    json_put_text(out, "goal_count", words_count(w, "coverage.goals", total));
    if (total > n) {
        json_put_text(out, "goals_more", words_count(w, "record.more", total - n));
        json_put_text(out, "goals_url", str_format(a, "/goal?strategy=%.*s", STR_ARG(strategy->id)));
    }
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
    Arena   *a = w->req->arena;
    Record  *strategies;
    size_t   n, totals[PROGRESS_COUNT] = { 0 };
    uint64_t total;
    Json    *out = json_array_make(a);
    Counted  counted = counted_make(w);
    if (!records_where(w, S("strategy"), S("framework"), r->id, S("-start"), STRATEGIES_MAX, &strategies, &n, &total,
                       err))
        return false;
    for (size_t i = 0; i < n; i++) {
        Json *one = row_make(w, &strategies[i], true);
        if (!strategy_cover(&counted, &strategies[i], one, totals, err)) return false;
        json_add_value(out, one);
    }
    json_put_value(view, "strategies", out);
    if (total > n) {
        json_put_text(view, "strategies_more", words_count(w, "record.more", total - n));
        json_put_text(view, "strategies_url", str_format(a, "/strategy?framework=%.*s", STR_ARG(r->id)));
    }
    json_put_bool(view, "is_framework", true);
    totals_add(w, totals, view);
    return true;
}

/* A goal and those below it: `own` of them, the goal first, cut out of the rows of its strategy. */
static Json *rows_below(const ViewWork *w, const Json *rows, Str url, Json **own)
{
    Json   *below = json_array_make(w->req->arena), *row;
    size_t  i;
    int64_t level = -1;
    *own = NULL;
    json_array_foreach(rows, i, row)
    {
        int64_t at = json_get_integer(row, "level", 0);
        if (str_eq(json_get_text(row, "url"), url)) {
            *own = row;
            level = at;
        } else if (*own && at <= level) {
            break;
        } else if (*own) {
            json_put_integer(row, "depth", at - level > 4 ? 4 : at - level - 1);
            json_put_bool(row, "top", at == level + 1);
            json_add_value(below, row);
        }
    }
    return below;
}

static bool counts_under(const Contribution *thing, const Str *ids, size_t n)
{
    for (size_t i = 0; i < thing->goal_count; i++)
        for (size_t k = 0; k < n; k++)
            if (str_eq(thing->goals[i], ids[k])) return true;
    return false;
}

/* All of a kind that count, in a list of their own. */
static Json *rest_of_kind(const ViewWork *w, const Kind *kind, const Str *ids, size_t n)
{
    Json *one = json_object_make(w->req->arena);
    Buf  *url = buf_open(w->req->arena);
    buf_putf(url, "/%.*s", STR_ARG(kind->name));
    for (size_t i = 0; i < n; i++) buf_putf(url, "%slinks=%.*s", i ? "&" : "?", STR_ARG(ids[i]));
    json_put_text(one, "text", kind_word(w, kind->name, true));
    json_put_text(one, "url", buf_str(url));
    return one;
}

/* The table of what counts under a goal and those below it, the newest first. */
static bool goal_things(Counted *c, const Str *ids, size_t n, Json *view, Err *err)
{
    const ViewWork *w = c->w;
    Best            best = best_make(w, GOAL_THINGS);
    Json           *rows, *rest = json_array_make(w->req->arena);
    for (size_t i = 0; i < c->n; i++)
        if (counts_under(&c->things[i], ids, n))
            best_offer(&best, &(Sketch){ .face = c->faces[i] }, -date_first(c->things[i].standing.start));
    if (!best_rows(w, &best, false, &rows, err)) return false;
    json_put_value(view, "counts", rows);
    json_put_bool(view, "is_goal", true);
    if (best.total == best.n) return true;
    for (size_t i = 0; i < c->field_count; i++)
        if (!i || c->fields[i].kind != c->fields[i - 1].kind)
            json_add_value(rest, rest_of_kind(w, c->fields[i].kind, ids, n));
    json_put_text(view, "counts_more", words_count(w, "record.more", best.total - best.n));
    json_put_value(view, "counts_rest", rest);
    return true;
}

/* How a goal stands, as its strategy's page says it; the goals below it; what counts under all of them. */
bool view_goal(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    Arena    *a = w->req->arena;
    size_t    totals[PROGRESS_COUNT] = { 0 }, n = 0, i;
    uint64_t  total;
    Record    strategy;
    Err       ignored;
    GoalRead *read, alone = { .record = *r };
    Str       id = json_get_text(r->doc, "strategy");
    Json     *rows = json_array_make(a), *own, *row;
    Counted   counted = counted_make(w);
    counted.rows_left = 0; /* the matrix only counts */
    if (id.len && record_read_id(w->snapshot, a, id, &strategy, &ignored) &&
        !goals_read(&counted, &strategy, &read, &n, &total, err))
        return false;
    if (!n) read = &alone, n = 1;
    if (!goals_cover(&counted, read, n, rows, totals, err)) return false;
    Json  *below = rows_below(w, rows, record_url(a, r->kind, r->slug), &own);
    Str   *ids = NEW_ARRAY(a, Str, json_array_size(below) + 1);
    size_t id_count = 0;
    ids[id_count++] = r->id;
    json_array_foreach(below, i, row) ids[id_count++] = json_get_text(row, "goal");
    if (own) json_put_value(view, "status", json_get(own, "status"));
    if (json_array_size(below)) {
        Json *part = json_object_make(a);
        json_put_text(part, "text", words(w, "goal.below"));
        json_put_value(part, "goals", below);
        json_put_value(view, "below", part);
    }
    return goal_things(&counted, ids, id_count, view, err);
}

bool view_strategy(const ViewWork *w, const Record *r, Json *view, Err *err)
{
    size_t  totals[PROGRESS_COUNT] = { 0 };
    Json   *one = row_make(w, r, false), *out = json_array_make(w->req->arena);
    Counted counted = counted_make(w);
    if (!strategy_cover(&counted, r, one, totals, err)) return false;
    json_add_value(out, one);
    json_put_value(view, "strategies", out);
    json_put_bool(view, "is_strategy", true);
    totals_add(w, totals, view);
    return true;
}
