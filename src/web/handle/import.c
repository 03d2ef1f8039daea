/* Files into datasets by the page and by programs: sent, looked at, decided on, imported (intake.h). Pages answer a
   form by leading on to the job's page; with a token, or to `.json`, the answer is the job itself. */
#include "web/import_columns.h"
#include "web/intake.h"
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

static bool wants_json(const Request *req)
{
    return req->bearer || str_eq(req->ending, S("json"));
}

/* The dataset a path names, for who may import into it. */
bool import_dataset(Request *req, Record *r, Err *err)
{
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, S("dataset"), req->slots[0], r, err);
    snapshot_close(s);
    if (!ok) return false;
    if (r->state == STATE_WITHDRAWN) return fail(err, ERR_GONE, "the dataset was withdrawn");
    return may_edit(&req->reader, r->owner) || fail(err, ERR_FORBIDDEN, "only editors of its owner import into it");
}

static Json *dataset_value(Request *req, const Record *r)
{
    Json *out = json_object_make(req->arena);
    json_put_text(out, "slug", r->slug.len ? r->slug : r->id);
    json_put_text(out, "url", record_url(req->arena, S("dataset"), r->slug.len ? r->slug : r->id));
    json_put_value(out, "name", json_get(r->doc, "name"));
    json_put_bool(out, "has_columns", json_array_size(json_get(r->doc, "columns")) > 0);
    return out;
}

static bool edits_somewhere(const Reader *r)
{
    for (size_t i = 0; i < r->membership_count; i++)
        if (may_edit(r, r->memberships[i].organisation)) return true;
    return false;
}

/* GET /import and GET /dataset/{record}/import: the form, and what is under way. */
bool import_form_show(Request *req, Reply *reply, Err *err)
{
    Record r;
    Json  *value = json_object_make(req->arena);
    if (req->slots[0].len) {
        if (!import_dataset(req, &r, err)) return false;
        json_put_value(value, "dataset", dataset_value(req, &r));
    } else if (!edits_somewhere(&req->reader)) {
        return fail(err, ERR_FORBIDDEN, "only editors of an organisation import");
    }
    json_put_integer(value, "max_bytes", (int64_t)intake_max_bytes(req->site->intake));
    json_put_integer(value, "hours", intake_hours(req->site->intake));
    json_put_value(value, "jobs", intake_list(req->site->intake, req->arena, req->reader.person));
    reply->value = value;
    reply->no_store = true;
    return true;
}

static Str given(const Request *req, const char *name)
{
    Str text = form_get(req, name);
    return text.len ? text : query_get(req, name);
}

/* The name under which rows that were set aside come back: "levels.csv, mended.csv", with a number when that is
   taken. */
bool import_mended_name(Arena *a, const Json *doc, Str aside, Str *out, Err *err)
{
    const Json *parts = json_get(doc, "parts");
    Str         first = STR_NONE;
    size_t      n = json_array_size(parts);
    for (size_t i = 0; i < n; i++) {
        const Json *part = json_array_get(parts, i);
        if (!str_eq(json_get_text(part, "aside_sha256"), aside)) continue;
        first = json_get_text(part, "mends").len ? json_get_text(part, "mends") : json_get_text(part, "file");
    }
    if (!first.len) return fail(err, ERR_NOT_FOUND, "no such rows are set aside");
    for (size_t number = 1; number <= n + 1; number++) {
        Str  name = number == 1 ? str_format(a, "%.*s, mended.csv", STR_ARG(first))
                                : str_format(a, "%.*s, mended %zu.csv", STR_ARG(first), number);
        bool taken = false;
        for (size_t i = 0; i < n; i++) taken = taken || str_eq(json_get_text(json_array_get(parts, i), "file"), name);
        *out = name;
        if (!taken) break;
    }
    return true;
}

