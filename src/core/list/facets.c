/* Counts of facets. A facet is counted value by value, or face by face when those are few; each over what all filters
   but its own leave. */
#include <stdlib.h>

#include "base/id.h"
#include "core/list/inside.h"

#define FACET_VALUES_MAX 100 /* shown of one facet; those that were chosen always are */
#define FACET_LABELS_MAX 20  /* of a facet of links, whose titles are looked up */

static int by_count(const void *x, const void *y)
{
    const FacetValue *v = x, *w = y;
    if (v->count != w->count) return v->count > w->count ? -1 : 1;
    return str_cmp(v->value, w->value);
}

static bool was_chosen(const Group *g, Str value)
{
    for (size_t i = 0; g && i < g->n; i++)
        if (str_eq(g->values[i], value)) return true;
    return false;
}

/* Values that link to what the reader may not see are left out; titles become labels. */
static bool label_links(Ask *ask, Facet *facet, Err *err)
{
    size_t kept_count = 0;
    for (size_t i = 0; i < facet->value_count && kept_count < FACET_LABELS_MAX; i++) {
        FacetValue value = facet->values[i];
        Card       card;
        Err        why = { 0 };
        if (id_is(value.value)) {
            if (!card_read(ask->snapshot, ask->arena, value.value, &card, &why)) {
                if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
                continue;
            }
            value.label = card.title;
        }
        facet->values[kept_count++] = value;
    }
    facet->value_count = kept_count;
    return true;
}

#define FACE_COST 40 /* of counting face by face, in about nanoseconds a face */

/* Whether to count all values face by face, looking at the few first of many to tell. */
static bool face_by_face(Ask *ask, const Over *over, const FacetKey *keys, size_t n)
{
    uint64_t cost = 0, looked = 0;
    if (over->counts) return true;
    for (; looked < n && looked < 32; looked++) cost += sets_count_cost(sets_of(ask), keys[looked].key);
    return looked && over->total * FACE_COST < cost * n / looked;
}

static const uint32_t *counts_of(Ask *ask, Over *over)
{
    const Faces *faces = ask->snapshot->node->faces;
    if (over->counts) return over->counts;
    over->counts = NEW_ARRAY(ask->arena, uint32_t, faces_value_count(faces) + 1);
    faces_count_values(faces, &over->set, over->counts);
    return over->counts;
}

static Over *counted_over(Ask *ask, Group *group)
{
    if (!group) return &ask->result;
    if (!group->others.set.words) {
        group->others.set = list_narrowed(ask, &ask->base, group);
        group->others.total = flat_total(&group->others.set);
    }
    return &group->others;
}

static bool make_facet(Ask *ask, Str path, const Field *field, const FacetKey *keys, size_t n, Facet *out, Err *err)
{
    Group *group = NULL;
    for (size_t i = 0; i < ask->group_count; i++)
        if (str_eq(ask->groups[i].field, path)) group = &ask->groups[i];
    Over           *over = counted_over(ask, group);
    const uint32_t *counts = field && face_by_face(ask, over, keys, n) ? counts_of(ask, over) : NULL;
    *out = (Facet){ .field = path, .values = NEW_ARRAY(ask->arena, FacetValue, n) };
    for (size_t i = 0; i < n; i++) {
        uint64_t count = counts ? counts[keys[i].number] : sets_count_within(sets_of(ask), keys[i].key, &over->set);
        bool     chosen = was_chosen(group, keys[i].value);
        if (count > 0 || chosen)
            out->values[out->value_count++] = (FacetValue){ keys[i].value, STR_NONE, count, chosen };
    }
    qsort(out->values, out->value_count, sizeof *out->values, by_count);
    size_t last = 0;
    for (size_t i = 0; i < out->value_count; i++)
        if (i < FACET_VALUES_MAX || out->values[i].chosen) out->values[last++] = out->values[i];
    out->value_count = last;
    return !field || field->type != FIELD_LINK || label_links(ask, out, err);
}

static bool add_facets(Ask *ask, const Field *fields, size_t n, Answer *answer, Err *err)
{
    for (size_t i = 0; i < n; i++) {
        const Field    *field = &fields[i];
        const FacetKey *keys;
        if (field->type == FIELD_GROUP && !add_facets(ask, field->fields, field->field_count, answer, err))
            return false;
        if (!field->facet || field->type == FIELD_GROUP) continue;
        size_t count = faces_facet(ask->snapshot->node->faces, ask->kind->name, field->path, &keys);
        if (!make_facet(ask, field->path, field, keys, count, &answer->facets[answer->facet_count], err)) return false;
        answer->facet_count += answer->facets[answer->facet_count].value_count > 0;
    }
    return true;
}

static size_t count_fields(const Field *fields, size_t n)
{
    size_t count = n;
    for (size_t i = 0; i < n; i++) count += count_fields(fields[i].fields, fields[i].field_count);
    return count;
}

/* The languages of the region, which texts may be in; others that the node speaks come in addition. */
static const char *const text_langs[] = { "ar", "en", "fil", "fr", "id", "ja", "km", "ko", "lo",
                                          "ms", "my", "pt", "ru", "ta", "th", "vi", "zh" };
#define TEXT_LANGS (sizeof text_langs / sizeof *text_langs)

static bool add_langs(Ask *ask, Answer *answer, Err *err)
{
    const Node *node = ask->snapshot->node;
    FacetKey   *keys = NEW_ARRAY(ask->arena, FacetKey, TEXT_LANGS + node->lang_count);
    size_t      n = 0;
    for (; n < TEXT_LANGS; n++) keys[n] = (FacetKey){ str_of(text_langs[n]), key_of("lang", str_of(text_langs[n])), 0 };
    for (size_t i = 0; i < node->lang_count; i++) {
        bool there = false;
        for (size_t k = 0; k < TEXT_LANGS; k++) there |= str_eq_z(node->langs[i], text_langs[k]);
        if (!there) keys[n++] = (FacetKey){ node->langs[i], key_of("lang", node->langs[i]), 0 };
    }
    Facet *facet = &answer->facets[answer->facet_count];
    if (!make_facet(ask, S("lang"), NULL, keys, n, facet, err)) return false;
    answer->facet_count += facet->value_count > 0;
    return true;
}

bool list_facets(Ask *ask, Answer *answer, Err *err)
{
    if (ask->kind) {
        answer->facets = NEW_ARRAY(ask->arena, Facet, count_fields(ask->kind->fields, ask->kind->field_count) + 1);
        return add_facets(ask, ask->kind->fields, ask->kind->field_count, answer, err) &&
               (!ask->question->with_langs || add_langs(ask, answer, err));
    }
    const Kinds *kinds = ask->snapshot->node->kinds;
    FacetKey    *keys = NEW_ARRAY(ask->arena, FacetKey, kinds_count(kinds));
    for (size_t i = 0; i < kinds_count(kinds); i++)
        keys[i] = (FacetKey){ kinds_at(kinds, i)->name, key_of("kind", kinds_at(kinds, i)->name), 0 };
    answer->facets = NEW_ARRAY(ask->arena, Facet, 2);
    answer->facet_count = 1;
    return make_facet(ask, S("kind"), NULL, keys, kinds_count(kinds), &answer->facets[0], err) &&
           (!ask->question->with_langs || add_langs(ask, answer, err));
}
