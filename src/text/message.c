/* Messages. The part of ICU's MessageFormat that interfaces need, read once into a list of steps:
   plain text, {name}, {name, number}, {name, plural, …}, {name, select, …}, # and quoting with '.
   ICU's own formatter is neither shareable between threads nor, in C, able to take arguments by name;
   here it gives the plural categories and the numbers. */
#include "text/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "text/lang.h"

#define LOCALE_FILE_MAX   ((size_t)4 << 20)
#define PATTERN_DEPTH_MAX 8

typedef struct Step Step;
typedef struct {
    Str   name; /* "one", "other", "=0", or what is selected */
    Step *steps;
} Case;
typedef enum { STEP_TEXT,
               STEP_VALUE,
               STEP_PLURAL,
               STEP_SELECT,
               STEP_COUNT } StepType;
struct Step {
    StepType type;
    Str      text; /* STEP_TEXT: the text; others: the argument's name */
    Case    *cases;
    size_t   case_count;
    Step    *next;
};

typedef struct {
    Str    key;
    Str    plain; /* the whole, when nothing is to be filled in */
    Step  *steps; /* NULL when plain */
    Str   *names; /* arguments mentioned, each once */
    size_t name_count;
} Entry;

typedef struct {
    Str    tag;
    Entry *slots; /* open addressing; a free slot has no key */
    size_t mask, count;
} Language;

struct Messages {
    Arena    *arena;
    Language *languages;
    Str      *tags;
    size_t    count, english;
};

/* Where the parser stands; `plural` is the argument that # stands for. */
typedef struct {
    Arena *a;
    Str    rest;
    Err   *err;
} Reading;

static bool steps_read(Reading *r, Str plural, int depth, Step **out);

static void skip_space(Reading *r)
{
    while (r->rest.len && strchr(" \t\r\n", r->rest.at[0])) r->rest = str_drop(r->rest, 1);
}

static bool take(Reading *r, char c)
{
    if (!r->rest.len || r->rest.at[0] != c) return false;
    r->rest = str_drop(r->rest, 1);
    return true;
}

static Str word_read(Reading *r)
{
    skip_space(r);
    size_t n = 0;
    while (n < r->rest.len && !strchr(" \t\r\n,{}'#", r->rest.at[n])) n++;
    Str word = str_take_first(r->rest, n);
    r->rest = str_drop(r->rest, n);
    skip_space(r);
    return word;
}

static bool cases_read(Reading *r, Step *step, int depth)
{
    Case cases[32];
    bool other = false;
    for (;;) {
        Str name = word_read(r);
        if (!name.len) break;
        if (step->case_count == sizeof cases / sizeof *cases) return fail(r->err, ERR_INVALID, "too many cases");
        if (!take(r, '{')) return fail(r->err, ERR_INVALID, "'{' missing after \"%.*s\"", STR_ARG(name));
        Case *c = &cases[step->case_count++];
        c->name = name;
        Str plural = step->type == STEP_PLURAL ? step->text : STR_NONE;
        if (!steps_read(r, plural, depth + 1, &c->steps)) return false;
        if (!take(r, '}')) return fail(r->err, ERR_INVALID, "'}' missing after \"%.*s\"", STR_ARG(name));
        other = other || str_eq_z(name, "other");
    }
    if (!other) return fail(r->err, ERR_INVALID, "no \"other\" for %.*s", STR_ARG(step->text));
    step->cases = arena_copy(r->a, cases, step->case_count * sizeof *cases);
    return true;
}

/* Behind the '{'. */
static bool argument_read(Reading *r, int depth, Step *step)
{
    step->text = word_read(r);
    step->type = STEP_VALUE;
    if (!step->text.len) return fail(r->err, ERR_INVALID, "an argument without a name");
    if (take(r, ',')) {
        Str type = word_read(r);
        if (str_eq_z(type, "plural") || str_eq_z(type, "select")) {
            step->type = str_eq_z(type, "plural") ? STEP_PLURAL : STEP_SELECT;
            if (!take(r, ',') || !cases_read(r, step, depth))
                return r->err && r->err->code ? false
                                              : fail(r->err, ERR_INVALID, "',' missing after %.*s", STR_ARG(type));
        } else if (!str_eq_z(type, "number")) {
            return fail(r->err, ERR_INVALID, "argument type \"%.*s\"; known are number, plural, select", STR_ARG(type));
        }
    }
    return take(r, '}') || fail(r->err, ERR_INVALID, "'}' missing after {%.*s", STR_ARG(step->text));
}