static bool wish_read(Request *req, const Record *r, IntakeWish *wish, Err *err)
{
    Arena *a = req->arena;
    Str    state = given(req, "state"), columns = given(req, "columns");
    Json  *read = NULL;
    *wish = (IntakeWish){ .sheet = given(req, "sheet"),
                          .encoding = given(req, "encoding"),
                          .mends = given(req, "mends"),
                          .all_tables = str_eq(given(req, "all_tables"), S("yes")),
                          .state = STATE_DRAFT };
    if (r) {
        wish->dataset = r->slug.len ? r->slug : r->id;
    } else {
        wish->title = given(req, "title");
        wish->owner = given(req, "owner");
        wish->audience = given(req, "audience");
        if (!wish->owner.len && req->reader.membership_count == 1)
            wish->owner = req->reader.memberships[0].organisation;
        if (!may_edit(&req->reader, wish->owner))
            return fail(err, ERR_FORBIDDEN, "a new dataset belongs to an organisation you edit for, named by `owner`");
        if (wish->audience.len && !audience_check(wish->audience, err)) return false;
        if (state.len && (!state_read(state, &wish->state) || wish->state == STATE_WITHDRAWN))
            return fail(err, ERR_USAGE, "state is draft, review or published, not \"%.*s\"", STR_ARG(state));
        if (wish->state == STATE_PUBLISHED && !may_publish(&req->reader, wish->owner))
            return fail(err, ERR_FORBIDDEN, "a publisher publishes");
    }
    if (columns.len && (!json_read(a, columns, &read, err) || !import_columns_read(a, read, &wish->columns, err)))
        return fail_in(err, "columns");
    return true;
}

static bool job_reply(Request *req, Reply *reply, Str id, int status, Err *err)
{
    Str url = str_join(req->arena, (Str[]){ S("/import/"), id }, 2);
    reply->no_store = true;
    if (!wants_json(req)) return reply_redirect(reply, 303, url);
    if (!intake_value(req->site->intake, req->arena, req->reader.person, id, &reply->value, err)) return false;
    reply->status = status;
    reply->location = str_join(req->arena, (Str[]){ url, S(".json") }, 2);
    return true;
}

/* POST /import and POST /dataset/{record}/import */
bool import_send(Request *req, Reply *reply, Err *err)
{
    Record     r;
    IntakeWish wish;
    Str        id, look = given(req, "look");
    bool       there = req->slots[0].len > 0;
    if (!request_may_write(req, err) || (there && !import_dataset(req, &r, err)) ||
        !wish_read(req, there ? &r : NULL, &wish, err))
        return false;
    if (!req->file_count) return fail(err, ERR_USAGE, "no file was sent: the part \"file\" of the form is missing");
    if (wish.mends.len) {
        if (!there || req->file_count > 1) return fail(err, ERR_USAGE, "one file mends rows of one dataset");
        if (!import_mended_name(req->arena, r.doc, wish.mends, &req->files[0].name, err)) return false;
    }
    bool has_columns = there && json_array_size(json_get(r.doc, "columns")) > 0;
    bool always = str_eq(look, S("yes")) || (str_eq(look, S("new")) && !has_columns);
    return intake_add(req->site->intake, &req->reader, &wish, always ? LOOK_ALWAYS : LOOK_NEVER, req->files,
                      req->file_count, &id, err) &&
           job_reply(req, reply, id, 202, err);
}

/* GET /import/{job} */
bool import_show(Request *req, Reply *reply, Err *err)
{
    Record r;
    if (!intake_value(req->site->intake, req->arena, req->reader.person, req->slots[0], &reply->value, err))
        return false;
    Str       slug = json_get_text(reply->value, "dataset");
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    if (slug.len && record_read(s, req->arena, S("dataset"), slug, &r, &(Err){ 0 }))
        json_put_value(reply->value, "into", dataset_value(req, &r));
    snapshot_close(s);
    reply->no_store = true;
    return true;
}

