/* See sketch.h: sets are intersected, then the columns of what is left are looked at. */
#include "core/sketch.h"

#include "core/inside.h"

static SetKey key_of_value(Snapshot *s, Arena *a, const Kind *kind, const Field *field, Str value)
{
    return field->type == FIELD_LINK ? key_of_link(field->path, link_target(a, s->node->kinds, field, value))
                                     : key_of_facet(kind->name, field->path, value);
}

static bool narrow(Snapshot *s, Arena *a, const Kind *kind, const SketchWhich *which, roaring_bitmap_t *set, Err *err)
{
    const Sets  *sets = faces_sets(s->node->faces);
    const Field *field = which->field.len ? kind_field(kind, which->field) : NULL;
    if (which->field.len && !(field && (field->facet || field->type == FIELD_LINK)))
        return fail(err, ERR_INVALID, "%.*s has no facet or link \"%.*s\"", STR_ARG(kind->name), STR_ARG(which->field));
    if (field) sets_and_into(sets, key_of_value(s, a, kind, field, which->value), set);
    if (field && which->also.len) sets_and_into(sets, key_of_value(s, a, kind, field, which->also), set);
    if (which->to) {
        Str target = record_target(s, a, which->to);
        sets_and_into(sets, which->open ? key_of_open(which->by, target) : key_of_link(which->by, target), set);
    }
    if (which->has[0]) {
        roaring_bitmap_t *has = sets_copy(sets, key_of_has(kind->name, str_of(which->has[0])));
        if (which->has[1]) sets_or_into(sets, key_of_has(kind->name, str_of(which->has[1])), has);
        roaring_bitmap_and_inplace(set, has);
        roaring_bitmap_free(has);
    }
    return true;
}

typedef struct {
    Snapshot   *snapshot;
    SketchSeen *seen;
    void       *with;
} Walk;

Sketch sketch_of(Snapshot *s, uint32_t face)
{
    FaceStanding standing = faces_standing(s->node->faces, face);
    return (Sketch){ face, standing.status, standing.start, standing.end, standing.unreported };
}

static bool walk_face(uint32_t face, void *with)
{
    const Walk *walk = with;
    Sketch      sketch = sketch_of(walk->snapshot, face);
    walk->seen(walk->with, &sketch);
    return true;
}

/* The smallest of the sets is copied, the others are intersected with it. */
static roaring_bitmap_t *start_of(Snapshot *s, Arena *a, const SketchWhich *which)
{
    const Sets *sets = faces_sets(s->node->faces);
    SetKey      key = key_of("kind", which->kind);
    if (!which->to) return sets_copy(sets, key);
    roaring_bitmap_t *set = sets_copy(sets, key_of_link(which->by, record_target(s, a, which->to)));
    sets_and_into(sets, key, set);
    return set;
}

bool sketch_each(Snapshot *s, Arena *a, const SketchWhich *which, SketchSeen *seen, void *with, uint64_t *total,
                 Err *err)
{
    const Kind *kind = kind_find(s->node->kinds, which->kind);
    if (total) *total = 0;
    if (!kind) return true;
    roaring_bitmap_t *set = start_of(s, a, which);
    roaring_bitmap_and_inplace(set, snapshot_visible(s));
    bool ok = narrow(s, a, kind, which, set, err);
    if (ok && total) *total = roaring_bitmap_get_cardinality(set);
    if (ok && seen) roaring_iterate(set, walk_face, &(Walk){ s, seen, with });
    roaring_bitmap_free(set);
    return ok;
}

size_t sketch_values(Snapshot *s, Arena *a, Str kind, Str field, Str **out)
{
    const FacetKey *values;
    size_t          n = faces_facet(s->node->faces, kind, field, &values);
    *out = NEW_ARRAY(a, Str, n + 1);
    for (size_t i = 0; i < n; i++) (*out)[i] = values[i].value;
    return n;
}

bool record_of_face(Snapshot *s, Arena *a, uint32_t face, Record *out, Err *err)
{
    Db       *db;
    FaceRow   row;
    RecordRow record;
    return snapshot_db(s, &db, err) && rows_face(db, a, face, &row, err) &&
           rows_record(db, a, row.id, &record, err) && record_load(s, a, &record, &row, out, err);
}