/* Plain text up to the next argument, # or closing brace, with '' and '{…}' taken back. */
static Str literal_read(Reading *r, bool in_plural)
{
    Buf  out = { 0 };
    bool quoted = false;
    while (r->rest.len) {
        char c = r->rest.at[0], next = r->rest.len > 1 ? r->rest.at[1] : 0;
        if (c == '\'' && next == '\'') {
            buf_put_byte(&out, '\'');
            r->rest = str_drop(r->rest, 2);
            continue;
        }
        if (c == '\'' && (quoted || (next && strchr(in_plural ? "{}#" : "{}", next)))) {
            quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '}' || (c == '#' && in_plural))) {
            break;
        } else {
            buf_put_byte(&out, c);
        }
        r->rest = str_drop(r->rest, 1);
    }
    Str text = str_copy(r->a, buf_str(&out));
    buf_free(&out);
    return text;
}

static bool steps_read(Reading *r, Str plural, int depth, Step **out)
{
    Step *first = NULL, **last = &first;
    if (depth > PATTERN_DEPTH_MAX) return fail(r->err, ERR_INVALID, "nested too deep");
    while (r->rest.len && r->rest.at[0] != '}') {
        Step *step = *last = NEW(r->a, Step);
        last = &step->next;
        if (take(r, '{')) {
            if (!argument_read(r, depth, step)) return false;
        } else if (plural.len && take(r, '#')) {
            step->type = STEP_COUNT;
            step->text = plural;
        } else {
            step->text = literal_read(r, plural.len > 0);
        }
    }
    *out = first;
    return true;
}

static void names_gather(Arena *a, const Step *step, Entry *entry)
{
    for (; step; step = step->next) {
        if (step->type == STEP_TEXT) continue;
        bool known = false;
        for (size_t i = 0; i < entry->name_count; i++) known = known || str_eq(entry->names[i], step->text);
        if (!known) {
            Str *more = NEW_ARRAY(a, Str, entry->name_count + 1);
            if (entry->name_count) memcpy(more, entry->names, entry->name_count * sizeof *more);
            more[entry->name_count++] = step->text;
            entry->names = more;
        }
        for (size_t i = 0; i < step->case_count; i++) names_gather(a, step->cases[i].steps, entry);
    }
}

static bool entry_read(Arena *a, Str pattern, Entry *entry, Err *err)
{
    Err     why = { 0 };
    Reading r = { .a = a, .rest = pattern, .err = &why };
    Step   *steps = NULL;
    if (!steps_read(&r, STR_NONE, 0, &steps)) return fail(err, ERR_INVALID, "%s", why.text);
    if (r.rest.len) return fail(err, ERR_INVALID, "'}' without '{'");
    if (!steps || (steps->type == STEP_TEXT && !steps->next)) entry->plain = steps ? steps->text : S("");
    else entry->steps = steps;
    names_gather(a, steps, entry);
    return true;
}

static Entry *entry_slot(const Language *l, Str key)
{
    size_t i = (size_t)str_hash(key) & l->mask;
    while (l->slots[i].key.len && !str_eq(l->slots[i].key, key)) i = (i + 1) & l->mask;
    return &l->slots[i];
}

static bool language_read(Arena *a, const char *path, Language *l, Err *err)
{
    Arena      *work = arena_open(0);
    Json       *object, *value;
    Str         text;
    const char *key;
    bool        ok = file_read(work, path, LOCALE_FILE_MAX, &text, err) && json_read(work, text, &object, err);
    if (!ok) fail_in(err, "%s", path);
    if (ok && !json_is_object(object)) ok = fail(err, ERR_INVALID, "%s: not one object", path);
    if (ok) {
        size_t room = 16;
        while (room < 2 * json_object_size(object)) room *= 2;
        l->slots = NEW_ARRAY(a, Entry, room);
        l->mask = room - 1;
        json_object_foreach(object, key, value)
        {
            Entry e = { .key = str_copy(a, str_of(key)) };
            if (!e.key.len) ok = fail(err, ERR_INVALID, "%s: an empty key", path);
            else if (!json_is_string(value)) ok = fail(err, ERR_INVALID, "%s: %s is not a text", path, key);
            else if (!entry_read(a, str_copy(a, json_text(value)), &e, err)) ok = fail_in(err, "%s: %s", path, key);
            if (!ok) break;
            *entry_slot(l, e.key) = e;
            l->count++;
        }
    }
    arena_close(work);
    return ok;
}

