#include "text/message.h"

#include <pthread.h>

#include "base/file.h"
#include "check.h"

static Messages *messages_make(Arena *a, const char *english, const char *arabic)
{
    const char *folder = test_folder(a);
    Messages   *m = NULL;
    Err         err = { 0 };
    CHECK_OK(file_replace(str_format(a, "%s/en.json", folder).at, str_of(english), 0644, &err));
    CHECK_OK(file_replace(str_format(a, "%s/ar.json", folder).at, str_of(arabic), 0644, &err));
    CHECK_OK(messages_open(folder, &m, &err));
    return arena_adopt(a, m, (void (*)(void *))messages_close);
}

#define TEXT(m, lang, key, args) message(m, a, S(lang), S(key), args)

TEST("a message is found in its language, its relative, in English, or shown as its key")
{
    Messages *m = messages_make(a, "{\"hello\":\"Hello\",\"only\":\"English only\"}", "{\"hello\":\"مرحبا\"}");
    Str      *tags;
    CHECK_EQ_INT((int)messages_languages(m, &tags), 2);
    CHECK_STR(tags[0], "en");
    CHECK_STR(tags[1], "ar");
    CHECK_STR(TEXT(m, "ar", "hello", NULL), "مرحبا");
    CHECK_STR(TEXT(m, "ar-EG", "hello", NULL), "مرحبا");
    CHECK_STR(TEXT(m, "ar", "only", NULL), "English only");
    CHECK_STR(TEXT(m, "fr", "hello", NULL), "Hello");
    CHECK_STR(TEXT(m, "en", "no.such", NULL), "[no.such]");
    CHECK(messages_has(m, S("en"), S("only")) && !messages_has(m, S("ar"), S("only")));
}

TEST("arguments are filled in by name, numbers as the language writes them")
{
    Messages *m = messages_make(a, "{\"m\":\"{who} of {n, number}, it''s '{n}'\"}", "{\"m\":\"{n}\"}");
    Json     *args = json_object_make(a);
    json_put_text(args, "who", S("Lao"));
    json_put_integer(args, "n", 12345);
    CHECK_STR(TEXT(m, "en", "m", args), "Lao of 12,345, it's {n}");
    CHECK_STR(TEXT(m, "ar", "m", args), "١٢٬٣٤٥");
    CHECK_STR(TEXT(m, "en", "m", NULL), " of , it's {n}");
}

TEST("plurals take an exact case, then the language's category, then other")
{
    Messages *m = messages_make(
        a, "{\"n\":\"{n, plural, =0 {none} one {# record} other {# records}}.\"}",
        "{\"n\":\"{n, plural, zero {0} one {واحد} two {اثنان} few {# قليل} many {# كثير} other {# آخر}}\"}");
    Json *args = json_object_make(a);
    struct {
        int         n;
        const char *en, *ar;
    } rows[] = {
        { 0, "none.", "0" },
        { 1, "1 record.", "واحد" },
        { 2, "2 records.", "اثنان" },
        { 5, "5 records.", "٥ قليل" },
        { 11, "11 records.", "١١ كثير" },
        { 100, "100 records.", "١٠٠ آخر" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_put_integer(args, "n", rows[i].n);
        CHECK_STR(TEXT(m, "en", "n", args), rows[i].en);
        CHECK_STR(TEXT(m, "ar", "n", args), rows[i].ar);
    }
}

TEST("select picks by the text or the truth of an argument, and may hold a plural")
{
    Messages *m = messages_make(
        a, "{\"s\":\"{late, select, true {late by {n, plural, one {# day} other {# days}}} other {on time}}\"}", "{}");
    Json *args = json_object_make(a);
    json_put_bool(args, "late", true);
    json_put_integer(args, "n", 1);
    CHECK_STR(TEXT(m, "en", "s", args), "late by 1 day");
    json_put_bool(args, "late", false);
    CHECK_STR(TEXT(m, "en", "s", args), "on time");
}

TEST("a message tells the arguments it mentions, each once, in all its cases")
{
    Messages *m =
        messages_make(a, "{\"m\":\"{a, select, x {{b}} other {{c} {a}}} {b}\",\"plain\":\"x\"}", "{\"m\":\"{d}\"}");
    const Str *names;
    CHECK_EQ_INT(message_arguments(m, S("en"), S("m"), &names), 3);
    CHECK_STR(names[0], "a");
    CHECK_STR(names[1], "b");
    CHECK_STR(names[2], "c");
    CHECK_EQ_INT(message_arguments(m, S("ar"), S("m"), &names), 1);
    CHECK_STR(names[0], "d");
    CHECK_EQ_INT(message_arguments(m, S("ar"), S("plain"), &names), 0);
    CHECK_EQ_INT(message_arguments(m, S("ar"), S("none"), &names), 0);
}

TEST("a pattern that cannot be read is refused by file and key")
{
    static const char *const bad[] = {
        "{",
        "}",
        "{}",
        "{n",
        "{n,}",
        "{n, date}",
        "{n, plural}",
        "{n, plural,}",
        "{n, plural, one {x}}",
        "{n, plural, other {x}",
        "{n, plural, other x}",
        "a } b",
        "{n, select, a {{} other {}}",
    };
    const char *folder = test_folder(a), *path = str_format(a, "%s/en.json", folder).at;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Messages *m = NULL;
        Json     *object = json_object_make(a);
        json_put_text(object, "the.key", str_of(bad[i]));
        CHECK_OK(file_replace(path, json_write(a, object), 0644, &err));
        bool ok = messages_open(folder, &m, &err);
        CHECK_STR(ok ? bad[i] : "", "");
        CHECK_EQ_INT(err.code, ERR_INVALID);
        CHECK(str_has(str_of(err.text), S("en.json: the.key")));
    }
}

TEST("without English, with a file that is not one object, or with another name, nothing opens")
{
    Messages   *m = NULL;
    const char *folder = test_folder(a);
    CHECK_ERR(messages_open(folder, &m, &err), ERR_NOT_FOUND);
    CHECK_OK(file_replace(str_format(a, "%s/en.json", folder).at, S("[]"), 0644, &err));
    CHECK_ERR(messages_open(folder, &m, &err), ERR_INVALID);
    CHECK_OK(file_replace(str_format(a, "%s/en.json", folder).at, S("{\"a\":1}"), 0644, &err));
    CHECK_ERR(messages_open(folder, &m, &err), ERR_INVALID);
    CHECK_OK(file_replace(str_format(a, "%s/en.json", folder).at, S("{\"a\":\"1\"}"), 0644, &err));
    CHECK_OK(file_replace(str_format(a, "%s/not a language.json", folder).at, S("{}"), 0644, &err));
    CHECK_ERR(messages_open(folder, &m, &err), ERR_INVALID);
}

static void *ask_often(void *with)
{
    Messages *m = with;
    for (int i = 0; i < 500; i++) {
        Arena *a = arena_open(0);
        Json  *args = json_object_make(a);
        json_put_integer(args, "n", i + 2);
        CHECK_STR(TEXT(m, "en", "n", args), str_format(a, "%d of them", i + 2));
        arena_close(a);
    }
    return NULL;
}

TEST("many threads may ask at once")
{
    Messages *m = messages_make(a, "{\"n\":\"{n, plural, one {one} other {# of them}}\"}", "{}");
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, ask_often, m);
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}
