/* What node.json may say. */
#include "check.h"
#include "core/settings.h"

static char told[64];

static void tell(const char *key)
{
    snprintf(told, sizeof told, "%s", key);
}

static bool settings(Arena *a, const char *text, Err *err)
{
    Json *json;
    *told = 0;
    return json_read(a, str_of(text), &json, err) && settings_check(json, tell, err);
}

TEST("settings of the right form are taken")
{
    CHECK_OK(settings(
        a,
        "{\"name\":\"x.test\",\"title\":{\"en\":\"X\",\"th\":\"ก\"},\"url\":\"https://x.test/sub\","
        "\"languages\":[\"en\"],\"map_view\":\"own\",\"country_names\":{\"TW\":{\"en\":\"Chinese "
        "Taipei\"}},"
        "\"cache_mb\":0,\"console_memory\":268435456}",
        &err));
    CHECK_STR(told, "");
    CHECK_OK(settings(a, "{\"name\":\"x.test\",\"title\":\"X\",\"laguages\":[\"en\"]}", &err));
    CHECK_STR(told, "laguages");
}

TEST("a setting of another form is named with the form it has")
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "{}", "the setting \"name\" is missing" },
        { "[]", "settings are an object" },
        { "{\"name\":1}", "\"name\" is a text" },
        { "{\"name\":\"x\",\"cache_mb\":\"16\"}", "\"cache_mb\" is a whole number, without quotes" },
        { "{\"name\":\"x\",\"data_seconds\":-1}", "\"data_seconds\" is a whole number" },
        { "{\"name\":\"x\",\"gather_rows\":1.5}", "\"gather_rows\" is a whole number" },
        { "{\"name\":\"x\",\"languages\":\"en\"}", "\"languages\" is a list" },
        { "{\"name\":\"x\",\"languages\":[\"en\",1]}", "\"languages\" is a list" },
        { "{\"name\":\"x\",\"title\":{\"en\":\"\"}}", "\"title\" is a text, or one for each language" },
        { "{\"name\":\"x\",\"url\":\"env.test\"}", "\"url\" is of the form" },
        { "{\"name\":\"x\",\"url\":\"https://\"}", "\"url\" is of the form" },
        { "{\"name\":\"x\",\"country_names\":{\"TW\":\"Chinese Taipei\"}}", "\"country_names\" is of the form" },
        { "{\"name\":\"x\",\"country_names\":{\"TWN\":{\"en\":\"x\"}}}", "\"country_names\" is of the form" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_ERR(settings(a, cases[i].text, &err), ERR_INVALID);
        CHECK(str_has(str_of(err.text), str_of(cases[i].said)));
    }
}
