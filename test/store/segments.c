#include "check.h"
#include "store/segments.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define ENTRIES 3000

static Str key_of(Arena *a, int i)
{
    return str_format(a, "key %06d", i);
}

/* Every tenth is long, the rest short, one empty. */
static Str value_of(Arena *a, int i)
{
    size_t n = i % 10 == 3 ? 1000 + (size_t)i : (size_t)i % 50;
    char  *at = arena_new(a, n + 1);
    memset(at, 'a' + i % 26, n);
    return (Str){ at, n };
}

static bool some_write(Arena *a, const char *path, Err *err)
{
    SegmentWriter *w;
    if (!segment_write_open(path, &w, err)) return false;
    for (int i = 0; i < ENTRIES; i++)
        if (!segment_put(w, key_of(a, 2 * i), value_of(a, i), err)) {
            segment_write_drop(w);
            return false;
        }
    return segment_write_finish(w, err);
}

TEST("a segment gives back every value by its key, and nothing for other keys")
{
    const char *path = str_format(a, "%s/x", test_folder(a)).at;
    Segment    *s;
    CHECK_OK(some_write(a, path, &err));
    CHECK_OK(segment_open(path, &s, &err));
    int wrong = 0, surprising = 0;
    for (int i = 0; i < ENTRIES; i++) {
        Str  value;
        bool found, other;
        CHECK_OK(segment_get(s, a, key_of(a, 2 * i), &value, &found, &err));
        wrong += !found || !str_eq(value, value_of(a, i));
        CHECK_OK(segment_get(s, a, key_of(a, 2 * i + 1), &value, &other, &err));
        surprising += other;
    }
    CHECK_EQ_INT(wrong, 0);
    CHECK_EQ_INT(surprising, 0);
    segment_close(s);
}

TEST("walking a segment gives all entries in order")
{
    const char *path = str_format(a, "%s/x", test_folder(a)).at;
    Segment    *s;
    CHECK_OK(some_write(a, path, &err));
    CHECK_OK(segment_open(path, &s, &err));
    SegmentCursor *c = segment_cursor_open(s);
    Str            key, value;
    bool           more = true;
    int            n = 0, wrong = 0;
    while (CHECK_OK(segment_next(c, &key, &value, &more, &err)) && more) {
        wrong += !str_eq(key, key_of(a, 2 * n)) || !str_eq(value, value_of(a, n));
        n++;
    }
    CHECK_EQ_INT(n, ENTRIES);
    CHECK_EQ_INT(wrong, 0);
    segment_cursor_close(c);
    segment_close(s);
}

TEST("a segment without entries has none")
{
    const char    *path = str_format(a, "%s/x", test_folder(a)).at;
    SegmentWriter *w;
    Segment       *s;
    Str            value;
    bool           found = true;
    CHECK_OK(segment_write_open(path, &w, &err));
    CHECK_OK(segment_write_finish(w, &err));
    CHECK_OK(segment_open(path, &s, &err));
    CHECK_OK(segment_get(s, a, S("k"), &value, &found, &err));
    CHECK(!found);
    segment_close(s);
}

TEST("keys of a segment must rise")
{
    const char    *path = str_format(a, "%s/x", test_folder(a)).at;
    SegmentWriter *w;
    CHECK_OK(segment_write_open(path, &w, &err));
    CHECK_OK(segment_put(w, S("b"), S("1"), &err));
    CHECK_ERR(segment_put(w, S("b"), S("2"), &err), ERR_INTERNAL);
    segment_write_drop(w);
    CHECK(!path_exists(path));
}

TEST("a segment whose writing fails is not there, and what was there before stays")
{
    const char    *folder = test_folder(a), *path = str_format(a, "%s/x", folder).at;
    SegmentWriter *w;
    CHECK_OK(segment_write_open(path, &w, &err));
    CHECK_OK(segment_put(w, S("old"), S("1"), &err));
    CHECK_OK(segment_write_finish(w, &err));
    long steps = fault_count(FAULT_INDEX_FLUSH);
    CHECK_OK(some_write(a, str_format(a, "%s/y", folder).at, &err));
    steps = fault_count(FAULT_INDEX_FLUSH) - steps;
    CHECK(steps > 4);
    for (int step = 1; step < steps; step++) { /* the last is the folder's sync, behind the rename */
        fault_arm(FAULT_INDEX_FLUSH, step, FAULT_ONCE, 0);
        CHECK_ERR(some_write(a, path, &err), ERR_STORE);
        fault_disarm_all();
        Segment *s;
        Str      value;
        bool     found = false;
        CHECK_OK(segment_open(path, &s, &err));
        CHECK_OK(segment_get(s, a, S("old"), &value, &found, &err));
        CHECK(found);
        segment_close(s);
    }
    Str   *names;
    size_t n;
    CHECK_OK(folder_list(a, folder, &names, &n, &err));
    CHECK_EQ_INT(n, 2);
}

TEST("a flipped bit anywhere in a segment is found, and the error says what to do")
{
    const char *path = str_format(a, "%s/x", test_folder(a)).at;
    CHECK_OK(some_write(a, path, &err));
    int   fd = open(path, O_RDWR);
    off_t size = lseek(fd, 0, SEEK_END);
    int   unseen = 0, silent = 0;
    for (off_t at = 8; at < size; at += 997) {
        char byte;
        CHECK_EQ_INT(pread(fd, &byte, 1, at), 1);
        byte ^= 4;
        CHECK_EQ_INT(pwrite(fd, &byte, 1, at), 1);
        Segment *s;
        bool     ok = segment_open(path, &s, &err);
        if (ok) {
            SegmentCursor *c = segment_cursor_open(s);
            Str            key, value;
            bool           more = true;
            while (ok && more) ok = segment_next(c, &key, &value, &more, &err);
            segment_cursor_close(c);
            segment_close(s);
        }
        unseen += ok || err.code != ERR_CORRUPT;
        silent += !str_has(str_of(err.text), S("banyan rebuild"));
        byte ^= 4;
        CHECK_EQ_INT(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    CHECK_EQ_INT(unseen, 0);
    CHECK_EQ_INT(silent, 0);
}
