/* Answering questions: sets are intersected as one bit a face, a page is cut from an order, and only the
   rows of that page are read. A facet is counted value by value, or face by face when those are few. */
#include "core/list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "core/inside.h"
#include "core/list_titles.h"
#include "text/collate.h"

#define FACET_VALUES_MAX   100 /* shown of one facet; those that were chosen always are */
#define FACET_LABELS_MAX   20  /* of a facet of links, whose titles are looked up */
#define EXCERPT_CHARACTERS 200

typedef roaring_bitmap_t Set;

/* Faces a facet is counted over. */
typedef struct {
    Flat      set;
    uint64_t  total;
    uint32_t *counts; /* of every facet's values by their numbers, once they were counted face by face */
} Over;

/* Filters of the same field, and what they let through. */
typedef struct {
    Str          field;
    const Field *of; /* NULL for "kind", "owner", "state", "links" */
    Str         *values;
    size_t       n; /* of a link, its slug and its target */
    Flat         set;
    Over         others; /* what all but these filters leave */
} Group;

typedef struct {
    Snapshot       *snapshot;
    Arena          *arena;
    const Question *question;
    const Kind     *kind; /* NULL: every kind */
    Group          *groups;
    size_t          group_count;
    Flat            base; /* visible, of the kind, matching the words; no filters yet */
    Over            result;
    Hits            hits;
} Ask;

static void free_set(void *set)
{
    roaring_bitmap_free(set);
}

static Set *kept(Ask *ask, Set *set)
{
    if (!set) memory_end(0);
    return arena_adopt(ask->arena, set, free_set);
}

static const Sets *sets_of(const Ask *ask)
{
    return faces_sets(ask->snapshot->node->faces);
}

/* ---- fields ---- */

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

static bool make_groups(Ask *ask, Err *err)
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

/* `from` narrowed by all groups but one. */
static Flat narrowed(Ask *ask, const Flat *from, const Group *but)
{
    Flat set = flat_copy(ask->arena, from);
    for (size_t i = 0; i < ask->group_count; i++)
        if (&ask->groups[i] != but) flat_and(&set, &ask->groups[i].set);
    return set;
}

/* ---- facets ---- */

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
        group->others.set = narrowed(ask, &ask->base, group);
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

static bool make_facets(Ask *ask, Answer *answer, Err *err)
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

/* ---- words ---- */

static bool search_within(Ask *ask, const Set *within, size_t limit, Hits *hits, Err *err)
{
    Node *node = ask->snapshot->node;
    return search_ask(node->search, ask->arena, ask->question->q, ask->question->q_lang, within, limit, hits, err);
}

static size_t after_hits(Str after)
{
    int64_t n = 0;
    return str_to_i64(after, &n) && n > 0 ? (size_t)n : 0;
}

/* ---- the page ---- */

typedef struct {
    SortBy by;
    bool   down, by_score;
} Sort;

static bool read_sort(Ask *ask, Sort *out, Err *err)
{
    static const struct {
        const char *name;
        SortBy      by;
    } sorts[] = {
        { "updated", SORT_UPDATED },
        { "created", SORT_CREATED },
        { "title", SORT_TITLE },
        { "start", SORT_START },
    };
    Str wanted = ask->question->sort;
    *out = (Sort){ .by_score = !wanted.len && ask->question->q.len };
    if (!wanted.len) wanted = ask->kind && ask->kind->default_sort.len ? ask->kind->default_sort : S("-updated");
    out->down = str_starts(wanted, S("-"));
    for (size_t i = 0; i < 4; i++)
        if (str_eq_z(str_drop(wanted, out->down), sorts[i].name)) {
            out->by = sorts[i].by;
            return true;
        }
    return fail(err, ERR_INVALID,
                "lists cannot be sorted by \"%.*s\"; known: updated, created, title, start, "
                "each with - before it for the other direction",
                STR_ARG(wanted));
}

