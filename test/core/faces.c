#include "core/faces.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "store/rows.h"

/* Faces with random keys beside a plain table; every answer is compared with brute force over it. */
#define FACES   1500
#define COLOURS 7

static const Kind  kinds[2] = { { .name = S_INIT("red") }, { .name = S_INIT("blue") } };
static const Field colour = { .name = S_INIT("colour"), .path = S_INIT("colour"), .type = FIELD_CHOICE, .facet = true };

typedef struct {
    bool       listed, shadowed;
    int        kind, colour, token, entry;
    Str        title;
    Projection p;
} Model;

static const char *const tokens[] = { "public", "signed-in", "org:caec", "org:other" };

typedef struct {
    Arena   *a;
    Faces   *faces;
    Model   *model;
    unsigned seed;
    int      entries;
} World;

static unsigned dice(World *w, unsigned n)
{
    w->seed = w->seed * 1103515245 + 12345;
    return (w->seed >> 8) % n;
}

static void model_list(World *w, uint32_t face)
{
    Model *m = &w->model[face];
    m->listed = true;
    m->kind = (int)dice(w, 2);
    m->colour = (int)dice(w, COLOURS);
    m->token = dice(w, 3) ? 0 : (int)dice(w, 4);
    m->entry = w->entries++;
    m->title = str_format(w->a, "%c%u", 'a' + (char)dice(w, 26), dice(w, 40));
    Str value = str_format(w->a, "c%d", m->colour);
    m->p = (Projection){ .kind = &kinds[m->kind], .title_key = m->title };
    m->p.start_day = dice(w, 4) ? (int32_t)dice(w, 300) - 100 : START_NONE;
    m->p.keys = NEW_ARRAY(w->a, FaceKey, 4);
    m->p.keys[m->p.key_count++] = (FaceKey){ .key = key_of("live", S("")) };
    m->p.keys[m->p.key_count++] = (FaceKey){ .key = key_of("kind", kinds[m->kind].name) };
    m->p.keys[m->p.key_count++] = (FaceKey){ .key = key_of("token", str_of(tokens[m->token])) };
    m->p.keys[m->p.key_count++] = (FaceKey){ key_of_facet(kinds[m->kind].name, S("colour"), value), &colour, value };
    faces_list(w->faces, face, face, (uint64_t)m->entry, &m->p);
}

static void model_unlist(World *w, uint32_t face)
{
    w->model[face].listed = false;
    faces_unlist(w->faces, face, &w->model[face].p);
}

static World random_world(Arena *a, unsigned seed)
{
    World w = { a, faces_open(), NEW_ARRAY(a, Model, FACES), seed, 0 };
    for (int step = 0; step < 4 * FACES; step++) {
        uint32_t face = 1 + dice(&w, FACES - 1);
        if (w.model[face].listed) model_unlist(&w, face);
        if (dice(&w, 4)) model_list(&w, face);
        if (dice(&w, 10) == 0) {
            w.model[face].shadowed = !w.model[face].shadowed;
            faces_shadow(w.faces, face, S("org:caec"), w.model[face].shadowed);
        }
    }
    return w;
}

static bool model_sees(const Model *m, const Reader *r)
{
    if (!m->listed) return false;
    if (r->all) return !m->shadowed;
    return audience_allows(r, str_of(tokens[m->token])) && !(m->shadowed && audience_allows(r, S("org:caec")));
}

static void make_readers(Arena *a, Reader readers[4])
{
    Membership *caec = NEW(a, Membership);
    *caec = (Membership){ S("caec"), ROLE_READER };
    readers[0] = (Reader){ 0 };
    readers[1] = (Reader){ .person = S("p") };
    readers[2] = (Reader){ .person = S("p"), .memberships = caec, .membership_count = 1 };
    readers[3] = (Reader){ .all = true };
    for (int i = 0; i < 4; i++) reader_finish(&readers[i], a);
}

