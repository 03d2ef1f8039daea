/* Rows that are sent a few at a time: what is plain, what is known, faults on the way to the disk and into parts. */
#include "data/gather.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "data/inbox/frame.h"
#include "data/known.h"
#include "store/files.h"

#include "../core/nodes.h"

typedef struct {
    Arena      *a;
    Node       *node;
    Data       *data;
    Inbox      *inbox;
    Record      dataset;
    PostForm    form;
    const char *folder;
} World;

static const char columns_text[] = "[{\"name\":\"station\",\"type\":\"string\",\"role\":\"place\"},"
                                   "{\"name\":\"at\",\"type\":\"datetime\",\"role\":\"time\"},"
                                   "{\"name\":\"n\",\"type\":\"integer\"}]";

static void world_open(World *w)
{
    Err err = { 0 };
    check_ok(node_open(w->folder, &(NodeOptions){ .share = S(".") }, &w->node, &err) &&
                 data_open(w->node, &w->data, &err) && inbox_open(w->data, &w->inbox, &err),
             &err, __FILE__, __LINE__, "a node with an inbox");
}

static void world_close(World *w)
{
    inbox_close(w->inbox);
    data_close(w->data);
    node_close(w->node);
}

static Record head_of(World *w)
{
    Reader    who = { .name = S("system"), .all = true };
    Record    r = { 0 };
    Err       err = { 0 };
    Snapshot *s = snapshot_open(w->node, &who, STR_NONE);
    bool      ok = record_read(s, w->a, S("dataset"), S("air"), &r, &err);
    snapshot_close(s);
    check_ok(ok, &err, __FILE__, __LINE__, "the dataset");
    return r;
}

static World world(Arena *a)
{
    World   w = { .a = a, .folder = str_format(a, "%s/node", test_folder(a)).at };
    Column *columns;
    size_t  n;
    Err     err = { 0 };
    check_ok(node_init(w.folder, nodes_json(a, "{\"name\":\"test.example\"}"), &err), &err, __FILE__, __LINE__, "init");
    world_open(&w);
    nodes_create(w.node, a, "organisation", "caec", "public", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"The owner\"},\"type\":\"agency\"}");
    nodes_create(w.node, a, "dataset", "air", "public", STATE_PUBLISHED,
                 str_format(a, "{\"name\":{\"en\":\"Air\"},\"columns\":%s}", columns_text).at);
    w.dataset = head_of(&w);
    check_ok(columns_read(a, w.dataset.doc, &columns, &n, &err) && post_form(a, columns, n, &w.form, &err), &err,
             __FILE__, __LINE__, "its columns");
    return w;
}

static bool put(World *w, Str body, Str key, InboxAnswer *out, Err *err)
{
    Post      post;
    InboxPost sent = { .dataset = w->dataset.id, .form = &w->form, .post = &post, .key = key, .body = body };
    return post_read(w->data, w->a, &w->form, STR_NONE, body, &post, err) && inbox_put(w->inbox, &sent, out, err);
}

static Str row(World *w, int n)
{
    return str_format(w->a, "{\"station\":\"A\",\"at\":\"2026-11-29T%02d:%02d:%02dZ\",\"n\":%d}", n / 3600, n / 60 % 60,
                      n % 60, n);
}

/* All rows, those of parts and those that wait, as the numbers of `n` in order. */
static Str numbers(World *w)
{
    Record      r = head_of(w);
    Str        *waiting, text = S("");
    int64_t    *rows;
    size_t      n;
    Err         err = { 0 };
    Duck       *duck;
    DuckRun    *run = NULL;
    DuckValue   value = { 0 };
    Buf        *sql = buf_open(w->a);
    const Json *parts = json_get(r.doc, "parts");
    check_ok(inbox_parts(w->inbox, w->a, r.id, r.doc, &waiting, &rows, &n, &err), &err, __FILE__,
             __LINE__, "what waits");
    buf_put_z(sql, "SELECT coalesce(string_agg(n::VARCHAR, ' ' ORDER BY n), '') FROM read_parquet([");
    for (size_t i = 0; i < json_array_size(parts); i++) {
        Str path;
        check_ok(files_find(data_parts(w->data), w->a, json_get_text(json_array_get(parts, i), "sha256"), &path, &err),
                 &err, __FILE__, __LINE__, "a part");
        sql_text(sql, path);
        buf_put_z(sql, ",");
    }
    for (size_t i = 0; i < n; i++) {
        sql_text(sql, waiting[i]);
        buf_put_z(sql, ",");
    }
    if (!json_array_size(parts) && !n) return text;
    sql->len--;
    buf_put_z(sql, "])");
    check_ok(data_engine(w->data, &duck, &err) && duck_run_open(duck, &run, &err) &&
                 duck_ask_one(run, w->a, buf_str(sql), NULL, 0, &value, &err),
             &err, __FILE__, __LINE__, "the rows");
    duck_run_close(run);
    return value.type == DUCK_TEXT ? value.text : text;
}