/* The searched texts of a version, read from the log again. */
static size_t face_texts(Node *node, Arena *a, uint64_t entry, SearchText **texts)
{
    Envelope    envelope;
    Str         body;
    Json       *doc;
    const Kind *kind;
    if (!node_entry(node, a, entry, &envelope, &body, NULL, NULL) || !json_read(a, body, &doc, NULL) ||
        !(kind = kind_find(node->kinds, envelope.kind)))
        return 0;
    return projection_texts(a, kind, node->langs, node->lang_count, node_country_names(node), doc, texts);
}

/* Titles and whole summaries lie in the card; what else may match best is read again. */
static void make_excerpt(Ask *ask, const FaceRow *row, const Hit *hit, Item *item)
{
    CardText   *titles, *summaries;
    size_t      title_n = card_texts(ask->arena, row->card, 'T', &titles), n = 0;
    size_t      summary_n = card_texts(ask->arena, row->card, 'S', &summaries);
    SearchText *texts = NEW_ARRAY(ask->arena, SearchText, title_n + summary_n);
    for (size_t i = 0; i < title_n; i++) texts[n++] = (SearchText){ titles[i].text, titles[i].lang, 1 };
    for (size_t i = 0; i < summary_n; i++) texts[n++] = (SearchText){ summaries[i].text, summaries[i].lang, 1 };
    if (hit && search_excerpt_of(ask->arena, hit, texts, n, EXCERPT_CHARACTERS, &item->excerpt, &item->excerpt_lang))
        return;
    n = face_texts(ask->snapshot->node, ask->arena, row->entry, &texts);
    if (hit && search_excerpt_of(ask->arena, hit, texts, n, EXCERPT_CHARACTERS, &item->excerpt, &item->excerpt_lang))
        return;
    item->excerpt = search_excerpt(ask->arena, ask->question->q, texts, n, EXCERPT_CHARACTERS, &item->excerpt_lang);
}

static bool fill_items(Ask *ask, const uint32_t *faces, const Hit *hits, size_t n, Answer *answer, Err *err)
{
    Db *db;
    answer->items = NEW_ARRAY(ask->arena, Item, n);
    answer->item_count = n;
    if (n > 0 && !snapshot_db(ask->snapshot, &db, err)) return false;
    for (size_t i = 0; i < n; i++) {
        FaceRow row;
        if (!rows_face_shown(db, ask->arena, faces[i], &row, err)) return false;
        card_of_face(ask->snapshot, ask->arena, &row, &answer->items[i].card);
        if (ask->question->q.len) make_excerpt(ask, &row, hits ? &hits[i] : NULL, &answer->items[i]);
    }
    return true;
}

static bool page_by_score(Ask *ask, size_t limit, Answer *answer, Err *err)
{
    size_t    from = after_hits(ask->question->after), n = 0;
    uint32_t *faces = NEW_ARRAY(ask->arena, uint32_t, limit);
    for (size_t i = from; i < ask->hits.count && n < limit; i++) faces[n++] = ask->hits.hits[i].face;
    if (!fill_items(ask, faces, ask->hits.hits + from, n, answer, err)) return false;
    for (size_t i = 0; i < n; i++) answer->items[i].score = ask->hits.hits[from + i].score;
    if (from + n < answer->total && n > 0) answer->next = str_format(ask->arena, "%zu", from + n);
    return true;
}

static bool page_of(Ask *ask, Sort sort, size_t limit, uint32_t **faces, size_t *n, Str *next, Err *err)
{
    const Flat *set = &ask->result.set;
    Str         after = ask->question->after;
    if (sort.by == SORT_TITLE && ask->result.total <= LIST_TITLES_MAX && titles_differ(ask->snapshot))
        return titles_page(ask->snapshot, ask->arena, set, sort.down, after, limit, faces, n, next, err);
    return faces_page_flat(ask->snapshot->node->faces, ask->arena, set, sort.by, sort.down, after, limit, faces, n,
                           next, err);
}

