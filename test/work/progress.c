#include "work/progress.h"

#include "check.h"

static const Date today = { 2020, 6, 15, 3 };

static Date date(const char *text)
{
    Date d = { 0 };
    if (*text) CHECK(date_read(str_of(text), &d));
    return d;
}

TEST("how something stands follows from its word and its dates")
{
    static const struct {
        const char *status, *start, *end;
        Progress    expected;
    } rows[] = {
        { "completed", "", "", PROGRESS_DONE },
        { "held", "2030", "", PROGRESS_DONE },
        { "cancelled", "2018", "2019", PROGRESS_STOPPED },
        { "suspended", "", "", PROGRESS_STOPPED },
        { "active", "2018", "", PROGRESS_RUNNING },
        { "active", "2018", "2019", PROGRESS_LATE },
        { "active", "2018", "2020", PROGRESS_RUNNING },
        { "active", "2018", "2020-06-14", PROGRESS_LATE },
        { "active", "2018", "2020-06-15", PROGRESS_RUNNING },
        { "planned", "2020-07", "", PROGRESS_PLANNED },
        { "planned", "2020-05", "", PROGRESS_LATE },
        { "planned", "2020", "", PROGRESS_PLANNED },
        { "planned", "", "", PROGRESS_PLANNED },
        { "", "2013-09-04", "2013-09-05", PROGRESS_DONE },
        { "", "2021", "", PROGRESS_PLANNED },
        { "", "2019", "2021", PROGRESS_RUNNING },
        { "", "", "", PROGRESS_UNKNOWN },
        { "", "2013", "", PROGRESS_UNKNOWN },
        { "", "2020-06", "", PROGRESS_UNKNOWN },
        { "unknown", "", "", PROGRESS_UNKNOWN },
        { "unknown", "", "2010", PROGRESS_DONE },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Standing s = { .status = str_of(rows[i].status), .start = date(rows[i].start), .end = date(rows[i].end) };
        CHECK_STR(str_format(a, "row %zu: %s", i, progress_name(progress_of(s, today))),
                  str_format(a, "row %zu: %s", i, progress_name(rows[i].expected)));
    }
}

TEST("what lasts a day is over after it, without a word about how it stands")
{
    Standing s = { .start = date("2020-06-14"), .brief = true };
    CHECK_STR(progress_name(progress_of(s, today)), "done");
    s.start = today;
    CHECK_STR(progress_name(progress_of(s, today)), "running");
    s.start = date("2020-06-16");
    CHECK_STR(progress_name(progress_of(s, today)), "planned");
    s = (Standing){ .start = date("2020-06-14"), .end = date("2020-06-15"), .brief = true };
    CHECK_STR(progress_name(progress_of(s, today)), "running");
}

TEST("what counts under two goals of one branch counts once above them")
{
    Goal goals[] = {
        { .id = S("top") },
        { .id = S("other") },
        { .id = S("one"), .parent = S("top") },
        { .id = S("two"), .parent = S("top") },
        { .id = S("deep"), .parent = S("one") },
    };
    Contribution things[] = {
        { .standing = { .status = S("completed") }, .goals = (Str[]){ S("deep"), S("two") }, .goal_count = 2 },
        { .standing = { .status = S("active") },
          .goals = (Str[]){ S("two"), S("elsewhere"), S("top") },
          .goal_count = 3 },
    };
    progress_cover(a, goals, 5, things, 2, today);
    static const char *const order[] = { "top", "one", "deep", "two", "other" };
    static const int         depths[] = { 0, 1, 2, 1, 0 };
    for (size_t i = 0; i < 5; i++) {
        CHECK_STR(goals[i].id, order[i]);
        CHECK_EQ_INT(goals[i].depth, depths[i]);
    }
    CHECK_EQ_INT(goals[0].counts[PROGRESS_DONE], 1);
    CHECK_EQ_INT(goals[0].counts[PROGRESS_RUNNING], 1);
    CHECK_EQ_INT(goals[0].state, PROGRESS_RUNNING);
    CHECK_EQ_INT(goals[2].state, PROGRESS_DONE);
    CHECK(goals[2].leaf && !goals[1].leaf);
    CHECK_EQ_INT(goals[4].state, PROGRESS_EMPTY);
}

TEST("a goal is late when something under it is, or when its day passed with nothing done")
{
    Goal goals[] = {
        { .id = S("a"), .own = { .end = { 2019, 0, 0, 1 } } },
        { .id = S("b"), .own = { .end = { 2019, 0, 0, 1 } } },
        { .id = S("c") },
        { .id = S("d"), .own = { .status = S("completed") } },
        { .id = S("e"), .own = { .status = S("cancelled") } },
    };
    Contribution things[] = {
        { .standing = { .status = S("completed") }, .goals = (Str[]){ S("b") }, .goal_count = 1 },
        { .standing = { .status = S("active"), .end = { 2018, 0, 0, 1 } },
          .goals = (Str[]){ S("c"), S("d") },
          .goal_count = 2 },
    };
    progress_cover(a, goals, 5, things, 2, today);
    static const Progress expected[] = { PROGRESS_LATE, PROGRESS_DONE, PROGRESS_LATE, PROGRESS_DONE, PROGRESS_STOPPED };
    for (size_t i = 0; i < 5; i++) CHECK_STR(progress_name(goals[i].state), progress_name(expected[i]));
}

TEST("a parent that is missing or goes in a circle leaves every goal in the tree once")
{
    Goal goals[] = {
        { .id = S("a"), .parent = S("b") },
        { .id = S("b"), .parent = S("a") },
        { .id = S("c"), .parent = S("gone") },
        { .id = S("d"), .parent = S("d") },
    };
    Contribution thing = { .standing = { .status = S("active") }, .goals = (Str[]){ S("b") }, .goal_count = 1 };
    progress_cover(a, goals, 4, &thing, 1, today);
    Str all = str_join_with(a, S(" "), (Str[]){ goals[0].id, goals[1].id, goals[2].id, goals[3].id }, 4);
    CHECK_STR(all, "a b c d");
    CHECK_EQ_INT(goals[0].counts[PROGRESS_RUNNING], 1);
    progress_cover(a, goals, 0, NULL, 0, today);
}
