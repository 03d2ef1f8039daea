/* Jobs of files on their way into datasets: how many there may be, whose they are, what becomes of them and of their
   files. */
#include "web/intake.h"

#include <unistd.h>

#include "base/file.h"
#include "store/files.h"

#include "../core/nodes.h"

typedef struct {
    Node   *node;
    Data   *data;
    Intake *intake;
    Reader  ada, ben;
} World;

static void world_end(void *given)
{
    World *w = given;
    intake_close(w->intake);
    data_close(w->data);
    node_close(w->node);
}

static World *world(Arena *a)
{
    World      *w = NEW(a, World);
    Err         err = { 0 };
    const char *folder = str_format(a, "%s/node", test_folder(a)).at;
    *w = (World){ .ada = { .name = S("Ada"), .person = S("p-ada"), .may_write = true, .all = true },
                  .ben = { .name = S("Ben"), .person = S("p-ben"), .may_write = true, .all = true } };
    reader_finish(&w->ada, a);
    reader_finish(&w->ben, a);
    check_ok(node_init(folder, nodes_json(a, "{\"name\":\"test.example\",\"import_max_bytes\":2097152}"), &err) &&
                 node_open(folder, &(NodeOptions){ .share = S(".") }, &w->node, &err) &&
                 data_open(w->node, &w->data, &err) && intake_open(w->node, w->data, &w->intake, &err),
             &err, __FILE__, __LINE__, "a node");
    nodes_create(w->node, a, "organisation", "caec", "public", STATE_PUBLISHED,
                 "{\"name\":{\"en\":\"The owner\"},\"type\":\"agency\"}");
    return arena_adopt(a, w, world_end);
}

/* A file where uploads put theirs. */
static SentFile sent(Arena *a, World *w, const char *name, const char *text)
{
    SentFile file = { .name = str_of(name), .bytes = str_of(text).len };
    Err      err = { 0 };
    check_ok(files_temporary(intake_folder(w->intake), a, &file.path, &err) &&
                 file_replace(file.path.at, str_of(text), 0600, &err),
             &err, __FILE__, __LINE__, name);
    return file;
}

static Str add(Arena *a, World *w, const Reader *who, IntakeLook look, SentFile *file)
{
    IntakeWish wish = { .dataset = S("levels"), .title = S("Levels"), .owner = S("caec"), .audience = S("public") };
    Str        id = STR_NONE;
    Err        err = { 0 };
    check_ok(intake_add(w->intake, who, &wish, look, file, 1, &id, &err), &err, __FILE__, __LINE__, "a job");
    return str_copy(a, id);
}

/* The job when nobody works on it any longer. */
static Json *ended(Arena *a, World *w, const Reader *who, Str id)
{
    Err   err = { 0 };
    Json *job = NULL;
    for (int i = 0; i < 2000; i++) {
        if (!check_ok(intake_value(w->intake, a, who->person, id, &job, &err), &err, __FILE__,
                      __LINE__, "a job"))
            return NULL;
        Str state = json_get_text(job, "state");
        if (!str_eq_z(state, "looking") && !str_eq_z(state, "importing")) return job;
        usleep(5000);
    }
    return job;
}

TEST("a person has so many uploads under way and no more, and what is left is free again")
{
    World       *w = world(a);
    IntakePlace *places[INTAKE_OWN_MAX], *more;
    for (int i = 0; i < INTAKE_OWN_MAX; i++)
        CHECK_OK(intake_place_take(w->intake, w->ada.person, 1000, &places[i], &err));
    CHECK_ERR(intake_place_take(w->intake, w->ada.person, 1000, &more, &err), ERR_TOO_MANY);
    err = (Err){ 0 };
    CHECK_OK(intake_place_take(w->intake, w->ben.person, 1000, &more, &err));
    intake_place_leave(w->intake, more);
    intake_place_leave(w->intake, places[3]);
    intake_place_leave(w->intake, NULL);
    CHECK_OK(intake_place_take(w->intake, w->ada.person, 1000, &places[3], &err));
    for (int i = 0; i < INTAKE_OWN_MAX; i++) intake_place_leave(w->intake, places[i]);
}