TEST("rows are known again by themselves, posts by their key, also after a start")
{
    World       w = world(a);
    InboxAnswer answer;
    Str         two = str_format(a, "[%.*s,%.*s]", STR_ARG(row(&w, 1)), STR_ARG(row(&w, 2)));
    CHECK_OK(put(&w, row(&w, 1), STR_NONE, &answer, &err));
    CHECK_EQ_INT(answer.taken, 1);
    CHECK_OK(put(&w, two, STR_NONE, &answer, &err));
    CHECK_EQ_INT(answer.taken, 1);
    CHECK_EQ_INT(answer.known, 1);
    CHECK_OK(put(&w, row(&w, 3), S("key"), &answer, &err));
    CHECK_EQ_INT(answer.taken, 1);
    world_close(&w);
    world_open(&w);
    CHECK_OK(put(&w, row(&w, 3), S("key"), &answer, &err));
    CHECK(answer.repeated);
    CHECK_ERR(put(&w, row(&w, 4), S("key"), &answer, &err), ERR_INVALID);
    CHECK_OK(put(&w, two, STR_NONE, &answer, &err));
    CHECK_EQ_INT(answer.known, 2);
    CHECK_STR(numbers(&w), "1 2 3");
    world_close(&w);
}

TEST("what is answered is there after a start, what is not answered is not")
{
    World       w = world(a);
    InboxAnswer answer;
    int         n = 0;
    Buf        *there = buf_open(a);
    FOR_EACH_FAULT (FAULT_JOURNAL_WRITE, FAULT_JOURNAL_SYNC) {
        n++;
        bool ok = put(&w, row(&w, n), STR_NONE, &answer, &err);
        CHECK(ok || err.code == ERR_STORE);
        if (ok) buf_putf(there, "%s%d", there->len ? " " : "", n);
        fault_disarm_all();
        world_close(&w);
        world_open(&w);
        CHECK_STR(numbers(&w), buf_str(there));
    }
    CHECK_OK(put(&w, row(&w, 50), STR_NONE, &answer, &err));
    buf_put_z(there, there->len ? " 50" : "50");
    CHECK_STR(numbers(&w), buf_str(there));
    world_close(&w);
}

TEST("gathering that fails leaves each row where it was, once, and the next one takes it")
{
    World       w = world(a);
    InboxAnswer answer;
    int         n = 0;
    Buf        *there = buf_open(a);
    Gatherer   *g;
    CHECK_OK(gatherer_open(w.inbox, &g, &err));
    CHECK_OK(put(&w, row(&w, n), STR_NONE, &answer, &err));
    buf_put_z(there, "0");
    FOR_EACH_FAULT (FAULT_INBOX_NEXT, FAULT_FILE_SYNC, FAULT_FILE_RENAME) {
        buf_putf(there, " %d", ++n);
        CHECK(put(&w, row(&w, n), STR_NONE, &answer, &err));
        bool ok = gather_due(g, true, &err);
        CHECK(ok || err.code == ERR_STORE);
        fault_disarm_all();
        CHECK_STR(numbers(&w), buf_str(there));
    }
    CHECK_OK(gather_due(g, true, &err));
    CHECK_STR(numbers(&w), buf_str(there));
    CHECK_EQ_INT(inbox_posted(head_of(&w).doc), n + 1);
    gatherer_close(g);
    world_close(&w);
    /* Posts that are in parts go at a start; what of them is known stays. */
    world_open(&w);
    CHECK_OK(gatherer_open(w.inbox, &g, &err));
    FOR_EACH_FAULT (FAULT_INBOX_DROP) {
        (void)gather_due(g, false, &err);
        CHECK_STR(numbers(&w), buf_str(there));
    }
    CHECK_OK(gather_due(g, false, &err));
    CHECK_OK(put(&w, row(&w, n), STR_NONE, &answer, &err));
    CHECK_EQ_INT(answer.known, 1);
    CHECK_STR(numbers(&w), buf_str(there));
    gatherer_close(g);
    world_close(&w);
}

