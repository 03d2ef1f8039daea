/* Coverage of goals. See progress.h for the rules. */
#include "work/progress.h"

#include <string.h>

const char *progress_name(Progress p)
{
    static const char *const names[] = { "empty", "unknown", "done", "running", "late", "planned", "stopped" };
    return names[p];
}

static bool one_of(Str word, const Str *words)
{
    for (; words->len; words++)
        if (str_eq(word, *words)) return true;
    return false;
}

/* The first and the last day a date may mean, as numbers that compare as the days do. */
static int first_of(Date d)
{
    return d.year * 10000 + (d.month ? d.month : 1) * 100 + (d.day ? d.day : 1);
}

static int last_of(Date d)
{
    return d.year * 10000 + (d.month ? d.month : 12) * 100 + (d.day ? d.day : 31);
}

Progress progress_of(Standing s, Date today)
{
    static const Str stopped[] = { S_INIT("cancelled"), S_INIT("suspended"), { 0 } };
    static const Str done[] = {
        S_INIT("completed"), S_INIT("held"), S_INIT("adopted"), S_INIT("superseded"), S_INIT("expired"), { 0 }
    };
    static const Str ahead[] = {
        S_INIT("planned"), S_INIT("postponed"), S_INIT("in-preparation"), S_INIT("draft"), { 0 }
    };
    static const Str going[] = { S_INIT("active"), S_INIT("launched"), { 0 } };
    int              now = first_of(today);
    Date             last = s.end.parts || !s.brief ? s.end : s.start;
    bool             begun = s.start.parts && first_of(s.start) <= now;
    bool             start_over = s.start.parts && last_of(s.start) < now;
    bool             over = last.parts && last_of(last) < now;

    if (one_of(s.status, stopped)) return PROGRESS_STOPPED;
    if (one_of(s.status, done)) return PROGRESS_DONE;
    if (one_of(s.status, ahead)) return over || start_over ? PROGRESS_LATE : PROGRESS_PLANNED;
    if (one_of(s.status, going)) return s.end.parts && over ? PROGRESS_LATE : PROGRESS_RUNNING;
    if (over) return PROGRESS_DONE;
    if (s.start.parts && !begun) return PROGRESS_PLANNED;
    return begun && last.parts ? PROGRESS_RUNNING : PROGRESS_UNKNOWN;
}

static Progress goal_state(const Goal *g, Date today)
{
    static const Progress order[] = { PROGRESS_RUNNING, PROGRESS_PLANNED, PROGRESS_DONE, PROGRESS_UNKNOWN,
                                      PROGRESS_STOPPED };
    if (str_eq_z(g->own.status, "completed")) return PROGRESS_DONE;
    if (str_eq_z(g->own.status, "cancelled") || str_eq_z(g->own.status, "suspended")) return PROGRESS_STOPPED;
    bool past = g->own.end.parts && date_days_last(g->own.end) < date_days(today);
    if (g->counts[PROGRESS_LATE] || (past && !g->counts[PROGRESS_DONE])) return PROGRESS_LATE;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (g->counts[order[i]]) return order[i];
    return PROGRESS_EMPTY;
}

/* Places of goals by id: open addressing over indexes + 1. */
typedef struct {
    size_t *slots, mask;
} Places;

static size_t place_of(const Places *p, const Goal *goals, Str id)
{
    size_t i = (size_t)str_hash(id) & p->mask;
    for (; p->slots[i]; i = (i + 1) & p->mask)
        if (str_eq(goals[p->slots[i] - 1].id, id)) return p->slots[i] - 1;
    return SIZE_MAX;
}

static Places places_make(Arena *a, const Goal *goals, size_t n)
{
    size_t room = 8;
    while (room < 2 * n) room *= 2;
    Places p = { NEW_ARRAY(a, size_t, room), room - 1 };
    for (size_t g = 0; g < n; g++) {
        size_t i = (size_t)str_hash(goals[g].id) & p.mask;
        while (p.slots[i]) i = (i + 1) & p.mask;
        p.slots[i] = g + 1;
    }
    return p;
}

/* The place of each goal's parent, SIZE_MAX at the top. Circles are cut where they close. */
static size_t *parents_make(Arena *a, Goal *goals, size_t n, const Places *places)
{
    size_t *parents = NEW_ARRAY(a, size_t, n + 1);
    for (size_t g = 0; g < n; g++)
        parents[g] = goals[g].parent.len ? place_of(places, goals, goals[g].parent) : SIZE_MAX;
    for (size_t g = 0; g < n; g++) {
        size_t up = parents[g], steps = 0;
        while (up != SIZE_MAX && up != g && steps++ <= n) up = parents[up];
        if (up != SIZE_MAX) parents[g] = SIZE_MAX;
    }
    return parents;
}

void progress_cover(Arena *a, Goal *goals, size_t n, const Contribution *contributions, size_t m, Date today)
{
    if (!n) return;
    Places  places = places_make(a, goals, n);
    size_t *parents = parents_make(a, goals, n, &places);
    size_t *seen_by = NEW_ARRAY(a, size_t, n);
    for (size_t g = 0; g < n; g++) {
        memset(goals[g].counts, 0, sizeof goals[g].counts);
        goals[g].leaf = true;
        goals[g].depth = 0;
    }
    for (size_t g = 0; g < n; g++)
        if (parents[g] != SIZE_MAX) goals[parents[g]].leaf = false;
    for (size_t c = 0; c < m; c++) {
        Progress state = progress_of(contributions[c].standing, today);
        for (size_t i = 0; i < contributions[c].goal_count; i++)
            for (size_t g = place_of(&places, goals, contributions[c].goals[i]); g != SIZE_MAX && seen_by[g] != c + 1;
                 g = parents[g]) {
                seen_by[g] = c + 1;
                goals[g].counts[state]++;
            }
    }

    /* Lists of children, then a walk from the top. */
    size_t *first = NEW_ARRAY(a, size_t, n + 1), *next = NEW_ARRAY(a, size_t, n), *stack = NEW_ARRAY(a, size_t, n);
    for (size_t g = n; g-- > 0;) {
        size_t *head = &first[parents[g] == SIZE_MAX ? n : parents[g]];
        next[g] = *head;
        *head = g + 1;
    }
    Goal  *ordered = NEW_ARRAY(a, Goal, n);
    size_t depth = 0, done = 0, at = first[n];
    while (at || depth) {
        if (!at) {
            at = next[stack[--depth]];
            continue;
        }
        Goal *g = &goals[at - 1];
        g->depth = (int)depth;
        g->state = goal_state(g, today);
        ordered[done++] = *g;
        stack[depth++] = at - 1;
        at = first[at - 1];
    }
    memcpy(goals, ordered, done * sizeof *goals);
}