TEST("what is larger than the setting is told its name, and all that waits is bounded together")
{
    World       *w = world(a);
    IntakePlace *places[5];
    CHECK_ERR(intake_place_take(w->intake, w->ada.person, 4 << 20, &places[0], &err), ERR_TOO_BIG);
    CHECK(str_has(str_of(err.text), S("import_max_bytes")));
    err = (Err){ 0 };
    for (int i = 0; i < 4; i++) CHECK_OK(intake_place_take(w->intake, w->ada.person, 2 << 20, &places[i], &err));
    CHECK_ERR(intake_place_take(w->intake, w->ben.person, 1, &places[4], &err), ERR_TOO_MANY);
    err = (Err){ 0 };
    intake_place_leave(w->intake, places[0]);
    CHECK_OK(intake_place_take(w->intake, w->ben.person, 1, &places[0], &err));
    CHECK_ERR(intake_place_take(
                  w->intake,
                  S("a person whose id is far longer than any id of a person that there can be is"),
                  1, &places[4], &err),
              ERR_INTERNAL);
}

TEST("a job is there for who sent it alone, waits for a decision, and is decided on once")
{
    World   *w = world(a);
    SentFile file = sent(a, w, "levels.csv", "station,level\nA,1\nB,2\n");
    Str      path = file.path, id = add(a, w, &w->ada, LOOK_ALWAYS, &file);
    Json    *job = ended(a, w, &w->ada, id), *other;
    CHECK(!file.path.len); /* the job's from now on */
    CHECK_STR(json_get_text(job, "state"), "waiting");
    CHECK_EQ_INT(json_get_integer(json_get(job, "look"), "rows", 0), 2);
    CHECK_ERR(intake_value(w->intake, a, w->ben.person, id, &other, &err), ERR_NOT_FOUND);
    err = (Err){ 0 };
    CHECK_EQ_INT(json_array_size(intake_list(w->intake, a, w->ben.person)), 0);
    CHECK_EQ_INT(json_array_size(intake_list(w->intake, a, w->ada.person)), 1);
    IntakeWish wish = { .dataset = S("levels"),
                        .title = S("Levels"),
                        .owner = S("caec"),
                        .audience = S("public"),
                        .state = STATE_PUBLISHED };
    CHECK_ERR(intake_decide(w->intake, &w->ben, id, DECIDE_IMPORT, &wish, &err), ERR_NOT_FOUND);
    err = (Err){ 0 };
    CHECK(path_exists(path.at));
    CHECK_OK(intake_decide(w->intake, &w->ada, id, DECIDE_IMPORT, &wish, &err));
    job = ended(a, w, &w->ada, id);
    CHECK_STR(json_get_text(job, "state"), "done");
    CHECK_STR(json_get_text(job, "dataset"), "levels");
    CHECK(!path_exists(path.at));
    CHECK_ERR(intake_decide(w->intake, &w->ada, id, DECIDE_IMPORT, &wish, &err), ERR_CONFLICT);
}

TEST("a job that is given up is no more, nor is its file; one that cannot be read says why")
{
    World   *w = world(a);
    SentFile file = sent(a, w, "levels.csv", "station,level\nA,1\nB,2\n"),
             broken = sent(a, w, "x.csv", "\x89PNG\r\n\x1a\n");
    IntakeWish none = { 0 };
    Json      *job;
    Str        path = file.path, broken_path = broken.path, id = add(a, w, &w->ada, LOOK_ALWAYS, &file);
    ended(a, w, &w->ada, id);
    CHECK_OK(intake_decide(w->intake, &w->ada, id, DECIDE_DROP, &none, &err));
    CHECK_ERR(intake_value(w->intake, a, w->ada.person, id, &job, &err), ERR_NOT_FOUND);
    err = (Err){ 0 };
    for (int i = 0; i < 400 && path_exists(path.at); i++) usleep(5000);
    CHECK(!path_exists(path.at));
    Str other = add(a, w, &w->ada, LOOK_NEVER, &broken);
    job = ended(a, w, &w->ada, other);
    const Json *first = json_array_get(json_get(job, "files"), 0);
    CHECK_STR(json_get_text(first, "state"), "failed");
    CHECK(json_get_text(json_get(first, "problem"), "cause").len > 0);
    CHECK(!path_exists(broken_path.at));
    SentFile nothing[1];
    CHECK_ERR(intake_add(w->intake, &w->ada, &none, LOOK_NEVER, nothing, 0, &id, &err), ERR_INVALID);
}

TEST("what waits when the intake ends goes with it")
{
    World   *w = world(a);
    SentFile file = sent(a, w, "levels.csv", "station,level\nA,1\n");
    Str      path = file.path, id = add(a, w, &w->ada, LOOK_ALWAYS, &file);
    ended(a, w, &w->ada, id);
    CHECK(path_exists(path.at));
    intake_close(w->intake);
    w->intake = NULL;
    CHECK(!path_exists(path.at));
}
