/* See settings.h. */
#include "core/settings.h"

#include <string.h>

#include "text/lang.h"

typedef enum { TEXT,
               TEXTS_BY_LANGUAGE,
               URL,
               LANGUAGES,
               COUNTRY_NAMES,
               COUNT } SettingType;

static const struct {
    const char *key;
    SettingType type;
} rows[] = {
#define SETTING(key, type) { key, type },
#include "core/settings.def"
#undef SETTING
};

static const char *const forms[] = {
    [TEXT] = "a text",
    [TEXTS_BY_LANGUAGE] = "a text, or one for each language: {\"en\": \"…\"}",
    [URL] = "of the form https://env.example.org",
    [LANGUAGES] = "a list of languages: [\"en\", \"th\"]",
    [COUNTRY_NAMES] = "of the form {\"TW\": {\"en\": \"Chinese Taipei\"}}",
    [COUNT] = "a whole number, without quotes",
};

/* Where people reach the node: an address without a question, of one word. */
static bool is_url(Str url)
{
    Str rest = url;
    if (!url.len) return true;
    if (str_starts(url, S("https://")))
        rest = str_drop(url, 8);
    else if (str_starts(url, S("http://")))
        rest = str_drop(url, 7);
    bool fits = rest.len < url.len && rest.len && rest.at[0] != '/' && rest.at[0] != ':';
    for (size_t i = 0; i < rest.len; i++) fits = fits && rest.at[i] > ' ' && !strchr("\"'<>?#\\", rest.at[i]);
    return fits;
}

static bool is_text_by_language(const Json *value)
{
    const char *lang;
    Json       *text;
    bool        fits = json_is_object(value);
    json_object_foreach((Json *)value, lang, text) fits = fits && lang_is(str_of(lang)) && json_text(text).len;
    return fits;
}

static bool fits(const Json *value, SettingType type)
{
    const char *code;
    Json       *inner;
    size_t      i;
    bool        all = true;
    switch (type) {
    case TEXT: return json_is_string(value);
    case TEXTS_BY_LANGUAGE: return json_is_string(value) || is_text_by_language(value);
    case URL: return json_is_string(value) && is_url(json_text(value));
    case LANGUAGES:
        json_array_foreach((Json *)value, i, inner) all = all && lang_is(json_text(inner));
        return all && json_is_array(value);
    case COUNTRY_NAMES:
        json_object_foreach((Json *)value, code, inner) all = all && strlen(code) == 2 && is_text_by_language(inner);
        return all && json_is_object(value);
    case COUNT: return json_is_integer(value) && json_integer_value(value) >= 0;
    }
    return false;
}

bool settings_check(const Json *settings, void (*stranger)(const char *key), Err *err)
{
    const char *key;
    Json       *value;
    size_t      count = sizeof rows / sizeof *rows;
    if (!json_is_object(settings)) return fail(err, ERR_INVALID, "settings are an object: {\"name\": \"…\"}");
    json_object_foreach((Json *)settings, key, value)
    {
        size_t i = 0;
        while (i < count && strcmp(rows[i].key, key) != 0) i++;
        if (i == count) {
            if (stranger) stranger(key);
        } else if (!fits(value, rows[i].type)) {
            return fail(err, ERR_INVALID, "the setting \"%s\" is %s", key, forms[rows[i].type]);
        }
    }
    return json_get_text(settings, "name").len ||
           fail(err, ERR_INVALID, "the setting \"name\" is missing: the node's name for good");
}