static bool page_by_order(Ask *ask, Sort sort, size_t limit, Answer *answer, Err *err)
{
    uint32_t *faces;
    size_t    n;
    return page_of(ask, sort, limit, &faces, &n, &answer->next, err) && fill_items(ask, faces, NULL, n, answer, err);
}

static bool search_flat(Ask *ask, const Flat *within, size_t limit, Hits *hits, Flat *found, Err *err)
{
    bool       all = !ask->kind && !ask->group_count && !ask->question->takes;
    const Set *set = all ? snapshot_visible(ask->snapshot) : kept(ask, flat_set(within));
    if (!search_within(ask, set, limit, hits, err)) return false;
    *found = flat_make(ask->arena, hits->faces);
    return true;
}

typedef struct {
    Ask *ask;
    Flat taken;
} Taking;

static bool take_face(uint32_t face, void *with)
{
    Taking *taking = with;
    Sketch  sketch = sketch_of(taking->ask->snapshot, face);
    if (taking->ask->question->takes(taking->ask->question->takes_with, &sketch)) flat_add(&taking->taken, face);
    return true;
}

static Flat those_taken(Ask *ask, const Flat *from)
{
    Taking taking = { ask, flat_empty(ask->arena, faces_end(ask->snapshot->node->faces)) };
    flat_each(from, take_face, &taking);
    return taking.taken;
}

/* What the words and the kind leave, then what the filters leave of it. */
static bool make_sets(Ask *ask, size_t ranked, Err *err)
{
    uint32_t end = faces_end(ask->snapshot->node->faces);
    ask->base = flat_empty(ask->arena, end);
    flat_or(&ask->base, snapshot_visible(ask->snapshot));
    if (ask->kind) {
        Flat of_kind = flat_empty(ask->arena, end);
        sets_or_flat(sets_of(ask), key_of("kind", ask->kind->name), &of_kind);
        flat_and(&ask->base, &of_kind);
    }
    if (ask->question->takes) ask->base = those_taken(ask, &ask->base);
    if (!make_groups(ask, err)) return false;
    Flat *result = &ask->result.set;
    if (!ask->question->q.len) {
        *result = ask->group_count ? narrowed(ask, &ask->base, NULL) : ask->base;
    } else if (ask->group_count == 0 || !ask->question->with_facets) {
        Flat within = ask->group_count ? narrowed(ask, &ask->base, NULL) : ask->base;
        if (!search_flat(ask, &within, ranked, &ask->hits, result, err)) return false;
        ask->base = *result;
    } else {
        /* Facets count what matches the words under the other facets' filters, so the words come first. */
        Hits all;
        Flat within = ask->base;
        if (!search_flat(ask, &within, 1, &all, &ask->base, err)) return false;
        within = narrowed(ask, &ask->base, NULL);
        if (!search_flat(ask, &within, ranked, &ask->hits, result, err)) return false;
    }
    ask->result.total = flat_total(result);
    return true;
}

/* A language is one more filter. */
static void lang_to_filter(Arena *a, Question *question)
{
    if (!question->q_lang.len) return;
    Filter *filters = NEW_ARRAY(a, Filter, question->filter_count + 1);
    for (size_t i = 0; i < question->filter_count; i++) filters[i] = question->filters[i];
    filters[question->filter_count++] = (Filter){ S("lang"), str_lower_ascii(a, question->q_lang) };
    question->filters = filters;
}

bool list_ask(Snapshot *s, Arena *a, const Question *asked, Answer *answer, Err *err)
{
    Question narrowed_question = *asked, *question = &narrowed_question;
    lang_to_filter(a, question);
    Ask    ask = { .snapshot = s, .arena = a, .question = question };
    Answer out = { 0 };
    Sort   sort;
    if (question->kind.len && !(ask.kind = kind_find(s->node->kinds, question->kind)))
        return fail(err, ERR_NOT_FOUND, "no kind \"%.*s\"", STR_ARG(question->kind));
    if (question->limit < 1 || question->limit > LIST_LIMIT_MAX)
        return fail(err, ERR_INVALID, "\"limit\" is from 1 to %d", LIST_LIMIT_MAX);
    if (!read_sort(&ask, &sort, err)) return false;
    size_t limit = (size_t)question->limit, ranked = sort.by_score ? after_hits(question->after) + limit : 1;
    if (!make_sets(&ask, ranked, err)) return false;
    out.total = ask.result.total;
    out.near = ask.hits.near;
    if (!(sort.by_score ? page_by_score(&ask, limit, &out, err) : page_by_order(&ask, sort, limit, &out, err)))
        return false;
    if (question->with_facets && !make_facets(&ask, &out, err)) return false;
    *answer = out;
    return true;
}

