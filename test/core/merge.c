#include "core/record.h"

#include "check.h"

static Field fields[] = {
    { .name = S_INIT("name"), .type = FIELD_TEXT },
    { .name = S_INIT("status"), .type = FIELD_CHOICE },
    { .name = S_INIT("place"), .type = FIELD_PLACE },
    { .name = S_INIT("parties"), .type = FIELD_LINK, .list = true },
    { .name = S_INIT("indicators"), .type = FIELD_GROUP, .list = true },
};
static const Kind kind = { .name = S_INIT("activity"), .fields = fields, .field_count = 5 };

static Json *json(Arena *a, const char *text)
{
    Json *value = NULL;
    Err   err;
    CHECK(json_read(a, str_of(text), &value, &err));
    return value;
}

/* The pointers of what differs, joined by spaces, as "pointer" or "-pointer" or "+pointer". */
static Str differences(Arena *a, const char *before, const char *after)
{
    Difference *d;
    size_t      n = doc_differences(a, &kind, json(a, before), json(a, after), &d);
    Buf        *out = buf_open(a);
    for (size_t i = 0; i < n; i++)
        buf_putf(out, "%s%s%.*s", i ? " " : "", !d[i].before ? "+" : !d[i].after ? "-"
                                                                                 : "",
                 STR_ARG(d[i].pointer));
    return buf_str(out);
}

