/* The new part in the record of its dataset, in the place of what it corrects or mends. */
#include "base/time.h"
#include "data/import/inside.h"

#define TRIES 5

static Json *part_json(ImportWork *w)
{
    Json *part = json_object_make(w->a);
    json_put_text(part, "sha256", w->out.part);
    json_put_integer(part, "bytes", (int64_t)w->out.bytes);
    json_put_integer(part, "rows", (int64_t)w->out.rows);
    json_put_text(part, "file", w->name);
    json_put_text(part, "file_sha256", w->source.sha256);
    if (w->o->encoding.len) json_put_text(part, "encoding", w->source.encoding);
    json_put_integer(part, "aside", (int64_t)w->out.aside);
    json_put_text_if(part, "aside_sha256", w->out.aside_file);
    json_put_integer(part, "flagged", (int64_t)w->out.flagged);
    json_put_value(part, "flags", flags_counted(w->a, json_get(w->out.report, "flags")));
    Json *widespread = flags_counted(w->a, json_get(w->out.report, "widespread"));
    if (json_array_size(widespread)) json_put_value(part, "widespread", widespread);
    json_put_text_if(part, "mends", w->mended);
    json_put_text(part, "at", time_text(w->a, time_now_ms()));
    return part;
}

/* The part whose rows set aside this file has mended: they are set aside no longer, but for those that it has not. */
static Json *part_without_aside(ImportWork *w, const Json *part)
{
    Json *out = json_copy_deep(w->a, part);
    json_put_integer(out, "aside", (int64_t)w->rest);
    json_object_del(out, "aside_sha256");
    json_put_text_if(out, "aside_sha256", w->rest_hash);
    return out;
}

bool import_find_mended(ImportWork *w, Err *err)
{
    const Json *parts = w->there ? json_get(w->head.doc, "parts") : NULL;
    w->mended = STR_NONE;
    for (size_t i = 0; i < json_array_size(parts) && w->o->mends.len; i++) {
        const Json *part = json_array_get(parts, i);
        if (!str_eq(json_get_text(part, "aside_sha256"), w->o->mends)) continue;
        Str first = json_get_text(part, "mends");
        w->mended = first.len ? first : json_get_text(part, "file");
        return true;
    }
    return !w->o->mends.len ||
           fail(err, ERR_CONFLICT,
                "these rows are set aside no longer: they were mended meanwhile");
}

static Json *part_now(ImportWork *w, Json *part)
{
    Json *now = json_get(w->parts_now, str_z(w->a, json_get_text(part, "sha256")));
    if (!now) return part;
    part = json_copy_deep(w->a, part);
    json_put_text(part, "sha256", json_get_text(now, "sha256"));
    json_put_integer(part, "bytes", json_get_integer(now, "bytes", 0));
    return part;
}

/* Each of the dataset's parts was there when its columns took other types. */
static bool all_widened(const ImportWork *w)
{
    const Json *parts = json_get(w->head.doc, "parts");
    for (size_t i = 0; i < json_array_size(parts) && w->widened; i++)
        if (!json_get(w->parts_now, str_z(w->a, json_get_text(json_array_get(parts, i), "sha256")))) return false;
    return true;
}

/* The dataset's parts with the new one, in the place of the older file of its name and of what mended that. */
static Json *parts_with(ImportWork *w)
{
    const Json *old = w->there ? json_get(w->head.doc, "parts") : NULL;
    Json       *parts = json_array_make(w->a);
    w->out.replaced = false;
    for (size_t i = 0; i < json_array_size(old); i++) {
        Json *part = json_array_get(old, i);
        bool  same = str_eq(json_get_text(part, "file"), w->name) || import_is_same_file(w, part);
        if (!same && str_eq(json_get_text(part, "mends"), w->name)) continue;
        if (w->mended.len && str_eq(json_get_text(part, "aside_sha256"), w->o->mends))
            part = part_without_aside(w, part);
        part = part_now(w, part);
        if (!same) json_add_value(parts, part);
        else if (!w->out.replaced) json_add_value(parts, part_json(w));
        w->out.replaced = w->out.replaced || same;
    }
    if (!w->out.replaced) json_add_value(parts, part_json(w));
    return parts;
}

static Str title_of(ImportWork *w)
{
    if (w->o->title.len) return w->o->title;
    return w->o->dataset.len ? w->o->dataset : str_cut(w->name, '.').head;
}

static void make_as_wished(const ImportWork *w, Change *change)
{
    change->what = CHANGE_CREATE;
    change->slug = w->o->dataset;
    change->owner = w->o->owner;
    change->audience = w->o->audience;
    change->state = w->o->state;
}

static void tell_problems(const ImportWork *w, const Outcome *outcome)
{
    if (w->o->problems) *w->o->problems = outcome->problems;
}

bool import_may_make(ImportWork *w, Err *err)
{
    Outcome outcome;
    Change  change = { .who = w->o->who, .kind = S("dataset") };
    if (w->there || w->o->only_look) return true;
    make_as_wished(w, &change);
    bool ok = record_may_create(data_node(w->data), w->a, &change, &outcome, err);
    if (ok) return true;
    tell_problems(w, &outcome);
    /* Somebody made it this very moment. */
    Err why = { 0 };
    return err->code == ERR_CONFLICT && import_find_dataset(w, &why) && w->there;
}

static Change change_of(ImportWork *w)
{
    Json  *doc = json_object_make(w->a);
    Change change = { .what = CHANGE_PATCH,
                      .who = w->o->who,
                      .kind = S("dataset"),
                      .target = w->head.id,
                      .based_on = w->head.version,
                      .doc = doc,
                      .computed = true };
    if (!w->there) {
        Json *name = json_object_make(w->a);
        if (w->source.proposed) json_object_update((Json *)doc, w->source.proposed);
        json_put_text(name, "en", title_of(w));
        if (w->o->title.len || !json_get(doc, "name")) json_put_value(doc, "name", name);
        make_as_wished(w, &change);
    }
    if (!w->has_columns || w->widened) json_put_value(doc, "columns", columns_write(w->a, w->columns, w->column_count));
    json_put_value(doc, "parts", parts_with(w));
    return change;
}

/* Others may import into the same dataset meanwhile: the list of parts is then made again from theirs. */
bool import_record(ImportWork *w, Err *err)
{
    const Json *used = columns_write(w->a, w->columns, w->column_count);
    for (int i = 0; i < TRIES; i++) {
        Outcome outcome = { 0 };
        if (!import_find_mended(w, err)) return false;
        Change change = change_of(w);
        if (record_change(data_node(w->data), w->a, &change, &outcome, err)) {
            w->out.record = outcome.record;
            return true;
        }
        tell_problems(w, &outcome);
        if (err->code != ERR_CONFLICT || !w->o->dataset.len) return false;
        Err why = { 0 };
        if (!import_find_dataset(w, &why) || !w->there) return false;
        const Json *columns = json_get(w->head.doc, "columns");
        w->has_columns = json_array_size(columns) > 0;
        if (w->has_columns && (!json_same(columns, w->widened ? w->before : used) || !all_widened(w)))
            return fail(err, ERR_CONFLICT, "the columns of the dataset were changed meanwhile; import again");
    }
    return fail(err, ERR_BUSY, "others keep changing this dataset; try again");
}
