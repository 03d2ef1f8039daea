#include "core/sketch.h"

#include "nodes.h"

/* Random notes; every sketch is compared with what a walk over the documents says. */
#define NOTES 120

typedef struct {
    Arena    *a;
    Node     *node;
    Snapshot *s;
    Reader    reader;
    Record    tags[2], notes[NOTES];
    unsigned  seed;
} World;

static unsigned dice(World *w, unsigned n)
{
    w->seed = w->seed * 1103515245 + 12345;
    return (w->seed >> 8) % n;
}

static void make_note(World *w, int i)
{
    static const char *const dates[] = { "2018", "2018-09", "2018-09-13", "2019-01" };
    static const char *const statuses[] = { "planned", "active", "completed" };
    Arena                   *a = w->a;
    Buf                     *out = buf_open(a);
    buf_putf(out, "{\"name\":{\"en\":\"Note %d\"}", i);
    if (dice(w, 3)) buf_putf(out, ",\"start\":\"%s\"", dates[dice(w, 3)]);
    if (dice(w, 3)) buf_putf(out, ",\"end\":\"%s\"", dates[dice(w, 2) ? 3 : 0]);
    if (dice(w, 4)) buf_putf(out, ",\"status\":\"%s\"", statuses[dice(w, 3)]);
    if (dice(w, 2)) buf_putf(out, ",\"tags\":[\"%.*s\"]", STR_ARG(w->tags[dice(w, 2)].id));
    if (dice(w, 2))
        buf_putf(out, ",\"steps\":[{\"tag\":\"%.*s\",\"status\":\"%s\"},{\"tag\":\"%.*s\"%s}]",
                 STR_ARG(w->tags[dice(w, 2)].id), dice(w, 3) ? "completed" : "planned", STR_ARG(w->tags[dice(w, 2)].id),
                 dice(w, 2) ? ",\"status\":\"completed\"" : "");
    buf_put_z(out, "}");
    nodes_create(w->node, a, "note", str_format(a, "n%d", i).at, dice(w, 4) ? "public" : "own", STATE_PUBLISHED,
                 out->at);
}

static World world_make(Arena *a, unsigned seed, ReaderKind reader)
{
    World  w = { .a = a, .seed = seed };
    Reader readers[READER_KINDS];
    Err    err = { 0 };
    w.node = nodes_open(nodes_make(a));
    nodes_readers(a, readers);
    w.reader = readers[reader];
    w.tags[0].id = nodes_create(w.node, a, "tag", "one", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"One\"}}");
    w.tags[1].id = nodes_create(w.node, a, "tag", "two", "public", STATE_PUBLISHED, "{\"name\":{\"en\":\"Two\"}}");
    for (int i = 0; i < NOTES; i++) make_note(&w, i);
    w.s = snapshot_open(w.node, &w.reader, S("en"));
    for (int i = 0; i < NOTES; i++) record_read(w.s, a, S("note"), str_format(a, "n%d", i), &w.notes[i], &err);
    for (int i = 0; i < 2; i++) CHECK_OK(record_read_id(w.s, a, w.tags[i].id, &w.tags[i], &err));
    return w;
}

static void world_end(World *w)
{
    snapshot_close(w->s);
    node_close(w->node);
}

/* Every sketch as a line, "n3 active 2018-09 2019-01", sorted by being put at its number. */
typedef struct {
    World *w;
    Str    lines[NOTES];
} Seen;

static void see(void *with, const Sketch *sketch)
{
    Seen   *seen = with;
    Arena  *a = seen->w->a;
    Record  r;
    Err     err = { 0 };
    int64_t number = -1;
    CHECK_OK(record_of_face(seen->w->s, a, sketch->face, &r, &err));
    CHECK(str_to_i64(str_drop(r.slug, 1), &number));
    Str start = sketch->start.parts ? date_text(a, sketch->start) : S("-"),
        end = sketch->end.parts ? date_text(a, sketch->end) : S("-");
    seen->lines[number] = str_format(a, "%.*s %.*s %.*s %.*s\n", STR_ARG(r.slug), STR_ARG(sketch->status),
                                     STR_ARG(start), STR_ARG(end));
}

static Str text_or_dash(const Json *doc, const char *key)
{
    Str text = json_get_text(doc, key);
    return text.len ? text : S("-");
}

