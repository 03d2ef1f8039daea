/* What a log must survive: steps that fail, a full disk, kill -9, flipped bits, and readers beside it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "core/log_kit.h"
#include "store/journal.h"

static const char first_file[] = "00000000000000000000.log";

static const char *path_in(Arena *a, const char *folder, const char *name)
{
    return path_join(a, str_of(folder), str_of(name)).at;
}

static void check_log(const char *folder, uint64_t size)
{
    Err      err = { 0 };
    uint64_t verified = 0;
    CHECK_OK(log_test_verify(folder, &verified, &err));
    CHECK_EQ_INT(verified, size);
    Log *log = log_test_open(folder);
    CHECK_EQ_INT(log_size(log), size);
    CHECK_EQ_INT(log_test_wrong(log, size), 0);
    log_close(log);
}

TEST("when a write or sync of the log fails, once or for good, nothing acknowledged is lost and nothing else is seen")
{
    FOR_EACH_FAULT (FAULT_JOURNAL_WRITE, FAULT_JOURNAL_SYNC) {
        FaultMode mode = fault_loop_.turn % 2 ? FAULT_ONCE : FAULT_FOR_GOOD;
        Fault     point = fault_loop_.points[(fault_loop_.turn - 1) / 2];
        fault_disarm_all();
        const char *folder = log_test_folder(a);
        Log        *log = log_test_open(folder);
        CHECK_OK(log_test_append(log, 5, &err));
        Str before, after;
        CHECK_OK(log_checkpoint(log, a, &before, &err));

        fault_arm(point, 1, mode, 0);
        CHECK_ERR(log_test_append(log, 300, &err), ERR_STORE);
        CHECK_EQ_INT(log_size(log), 5);
        CHECK_OK(log_checkpoint(log, a, &after, &err));
        CHECK_STR(after, before);
        CHECK_EQ_INT(log_test_wrong(log, 5), 0);

        bool ok = log_test_append(log, 300, &err);
        CHECK_EQ_INT(ok, mode == FAULT_ONCE);
        if (!ok) CHECK(strstr(err.text, "start the node again"));
        fault_disarm_all();
        log_close(log);
        check_log(folder, ok ? 305 : 5);
        log = log_test_open(folder);
        CHECK_OK(log_test_append(log, 1, &err));
        log_close(log);
    }
}

TEST("a log cannot start its first file, then can")
{
    FOR_EACH_FAULT (FAULT_JOURNAL_ROLL) {
        FaultMode mode = fault_loop_.turn % 2 ? FAULT_ONCE : FAULT_FOR_GOOD;
        Log      *log = log_test_open(log_test_folder(a));
        CHECK_ERR(log_test_append(log, 3, &err), ERR_STORE);
        CHECK_EQ_INT(log_size(log), 0);
        CHECK_EQ_INT(log_test_append(log, 3, &err), mode == FAULT_ONCE);
        fault_disarm_all();
        if (log_size(log) == 0) CHECK_OK(log_test_append(log, 3, &err));
        CHECK_EQ_INT(log_test_wrong(log, 3), 0);
        log_close(log);
    }
}

/* --- no room --------------------------------------------------------------------------------- */

/* Appends until it fails; how many entries were acknowledged. */
static uint64_t append_until_full(Log *log, Err *err)
{
    for (int i = 0; i < 10000 && log_test_append(log, 7, err); i++) continue;
    return log_size(log);
}

TEST("a file that may not grow any more costs nothing acknowledged, and the log goes on when it may")
{
    const char *folder = log_test_folder(a);
    Log        *log = log_test_open(folder);
    CHECK_OK(log_test_append(log, 5, &err));
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){ 50000, before.rlim_max };
    void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    uint64_t size = append_until_full(log, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, was);
    CHECK_EQ_INT(err.code, ERR_STORE);
    CHECK(size > 50 && size < 1000);
    CHECK_EQ_INT(log_test_wrong(log, size), 0);
    CHECK_OK(log_test_append(log, 7, &err));
    log_close(log);
    check_log(folder, size + 7);
}

static void unmount(void *path)
{
    umount2(path, MNT_DETACH);
}

