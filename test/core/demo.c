/* The demo's records, as ./run demo loads them. */
#include <string.h>

#include "base/file.h"
#include "check.h"
#include "core/audience.h"
#include "core/kind.h"
#include "text/pattern.h"

typedef struct {
    Kinds *kinds;
    Json  *records; /* "kind:slug" and "kind:KEY" to the record */
    Json  *mirrors; /* hosts that are named as copies */
} Demo;

static Demo demo_read(Arena *a)
{
    Err    err = { 0 };
    Demo   demo = { .records = json_object_make(a), .mirrors = json_object_make(a) };
    Str   *names;
    size_t count;
    CHECK_OK(kinds_open("kinds", &demo.kinds, &err));
    arena_adopt(a, demo.kinds, (void (*)(void *))kinds_close);
    CHECK_OK(folder_list(a, "demo/records", &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        Str text;
        CHECK_OK(file_read(a, str_format(a, "demo/records/%s", names[i].at).at, 1 << 24, &text, &err));
        for (Cut line = str_cut(text, '\n'); line.head.len; line = str_cut(line.tail, '\n')) {
            Json *record;
            CHECK_OK(json_read(a, line.head, &record, &err));
            Str         name = json_get_text(record, "kind");
            const Kind *kind = kind_find(demo.kinds, name);
            Str         slug = str_format(a, "%s:%s", str_z(a, name), str_z(a, json_get_text(record, "slug")));
            CHECK_STR(str_format(a, "%s.jsonl", str_z(a, name)), names[i]);
            CHECK(kind != NULL);
            CHECK(!json_get(demo.records, slug.at));
            json_put_value(demo.records, slug.at, record);
            if (kind && kind->key_field.len)
                json_put_value(demo.records,
                               str_format(a, "%s:%s", str_z(a, name),
                                          str_z(a, json_get_text(json_get(record, "doc"), kind->key_field.at)))
                                   .at,
                               record);
        }
    }
    return demo;
}

TEST("every record of the demo is of its kind, published, public and owned by an organisation of the demo")
{
    Demo        demo = demo_read(a);
    const char *name;
    Json       *record;
    CHECK(json_object_size(demo.records) > 800);
    json_object_foreach(demo.records, name, record)
    {
        const Kind *kind = kind_find(demo.kinds, json_get_text(record, "kind"));
        Problems    problems;
        if (!kind_check(kind, a, json_get(record, "doc"), &problems))
            for (size_t i = 0; i < problems.count; i++)
                CHECK_STR(
                    str_format(a, "%s %.*s %.*s", name, STR_ARG(problems.at[i].pointer), STR_ARG(problems.at[i].key)),
                    "no problem");
        CHECK_STR(json_get_text(record, "state"), "published");
        CHECK_STR(json_get_text(record, "audience"), "public");
        CHECK(audience_check(json_get_text(record, "audience"), &err));
        CHECK(json_get(demo.records,
                       str_format(a, "organisation:%.*s", STR_ARG(json_get_text(record, "owner"))).at) != NULL);
    }
}

TEST("every link in the demo leads to a record of the demo")
{
    Demo        demo = demo_read(a);
    const char *name;
    Json       *record;
    size_t      links = 0;
    json_object_foreach(demo.records, name, record)
    {
        FieldValue *values;
        const Kind *kind = kind_find(demo.kinds, json_get_text(record, "kind"));
        size_t      n = kind_all_values(kind, a, json_get(record, "doc"), &values);
        for (size_t i = 0; i < n; i++) {
            if (values[i].field->type != FIELD_LINK) continue;
            bool found = false;
            Str  target = json_text(values[i].value);
            for (size_t k = 0; k < values[i].field->link_kind_count; k++)
                found |=
                    json_get(
                        demo.records,
                        str_format(a, "%.*s:%.*s", STR_ARG(values[i].field->link_kinds[k]), STR_ARG(target)).at) !=
                    NULL;
            links++;
            if (!found)
                CHECK_STR(str_format(a, "%s %.*s: %.*s", name, STR_ARG(values[i].pointer), STR_ARG(target)),
                          "a record");
        }
    }
    CHECK(links > 1500);
}

static Str host_of(Str url)
{
    long at = str_find(url, S("://"));
    Str  host = at < 0 ? STR_NONE : str_drop(url, (size_t)at + 3);
    return str_cut(str_cut(str_cut(host, '/').head, '?').head, '#').head;
}

/* Every string of a document, whatever its field. */
static void strings_walk(Arena *a, const Json *value, void (*each)(Arena *a, void *with, Str text), void *with)
{
    const char *key;
    Json       *member;
    if (json_is_string(value)) each(a, with, json_text(value));
    for (size_t i = 0; i < json_array_size(value); i++) strings_walk(a, json_array_get(value, i), each, with);
    json_object_foreach((Json *)value, key, member)
    {
        strings_walk(a, member, each, with);
    }
}

static void link_check(Arena *a, void *with, Str text)
{
    const Json *mirrors = with;
    for (long at; (at = str_find(text, S("://"))) >= 0; text = str_drop(text, (size_t)at + 3))
        if (json_get(mirrors, str_z(a, host_of(str_drop(text, (size_t)at)))))
            CHECK_STR(text, "no address of a mirror");
}

TEST("each record but the pages and countries of ours says where it is from, and no mirror is linked")
{
    Demo        demo = demo_read(a);
    const char *name;
    Json       *record;
    size_t      mirrored = 0;
    json_object_foreach(demo.records, name, record)
    {
        Json *sources = json_get(json_get(record, "doc"), "sources");
        Str   kind = json_get_text(record, "kind");
        if (!str_eq_z(kind, "page") && !str_eq_z(kind, "country") && !CHECK(json_array_size(sources) > 0))
            printf("    %s\n", name);
        for (size_t i = 0; i < json_array_size(sources); i++) {
            const Json *source = json_array_get(sources, i);
            if (!json_get_bool(source, "mirror")) continue;
            CHECK(!json_get(source, "url"));
            json_put_bool(demo.mirrors, str_z(a, json_get_text(source, "publisher")), true);
            mirrored++;
        }
    }
    CHECK(mirrored > 30);
    /* Publishers whose own pages are linked elsewhere; the copies of theirs are not. */
    json_object_del(demo.mirrors, "www.chinadaily.com.cn");
    json_object_del(demo.mirrors, "news.youth.cn");
    json_object_foreach(demo.records, name, record)
    {
        strings_walk(a, json_get(record, "doc"), link_check, demo.mirrors);
    }
}

TEST("what the facts call unverified stays out of the list's tree and says what to check")
{
    Demo        demo = demo_read(a);
    const char *name;
    Json       *record;
    int         unverified = 0;
    json_object_foreach(demo.records, name, record)
    {
        const Json *doc = json_get(record, "doc");
        if (str_eq_z(json_get_text(doc, "certainty"), "conflicting") && !CHECK(json_get(doc, "note") != NULL))
            printf("    %s\n", name);
        if (!str_eq_z(json_get_text(doc, "certainty"), "unverified")) continue;
        unverified++;
        CHECK(!json_get(doc, "parent") && !json_get(doc, "commitment"));
        CHECK(str_has(json_get_text(json_get(doc, "note"), "en"), S("was not read in a page")));
    }
    CHECK_EQ_INT(unverified, 52);
}

TEST("a text in another language than English is written in that language's script")
{
    static const struct {
        const char *lang, *script;
    } scripts[] = {
        { "zh", "\\p{Script=Han}" },
        { "th", "\\p{Script=Thai}" },
        { "ar", "\\p{Script=Arabic}" },
        { "ja", "[\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Han}]" },
    };
    Demo        demo = demo_read(a);
    const char *name, *lang;
    Json       *record, *text;
    size_t      seen = 0;
    Pattern    *patterns[4];
    for (int i = 0; i < 4; i++) CHECK_OK(pattern_open(str_of(scripts[i].script), &patterns[i], &err));
    json_object_foreach(demo.records, name, record)
    {
        FieldValue *values;
        const Kind *kind = kind_find(demo.kinds, json_get_text(record, "kind"));
        size_t      n = kind_all_values(kind, a, json_get(record, "doc"), &values);
        for (size_t i = 0; i < n; i++) {
            if (values[i].field->type != FIELD_TEXT) continue;
            json_object_foreach(values[i].value, lang, text)
            {
                int k = 0;
                while (k < 4 && strcmp(scripts[k].lang, lang) != 0) k++;
                if (k == 4 && !CHECK_STR(lang, "en")) printf("    %s\n", name);
                if (k == 4) continue;
                seen++;
                if (!pattern_finds(patterns[k], json_text(text)))
                    CHECK_STR(str_format(a, "%s %.*s: %s", name, STR_ARG(values[i].pointer), json_string_value(text)),
                              scripts[k].script);
            }
        }
    }
    CHECK(seen > 60);
    for (int i = 0; i < 4; i++) pattern_close(patterns[i]);
}

/* Asks for the word of KIND.PATH or the one that is shared by NAME; remembers which were of use. */
static void word_check(Arena *a, Json *words, Json *used, const char *of, Str own, Str shared)
{
    Str keys[] = { str_format(a, "%s.%.*s", of, STR_ARG(own)), str_format(a, "%s.%.*s", of, STR_ARG(shared)) };
    for (int i = 0; i < 2; i++)
        if (json_get(words, keys[i].at)) {
            json_put_bool(used, keys[i].at, true);
            return;
        }
    CHECK_STR(str_format(a, "neither %s nor %s", keys[0].at, keys[1].at), "a word");
}

static void field_words_check(Arena *a, Json *words, Json *used, const Kind *kind, const Field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Field *field = &fields[i];
        Str          own = str_format(a, "%s.%s", kind->name.at, field->path.at);
        word_check(a, words, used, "field", own, field->name);
        if (field->type == FIELD_PLACE) {
            word_check(a, words, used, "field", S("lat"), S("lat"));
            word_check(a, words, used, "field", S("lon"), S("lon"));
        }
        for (size_t c = 0; c < field->choice_count; c++)
            word_check(a, words, used, "choice", str_format(a, "%s.%.*s", own.at, STR_ARG(field->choices[c])),
                       field->choices[c]);
        field_words_check(a, words, used, kind, field->fields, field->field_count);
    }
}

TEST("every kind, group, field and choice has its English word, and no word of these is idle")
{
    Kinds *kinds;
    Json  *words, *used = json_object_make(a);
    CHECK_OK(kinds_open("kinds", &kinds, &err));
    CHECK_OK(json_read_file(a, "locale/en.json", &words, &err));
    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const Kind *kind = kinds_at(kinds, i);
        word_check(a, words, used, "kind", kind->name, kind->name);
        word_check(a, words, used, "kind", str_format(a, "%s.plural", kind->name.at), STR_NONE);
        word_check(a, words, used, "group", kind->group, kind->group);
        field_words_check(a, words, used, kind, kind->fields, kind->field_count);
    }
    static const Str ours[] = { S_INIT("kind."), S_INIT("group."), S_INIT("field."), S_INIT("choice.") };
    const char      *key;
    Json            *word;
    json_object_foreach(words, key, word)
    {
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (str_starts(str_of(key), ours[i]) && !json_get(used, key)) CHECK_STR(key, "used");
    }
    kinds_close(kinds);
}