static bool decision_read(Str name, IntakeDecision *out, Err *err)
{
    static const struct {
        const char    *name;
        IntakeDecision what;
    } decisions[] = {
        { "import", DECIDE_IMPORT },
        { "publish", DECIDE_IMPORT },
        { "draft", DECIDE_IMPORT },
        { "look", DECIDE_LOOK },
        { "drop", DECIDE_DROP },
    };
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++)
        if (str_eq_z(name, decisions[i].name)) return *out = decisions[i].what, true;
    return fail(err, ERR_USAGE, "do is import, look or drop, not \"%.*s\"", STR_ARG(name));
}

/* As the form says it, or the JSON body; what that does not have stays as it was. */
static Str decided(const Request *req, const Json *body, const Json *job, const char *name)
{
    if (!body) return form_get(req, name);
    return json_get(body, name) ? json_get_text(body, name) : json_get_text(job, name);
}

/* POST /import/{job}: what its sender decides, by the form or as {"do","columns","sheet","encoding","title",
   "state"}. The buttons of a new dataset say its state. */
bool import_decide(Request *req, Reply *reply, Err *err)
{
    Arena         *a = req->arena;
    Json          *job, *body = NULL, *columns = NULL;
    IntakeDecision what = DECIDE_LOOK;
    if (!request_may_write(req, err) ||
        !intake_value(req->site->intake, a, req->reader.person, req->slots[0], &job, err))
        return false;
    bool form = str_eq(req->content_type, S("application/x-www-form-urlencoded"));
    if (!form && (!json_read(a, req->body, &body, err) || !json_is_object(body)))
        return err->code != ERR_NONE ? false : fail(err, ERR_FORMAT, "the body is one JSON object");
    Str done = form ? form_get(req, "do") : json_get_text(body, "do");
    if (!decision_read(done, &what, err)) return false;
    Str        state = json_get_text(body, "state");
    Str        title = form ? form_get(req, "title") : json_get_text(body, "title");
    IntakeWish wish = { .dataset = json_get_text(job, "dataset"),
                        .title = title.len ? title : json_get_text(job, "title"),
                        .owner = json_get_text(job, "owner"),
                        .audience = json_get_text(job, "audience"),
                        .sheet = decided(req, body, job, "sheet"),
                        .encoding = decided(req, body, job, "encoding"),
                        .mends = json_get_text(job, "mends"),
                        .all_tables = form ? str_eq(form_get(req, "all_tables"), S("yes"))
                                           : json_get_bool(body, "all_tables") || json_get_bool(job, "all_tables"),
                        .state = json_get_bool(job, "publish") ? STATE_PUBLISHED : STATE_DRAFT };
    if (str_eq(done, S("publish"))) wish.state = STATE_PUBLISHED;
    if (str_eq(done, S("draft"))) wish.state = STATE_DRAFT;
    if (state.len && !state_read(state, &wish.state)) return fail(err, ERR_USAGE, "no state \"%.*s\"", STR_ARG(state));
    if (wish.state == STATE_PUBLISHED && !wish.dataset.len && !may_publish(&req->reader, wish.owner))
        return fail(err, ERR_FORBIDDEN, "a publisher publishes");
    /* Of another sheet, or of other characters, the columns are not known yet. */
    bool seen = str_eq(json_get_text(job, "sheet"), wish.sheet) &&
                str_eq(json_get_text(job, "encoding"), wish.encoding);
    if (what != DECIDE_DROP && seen) {
        const Json *look = json_get(job, "look"), *given = json_get(look, "given");
        const Json *looked = given ? given : json_get(look, "columns");
        if (form) columns = import_columns_of_form(req, looked);
        else if (json_get(body, "columns") &&
                 !import_columns_read(a, json_get(body, "columns"), (const Json **)&columns, err))
            return false;
    }
    wish.columns = columns;
    if (!intake_decide(req->site->intake, &req->reader, req->slots[0], what, &wish, err)) return false;
    if (what == DECIDE_DROP) {
        if (wants_json(req)) return reply->status = 204, reply->no_store = true;
        Str back = wish.dataset.len ? record_url(a, S("dataset"), wish.dataset) : S("/dataset");
        return reply_redirect(reply, 303, back);
    }
    return job_reply(req, reply, req->slots[0], 202, err);
}
