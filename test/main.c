/* Runs the registered tests one after the other and counts. See check.h. */
#include "check.h"

#include <ftw.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"


typedef struct {
    const char   *sentence, *file;
    int           line;
    TestFunction *run;
} Test;

static struct {
    Test       *tests;
    size_t      n, room;
    const Test *now;
    const char *fault; /* the point armed by FOR_EACH_FAULT */
    atomic_int  failures;
    bool        skipped;
    pthread_t   thread;
    jmp_buf     end_of_test;
} run;

void test_register(const char *sentence, const char *file, int line, TestFunction *function)
{
    if (run.n == run.room) {
        run.room = run.room ? 2 * run.room : 256;
        run.tests = realloc(run.tests, run.room * sizeof(Test));
        if (!run.tests) abort();
    }
    run.tests[run.n++] = (Test){ sentence, file, line, function };
}

static int test_order(const void *x, const void *y)
{
    const Test *s = x, *t = y;
    int         by_file = strcmp(s->file, t->file);
    return by_file ? by_file : s->line - t->line;
}

__attribute__((format(printf, 3, 4))) static bool fails(const char *file, int line,
                                                        const char *format, ...)
{
    char    what[4096];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    atomic_fetch_add(&run.failures, 1);
    printf("FAILED %s:%d: %s\n    %s\n", file, line, run.now->sentence, what);
    if (run.fault) printf("    while %s fails\n", run.fault);
    fflush(stdout);
    return false;
}

void test_skip(const char *file, int line, const char *reason)
{
    printf("SKIPPED %s:%d: %s\n    %s\n", file, line, run.now->sentence, reason);
    run.skipped = true;
    longjmp(run.end_of_test, 1);
}

bool check_that(bool ok, const char *file, int line, const char *what)
{
    return ok || fails(file, line, "is false: %s", what);
}

bool check_int(intmax_t actual, intmax_t expected, const char *file, int line, const char *what)
{
    return actual == expected ||
           fails(file, line, "%s\n    is     %jd\n    not    %jd", what, actual, expected);
}

bool check_double(double actual, double expected, const char *file, int line, const char *what)
{
    return actual == expected || (isnan(actual) && isnan(expected)) ||
           fails(file, line, "%s\n    is     %.17g\n    not    %.17g", what, actual, expected);
}

bool check_str(Str actual, Str expected, const char *file, int line, const char *what)
{
    return str_eq(actual, expected) ||
           fails(file, line, "%s\n    is     \"%.*s\"\n    not    \"%.*s\"", what, STR_ARG(actual),
                 STR_ARG(expected));
}

bool check_json(const Json *actual, Str expected, const char *file, int line, const char *what)
{
    Arena *a = arena_open(0);
    Err    err = { 0 };
    Json  *value = NULL;
    bool   ok = json_read(a, expected, &value, &err)
                    ? json_same(actual, value)
                    : fails(file, line, "expected text: %s", err.text);
    if (value && !ok) {
        Str is = actual ? json_write(a, actual) : S("(nothing)");
        fails(file, line, "%s\n    is     %.*s\n    not    %.*s", what, STR_ARG(is),
              STR_ARG(expected));
    }
    arena_close(a);
    return ok;
}

Str check_same_str(Str s)
{
    return s;
}

bool check_ok(bool ok, const Err *err, const char *file, int line, const char *what)
{
    if (ok) return true;
    fails(file, line, "%s\n    failed %s: %s", what, err_name(err->code), err->text);
    if (pthread_equal(run.thread, pthread_self())) longjmp(run.end_of_test, 1);
    return false;
}

bool check_err(bool ok, const Err *err, ErrCode expected, const char *file, int line,
               const char *what)
{
    if (ok) return fails(file, line, "%s\n    did not fail; expected %s", what, err_name(expected));
    return err->code == expected || fails(file, line, "%s\n    is     %s: %s\n    not    %s", what,
                                          err_name(err->code), err->text, err_name(expected));
}

FaultLoop fault_loop_start(const Fault *points, size_t n, const char *file, int line)
{
    return (FaultLoop){ .points = points, .n = n, .file = file, .line = line };
}

bool fault_loop_next(FaultLoop *loop)
{
    if (loop->turn > 0) {
        Fault last = loop->points[(loop->turn - 1) / 2];
        if (fault_count(last) == loop->passed)
            fails(loop->file, loop->line, "the block never passes %s", fault_name(last));
        fault_disarm_all();
        run.fault = NULL;
    }
    if (loop->turn == 2 * loop->n) return false;

    Fault point = loop->points[loop->turn / 2];
    bool  once = loop->turn % 2 == 0;
    loop->turn++;
    loop->passed = fault_count(point);
    run.fault = fault_name(point);
    fault_arm(point, 1, once ? FAULT_ONCE : FAULT_FOR_GOOD, 0);
    return true;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void remove_folder(void *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *test_folder(Arena *a)
{
    const char *parent = getenv("TMPDIR");
    Str         name = str_format(a, "%s/banyan-test-XXXXXX", parent ? parent : "/tmp");
    char       *path = mkdtemp((char *)name.at);
    if (!path) {
        perror(name.at);
        exit(2);
    }
    return arena_adopt(a, path, remove_folder);
}

const char *test_shared(Arena *a, const char *path)
{
    const char *root = getenv("BANYAN_SHARED");
    const char *found = str_format(a, "%s/%s", root ? root : "../shared", path).at;
    if (access(found, R_OK) != 0)
        test_skip(run.now->file, run.now->line, str_format(a, "%s is not there", found).at);
    return found;
}

/* Says which test it was, then dies of the same signal. */
static void on_crash(int number)
{
    static const char start[] = "CRASHED in: ";
    ssize_t           done = write(2, start, sizeof start - 1);
    if (run.now) done += write(2, run.now->sentence, strlen(run.now->sentence));
    done += write(2, "\n", 1);
    (void)done;
    signal(number, SIG_DFL);
    raise(number);
}

/* 1 passed, 0 failed, -1 skipped */
static int test_run(const Test *test)
{
    Arena *a = arena_open(0);
    run.now = test;
    run.fault = NULL;
    run.failures = 0;
    run.skipped = false;
    if (setjmp(run.end_of_test) == 0) test->run(a, (Err){ 0 });
    fault_disarm_all();
    arena_close(a);
    return run.failures ? 0 : run.skipped ? -1
                                          : 1;
}

/* DuckDB comes built without the thread sanitizer, which so does not see how its threads agree: reports from
   inside its library mean nothing. Those of our own code around it stand. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libduckdb.so\n";
}

int main(int argc, char **argv)
{
    Err err = { 0 };
    json_memory_start();
    if (!hash_start(&err)) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    signal(SIGABRT, on_crash);
#ifndef __SANITIZE_ADDRESS__
    signal(SIGSEGV, on_crash);
#endif
    run.thread = pthread_self();
    qsort(run.tests, run.n, sizeof(Test), test_order);

    int passed = 0, failed = 0, skipped = 0;
    for (size_t i = 0; i < run.n; i++) {
        const Test *test = &run.tests[i];
        if (argc > 1 && !strstr(test->sentence, argv[1]) && !strstr(test->file, argv[1])) continue;
        int result = test_run(test);
        passed += result > 0;
        failed += result == 0;
        skipped += result < 0;
    }
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    free(run.tests);
    return failed > 0 || passed + skipped == 0;
}