bool messages_open(const char *folder, Messages **out, Err *err)
{
    Arena    *a = arena_open((size_t)1 << 30);
    Messages *m = NEW(a, Messages);
    Str      *names;
    size_t    n = 0;
    bool      ok = folder_list(a, folder, &names, &n, err);
    m->arena = a;
    if (ok) {
        m->languages = NEW_ARRAY(a, Language, n + 1);
        m->tags = NEW_ARRAY(a, Str, n + 1);
    }
    for (size_t i = 0; ok && i < n; i++) {
        if (!str_ends(names[i], S(".json"))) continue;
        Language *l = &m->languages[m->count];
        l->tag = m->tags[m->count] = str_take_first(names[i], names[i].len - 5);
        ok =
            lang_is(l->tag) || fail(err, ERR_INVALID, "%s/%.*s: not named after a language", folder, STR_ARG(names[i]));
        ok = ok && language_read(a, str_z(a, path_join(a, str_of(folder), names[i])), l, err);
        if (str_eq_z(l->tag, "en")) m->english = m->count;
        m->count++;
    }
    if (ok && (!m->count || !str_eq_z(m->languages[m->english].tag, "en")))
        ok = fail(err, ERR_NOT_FOUND, "%s/en.json: the English messages are missing", folder);
    if (!ok) {
        arena_close(a);
        return false;
    }
    /* English, the last resort of all, comes first; the rest by name. */
    for (size_t i = m->english; i > 0; i--) {
        Language l = m->languages[i];
        m->languages[i] = m->languages[i - 1];
        m->languages[i - 1] = l;
        m->tags[i] = m->languages[i].tag;
        m->tags[i - 1] = l.tag;
    }
    m->english = 0;
    *out = m;
    return true;
}

void messages_close(Messages *m)
{
    if (m) arena_close(m->arena);
}

size_t messages_languages(const Messages *m, Str **out)
{
    *out = m->tags;
    return m->count;
}

/* `lang` is set to the language that has it. NULL when none has. */
static const Entry *entry_find(const Messages *m, Str *lang, Str key)
{
    Str tries[] = { *lang, str_cut(*lang, '-').head, S("en") };
    for (size_t t = 0; key.len && t < 3; t++)
        for (size_t i = 0; i < m->count; i++) {
            if (!str_eq(m->tags[i], tries[t])) continue;
            const Entry *e = entry_slot(&m->languages[i], key);
            if (!e->key.len) continue;
            *lang = tries[t];
            return e;
        }
    return NULL;
}

bool messages_has(const Messages *m, Str lang, Str key)
{
    Str found_in = lang;
    return entry_find(m, &found_in, key) && str_eq(found_in, lang);
}

size_t message_arguments(const Messages *m, Str lang, Str key, const Str **names)
{
    const Entry *e = entry_find(m, &lang, key);
    *names = e ? e->names : NULL;
    return e ? e->name_count : 0;
}

static double number_of(const Json *value)
{
    double n = 0;
    if (json_is_number(value)) return json_number_value(value);
    str_to_double(json_text(value), &n);
    return n;
}

static Step *case_pick(Arena *a, const Step *step, const Json *value, Str lang)
{
    Str wanted = json_text(value), exact = STR_NONE;
    if (json_is_boolean(value)) wanted = json_is_true(value) ? S("true") : S("false");
    if (step->type == STEP_PLURAL) {
        exact = str_format(a, "=%.15g", number_of(value));
        wanted = number_plural(a, number_of(value), lang);
    }
    Step *found = NULL;
    int   rank = 0; /* an exact number over a category over "other" */
    for (size_t i = 0; i < step->case_count; i++) {
        Str name = step->cases[i].name;
        int now = exact.len && str_eq(name, exact) ? 3 : str_eq(name, wanted) ? 2
                                                                              : str_eq_z(name, "other");
        if (now > rank) {
            rank = now;
            found = step->cases[i].steps;
        }
    }
    return found;
}

static void steps_put(Buf *out, Arena *a, const Step *step, Str lang, const Json *args)
{
    for (; step; step = step->next) {
        if (step->type == STEP_TEXT) {
            buf_put(out, step->text);
            continue;
        }
        char key[128];
        if (step->text.len >= sizeof key) continue;
        memcpy(key, step->text.at, step->text.len);
        key[step->text.len] = 0;
        const Json *value = json_get(args, key);
        if (step->type == STEP_PLURAL || step->type == STEP_SELECT)
            steps_put(out, a, case_pick(a, step, value, lang), lang, args);
        else if (json_is_number(value) || step->type == STEP_COUNT)
            buf_put(out, number_text(a, number_of(value), 3, lang));
        else buf_put(out, json_text(value));
    }
}

Str message(const Messages *m, Arena *a, Str lang, Str key, const Json *args)
{
    const Entry *e = entry_find(m, &lang, key);
    if (!e) return str_format(a, "[%.*s]", STR_ARG(key));
    if (!e->steps) return e->plain;
    Buf out = { 0 };
    steps_put(&out, a, e->steps, lang, args);
    Str text = str_copy(a, buf_str(&out));
    buf_free(&out);
    return text;
}
