#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "check.h"
#include "store/journal_scan.h"

static const char first_name[] = "00000000000000000000.log";

static const char *path_in(Arena *a, const char *folder, const char *name)
{
    return path_join(a, str_of(folder), str_of(name)).at;
}

static Journal *journal(Arena *a, const char *folder, uint64_t file_bytes)
{
    Err            err = { 0 };
    Journal       *j = NULL;
    Str            seal;
    JournalOptions o = { .file_bytes = file_bytes };
    if (!check_ok(journal_open(a, folder, &o, &j, &seal, &err), &err, __FILE__, __LINE__, "journal_open")) return NULL;
    return j;
}

/* The frame that stands at `number` in all these tests. */
static Str frame(Arena *a, uint64_t number)
{
    return str_format(a, "frame %llu%.*s", (unsigned long long)number, (int)(number % 7), ".......");
}

static bool append(Arena *a, Journal *j, size_t n, Err *err)
{
    uint64_t from = journal_count(j);
    Str     *frames = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) frames[i] = frame(a, from + i);
    return journal_append(j, frames, n, str_format(a, "seal %llu", (unsigned long long)(from + n)), err);
}

static void check_frames(Arena *a, Journal *j, uint64_t count)
{
    Err err = { 0 };
    CHECK_EQ_INT(journal_count(j), count);
    for (uint64_t i = 0; i < count; i++) {
        Str bytes = STR_NONE;
        CHECK_OK(journal_read(j, a, i, &bytes, &err));
        CHECK_STR(bytes, frame(a, i));
    }
    Str bytes;
    CHECK_ERR(journal_read(j, a, count, &bytes, &err), ERR_NOT_FOUND);
}

typedef struct {
    uint64_t frames, seals, damaged;
} Count;
static bool count_items(void *with, const JournalItem *item, Err *err)
{
    (void)err;
    Count *c = with;
    if (item->damaged) c->damaged++;
    else if (item->seal) c->seals++;
    else c->frames++;
    return true;
}

static Str file_bytes_of(Arena *a, const char *path)
{
    Err err = { 0 };
    Str bytes = STR_NONE;
    CHECK_OK(file_read(a, path, (size_t)64 << 20, &bytes, &err));
    return bytes;
}

static void file_set(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK_EQ_INT(write(fd, bytes, n), (ssize_t)n);
    close(fd);
}

TEST("what was appended is read back, before and after opening again")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    check_frames(a, j, 0);
    CHECK_OK(append(a, j, 1, &err));
    CHECK_OK(append(a, j, 3, &err));
    check_frames(a, j, 4);
    journal_close(j);

    Str seal;
    CHECK_OK(journal_open(a, folder, NULL, &j, &seal, &err));
    CHECK_STR(seal, "seal 4");
    check_frames(a, j, 4);
    CHECK_OK(append(a, j, 2, &err));
    check_frames(a, j, 6);
    journal_close(j);

    Count c = { 0 };
    CHECK_OK(journal_walk(folder, count_items, &c, &err));
    CHECK_EQ_INT(c.frames, 6);
    CHECK_EQ_INT(c.seals, 3);
}

TEST("a journal goes on in the next file and opens over all of them")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 200);
    for (int i = 0; i < 20; i++) CHECK_OK(append(a, j, 2, &err));
    check_frames(a, j, 40);
    journal_close(j);
    Str      *paths;
    uint64_t *first, known = 0;
    size_t    n;
    CHECK_OK(journal_files(a, folder, &paths, &first, &n, &err));
    CHECK(n > 5);
    CHECK_OK(journal_index_check(folder, &known, &err));
    CHECK_EQ_INT(known, 40);

    j = journal(a, folder, 200);
    check_frames(a, j, 40);
    CHECK_OK(append(a, j, 2, &err));
    journal_close(j);

    /* The same without the index, and with half of it. */
    const char *index = path_in(a, folder, "index");
    unlink(index);
    j = journal(a, folder, 200);
    check_frames(a, j, 42);
    journal_close(j);
    Str bytes = file_bytes_of(a, index);
    file_set(index, bytes.at, bytes.len / 2);
    j = journal(a, folder, 200);
    check_frames(a, j, 42);
    journal_close(j);
    CHECK_STR(file_bytes_of(a, index), bytes);

    CHECK_EQ_INT(unlink(paths[2].at), 0);
    CHECK_ERR(journal_open(a, folder, NULL, &j, &bytes, &err), ERR_CORRUPT);
    CHECK(strstr(err.text, "is missing"));
    Count c = { 0 };
    CHECK_ERR(journal_walk(folder, count_items, &c, &err), ERR_CORRUPT);
}

