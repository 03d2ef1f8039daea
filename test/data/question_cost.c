/* What questions are reckoned to take. */
#include "data/question_cost.h"

#include "check.h"

static const Column columns[] = {
    { .name = S_INIT("date"), .type = COLUMN_DATE, .role = ROLE_OF_TIME },
    { .name = S_INIT("country"), .type = COLUMN_STRING },
    { .name = S_INIT("value"), .type = COLUMN_NUMBER },
};
static const Str     part = S_INIT("part");
static const int64_t million = 1000000, thousand_millions = 1000000000;

static bool afford(Arena *a, const int64_t *rows, const char *word, const char *value, const char *more, Err *err)
{
    Table         table = { .columns = columns, .column_count = 3, .parts = &part, .part_count = 1, .part_rows = rows };
    QuestionPair  pairs[] = { { str_of(word), str_of(value) }, { S("country"), str_of(more) } };
    TableQuestion q;
    return question_read(a, &table, pairs, 2, &q, err) && question_afford(&q, 30, (uint64_t)1 << 30, 2, err);
}

TEST("a question that costs too much is refused with how much and what to change; others are not")
{
    static const struct {
        const char *word, *value, *country, *said;
    } dear[] = {
        { "order", "value", "", "leave out order or give a limit" },
        { "aggregate", "median(value)", "", "mean() instead of median()" },
        { "aggregate", "distinct(country)", "", "32000 MB" },
        { "group", "month(date),country,value,year(date)", "", "gather by fewer columns" },
    };
    for (size_t i = 0; i < sizeof dear / sizeof *dear; i++) {
        Err why = { 0 };
        CHECK(afford(a, &million, dear[i].word, dear[i].value, dear[i].country, &why));
        bool refused = !afford(a, &thousand_millions, dear[i].word, dear[i].value, dear[i].country, &why);
        check_that(refused && why.code == ERR_TOO_BIG && str_has(str_of(why.text), S("date.min=")), __FILE__, __LINE__,
                   why.text);
        check_that(str_has(str_of(why.text), str_of(dear[i].said)), __FILE__, __LINE__, why.text);
    }
    CHECK_OK(afford(a, &thousand_millions, "columns", "date,value", "", &err));
    CHECK_OK(afford(a, &thousand_millions, "aggregate", "count,mean(value)", "TH", &err));
    CHECK_OK(afford(a, &thousand_millions, "limit", "100", "TH", &err));
}