/* The same from the documents of those that `wanted` takes. */
static Str expected(World *w, bool (*wanted)(const World *, const Json *), uint64_t *count)
{
    Buf *out = buf_open(w->a);
    *count = 0;
    for (int i = 0; i < NOTES; i++) {
        const Json *doc = w->notes[i].doc;
        if (!doc || !wanted(w, doc)) continue;
        ++*count;
        buf_putf(out, "n%d %.*s %.*s %.*s\n", i, STR_ARG(json_get_text(doc, "status")),
                 STR_ARG(text_or_dash(doc, "start")), STR_ARG(text_or_dash(doc, "end")));
    }
    return buf_str(out);
}

static bool all(const World *w, const Json *doc)
{
    (void)w, (void)doc;
    return true;
}

static bool active(const World *w, const Json *doc)
{
    (void)w;
    return str_eq_z(json_get_text(doc, "status"), "active");
}

static bool names_first(const World *w, const Json *doc)
{
    return str_eq(json_text(json_at(doc, S("/tags/0"))), w->tags[0].id);
}

static bool step_with_first(const World *w, const Json *doc)
{
    for (int i = 0; i < 2; i++)
        if (str_eq(json_get_text(json_array_get(json_get(doc, "steps"), (size_t)i), "tag"), w->tags[0].id)) return true;
    return false;
}

static bool open_with_first(const World *w, const Json *doc)
{
    for (int i = 0; i < 2; i++) {
        const Json *step = json_array_get(json_get(doc, "steps"), (size_t)i);
        if (str_eq(json_get_text(step, "tag"), w->tags[0].id) && !str_eq_z(json_get_text(step, "status"), "completed"))
            return true;
    }
    return false;
}

static bool by_any_field(const World *w, const Json *doc)
{
    return names_first(w, doc) || step_with_first(w, doc);
}

static bool has_steps(const World *w, const Json *doc)
{
    (void)w;
    return json_array_size(json_get(doc, "steps")) > 0;
}

TEST("sketches say of every record what its document says, and are those that the documents choose")
{
    for (int reader = 0; reader < 2; reader++) {
        World w = world_make(a, 7 + (unsigned)reader, reader ? NOBODY : PROGRAM);
        const struct {
            SketchWhich which;
            bool (*wanted)(const World *, const Json *);
        } rows[] = {
            { { .kind = S("note") }, all },
            { { .kind = S("note"), .field = S("status"), .value = S("active") }, active },
            { { .kind = S("note"), .field = S("tags"), .value = w.tags[0].id }, names_first },
            { { .kind = S("note"), .to = &w.tags[0] }, by_any_field },
            { { .kind = S("note"), .to = &w.tags[0], .by = S("steps.tag") }, step_with_first },
            { { .kind = S("note"), .to = &w.tags[0], .by = S("steps.tag"), .open = true }, open_with_first },
            { { .kind = S("note"), .has = { "steps" } }, has_steps },
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            Seen     seen = { .w = &w };
            uint64_t total, count;
            CHECK_OK(sketch_each(w.s, a, &rows[i].which, see, &seen, &total, &err));
            Str wanted = expected(&w, rows[i].wanted, &count);
            CHECK_STR(str_format(a, "row %zu\n%.*s", i, STR_ARG(str_join(a, seen.lines, NOTES))),
                      str_format(a, "row %zu\n%.*s", i, STR_ARG(wanted)));
            CHECK_EQ_INT(total, count);
            CHECK(count > 0);
        }
        world_end(&w);
    }
}

TEST("a field that is neither a facet nor a link chooses nothing and is named")
{
    World w = world_make(a, 3, PROGRAM);
    CHECK(!sketch_each(w.s, a, &(SketchWhich){ .kind = S("note"), .field = S("start") }, NULL, NULL, NULL, &err));
    CHECK_EQ_INT(err.code, ERR_INVALID);
    CHECK(str_has(str_of(err.text), S("start")));
    world_end(&w);
}

TEST("a kind that is not there has no records")
{
    World    w = world_make(a, 3, PROGRAM);
    uint64_t total = 9;
    CHECK_OK(sketch_each(w.s, a, &(SketchWhich){ .kind = S("elephant") }, NULL, NULL, &total, &err));
    CHECK_EQ_INT(total, 0);
    world_end(&w);
}
