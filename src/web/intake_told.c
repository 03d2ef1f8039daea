/* Jobs as their senders see them: values of the API, from which the pages are made. */
#include "base/time.h"
#include "web/intake_inside.h"

static const char *job_state_name(const Job *job)
{
    static const char *const names[] = {
        [JOB_LOOKING] = "looking", [JOB_WAITING] = "waiting", [JOB_IMPORTING] = "importing", [JOB_DONE] = "done"
    };
    bool any = false;
    for (size_t i = 0; i < job->file_count; i++) any = any || job->files[i].done;
    return job_is_over(job) && !any ? "failed" : names[job->state];
}

static Json *problem_value(Arena *a, const Err *err)
{
    Json *out = json_object_make(a);
    Str   name = str_cut(str_of(err_key(err->code)), '.').tail;
    json_put_text(out, "type", str_join(a, (Str[]){ S("/api#"), name }, 2));
    json_put_integer(out, "status", err_http_status(err->code));
    json_put_text(out, "cause", str_copy(a, str_of(err->text)));
    return out;
}

static Json *file_value(Arena *a, const Job *job, size_t i, bool reports)
{
    const JobFile *file = &job->files[i];
    Json          *told = NULL, *out;
    if (reports && file->told.len) json_read(a, file->told, &told, NULL);
    out = told ? told : json_object_make(a);
    json_put_text(out, "name", str_copy(a, file->sent.name));
    json_put_integer(out, "bytes", (int64_t)file->sent.bytes);
    json_put_text_if(out, "dataset", str_copy(a, file->dataset));
    bool now = job->state == JOB_IMPORTING && job->running && job->at == i;
    json_put_text(out, "state",
                  file->done     ? S("done")
                  : file->failed ? S("failed")
                  : now          ? S("importing")
                                 : S("waiting"));
    if (file->failed) json_put_value(out, "problem", problem_value(a, &file->err));
    return out;
}

/* How far the whole job is: looks and imports take each as long as the file is large. */
static double job_share(const Job *job)
{
    double bytes = 0, done = 0;
    for (size_t i = 0; i < job->file_count; i++) {
        double size = (double)job->files[i].sent.bytes + 1;
        bytes += size;
        if (job->files[i].done || job->files[i].failed) done += size;
    }
    if (!job->running) return job_is_over(job) ? 1 : job->state == JOB_IMPORTING ? done / bytes
                                                                                 : 0;
    double share = import_watch_share(job->watch);
    if (job->state == JOB_LOOKING) return share;
    return job->at < job->file_count ? (done + share * (double)job->files[job->at].sent.bytes) / bytes : 1;
}

static Json *job_value(const Intake *in, Arena *a, const Job *job, bool reports)
{
    Json                *out = json_object_make(a), *files = json_array_make(a), *look = NULL, *typed = NULL;
    const ImportOptions *o = &job->options;
    json_put_text(out, "id", str_copy(a, job->id));
    json_put_text(out, "url", str_join(a, (Str[]){ S("/import/"), job->id }, 2));
    json_put_text(out, "state", str_of(job_state_name(job)));
    json_put_number(out, "share", job_share(job));
    if (job->state == JOB_WAITING || job_is_over(job))
        json_put_text(out, "until", time_text(a, job->changed_ms + in->hours * 3600 * 1000));
    json_put_text_if(out, "dataset", str_copy(a, o->dataset));
    json_put_text_if(out, "title", str_copy(a, o->title));
    json_put_text_if(out, "owner", str_copy(a, o->owner));
    json_put_text_if(out, "audience", str_copy(a, o->audience));
    json_put_text_if(out, "sheet", str_copy(a, o->sheet));
    json_put_text_if(out, "encoding", str_copy(a, o->encoding));
    json_put_text_if(out, "mends", str_copy(a, o->mends));
    json_put_bool(out, "publish", o->state == STATE_PUBLISHED);
    json_put_bool(out, "all_tables", job->all_tables);
    for (size_t i = 0; i < job->file_count; i++) json_add_value(files, file_value(a, job, i, reports));
    json_put_value(out, "files", files);
    if (!reports) return out;
    if (job_is_over(job) && job->typed.len && !job->files[0].done && json_read(a, job->typed, &typed, NULL))
        json_put_value(out, "typed", typed);
    if (job->state != JOB_WAITING) return out;
    if (job->look.len && json_read(a, job->look, &look, NULL)) json_put_value(out, "look", look);
    if (job->look_err.code == ERR_NONE) return out;
    json_put_value(out, "problem", problem_value(a, &job->look_err));
    if (look && o->columns) json_put_value(look, "given", json_copy_deep(a, o->columns));
    return out;
}

bool intake_value(Intake *in, Arena *a, Str person, Str id, Json **out, Err *err)
{
    pthread_mutex_lock(&in->lock);
    const Job *job = job_find(in, person, id);
    if (job) *out = job_value(in, a, job, true);
    pthread_mutex_unlock(&in->lock);
    return job || fail(err, ERR_NOT_FOUND, "no such import, or its time is over");
}

Json *intake_list(Intake *in, Arena *a, Str person)
{
    Json *list = json_array_make(a);
    pthread_mutex_lock(&in->lock);
    for (const Job *job = in->jobs; job; job = job->next)
        if (!job->dropped && str_eq(job->who.person, person))
            json_array_insert(list, 0, job_value(in, a, job, false));
    pthread_mutex_unlock(&in->lock);
    return list;
}
