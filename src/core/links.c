/* Links from a record, to it, and down the tree of its kind. */
#include <stdlib.h>
#include <string.h>

#include "core/inside.h"

bool record_links(Snapshot *s, Arena *a, const Record *r, Link **out, size_t *n, Err *err)
{
    const Kind *kind = kind_find(s->node->kinds, r->kind);
    FieldValue *values;
    size_t      count = kind ? kind_all_values(kind, a, r->doc, &values) : 0, kept = 0;
    Link       *links = NEW_ARRAY(a, Link, count);
    for (size_t i = 0; i < count; i++) {
        if (values[i].field->type != FIELD_LINK) continue;
        Str  target = link_target(a, s->node->kinds, values[i].field, json_text(values[i].value));
        Link link = { .field = values[i].field->path, .target = target };
        Err  why = { 0 };
        if (target.len) link.visible = card_read(s, a, target, &link.card, &why);
        if (target.len && !link.visible && why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
        links[kept++] = link;
    }
    *out = links;
    *n = kept;
    return true;
}

/* What others write to link here: the natural key for a kind that has one, else the id. */
Str record_target(Snapshot *s, Arena *a, const Record *r)
{
    const Kind *kind = kind_find(s->node->kinds, r->kind);
    FieldValue *values;
    if (!kind || !kind->key_field.len || kind_values(kind, a, r->doc, kind->key_field, &values) == 0) return r->id;
    return str_join(a, (Str[]){ kind->name, S(":"), json_text(values[0].value) }, 3);
}

static bool has_link_field(const Field *fields, size_t n, Str path, const Field **out, const Sets *sets, Str target,
                           uint32_t face)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].type == FIELD_GROUP) {
            if (has_link_field(fields[i].fields, fields[i].field_count, path, out, sets, target, face)) return true;
        } else if (fields[i].type == FIELD_LINK && (!path.len || str_eq(path, fields[i].path)) &&
                   sets_has(sets, key_of_link(fields[i].path, target), face)) {
            *out = &fields[i];
            return true;
        }
    }
    return false;
}

/* The faces that link to `target`, of those the reader sees; the caller frees. */
static roaring_bitmap_t *linking(Snapshot *s, Str target, Str kind, Str field)
{
    const Sets       *sets = faces_sets(s->node->faces);
    roaring_bitmap_t *set = sets_copy(sets, key_of_link(field, target));
    roaring_bitmap_and_inplace(set, snapshot_visible(s));
    if (kind.len) sets_and_into(sets, key_of("kind", kind), set);
    return set;
}

static bool fill_backlinks(Snapshot *s, Arena *a, Str target, Str field, const uint32_t *faces, size_t count,
                           Link *links, Err *err)
{
    Db *db;
    if (count > 0 && !snapshot_db(s, &db, err)) return false;
    for (size_t i = 0; i < count; i++) {
        FaceRow      row;
        const Field *by = NULL;
        if (!rows_face_shown(db, a, faces[i], &row, err)) return false;
        const Kind *kind = kind_find(s->node->kinds, row.kind);
        if (kind)
            has_link_field(kind->fields, kind->field_count, field, &by, faces_sets(s->node->faces), target, faces[i]);
        links[i] = (Link){ .field = by ? by->path : STR_NONE, .visible = true, .target = row.id };
        card_of_face(s, a, &row, &links[i].card);
    }
    return true;
}

bool record_backlinks(Snapshot *s, Arena *a, const Record *r, Str kind, Str field, size_t limit, Link **out, size_t *n,
                      uint64_t *total, Err *err)
{
    Str target = record_target(s, a, r), next;
    if (!sets_count(faces_sets(s->node->faces), key_of_link(field, target))) {
        *out = NULL;
        *n = 0;
        *total = 0;
        return true;
    }
    roaring_bitmap_t *set = linking(s, target, kind, field);
    uint32_t         *faces;
    size_t            count;
    bool              ok = faces_page(s->node->faces, a, set, SORT_UPDATED, true, STR_NONE, limit, &faces,
                                      &count, &next, err);
    uint64_t          all = roaring_bitmap_get_cardinality(set);
    roaring_bitmap_free(set);
    if (!ok) return false;
    Link *links = NEW_ARRAY(a, Link, count);
    if (!fill_backlinks(s, a, target, field, faces, count, links, err)) return false;
    *out = links;
    *n = count;
    *total = all;
    return true;
}

typedef struct {
    double order;
    size_t turn;
    Record record;
} Child;

static int child_order(const void *x, const void *y)
{
    const Child *c = x, *d = y;
    if (c->order != d->order) return c->order < d->order ? -1 : 1;
    return c->turn < d->turn ? -1 : 1;
}

#define CHILDREN_MAX 10000

bool record_children(Snapshot *s, Arena *a, const Record *r, Record **out, size_t *n, Err *err)
{
    const Kind *kind = kind_find(s->node->kinds, r->kind);
    *n = 0;
    if (!kind || !kind->parent_field.len) return true;
    roaring_bitmap_t *set = linking(s, record_target(s, a, r), kind->name, kind->parent_field);
    uint32_t         *faces;
    size_t            count;
    Str               next;
    Db               *db;
    bool              ok = snapshot_db(s, &db, err) &&
              faces_page(s->node->faces, a, set, SORT_TITLE, false, STR_NONE, CHILDREN_MAX, &faces, &count, &next, err);
    roaring_bitmap_free(set);
    if (!ok) return false;

    Child *children = NEW_ARRAY(a, Child, count);
    for (size_t i = 0; i < count; i++) {
        FaceRow     face;
        RecordRow   row;
        FieldValue *values;
        Child      *child = &children[i];
        if (!rows_face(db, a, faces[i], &face, err) || !rows_record(db, a, face.id, &row, err) ||
            !record_load(s, a, &row, &face, &child->record, err))
            return false;
        child->turn = i;
        child->order = 1e300; /* without a number: after those that have one, by title */
        if (kind->order_field.len && kind_values(kind, a, child->record.doc, kind->order_field, &values) > 0)
            child->order = json_number_value(values[0].value);
    }
    qsort(children, count, sizeof *children, child_order);
    *out = NEW_ARRAY(a, Record, count);
    for (size_t i = 0; i < count; i++) (*out)[i] = children[i].record;
    *n = count;
    return true;
}