TEST("a full disk is said, costs nothing acknowledged, and the log goes on when there is room")
{
    const char *disk = test_folder(a);
    if (mount("none", disk, "tmpfs", 0, "size=256k") != 0) SKIP("cannot mount a small disk without being root");
    arena_adopt(a, (void *)disk, unmount);
    const char *folder = path_in(a, disk, "log"), *other = path_in(a, disk, "other");
    int         fd = open(other, O_WRONLY | O_CREAT, 0644);
    CHECK_EQ_INT(posix_fallocate(fd, 0, 100 << 10), 0);
    close(fd);

    Log     *log = log_test_open(folder);
    uint64_t size = append_until_full(log, &err);
    CHECK_EQ_INT(err.code, ERR_DISK_FULL);
    CHECK(size > 50);
    CHECK_EQ_INT(log_test_wrong(log, size), 0);
    CHECK_ERR(log_test_append(log, 100, &err), ERR_DISK_FULL);
    log_close(log);
    check_log(folder, size);

    log = log_test_open(folder);
    CHECK_ERR(log_test_append(log, 100, &err), ERR_DISK_FULL);
    CHECK_EQ_INT(unlink(other), 0);
    CHECK_OK(log_test_append(log, 100, &err));
    log_close(log);
    check_log(folder, size + 100);
}

/* --- kill -9 --------------------------------------------------------------------------------- */

typedef struct {
    uint64_t size, file_bytes;
} Ack;

/* Appends for ever, telling what is durable; killed from outside, or at one of its own steps. */
_Noreturn static void child_run(const char *folder, int out, unsigned seed)
{
    Err         err;
    KeyPair     key = log_test_key();
    Log        *log;
    Arena      *a = arena_open(0);
    const char *file = path_in(a, folder, first_file);
    if (seed % 4 == 0) fault_arm(FAULT_JOURNAL_WRITE, 1 + (int)(seed / 4 % 12), FAULT_KILL, 0);
    if (seed % 4 == 1) fault_arm(FAULT_JOURNAL_SYNC, 1 + (int)(seed / 4 % 12), FAULT_KILL, 0);
    if (!log_open(folder, LOG_ORIGIN, &key, &log, &err)) _exit(1);
    for (;;) {
        if (!log_test_append(log, 1 + seed % 19, &err)) _exit(2);
        struct stat st;
        if (stat(file, &st) != 0) _exit(3);
        Ack ack = { log_size(log), (uint64_t)st.st_size };
        if (write(out, &ack, sizeof ack) != sizeof ack) _exit(4);
        seed = seed * 1103515245 + 12345;
    }
}

/* What a power cut may do besides: what was not synced is lost from some byte on, or reads as zeros. */
static void lose_unsynced(Arena *a, const char *folder, Ack ack, unsigned seed)
{
    const char *file = path_in(a, folder, first_file), *leaves = path_in(a, folder, "leaves");
    struct stat st, rows;
    if (stat(file, &st) != 0 || (uint64_t)st.st_size <= ack.file_bytes) return;
    /* Leaves are written behind the sync: when they are there, the group is durable. */
    if (stat(leaves, &rows) == 0 && (uint64_t)rows.st_size > ack.size / 256 * 257 * 32 + ack.size % 256 * 32) return;
    uint64_t keep = ack.file_bytes + seed % ((uint64_t)st.st_size - ack.file_bytes);
    if (truncate(file, (off_t)keep) != 0 || (seed & 64 && truncate(file, st.st_size + 4096) != 0))
        CHECK_EQ_INT(errno, 0);
}

/* One round, killed within that time of its start; the size of the log after it. */
static uint64_t kill_round(const char *folder, uint64_t before, unsigned seed, unsigned within_us)
{
    int pipes[2];
    if (pipe(pipes) != 0) abort();
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        child_run(folder, pipes[1], seed);
    }
    close(pipes[1]);
    usleep(seed % within_us);
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    Arena *a = arena_open(0);
    Ack    ack = { .size = before };
    bool   acked = false;
    while (read(pipes[0], &ack, sizeof ack) == sizeof ack) acked = true;
    close(pipes[0]);
    if (acked && seed & 32) lose_unsynced(a, folder, ack, seed >> 3);

    Err      err = { 0 };
    uint64_t size = 0, verified = 0;
    Log     *log = log_test_open(folder);
    if (log) {
        size = log_size(log);
        CHECK(size >= ack.size);
        CHECK_EQ_INT(log_test_wrong(log, size), 0);
        log_close(log);
    }
    CHECK_OK(log_test_verify(folder, &verified, &err));
    CHECK_EQ_INT(verified, size);
    arena_close(a);
    return size;
}

TEST("killed 200 times at random moments under load, the log has lost nothing acknowledged")
{
    unsigned    seed = (unsigned)time_now_ms();
    const char *folder = NULL;
    uint64_t    size = 0, written = 0;
    unsigned    within_us = 12000;
    for (unsigned round = 0; round < 200; round++) {
        /* A slow machine has written little by then: it is given longer. */
        if (round && round % 10 == 0 && written < 10 * round && within_us < 400000) within_us *= 2;
        if (round % 10 == 0) {
            folder = log_test_folder(a);
            size = 0;
        }
        uint64_t now = kill_round(folder, size, seed, within_us);
        written += now - size;
        size = now;
        seed = seed * 1664525 + 1013904223;
    }
    CHECK(written > 1000);
}

