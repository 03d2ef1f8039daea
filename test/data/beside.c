/* Files beside a part: made once, kept, made again when they are gone. */
#include "data/beside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/file.h"

#include "check.h"

static atomic_int made, fails;

static bool write_answer(DuckRun *run, Arena *a, Str part, Str recipe, const char *to, Err *err)
{
    DuckValue one;
    Str       text;
    usleep(20000);
    atomic_fetch_add(&made, 1);
    if (atomic_load(&fails)) return fail(err, ERR_DISK_FULL, "no room");
    return duck_ask_one(run, a, S("SELECT 6 * 7"), NULL, 0, &one, err) && file_read(a, part.at, 100, &text, err) &&
           file_replace(to, str_format(a, "%.*s %.*s %d", STR_ARG(text), STR_ARG(recipe), (int)one.integer), 0600, err);
}

typedef struct {
    Beside    *beside;
    Duck      *duck;
    Str        folder, part;
    BesideKind kind;
    atomic_int right;
} Place;

static bool engine(void *duck, Duck **out, Err *err)
{
    (void)err;
    *out = duck;
    return true;
}

static void place_close(void *with)
{
    Place *p = with;
    beside_close(p->beside);
    duck_close(p->duck);
}

static Place *place(Arena *a, bool read_only)
{
    Place *p = NEW(a, Place);
    Err    err = { 0 };
    p->folder = str_of(test_folder(a));
    p->part = path_join(a, p->folder, S("parts/ab/ab00000000000000000000000000000000000000000000000000000000000000"));
    p->kind = (BesideKind){ "answer", 2, S("of"), write_answer };
    atomic_store(&made, 0);
    atomic_store(&fails, 0);
    arena_adopt(a, p, place_close);
    if (!folder_make(path_join(a, p->folder, S("parts/ab")).at, &err) ||
        !file_replace(p->part.at, S("rows"), 0600, &err) || !duck_open(&(DuckOptions){ .threads = 1 }, &p->duck, &err))
        return NULL;
    p->beside = beside_open(path_join(a, p->folder, S("beside")).at, path_join(a, p->folder, S("parts")).at, read_only,
                            engine, p->duck);
    return p;
}

TEST("a file beside a part is made when it is wanted, kept, and made again when it is gone")
{
    Place *p = place(a, false);
    Str    path, text;
    CHECK_OK(beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err));
    CHECK_OK(file_read(a, path.at, 100, &text, &err));
    CHECK_STR(text, "rows of 42");
    CHECK_OK(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err));
    CHECK_EQ_INT(made, 1);
    unlink(path.at);
    CHECK_OK(beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err));
    CHECK_EQ_INT(made, 2);
}

TEST("another recipe is another file, and a newer form takes the place of the older ones")
{
    Place     *p = place(a, false);
    BesideKind other = p->kind, newer = p->kind;
    Str        path, other_path, newer_path;
    other.recipe = S("for");
    newer.form = 10;
    CHECK_OK(beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err));
    CHECK_OK(beside_find(p->beside, a, p->part, &other, BESIDE_WAIT, &other_path, &err));
    CHECK(path_exists(path.at) && path_exists(other_path.at) && !str_eq(path, other_path));
    CHECK_OK(beside_find(p->beside, a, p->part, &newer, BESIDE_WAIT, &newer_path, &err));
    CHECK(!path_exists(path.at));
    CHECK(!path_exists(other_path.at));
    CHECK(path_exists(newer_path.at));
}

TEST("who does not wait goes without, and finds it later")
{
    Place *p = place(a, false);
    Str    path;
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err), ERR_BUSY);
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err), ERR_BUSY);
    for (int i = 0; i < 500 && !beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err); i++)
        usleep(10000);
    CHECK_OK(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err));
    CHECK_EQ_INT(made, 1);
}

static void *want(void *with)
{
    Place *p = with;
    Arena *a = arena_open(0);
    Err    err = { 0 };
    Str    path, text;
    bool   ok = beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err) &&
              file_read(a, path.at, 100, &text, &err) && str_eq_z(text, "rows of 42");
    atomic_fetch_add(&p->right, ok);
    arena_close(a);
    return NULL;
}

TEST("many that want the same file at once have it made once")
{
    Place    *p = place(a, false);
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) CHECK_EQ_INT(pthread_create(&threads[i], NULL, want, p), 0);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    CHECK_EQ_INT(p->right, 8);
    CHECK_EQ_INT(made, 1);
}

TEST("what could not be made leaves nothing, and is not tried again at once in the background")
{
    Place *p = place(a, false);
    Str    path, *names;
    size_t n;
    atomic_store(&fails, 1);
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err), ERR_DISK_FULL);
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err), ERR_BUSY);
    for (int i = 0; i < 500 && made < 2; i++) usleep(10000);
    usleep(30000);
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err), ERR_BUSY);
    usleep(30000);
    CHECK_EQ_INT(made, 2);
    atomic_store(&fails, 0);
    CHECK_OK(beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err));
    CHECK_OK(folder_list(a, path_join(a, p->folder, S("parts/tmp")).at, &names, &n, &err));
    CHECK_EQ_INT(n, 0);
}

TEST("a file beside a part is whole or not there, whatever step fails")
{
    Place *p = place(a, false);
    Str    path, text;
    FOR_EACH_FAULT (FAULT_FILE_SYNC, FAULT_FILE_RENAME) {
        Err  why = { 0 };
        bool ok = beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &why);
        CHECK(ok || why.code == ERR_STORE);
        if (ok) {
            CHECK(file_read(a, path.at, 100, &text, &why));
            CHECK_STR(text, "rows of 42");
            unlink(path.at);
        }
    }
}

TEST("a node that is read only has what is there and makes nothing")
{
    Place *p = place(a, true);
    Str    path;
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_WAIT, &path, &err), ERR_NOT_FOUND);
    CHECK_ERR(beside_find(p->beside, a, p->part, &p->kind, BESIDE_LATER, &path, &err), ERR_NOT_FOUND);
    CHECK_EQ_INT(made, 0);
}
