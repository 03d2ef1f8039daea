/* What the filters of a question let through: values of one field are either, different fields are both. */
#include <assert.h>

#include "base/id.h"
#include "core/list/inside.h"

static const char *const plain_fields[] = { "kind", "owner", "state", "lang", "links" };

static bool is_plain(Str field)
{
    for (size_t i = 0; i < sizeof plain_fields / sizeof *plain_fields; i++)
        if (str_eq_z(field, plain_fields[i])) return true;
    return false;
}

static void put_known(Buf *out, const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].type == FIELD_GROUP) put_known(out, fields[i].fields, fields[i].field_count);
        else if (fields[i].facet || fields[i].type == FIELD_LINK) buf_putf(out, ", %.*s", STR_ARG(fields[i].path));
    }
}

static bool unknown_field(Ask *ask, Str field, Err *err)
{
    Buf *known = buf_open(ask->arena);
    buf_put_z(known, "kind, owner, state, links");
    if (ask->kind) put_known(known, ask->kind->fields, ask->kind->field_count);
    return fail(err, ERR_INVALID, "lists cannot be narrowed by \"%.*s\"; known: %.*s", STR_ARG(field),
                STR_ARG(buf_str(known)));
}

static const Field *filter_field(const Kind *kind, Str path)
{
    const Field *field = kind_field(kind, path);
    return field && (field->facet || field->type == FIELD_LINK) ? field : NULL;
}

/* A slug in a filter stands for the record's id. */
static bool link_value(Ask *ask, const Field *field, Str value, Str *target, Err *err)
{
    Snapshot *s = ask->snapshot;
    *target = link_target(ask->arena, s->node->kinds, field, value);
    for (size_t i = 0; i < field->link_kind_count && !id_is(value); i++) {
        const Kind *kind = kind_find(s->node->kinds, field->link_kinds[i]);
        RecordRow   row;
        Err         why = { 0 };
        if (!kind || kind->key_field.len) continue;
        if (record_find(s, ask->arena, kind->name, value, &row, &why)) {
            *target = row.id;
            return true;
        }
        if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
    }
    return true;
}

static bool or_value(Ask *ask, const Kind *kind, const Field *field, Str value, Group *g, Err *err)
{
    assert(field);
    if (field->type != FIELD_LINK) {
        sets_or_flat(sets_of(ask), key_of_facet(kind->name, field->path, value), &g->set);
        return true;
    }
    Str target;
    if (!link_value(ask, field, value, &target, err)) return false;
    if (!target.len) return true;
    sets_or_flat(sets_of(ask), key_of_link(field->path, target), &g->set);
    if (!str_eq(target, value)) g->values[g->n++] = target;
    return true;
}

/* Without a kind, a filter means the field of that path in whichever kinds have it. */
static bool or_filter(Ask *ask, Group *g, Str value, Err *err)
{
    g->values[g->n++] = value;
    if (str_eq_z(g->field, "links")) {
        sets_or_flat(sets_of(ask), key_of_link(S(""), value), &g->set);
        return true;
    }
    if (is_plain(g->field)) {
        sets_or_flat(sets_of(ask), key_of(str_z(ask->arena, g->field), value), &g->set);
        return true;
    }
    if (ask->kind) return or_value(ask, ask->kind, g->of, value, g, err);
    const Kinds *kinds = ask->snapshot->node->kinds;
    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const Field *field = filter_field(kinds_at(kinds, i), g->field);
        if (field && !or_value(ask, kinds_at(kinds, i), field, value, g, err)) return false;
    }
    return true;
}

static bool known_to_some_kind(const Ask *ask, Str path)
{
    const Kinds *kinds = ask->snapshot->node->kinds;
    for (size_t i = 0; i < kinds_count(kinds); i++)
        if (filter_field(kinds_at(kinds, i), path)) return true;
    return false;
}

static Group *group_of(Ask *ask, Str field)
{
    for (size_t i = 0; i < ask->group_count; i++)
        if (str_eq(ask->groups[i].field, field)) return &ask->groups[i];
    Group *g = &ask->groups[ask->group_count++];
    size_t kinds = kinds_count(ask->snapshot->node->kinds);
    *g = (Group){ .field = field,
                  .values = NEW_ARRAY(ask->arena, Str, ask->question->filter_count * (1 + kinds)),
                  .set = flat_empty(ask->arena, faces_end(ask->snapshot->node->faces)) };
    return g;
}

bool list_filter(Ask *ask, Err *err)
{
    const Question *q = ask->question;
    ask->groups = NEW_ARRAY(ask->arena, Group, q->filter_count);
    for (size_t i = 0; i < q->filter_count; i++) {
        Str    field = q->filters[i].field;
        Group *g = group_of(ask, field);
        if (ask->kind && !is_plain(field) && !(g->of = filter_field(ask->kind, field)))
            return unknown_field(ask, field, err);
        if (!ask->kind && !is_plain(field) && !known_to_some_kind(ask, field)) return unknown_field(ask, field, err);
        if (!or_filter(ask, g, q->filters[i].value, err)) return false;
    }
    return true;
}

Flat list_narrowed(Ask *ask, const Flat *from, const Group *but)
{
    Flat set = flat_copy(ask->arena, from);
    for (size_t i = 0; i < ask->group_count; i++)
        if (&ask->groups[i] != but) flat_and(&set, &ask->groups[i].set);
    return set;
}