TEST("a reader beside the writer writes nothing and sees what was sealed")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0), *reader;
    CHECK_OK(append(a, j, 3, &err));
    Str seal;
    CHECK_OK(journal_open(a, folder, &(JournalOptions){ .read_only = true }, &reader, &seal, &err));
    CHECK_STR(seal, "seal 3");
    CHECK_OK(append(a, j, 3, &err));
    check_frames(a, reader, 3);
    check_frames(a, j, 6);
    CHECK_ERR(append(a, reader, 1, &err), ERR_STORE);
    journal_close(reader);
    journal_close(j);
}

/* The journal in `folder` after its file was set to these bytes and its index taken away. */
static bool opens_with(Arena *a, const char *folder, const char *bytes, size_t n, Journal **j, Err *err)
{
    Str seal;
    file_set(path_in(a, folder, first_name), bytes, n);
    unlink(path_in(a, folder, "index"));
    return journal_open(a, folder, NULL, j, &seal, err);
}

TEST("a group cut short anywhere, or zeros from there on, is set aside; what was sealed stays")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    CHECK_OK(append(a, j, 2, &err));
    size_t sealed = file_bytes_of(a, path_in(a, folder, first_name)).len;
    CHECK_OK(append(a, j, 3, &err));
    journal_close(j);
    Str   whole = file_bytes_of(a, path_in(a, folder, first_name));
    char *zeros = memcpy(arena_new(a, 8192), whole.at, whole.len);
    for (size_t cut = sealed; cut < whole.len; cut++) {
        Arena *each = arena_open(0);
        CHECK_OK(opens_with(each, folder, whole.at, cut, &j, &err));
        check_frames(each, j, 2);
        CHECK_OK(append(each, j, 1, &err));
        check_frames(each, j, 3);
        journal_close(j);

        memset(zeros + cut, 0, 8192 - cut);
        CHECK_OK(opens_with(each, folder, zeros, 8192, &j, &err));
        check_frames(each, j, 2);
        journal_close(j);
        memcpy(zeros, whole.at, whole.len);
        arena_close(each);
    }
    Str   *names;
    size_t n, torn = 0;
    CHECK_OK(folder_list(a, folder, &names, &n, &err));
    for (size_t i = 0; i < n; i++) torn += str_starts(names[i], S("torn-"));
    CHECK(torn > 0);
}

TEST("a sector that was never written within the last group is a torn write, further up it is damage")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    Str         big = { memset(arena_raw(a, 3050), 'x', 3050), 3050 };
    CHECK_OK(journal_append(j, (Str[]){ big, big }, 2, S("one"), &err));
    size_t sealed = file_bytes_of(a, path_in(a, folder, first_name)).len;
    CHECK_OK(journal_append(j, (Str[]){ big, big }, 2, S("two"), &err));
    journal_close(j);
    Str whole = file_bytes_of(a, path_in(a, folder, first_name));

    char *holed = arena_copy(a, whole.at, whole.len);
    memset(holed + 8192, 0, 512);
    CHECK_OK(opens_with(a, folder, holed, whole.len, &j, &err));
    CHECK_EQ_INT(journal_count(j), 2);
    journal_close(j);

    holed = arena_copy(a, whole.at, whole.len);
    CHECK_EQ_INT(sealed > 6144 && sealed < 6144 + 512, 1); /* this sector holds the first seal */
    memset(holed + 6144, 0, 512);
    CHECK_ERR(opens_with(a, folder, holed, whole.len, &j, &err), ERR_CORRUPT);
    CHECK(str_eq(file_bytes_of(a, path_in(a, folder, first_name)), (Str){ holed, whole.len }));
}

TEST("each flipped bit of a journal is found, and none is taken for a torn write")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    CHECK_OK(append(a, j, 2, &err));
    CHECK_OK(append(a, j, 1, &err));
    journal_close(j);
    const char *path = path_in(a, folder, first_name), *index = path_in(a, folder, "index");
    Str         whole = file_bytes_of(a, path), index_bytes = file_bytes_of(a, index);
    char       *bytes = arena_copy(a, whole.at, whole.len);
    size_t      missed = 0;
    for (size_t bit = 0; bit < 8 * whole.len; bit++) {
        Arena *each = arena_open(0);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        Count c = { 0 };
        missed += opens_with(each, folder, bytes, whole.len, &j, &err) || err.code != ERR_CORRUPT;
        missed += journal_walk(folder, count_items, &c, &err) || err.code != ERR_CORRUPT;
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        arena_close(each);
    }
    CHECK_EQ_INT(missed, 0);

    /* With its index the journal opens quickly, without reading all; a damaged frame is never handed out. */
    size_t wrong = 0;
    for (size_t bit = 0; bit < 8 * whole.len; bit++) {
        Arena *each = arena_open(0);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        file_set(path, bytes, whole.len);
        file_set(index, index_bytes.at, index_bytes.len);
        Str seal, got;
        if (journal_open(each, folder, NULL, &j, &seal, &err)) {
            wrong += journal_count(j) != 3;
            for (uint64_t i = 0; i < 3; i++)
                wrong += journal_read(j, each, i, &got, &err) ? !str_eq(got, frame(each, i)) : err.code != ERR_CORRUPT;
            journal_close(j);
        }
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        arena_close(each);
    }
    CHECK_EQ_INT(wrong, 0);

    file_set(path, whole.at, whole.len);
    for (size_t bit = 0; bit < 8 * index_bytes.len; bit++) {
        Arena *each = arena_open(0);
        char  *flipped = arena_copy(each, index_bytes.at, index_bytes.len);
        flipped[bit / 8] ^= (char)(1 << bit % 8);
        file_set(index, flipped, index_bytes.len);
        uint64_t count;
        missed += journal_index_check(folder, &count, &err) || err.code != ERR_CORRUPT;
        j = journal(each, folder, 0);
        wrong += journal_count(j) != 3;
        journal_close(j);
        arena_close(each);
    }
    CHECK_EQ_INT(missed, 0);
    CHECK_EQ_INT(wrong, 0);
}