/* Of texts made by chance of what occurs in such values: each that is known to be plain is one the engine takes. */
TEST("a plain value is one that an import takes")
{
    static const char *const parts[] = { "0", "7", "12", "-", ".", "e", "2026",
                                         "-11", "-29", "T", " ", "10:00", ":59", ":60",
                                         "Z", "+07", ":00", "true", "false", "-02", "-30",
                                         "1999", "24:00", ".5", "x", "" };
    size_t                   count = sizeof parts / sizeof *parts;
    World                    w = world(a);
    uint32_t                 seed = 7;
    Duck                    *duck;
    DuckRun                 *run;
    size_t                   plain = 0;
    CHECK_OK(data_engine(w.data, &duck, &err) && duck_run_open(duck, &run, &err) &&
             duck_do(run, S("SET TimeZone = 'UTC'"), &err));
    for (int type = 0; type < COLUMN_TYPES; type++) {
        Column    column = { .name = S("v"), .type = (ColumnType)type };
        PostForm  form;
        Buf      *csv = buf_open(a), *sql = buf_open(a);
        size_t    rows = 0;
        DuckValue value;
        CHECK_OK(post_form(a, &column, 1, &form, &err));
        Reading reading = form.reading;
        post_heading(&form, csv);
        for (size_t i = 0; i < 40000; i++) {
            char text[200] = "";
            for (size_t k = 0, n = 1 + i % 8; k < n; k++) {
                seed = seed * 1664525 + 1013904223;
                strcat(text, parts[(seed >> 8) % count]);
            }
            if (!post_is_plain(&column, str_of(text)) || !*text || strchr(text, ',')) continue;
            buf_putf(csv, "%zu,%s\n", ++rows, text);
        }
        plain += rows;
        if (!rows) continue;
        reading.path = str_format(a, "%s/plain-%d.csv", test_folder(a), type);
        CHECK_OK(file_replace(reading.path.at, buf_str(csv), 0600, &err));
        buf_put_z(sql, "SELECT count(*) FROM (SELECT count(v) OVER () AS n, v FROM (");
        reading_sql(&reading, sql);
        buf_put_z(sql, ")) WHERE v IS NOT NULL");
        CHECK_OK(duck_ask_one(run, a, buf_str(sql), NULL, 0, &value, &err));
        CHECK_EQ_INT(value.integer, rows);
    }
    CHECK(plain > 1000);
    duck_run_close(run);
    world_close(&w);
}

TEST("what is known is kept in a file, and a damaged file is not believed")
{
    Known       k = { 0 }, again = { 0 };
    const char *path = path_join(a, str_of(test_folder(a)), S("known")).at;
    uint64_t    check;
    uint8_t     key[KNOWN_KEY_BYTES];
    Str         bytes;
    for (int i = 0; i < 1000; i++) {
        hash_short(str_format(a, "%d", i), key);
        known_add(&k, key, (uint64_t)i);
    }
    CHECK_OK(known_save(&k, path, &err));
    CHECK_OK(known_load(&again, path, &err));
    CHECK_EQ_INT(again.count, 1000);
    for (int i = 0; i < 1010; i++) {
        hash_short(str_format(a, "%d", i), key);
        CHECK_EQ_INT(known_find(&again, key, &check), i < 1000);
        if (i < 1000) CHECK_EQ_INT(check, i);
    }
    CHECK_OK(file_read(a, path, 1 << 20, &bytes, &err));
    ((char *)bytes.at)[100] ^= 1;
    CHECK_OK(file_replace(path, bytes, 0600, &err));
    CHECK_ERR(known_load(&again, path, &err), ERR_CORRUPT);
    known_free(&k);
    known_free(&again);
}
