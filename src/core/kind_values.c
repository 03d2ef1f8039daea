/* Fields by their path, the values of documents at them, and whether a document is right. */
#include "core/kind.h"

#include "base/time.h"

static const Field *field_among(const Field *fields, size_t count, Str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(fields[i].name, name)) return &fields[i];
    return NULL;
}

const Field *kind_field(const Kind *kind, Str path)
{
    const Field *field = NULL;
    const Field *fields = kind->fields;
    size_t       count = kind->field_count;
    for (Cut cut = str_cut(path, '.');; cut = str_cut(cut.tail, '.')) {
        field = field_among(fields, count, cut.head);
        if (!field || !cut.found) return field;
        fields = field->fields;
        count = field->field_count;
    }
}

typedef struct {
    Arena      *arena;
    FieldValue *values;
    size_t      count, room;
} Found;

static void found_add(Found *found, const Field *field, Json *value, Str pointer)
{
    if (found->count == found->room) {
        found->room = found->room ? 2 * found->room : 32;
        FieldValue *values = arena_raw(found->arena, found->room * sizeof(FieldValue));
        for (size_t i = 0; i < found->count; i++) values[i] = found->values[i];
        found->values = values;
    }
    found->values[found->count++] = (FieldValue){ .value = value, .pointer = pointer, .field = field };
}

static bool fits(const Field *field, const Json *value)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_GROUP: return json_is_object(value);
    case FIELD_NUMBER: return json_is_number(value);
    case FIELD_INTEGER: return json_is_number(value);
    case FIELD_BOOL: return json_is_boolean(value);
    default: return json_is_string(value);
    }
}

/* What a walk is after: the values at one path below here, or with no path every leaf. */
typedef struct {
    Str  path;
    bool leaves;
} Wanted;

static void fields_walk(Found *found, const Field *fields, size_t count, const Json *object, Str pointer,
                        Wanted wanted);

static void value_walk(Found *found, const Field *field, Json *value, Str pointer, Wanted wanted)
{
    if (!fits(field, value)) return;
    bool here = wanted.leaves ? field->type != FIELD_GROUP : wanted.path.len == 0;
    if (here) found_add(found, field, value, pointer);
    else fields_walk(found, field->fields, field->field_count, value, pointer, wanted);
}

static void field_walk(Found *found, const Field *field, const Json *object, Str pointer, Wanted wanted)
{
    Json *value = json_get(object, field->name.at);
    if (!value) return;
    Str at = json_pointer_add(found->arena, pointer, field->name);
    if (!field->list) {
        value_walk(found, field, value, at, wanted);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        value_walk(found, field, json_array_get(value, i), json_pointer_add_index(found->arena, at, i), wanted);
}

static void fields_walk(Found *found, const Field *fields, size_t count, const Json *object, Str pointer,
                        Wanted wanted)
{
    if (wanted.leaves) {
        for (size_t i = 0; i < count; i++) field_walk(found, &fields[i], object, pointer, wanted);
        return;
    }
    Cut          cut = str_cut(wanted.path, '.');
    const Field *field = field_among(fields, count, cut.head);
    if (field) field_walk(found, field, object, pointer, (Wanted){ .path = cut.tail });
}

size_t kind_values(const Kind *kind, Arena *a, const Json *doc, Str path, FieldValue **out)
{
    Found found = { .arena = a };
    if (path.len) fields_walk(&found, kind->fields, kind->field_count, doc, STR_NONE, (Wanted){ .path = path });
    *out = found.values;
    return found.count;
}

size_t kind_all_values(const Kind *kind, Arena *a, const Json *doc, FieldValue **out)
{
    Found found = { .arena = a };
    fields_walk(&found, kind->fields, kind->field_count, doc, STR_NONE, (Wanted){ .leaves = true });
    *out = found.values;
    return found.count;
}

/* The first date at a path; of a date-time its day. */
static bool date_at(const Kind *kind, Arena *a, const Json *doc, Str path, FieldValue *at, Date *date)
{
    FieldValue *values;
    if (!kind_values(kind, a, doc, path, &values)) return false;
    *at = values[0];
    return date_read(str_take_first(json_text(values[0].value), 10), date);
}

bool kind_check(const Kind *kind, Arena *a, const Json *doc, Problems *problems)
{
    bool       ok = schema_check(kind->schema, a, doc, problems);
    FieldValue from_at, to_at;
    Date       from, to;
    if (!date_at(kind, a, doc, kind->start_field, &from_at, &from) ||
        !date_at(kind, a, doc, kind->end_field, &to_at, &to))
        return ok;
    if (date_days_last(to) >= date_days(from)) return ok;
    problems_add(problems, a, to_at.pointer, "problem.order", NULL);
    return false;
}

static bool has_member(const Field *group, const char *name)
{
    for (size_t i = 0; i < group->field_count; i++)
        if (str_eq_z(group->fields[i].name, name)) return true;
    return false;
}

static bool reports_results(const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Field *f = &fields[i];
        if (f->type != FIELD_GROUP) continue;
        if ((has_member(f, "end") && has_member(f, "actual")) ||
            reports_results(f->fields, f->field_count))
            return true;
    }
    return false;
}

bool kind_reports_results(const Kind *kind)
{
    return reports_results(kind->fields, kind->field_count);
}