TEST("differences are named by their leaves")
{
    static const struct {
        const char *before, *after, *differences;
    } table[] = {
        { "{}", "{}", "" },
        { "{\"status\":\"late\"}", "{\"status\":\"done\"}", "/status" },
        { "{\"status\":\"late\"}", "{}", "-/status" },
        { "{\"name\":{\"en\":\"A\",\"th\":\"B\"}}", "{\"name\":{\"en\":\"C\",\"th\":\"B\",\"zh\":\"D\"}}",
          "/name/en +/name/zh" },
        { "{\"parties\":[\"TH\",\"VN\"]}", "{\"parties\":[\"TH\"]}", "/parties" },
        { "{\"place\":{\"lat\":1,\"lon\":2}}", "{\"place\":{\"lat\":1,\"lon\":3}}", "/place" },
        { "{\"indicators\":[{\"id\":\"a\",\"v\":1},{\"id\":\"b\",\"v\":1}]}",
          "{\"indicators\":[{\"id\":\"b\",\"v\":2},{\"id\":\"c\",\"v\":1}]}",
          "-/indicators/0 /indicators/0/v +/indicators/1" },
        { "{\"indicators\":[{\"v\":1}]}", "{\"indicators\":[{\"v\":2}]}", "/indicators" },
        { "{\"n\":1}", "{\"n\":1.0}", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_STR(differences(a, table[i].before, table[i].after), table[i].differences);
}

TEST("a merge keeps both sides' changes and names the conflicts")
{
    static const struct {
        const char *base, *theirs, *mine, *merged, *conflicts;
    } table[] = {
        /* different fields */
        { "{\"status\":\"late\"}", "{\"status\":\"late\",\"a\":1}", "{\"status\":\"done\"}",
          "{\"status\":\"done\",\"a\":1}", "" },
        /* different languages of one text */
        { "{\"name\":{\"en\":\"A\"}}", "{\"name\":{\"en\":\"B\"}}", "{\"name\":{\"en\":\"A\",\"th\":\"C\"}}",
          "{\"name\":{\"en\":\"B\",\"th\":\"C\"}}", "" },
        /* both added the same field anew */
        { "{}", "{\"name\":{\"en\":\"B\"}}", "{\"name\":{\"th\":\"C\"}}", "{\"name\":{\"en\":\"B\",\"th\":\"C\"}}",
          "" },
        /* the same change on both sides */
        { "{\"a\":1}", "{\"a\":2}", "{\"a\":2}", "{\"a\":2}", "" },
        /* the same leaf */
        { "{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":2}", "/a" },
        { "{\"name\":{\"en\":\"A\"}}", "{\"name\":{\"en\":\"B\"}}", "{\"name\":{\"en\":\"C\"}}",
          "{\"name\":{\"en\":\"B\"}}", "/name/en" },
        /* removed here, changed there */
        { "{\"a\":1,\"b\":1}", "{\"b\":1}", "{\"a\":2,\"b\":1}", "{\"b\":1}", "/a" },
        { "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":1}", "{\"b\":1}", "{\"a\":2,\"b\":1}", "/a" },
        /* removed here, untouched there */
        { "{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":2}", "{\"b\":1}", "{\"b\":2}", "" },
        /* a list of scalars is one leaf */
        { "{\"parties\":[\"TH\"]}", "{\"parties\":[\"TH\",\"VN\"]}", "{\"parties\":[\"TH\",\"LA\"]}",
          "{\"parties\":[\"TH\",\"VN\"]}", "/parties" },
        /* a place is one leaf */
        { "{\"place\":{\"lat\":1,\"lon\":1}}", "{\"place\":{\"lat\":2,\"lon\":1}}", "{\"place\":{\"lat\":1,\"lon\":2}}",
          "{\"place\":{\"lat\":2,\"lon\":1}}", "/place" },
        /* members with an id merge one by one: changed, added, removed */
        { "{\"i\":[{\"id\":\"a\",\"v\":1},{\"id\":\"b\",\"v\":1},{\"id\":\"c\"}]}",
          "{\"i\":[{\"id\":\"a\",\"v\":2},{\"id\":\"b\",\"v\":1},{\"id\":\"c\"},{\"id\":\"d\"}]}",
          "{\"i\":[{\"id\":\"a\",\"v\":1},{\"id\":\"b\",\"v\":3},{\"id\":\"e\"}]}",
          "{\"i\":[{\"id\":\"a\",\"v\":2},{\"id\":\"b\",\"v\":3},{\"id\":\"d\"},{\"id\":\"e\"}]}", "" },
        { "{\"i\":[{\"id\":\"a\",\"v\":1}]}", "{\"i\":[{\"id\":\"a\",\"v\":2}]}", "{\"i\":[{\"id\":\"a\",\"v\":3}]}",
          "{\"i\":[{\"id\":\"a\",\"v\":2}]}", "/i/0/v" },
        /* mine put them in another order, theirs changed one */
        { "{\"i\":[{\"id\":\"a\",\"v\":1},{\"id\":\"b\"}]}", "{\"i\":[{\"id\":\"a\",\"v\":2},{\"id\":\"b\"}]}",
          "{\"i\":[{\"id\":\"b\"},{\"id\":\"a\",\"v\":1}]}", "{\"i\":[{\"id\":\"b\"},{\"id\":\"a\",\"v\":2}]}", "" },
        /* members without ids: one leaf */
        { "{\"i\":[{\"v\":1}]}", "{\"i\":[{\"v\":2}]}", "{\"i\":[{\"v\":3}]}", "{\"i\":[{\"v\":2}]}", "/i" },
        /* of another type */
        { "{\"a\":1}", "{\"a\":{\"b\":1}}", "{\"a\":[1]}", "{\"a\":{\"b\":1}}", "/a" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Json     *merged;
        Conflict *conflicts;
        size_t    n = doc_merge(a, &kind, json(a, table[i].base), json(a, table[i].theirs), json(a, table[i].mine),
                                &merged, &conflicts);
        Buf      *names = buf_open(a);
        for (size_t c = 0; c < n; c++) buf_putf(names, "%s%.*s", c ? " " : "", STR_ARG(conflicts[c].pointer));
        CHECK_JSON(merged, table[i].merged);
        CHECK_STR(buf_str(names), table[i].conflicts);
    }
}

TEST("a conflict shows base, theirs and mine, and a merge leaves its arguments alone")
{
    Json     *base = json(a, "{\"a\":1,\"b\":{\"x\":1}}"), *theirs = json(a, "{\"a\":2,\"b\":{\"x\":1,\"y\":1}}");
    Json     *mine = json(a, "{\"a\":3,\"b\":{\"x\":2}}"), *merged;
    Conflict *conflicts;
    CHECK_EQ_INT(doc_merge(a, &kind, base, theirs, mine, &merged, &conflicts), 1);
    CHECK_JSON(conflicts[0].base, "1");
    CHECK_JSON(conflicts[0].theirs, "2");
    CHECK_JSON(conflicts[0].mine, "3");
    CHECK_JSON(merged, "{\"a\":2,\"b\":{\"x\":2,\"y\":1}}");
    CHECK_JSON(base, "{\"a\":1,\"b\":{\"x\":1}}");
    CHECK_JSON(theirs, "{\"a\":2,\"b\":{\"x\":1,\"y\":1}}");
    CHECK_JSON(mine, "{\"a\":3,\"b\":{\"x\":2}}");
}