TEST("what readers see and what facets count is what a scan finds")
{
    World  w = random_world(a, 5);
    Reader readers[4];
    make_readers(a, readers);
    for (int r = 0; r < 4; r++) {
        bool                    owned;
        const roaring_bitmap_t *visible = faces_visible(w.faces, &readers[r], &owned);
        uint64_t                expected = 0, wrong = 0, counts[2][COLOURS] = { 0 };
        for (uint32_t f = 1; f < FACES; f++) {
            bool sees = model_sees(&w.model[f], &readers[r]);
            expected += sees;
            wrong += roaring_bitmap_contains(visible, f) != sees;
            if (sees) counts[w.model[f].kind][w.model[f].colour]++;
        }
        CHECK_EQ_INT(wrong, 0);
        CHECK_EQ_INT(roaring_bitmap_get_cardinality(visible), expected);
        Flat      flat = flat_make(a, visible);
        uint32_t *by_face = NEW_ARRAY(a, uint32_t, faces_value_count(w.faces));
        faces_count_values(w.faces, &flat, by_face);
        for (int k = 0; k < 2; k++) {
            const FacetKey *values;
            size_t          n = faces_facet(w.faces, kinds[k].name, S("colour"), &values);
            CHECK_EQ_INT(n, COLOURS);
            for (size_t v = 0; v < n; v++) {
                uint64_t count = counts[k][values[v].value.at[1] - '0'];
                CHECK_EQ_INT(sets_count_within(faces_sets(w.faces), values[v].key, &flat), count);
                CHECK_EQ_INT(by_face[values[v].number], count);
            }
        }
        if (owned) roaring_bitmap_free(visible);
    }
    faces_close(w.faces);
}

static const Model *sorted_models;
static SortBy       sorted_by;
static bool         sorted_down;

static int by_model(const void *x, const void *y)
{
    uint32_t     f = *(const uint32_t *)x, g = *(const uint32_t *)y;
    const Model *m = &sorted_models[f], *n = &sorted_models[g];
    int          order = 0;
    if (sorted_by == SORT_START) {
        bool none = m->p.start_day == START_NONE, other = n->p.start_day == START_NONE;
        if (none != other) return none ? 1 : -1;
        order = m->p.start_day < n->p.start_day ? -1 : m->p.start_day > n->p.start_day;
    }
    if (sorted_by == SORT_UPDATED) order = m->entry - n->entry;
    if (sorted_by == SORT_TITLE) order = str_cmp(m->title, n->title);
    if (order == 0) order = f < g ? -1 : f > g;
    return sorted_down ? -order : order;
}

/* All pages of a set, one after the other, are the sorted set. */
static void check_pages(World *w, const roaring_bitmap_t *set, size_t limit)
{
    size_t    count = roaring_bitmap_get_cardinality(set), met = 0, wrong = 0, n, pages = 0;
    uint32_t *expected = NEW_ARRAY(w->a, uint32_t, count), *faces;
    Str       after = STR_NONE;
    Err       err;
    roaring_bitmap_to_uint32_array(set, expected);
    sorted_models = w->model;
    qsort(expected, count, sizeof *expected, by_model);
    do {
        if (!check_ok(faces_page(w->faces, w->a, set, sorted_by, sorted_down, after, limit, &faces, &n, &after, &err),
                      &err, __FILE__, __LINE__, "faces_page"))
            return;
        for (size_t i = 0; i < n; i++, met++) wrong += met >= count || faces[i] != expected[met];
        pages++;
    } while (after.len && pages <= count);
    CHECK_EQ_INT(met, count);
    CHECK_EQ_INT(wrong, 0);
}

