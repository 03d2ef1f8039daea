/* See stands.h. */
#include "web/stands.h"

static const Progress offered[] = { PROGRESS_LATE, PROGRESS_RUNNING, PROGRESS_PLANNED, PROGRESS_DONE,
                                    PROGRESS_STOPPED };
#define OFFERED (sizeof offered / sizeof *offered)

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

size_t stands_offered(const Kind *kind, const Progress **out)
{
    const Field *status = kind_field(kind, S("status"));
    *out = offered;
    return status && status->type == FIELD_CHOICE && kind->start_field.len && kind->end_field.len ? OFFERED : 0;
}

bool stands_chosen(const Request *req, Progress state)
{
    for (size_t i = 0; i < req->query_count; i++)
        if (str_eq_z(req->query[i].name, "stands") && str_eq_z(req->query[i].value, progress_name(state))) return true;
    return false;
}

typedef struct {
    const Kind *kind;
    Date        today;
    bool        wanted[PROGRESS_COUNT];
} Wanted;

static bool takes(void *with, const Sketch *sketch)
{
    const Wanted *w = with;
    return w->wanted[progress_of(standing_of_sketch(w->kind, sketch), w->today)];
}

static bool want(Wanted *w, Str word, Err *err)
{
    const Progress *states;
    size_t          n = stands_offered(w->kind, &states);
    if (!n) return fail(err, ERR_INVALID, "what is of kind \"%.*s\" has no \"stands\"", STR_ARG(w->kind->name));
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(word, progress_name(states[i]))) return w->wanted[states[i]] = true;
    return fail(err, ERR_INVALID, "\"stands\" is late, running, planned, done or stopped, not \"%.*s\"", STR_ARG(word));
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
        if (!want(w, req->query[i].value, err)) return false;
    }
    if (!w) return true;
    question->takes = takes;
    question->takes_with = w;
    return true;
}