/* --- flipped bits ---------------------------------------------------------------------------- */

typedef struct {
    uint64_t at[64];
    size_t   n;
} Starts;

static bool note_start(void *with, const JournalItem *item, Err *err)
{
    (void)err;
    Starts *s = with;
    s->at[s->n++] = item->offset;
    return true;
}

/* Does the message name this file, and the frame the byte is in? */
static bool names_frame(const char *text, const char *file, const Starts *starts, uint64_t byte)
{
    const char *found = strstr(text, file);
    char        start[32];
    size_t      frame = 0;
    while (frame + 1 < starts->n && starts->at[frame + 1] <= byte) frame++;
    snprintf(start, sizeof start, "byte %llu:", (unsigned long long)starts->at[frame]);
    return found && strstr(found, start) && strstr(text, "banyan restore");
}

/* Nothing but the truth may come out of a log with a flipped bit: whatever it still hands out is right. */
static int lies(Arena *a, const char *folder, const Str *tiles, uint64_t size)
{
    KeyPair key = log_test_key();
    Log    *log;
    Err     err;
    int     wrong = 0;
    if (!log_open_read_only(folder, LOG_ORIGIN, key.public_key, &log, &err)) return err.code != ERR_CORRUPT;
    wrong += log_size(log) != size;
    for (uint64_t i = 0; i < size; i++) {
        Str text;
        if (log_read(log, a, i, &text, NULL, &err)) wrong += !str_eq(text, log_test_entry(a, i));
        else wrong += err.code != ERR_CORRUPT;
    }
    Str  paths[] = { S("tile/0/000.p/3"), S("tile/entries/000.p/3") }, bytes;
    bool full;
    for (int i = 0; i < 2; i++) wrong += !log_tile(log, a, paths[i], &bytes, &full, &err) || !str_eq(bytes, tiles[i]);
    log_close(log);
    return wrong;
}

TEST("each flipped bit in each file of a log is found by verify and named, and nothing wrong is handed out")
{
    const char *folder = log_test_folder(a);
    Log        *log = log_test_open(folder);
    CHECK_OK(log_test_append(log, 2, &err));
    CHECK_OK(log_test_append(log, 1, &err));
    Str  tiles[2];
    bool full;
    CHECK_OK(log_tile(log, a, S("tile/0/000.p/3"), &tiles[0], &full, &err));
    CHECK_OK(log_tile(log, a, S("tile/entries/000.p/3"), &tiles[1], &full, &err));
    log_close(log);
    CHECK_OK(log_test_verify(folder, NULL, &err));
    Starts starts = { 0 };
    CHECK_OK(journal_walk(folder, note_start, &starts, &err));
    CHECK_EQ_INT(starts.n, 5);

    Str   *names;
    size_t n, flips = 0;
    CHECK_OK(folder_list(a, folder, &names, &n, &err));
    CHECK_EQ_INT(n, 3);
    for (size_t f = 0; f < n; f++) {
        const char *path = path_join(a, str_of(folder), names[f]).at;
        Str         bytes;
        CHECK_OK(file_read(a, path, 1 << 20, &bytes, &err));
        int  fd = open(path, O_WRONLY);
        bool truth = str_ends(names[f], S(".log"));
        for (size_t bit = 0; bit < 8 * bytes.len; bit++, flips++) {
            Arena *each = arena_open(0);
            char   flipped = (char)(bytes.at[bit / 8] ^ 1 << bit % 8);
            CHECK_EQ_INT(pwrite(fd, &flipped, 1, (off_t)(bit / 8)), 1);
            bool found = !log_test_verify(folder, NULL, &err) && err.code == ERR_CORRUPT;
            bool named = found && (truth ? names_frame(err.text, names[f].at, &starts, bit / 8)
                                         : strstr(err.text, names[f].at) && strstr(err.text, "delete this file"));
            if (!found || !named) CHECK_STR(err.text, str_format(each, "names bit %zu of %s", bit, names[f].at));
            CHECK_EQ_INT(lies(each, folder, tiles, 3), 0);
            CHECK_EQ_INT(pwrite(fd, &bytes.at[bit / 8], 1, (off_t)(bit / 8)), 1);
            arena_close(each);
        }
        close(fd);
    }
    CHECK(flips > 10000);
    CHECK_OK(log_test_verify(folder, NULL, &err));
}

/* --- altered on purpose ---------------------------------------------------------------------- */

/* The journal written anew by one who knows its format, with one frame altered. */
typedef struct {
    Journal *to;
    Str      frames[16];
    size_t   n;
    uint64_t alter;
    Arena   *a;
} Forger;