TEST("pages in every order, dense or sparse, are the sorted set cut in pieces")
{
    World w = random_world(a, 17);
    for (unsigned every = 1; every <= 200; every *= 14) {
        roaring_bitmap_t *set = roaring_bitmap_create();
        for (uint32_t f = 1; f < FACES; f += every)
            if (w.model[f].listed) roaring_bitmap_add(set, f);
        for (SortBy by = SORT_UPDATED; by <= SORT_START; by++)
            for (int down = 0; down < 2; down++) {
                sorted_by = by;
                sorted_down = down;
                check_pages(&w, set, every == 1 ? 37 : 7);
            }
        roaring_bitmap_free(set);
    }
    faces_close(w.faces);
}

TEST("a cursor of another order, or no cursor at all, is refused")
{
    World             w = random_world(a, 23);
    roaring_bitmap_t *set = sets_copy(faces_sets(w.faces), key_of("live", S("")));
    uint32_t         *faces;
    size_t            n;
    Str               next, none;
    CHECK_OK(faces_page(w.faces, a, set, SORT_TITLE, false, S(""), 5, &faces, &n, &next, &err));
    CHECK_ERR(faces_page(w.faces, a, set, SORT_START, false, next, 5, &faces, &n, &none, &err), ERR_INVALID);
    CHECK_ERR(faces_page(w.faces, a, set, SORT_TITLE, true, next, 5, &faces, &n, &none, &err), ERR_INVALID);
    CHECK_ERR(faces_page(w.faces, a, set, SORT_TITLE, false, S("abc"), 5, &faces, &n, &none, &err), ERR_INVALID);
    CHECK_ERR(faces_page(w.faces, a, set, SORT_TITLE, false, S("%%%%"), 5, &faces, &n, &none, &err), ERR_INVALID);
    roaring_bitmap_free(set);
    faces_close(w.faces);
}

TEST("titles that start alike are found in order")
{
    World             w = random_world(a, 29);
    roaring_bitmap_t *set = sets_copy(faces_sets(w.faces), key_of("live", S("")));
    size_t            expected = 0;
    for (uint32_t f = 1; f < FACES; f++) expected += w.model[f].listed && str_starts(w.model[f].title, S("q1"));
    uint32_t *faces;
    size_t    n = faces_title_prefix(w.faces, a, set, S("q1"), FACES, &faces);
    CHECK(expected > 0);
    CHECK_EQ_INT(n, expected);
    for (size_t i = 1; i < n; i++) CHECK(str_cmp(w.model[faces[i - 1]].title, w.model[faces[i]].title) <= 0);
    roaring_bitmap_free(set);
    faces_close(w.faces);
}

TEST("faces that were kept read back the same, and go on from there")
{
    World w = random_world(a, 31);
    Db   *db;
    CHECK_OK(db_open(str_format(a, "%s/node.db", test_folder(a)).at, DB_PROJECTION, 1 << 20, &db, &err));
    CHECK_OK(rows_start(db, &err));
    Faces   *again = faces_open();
    uint64_t applied = 9;
    CHECK_OK(faces_load(again, a, db, &applied, &err));
    CHECK_EQ_INT(applied, 0);
    CHECK_OK(faces_save(w.faces, db, 77, &err));
    CHECK_OK(faces_load(again, a, db, &applied, &err));
    CHECK_EQ_INT(applied, 77);
    const char *difference = faces_difference(a, w.faces, again);
    CHECK_STR(difference ? difference : "", "");
    faces_close(w.faces);
    w.faces = again;
    for (uint32_t f = 1; f < FACES; f++)
        if (w.model[f].listed && f % 3 == 0) model_unlist(&w, f);
    for (uint32_t f = 1; f < FACES; f++)
        if (!w.model[f].listed && f % 2 == 0) model_list(&w, f);
    sorted_by = SORT_TITLE;
    sorted_down = false;
    roaring_bitmap_t *set = sets_copy(faces_sets(w.faces), key_of("live", S("")));
    check_pages(&w, set, 50);
    roaring_bitmap_free(set);
    db_close(db);
    faces_close(again);
}