bool list_entries(Snapshot *s, Arena *a, const Question *asked, uint64_t **entries, size_t *n, Err *err)
{
    Question narrowed_question = *asked, *question = &narrowed_question;
    lang_to_filter(a, question);
    const Faces *faces = s->node->faces;
    Ask          ask = { .snapshot = s, .arena = a, .question = question };
    Sort         sort;
    uint32_t    *found;
    Str          next;
    if (question->kind.len && !(ask.kind = kind_find(s->node->kinds, question->kind)))
        return fail(err, ERR_NOT_FOUND, "no kind \"%.*s\"", STR_ARG(question->kind));
    if (!read_sort(&ask, &sort, err) || !make_sets(&ask, 1, err)) return false;
    size_t limit = ask.result.total;
    if (question->limit > 0 && (size_t)question->limit < limit) limit = (size_t)question->limit;
    if (!page_of(&ask, sort, limit, &found, n, &next, err)) return false;
    *entries = NEW_ARRAY(a, uint64_t, *n);
    for (size_t i = 0; i < *n; i++) (*entries)[i] = faces_entry(faces, found[i]);
    return true;
}

/* Sort keys of titles that start with these letters start with this: the part of the key before accents
   and case, which ICU ends with a byte 1. */
static Str title_start(Arena *a, Str typed)
{
    return str_cut(collate_key(a, typed, S("")), 1).head;
}

/* Titles that start with what is typed, then those found by their words. */
bool list_suggest(Snapshot *s, Arena *a, Str typed, Str kind, int limit, Card **out, size_t *n, Err *err)
{
    Question question = { .kind = kind, .q = typed, .limit = limit < 1 ? 1 : limit };
    Ask      ask = { .snapshot = s, .arena = a, .question = &question };
    size_t   wanted = (size_t)question.limit, count;
    if (kind.len && !(ask.kind = kind_find(s->node->kinds, kind)))
        return fail(err, ERR_NOT_FOUND, "no kind \"%.*s\"", STR_ARG(kind));
    *n = 0;
    if (!str_trim(typed).len) return true;
    const Set *within = snapshot_visible(s);
    if (ask.kind) {
        Set *of_kind = kept(&ask, sets_copy(sets_of(&ask), key_of("kind", kind)));
        roaring_bitmap_and_inplace(of_kind, within);
        within = of_kind;
    }
    uint32_t *faces, *all = NEW_ARRAY(a, uint32_t, 2 * wanted);
    count = faces_title_prefix(s->node->faces, a, within, title_start(a, typed), wanted, &faces);
    if (count) memcpy(all, faces, count * sizeof *all);
    if (count < wanted) {
        Hits hits;
        if (!search_within(&ask, within, wanted, &hits, err)) return false;
        for (size_t i = 0; i < hits.count && count < wanted; i++) {
            bool there = false;
            for (size_t j = 0; j < count; j++) there |= all[j] == hits.hits[i].face;
            if (!there) all[count++] = hits.hits[i].face;
        }
    }
    Answer answer = { 0 };
    question.q = STR_NONE;
    if (!fill_items(&ask, all, NULL, count, &answer, err)) return false;
    *out = NEW_ARRAY(a, Card, count);
    for (size_t i = 0; i < count; i++) (*out)[i] = answer.items[i].card;
    *n = count;
    return true;
}
