/* Answering questions: sets are intersected as one bit a face, a page is cut from an order, and only the
   rows of that page are read. */
#include <string.h>

#include "core/list/inside.h"
#include "core/list/titles.h"
#include "text/collate.h"

#define EXCERPT_CHARACTERS 200

static void free_set(void *set)
{
    roaring_bitmap_free(set);
}

static Set *kept(Ask *ask, Set *set)
{
    if (!set) memory_end(0);
    return arena_adopt(ask->arena, set, free_set);
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
    if (!list_filter(ask, err)) return false;
    Flat *result = &ask->result.set;
    if (!ask->question->q.len) {
        *result = ask->group_count ? list_narrowed(ask, &ask->base, NULL) : ask->base;
    } else if (ask->group_count == 0 || !ask->question->with_facets) {
        Flat within = ask->group_count ? list_narrowed(ask, &ask->base, NULL) : ask->base;
        if (!search_flat(ask, &within, ranked, &ask->hits, result, err)) return false;
        ask->base = *result;
    } else {
        /* Facets count what matches the words under the other facets' filters, so the words come first. */
        Hits all;
        Flat within = ask->base;
        if (!search_flat(ask, &within, 1, &all, &ask->base, err)) return false;
        within = list_narrowed(ask, &ask->base, NULL);
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
    if (question->with_facets && !list_facets(&ask, &out, err)) return false;
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