static bool forge(void *with, const JournalItem *item, Err *err)
{
    Forger *f = with;
    char   *copy = arena_copy(f->a, item->bytes.at, item->bytes.len);
    Str     bytes = { copy, item->bytes.len };
    if (item->seal) {
        size_t n = f->n;
        f->n = 0;
        return journal_append(f->to, f->frames, n, bytes, err);
    }
    if (item->number == f->alter) copy[bytes.len - 1] = ']';
    f->frames[f->n++] = bytes;
    return true;
}

TEST("an entry altered with all its sums made right again is found, and named with its record")
{
    const char *folder = log_test_folder(a), *forged = log_test_folder(a);
    Log        *log = log_test_open(folder);
    CHECK_OK(log_test_append(log, 3, &err));
    CHECK_OK(log_test_append(log, 4, &err));
    CHECK_OK(log_test_append(log, 2, &err));
    log_close(log);
    Forger f = { .alter = 5, .a = a };
    Str    seal, leaves;
    CHECK_OK(journal_open(a, forged, NULL, &f.to, &seal, &err));
    CHECK_OK(journal_walk(folder, forge, &f, &err));
    journal_close(f.to);
    CHECK_ERR(log_test_verify(forged, NULL, &err), ERR_CORRUPT);
    CHECK(strstr(err.text, "do not give the root"));
    CHECK(strstr(err.text, "entry 7"));

    CHECK_OK(file_read(a, path_in(a, folder, "leaves"), 1 << 20, &leaves, &err));
    CHECK_OK(file_replace(path_in(a, forged, "leaves"), leaves, 0644, &err));
    CHECK_ERR(log_test_verify(forged, NULL, &err), ERR_CORRUPT);
    CHECK(strstr(err.text, "entry 5, record 01912345-0000-7000-8000-000000000005: it was altered"));
}

TEST("a log that lost its last groups is refused, though what is left is sound")
{
    const char *folder = log_test_folder(a);
    Log        *log = log_test_open(folder);
    CHECK_OK(log_test_append(log, 3, &err));
    struct stat st;
    CHECK_EQ_INT(stat(path_in(a, folder, first_file), &st), 0);
    CHECK_OK(log_test_append(log, 4, &err));
    log_close(log);
    CHECK_EQ_INT(truncate(path_in(a, folder, first_file), st.st_size), 0);
    KeyPair key = log_test_key();
    CHECK_ERR(log_open(folder, LOG_ORIGIN, &key, &log, &err), ERR_CORRUPT);
    CHECK_ERR(log_test_verify(folder, NULL, &err), ERR_CORRUPT);
    CHECK_EQ_INT(unlink(path_in(a, folder, "index")), 0);
    CHECK_ERR(log_open(folder, LOG_ORIGIN, &key, &log, &err), ERR_CORRUPT);
    CHECK_ERR(log_test_verify(folder, NULL, &err), ERR_CORRUPT);
    CHECK_EQ_INT(unlink(path_in(a, folder, "leaves")), 0);
    check_log(folder, 3);
}

/* --- many threads ---------------------------------------------------------------------------- */

typedef struct {
    Log        *log;
    atomic_bool stop;
    atomic_uint wrong, reads;
} Crowd;

static void *reader_run(void *with)
{
    Crowd   *c = with;
    unsigned seed = 1;
    KeyPair  key = log_test_key();
    while (!c->stop) {
        Arena   *a = arena_open(0);
        Str      text, note;
        uint64_t size;
        Hash     root, leaf, *proof;
        size_t   n;
        bool     ok = log_checkpoint(c->log, a, &note, NULL) &&
                  checkpoint_read(a, note, LOG_ORIGIN, key.public_key, &size, &root, NULL);
        if (ok && size > 0) {
            uint64_t i = seed % size;
            ok = log_read(c->log, a, i, &text, &leaf, NULL) && str_eq(text, log_test_entry(a, i)) &&
                 log_inclusion(c->log, a, i, size, &proof, &n, NULL) &&
                 tree_inclusion_check(i, size, tree_leaf_hash((Str){ (const char *)leaf.b, 32 }), proof, n, root);
        }
        c->wrong += !ok;
        c->reads++;
        seed = seed * 1664525 + 1013904223;
        arena_close(a);
    }
    return NULL;
}

TEST("readers on other threads prove what they read while the log grows")
{
    Crowd     c = { .log = log_test_open(log_test_folder(a)) };
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, reader_run, &c);
    for (int i = 0; i < 60; i++) CHECK_OK(log_test_append(c.log, (size_t)(1 + i % 30), &err));
    while (c.reads < 100) usleep(1000);
    c.stop = true;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    CHECK_EQ_INT(c.wrong, 0);
    log_close(c.log);
}
