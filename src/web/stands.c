/* See stands.h. */
#include "web/stands.h"

static const Progress    states[] = { PROGRESS_LATE, PROGRESS_RUNNING, PROGRESS_PLANNED, PROGRESS_DONE,
                                      PROGRESS_STOPPED };
static const char *const offered[] = { "late", "running", "planned", "done", "stopped", STANDS_UNREPORTED };
#define STATES (sizeof states / sizeof *states)

bool kind_is_brief(const Kind *kind)
{
    /* Only what meets is held; everything else goes on until it ends. */
    const Field *status = kind_field(kind, S("status"));
    bool         held = !kind->end_field.len;
    for (size_t i = 0; status && i < status->choice_count; i++) held |= str_eq_z(status->choices[i], "held");
    return held;
}

Standing standing_of_sketch(const Kind *kind, const Sketch *sketch)
{
    return (Standing){
        .status = sketch->status, .start = sketch->start, .end = sketch->end, .brief = kind_is_brief(kind)
    };
}

bool sketch_unreported(const Sketch *sketch, Date today)
{
    return sketch->unreported < date_days(today);
}

size_t stands_offered(const Kind *kind, const char *const **out)
{
    const Field *status = kind_field(kind, S("status"));
    bool         dated = status && status->type == FIELD_CHOICE && kind->start_field.len && kind->end_field.len;
    *out = dated ? offered : offered + STATES;
    return (dated ? STATES : 0) + kind_reports_results(kind);
}

bool stands_chosen(const Request *req, const char *word)
{
    for (size_t i = 0; i < req->query_count; i++)
        if (str_eq_z(req->query[i].name, "stands") && str_eq_z(req->query[i].value, word)) return true;
    return false;
}

typedef struct {
    const Kind *kind;
    Date        today;
    bool        states[PROGRESS_COUNT], unreported;
} Wanted;

static bool takes(void *with, const Sketch *sketch)
{
    const Wanted *w = with;
    return (w->unreported && sketch_unreported(sketch, w->today)) ||
           w->states[progress_of(standing_of_sketch(w->kind, sketch), w->today)];
}

static bool want(Arena *a, Wanted *w, Str word, Err *err)
{
    const char *const *words;
    size_t             n = stands_offered(w->kind, &words);
    Buf               *known = buf_open(a);
    if (!n) return fail(err, ERR_INVALID, "what is of kind \"%.*s\" has no \"stands\"", STR_ARG(w->kind->name));
    for (size_t i = 0; i < n; i++) {
        buf_putf(known, "%s%s", i ? ", " : "", words[i]);
        if (!str_eq_z(word, words[i])) continue;
        if (str_eq_z(word, STANDS_UNREPORTED)) return w->unreported = true;
        return w->states[states[i]] = true;
    }
    return fail(err, ERR_INVALID, "\"stands\" is one of %s; not \"%.*s\"", known->at, STR_ARG(word));
}

bool stands_narrow(const Request *req, const Kind *kind, Question *question, Err *err)
{
    Wanted *w = NULL;
    for (size_t i = 0; i < req->query_count; i++) {
        if (!str_eq_z(req->query[i].name, "stands") || !req->query[i].value.len) continue;
        if (!w) {
            w = NEW(req->arena, Wanted);
            *w = (Wanted){ .kind = kind, .today = date_of_ms(time_now_ms()) };
        }
        if (!want(req->arena, w, req->query[i].value, err)) return false;
    }
    if (!w) return true;
    question->takes = takes;
    question->takes_with = w;
    return true;
}