TEST("a journal whose durable end was cut off is refused, not shortened")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    CHECK_OK(append(a, j, 2, &err));
    size_t sealed = file_bytes_of(a, path_in(a, folder, first_name)).len;
    CHECK_OK(append(a, j, 2, &err));
    journal_close(j);
    CHECK_EQ_INT(truncate(path_in(a, folder, first_name), (off_t)sealed), 0);
    Str seal;
    CHECK_ERR(journal_open(a, folder, NULL, &j, &seal, &err), ERR_CORRUPT);
    CHECK(strstr(err.text, "cut off"));
    CHECK_EQ_INT(unlink(path_in(a, folder, "index")), 0);
    j = journal(a, folder, 0);
    check_frames(a, j, 2);
    journal_close(j);
}

TEST("when a write, a sync or a new file fails, nothing acknowledged is lost and nothing else is seen")
{
    FOR_EACH_FAULT (FAULT_JOURNAL_WRITE, FAULT_JOURNAL_SYNC, FAULT_JOURNAL_ROLL) {
        fault_disarm_all();
        const char *folder = path_in(a, test_folder(a), "log");
        Journal    *j = journal(a, folder, 100);
        CHECK_OK(append(a, j, 4, &err));
        Fault     point = fault_loop_.points[(fault_loop_.turn - 1) / 2];
        FaultMode mode = fault_loop_.turn % 2 ? FAULT_ONCE : FAULT_FOR_GOOD;
        fault_arm(point, 1, mode, 0);
        bool ok = append(a, j, 4, &err); /* in the next file */
        CHECK(!ok);
        CHECK_EQ_INT(err.code, ERR_STORE);
        check_frames(a, j, 4);
        bool again = append(a, j, 2, &err);
        CHECK_EQ_INT(again, mode == FAULT_ONCE);
        check_frames(a, j, again ? 6 : 4);
        journal_close(j);

        fault_disarm_all();
        j = journal(a, folder, 100);
        check_frames(a, j, again ? 6 : 4);
        CHECK_OK(append(a, j, 1, &err));
        check_frames(a, j, again ? 7 : 5);
        journal_close(j);
    }
}

TEST("after a full disk the journal goes on as soon as there is room")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    CHECK_OK(append(a, j, 2, &err));
    fault_arm(FAULT_JOURNAL_WRITE, 1, FAULT_ONCE, ENOSPC);
    CHECK_ERR(append(a, j, 2, &err), ERR_DISK_FULL);
    check_frames(a, j, 2);
    CHECK_OK(append(a, j, 2, &err));
    check_frames(a, j, 4);
    journal_close(j);
}

TEST("a frame or a group that is too long is refused and nothing is written")
{
    const char *folder = path_in(a, test_folder(a), "log");
    Journal    *j = journal(a, folder, 0);
    size_t      n = (size_t)JOURNAL_FRAME_MAX + 1;
    Str         big = { memset(malloc(n), 'x', n), n };
    CHECK_ERR(journal_append(j, &big, 1, S("s"), &err), ERR_TOO_BIG);
    big.len--;
    CHECK_ERR(journal_append(j, (Str[]){ big, big, big, big }, 4, S("s"), &err), ERR_TOO_BIG);
    check_frames(a, j, 0);
    CHECK_OK(journal_append(j, &big, 1, S("s"), &err));
    Arena *large = arena_open((size_t)64 << 20);
    Str    got;
    CHECK_OK(journal_read(j, large, 0, &got, &err));
    CHECK(str_eq(got, big));
    arena_close(large);
    journal_close(j);
    free((char *)big.at);
}
