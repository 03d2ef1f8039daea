/* A whole node, killed and failing: what it acknowledged is there when it is opened again, and its
   projections agree with its log. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "core/record.h"
#include "nodes.h"

enum { WRITERS = 4,
       ROUNDS = 40 };

typedef struct {
    char    slug[32];
    int64_t version;
} Ack;

typedef struct {
    Node *node;
    int   out, writer, round;
} Writer;

static bool note_put(Node *node, Arena *a, ChangeWhat what, Str slug, int64_t based_on, int n, Outcome *out, Err *err)
{
    Reader readers[READER_KINDS];
    nodes_readers(a, readers);
    const char *doc = str_format(a, "{\"name\":{\"en\":\"%.*s\"},\"size\":%d}", STR_ARG(slug), n).at;
    Change      c = {
             .what = what,
             .who = &readers[PUBLISHER],
             .kind = S("note"),
             .target = what == CHANGE_CREATE ? STR_NONE : slug,
             .slug = what == CHANGE_CREATE ? slug : STR_NONE,
             .state = STATE_PUBLISHED,
             .based_on = based_on,
             .doc = nodes_json(a, doc),
    };
    return record_change(node, a, &c, out, err);
}

/* Creates notes, and changes each once, for ever. */
static void *writer_run(void *with)
{
    Writer *w = with;
    for (int n = 0;; n++) {
        Arena  *a = arena_open(0);
        Outcome out;
        Err     err = { 0 };
        Ack     ack = { .version = 1 + n % 2 };
        int     length = snprintf(ack.slug, sizeof ack.slug, "note-%d-%d-%d", w->round, w->writer, n / 2);
        Str     slug = { ack.slug, (size_t)length };
        if (!note_put(w->node, a, n % 2 ? CHANGE_PATCH : CHANGE_CREATE, slug, n % 2, n, &out, &err)) {
            fprintf(stderr, "%s: %s\n", ack.slug, err.text);
            _exit(2);
        }
        if (write(w->out, &ack, sizeof ack) != sizeof ack) _exit(3);
        arena_close(a);
    }
}

_Noreturn static void child_run(const char *folder, int out, int round)
{
    Node       *node;
    Err         err = { 0 };
    NodeOptions options = nodes_options(folder);
    if (!node_open(folder, &options, &node, &err)) {
        fprintf(stderr, "round %d: %s\n", round, err.text);
        _exit(1);
    }
    pthread_t threads[WRITERS];
    Writer    writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (Writer){ node, out, i, round };
        pthread_create(&threads[i], NULL, writer_run, &writers[i]);
    }
    pthread_join(threads[0], NULL);
    _exit(4);
}

static int64_t version_of(Node *node, Arena *a, Str slug)
{
    Reader readers[READER_KINDS];
    Record r = { 0 };
    nodes_readers(a, readers);
    Snapshot *s = snapshot_open(node, &readers[PROGRAM], S("en"));
    bool      ok = record_read(s, a, S("note"), slug, &r, NULL);
    snapshot_close(s);
    return ok ? r.version : 0;
}

static void check_node(const char *folder)
{
    Err         err = { 0 };
    NodeOptions options = nodes_options(folder);
    options.read_only = true;
    CHECK_OK(node_verify(folder, &options, NULL, NULL, &err));
}

/* How many changes were acknowledged in this round, all of them found again. */
static int kill_round(const char *folder, int round, unsigned seed)
{
    int pipes[2];
    if (pipe(pipes) != 0) abort();
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        child_run(folder, pipes[1], round);
    }
    close(pipes[1]);
    Ack ack;
    /* From the first acknowledgement on, so that it dies under load. */
    bool first = read(pipes[0], &ack, sizeof ack) == sizeof ack;
    usleep(seed % 40000);
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    CHECK(first && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    Node *node = nodes_open(folder);
    int   acked = 0, lost = 0;
    while (node && first) {
        Arena *a = arena_open(0);
        lost += version_of(node, a, str_of(ack.slug)) < ack.version;
        acked++;
        arena_close(a);
        first = read(pipes[0], &ack, sizeof ack) == sizeof ack;
    }
    CHECK_EQ_INT(lost, 0);
    node_close(node);
    close(pipes[0]);
    return acked;
}

TEST("a node killed under load has what it acknowledged, and its projections agree with its log")
{
    const char *folder = nodes_make(a);
    unsigned    seed = (unsigned)time_now_ms();
    int         acked = 0;
    for (int round = 0; round < ROUNDS; round++) {
        acked += kill_round(folder, round, seed);
        seed = seed * 1664525 + 1013904223;
        if (round % 10 == 9) check_node(folder);
    }
    CHECK(acked > ROUNDS / 2); /* how many depends on the machine; that there are some does not */
}

TEST("when a step of a change fails, once or for good, an acknowledged one is there and the rest agrees")
{
    FOR_EACH_FAULT (FAULT_JOURNAL_WRITE, FAULT_JOURNAL_SYNC, FAULT_DB_WRITE, FAULT_DB_COMMIT) {
        const char *folder = nodes_make(a);
        bool        once = fault_loop_.turn % 2 == 1;
        Fault       point = fault_loop_.points[(fault_loop_.turn - 1) / 2];
        fault_disarm_all();
        Node   *node = nodes_open(folder);
        Outcome out;
        bool    kept[6];
        CHECK_OK(note_put(node, a, CHANGE_CREATE, S("note-before"), 0, 0, &out, &err));
        fault_arm(point, 1, once ? FAULT_ONCE : FAULT_FOR_GOOD, 0);
        for (int i = 0; i < 6; i++) {
            kept[i] = note_put(node, a, CHANGE_CREATE, str_format(a, "note-%d", i), 0, i, &out, &err);
            if (!kept[i]) CHECK(err.code == ERR_STORE || err.code == ERR_DISK_FULL || err.code == ERR_BUSY);
        }
        if (once) CHECK(kept[5]);
        CHECK_EQ_INT(version_of(node, a, S("note-before")), 1);
        fault_disarm_all();
        node_close(node);

        node = nodes_open(folder);
        bool log_failed = point == FAULT_JOURNAL_WRITE || point == FAULT_JOURNAL_SYNC;
        CHECK_EQ_INT(version_of(node, a, S("note-before")), 1);
        for (int i = 0; i < 6; i++) {
            int64_t version = version_of(node, a, str_format(a, "note-%d", i));
            if (kept[i] || log_failed) CHECK_EQ_INT(version, kept[i]);
        }
        CHECK_OK(note_put(node, a, CHANGE_CREATE, S("note-after"), 0, 9, &out, &err));
        node_close(node);
        check_node(folder);
    }
}
